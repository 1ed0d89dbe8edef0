"""Bugs to plant in what decides about time, each with the kind of offence by which the year must find it."""

from collections.abc import Mapping
from typing import Final

from tests.seeds.bugs import Bug

LEDGER: Final = "services/escalation/ledger.py"
CLOCKS: Final = "services/escalation/clocks.py"
TIMING: Final = "services/escalation/domain.py"
ROUTING: Final = "services/routing/domain.py"

PLANTED: Final[Mapping[Bug, str]] = {
    Bug("warns-early", CLOCKS, "WARN_SHARE: Final = 0.8", "WARN_SHARE: Final = 0.7"): "early",
    Bug(
        "breaches-when-pressing",
        LEDGER,
        "return Step(entry.due_at, DeadlineKind.BREACHED, entry.asked + 1)",
        "return Step(entry.press_at, DeadlineKind.BREACHED, entry.asked + 1)",
    ): "early",
    Bug(
        "forgets-extensions",
        LEDGER,
        'update={"base_at": base, "extended": extended, "pauses": assignment.pauses}',
        'update={"base_at": base, "pauses": assignment.pauses}',
    ): "early",
    Bug(
        "counts-pauses-in",
        CLOCKS,
        "            at += until - since\n",
        "            pass\n",
    ): "early",
    Bug(
        "rings-while-suspended",
        LEDGER,
        "return bool(self.pauses) and self.pauses[-1].until is None",
        "return False",
    ): "false",
    Bug(
        "rings-when-resolved",
        TIMING,
        "    if running and not case.status.open:\n",
        "    if running and case.status is Status.CANCELLED:\n",
    ): "false",
    Bug("any-touch-starts-the-clock-anew", TIMING, "assignment.number > known and", "assignment.number >= known and"): (
        "double"
    ),
    Bug(
        "sleeps-on-after-the-warning",
        TIMING,
        "[None if running.rests else next_step(running).at, look_at(running)]",
        "[None if running.rests or running.warned_at else next_step(running).at, look_at(running)]",
    ): "missed",
    Bug(
        "does-not-warn-again-when-there-is-more-time",
        LEDGER,
        "    if entry.warned_at and entry.warn_at > now:\n",
        "    if entry.warned_at and entry.warn_at < now:\n",
    ): "missed",
    Bug(
        "make-up-days-are-no-workdays",
        "services/escalation/calendar.py",
        "            return day in self.work\n",
        "            return False\n",
    ): "wrong",
    Bug(
        "never-looks-at-the-calendar-again",
        LEDGER,
        "    if entry.basis is None or not entry.basis.provisional or entry.asked_at:\n",
        "    if entry.basis is None or entry.basis.provisional or entry.asked_at:\n",
    ): "early",
    Bug(
        "moves-whatever-assignment-is-named",
        ROUTING,
        "    if breach.assignment != case.assignment.number:\n",
        "    if breach.assignment < 0:\n",
    ): "false",
    Bug(
        "moves-by-a-breach-that-was-overtaken",
        ROUTING,
        "    if (breach.extended, breach.pauses) != (case.assignment.extended, case.assignment.pauses):\n",
        "    if breach.assignment < 0:\n",
    ): "false",
    Bug(
        "moves-before-all-is-read",
        ROUTING,
        "    if _answer(turn.state.case, breach)[0] is not CaseEventKind.ASSIGNED:\n",
        "    if breach.assignment:\n",
    ): "false",
}
"""Each bug, and what it does."""
