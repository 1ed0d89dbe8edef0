"""Bugs to plant in the deciders and the calendar: each is one that people make, and the properties must meet it."""

from typing import Final

from tests.seeds.bugs import Bug

ROUTING, ESCALATION = "services/routing", "services/escalation"

IN_LIVES: Final = (
    Bug(
        "what rests may be resolved",
        f"{ROUTING}/moves.py",
        "    (Status.SUSPENDED, Action.RESUME):        _RESUME,\n",
        "    (Status.SUSPENDED, Action.RESUME):        _RESUME,\n    (Status.SUSPENDED, Action.RESOLVE): _RESOLVE,\n",
    ),
    Bug(
        "what is closed is not reopened",
        f"{ROUTING}/moves.py",
        "    (Status.CLOSED,    Action.REOPEN):        _REOPEN,\n",
        "",
    ),
    Bug(
        "who had a case confirms what they did",
        f"{ROUTING}/moves.py",
        "who=frozenset({Capacity.FOLLOW_UP}), status=Status.CLOSED",
        "who=frozenset({Capacity.FOLLOW_UP, Capacity.HANDLER}), status=Status.CLOSED",
    ),
    Bug(
        "a case is lifted one return late",
        f"{ROUTING}/moves.py",
        "returns >= limits.lift_after and case.above()",
        "returns > limits.lift_after and case.above()",
    ),
    Bug(
        "what a superior decides counts as a return",
        f"{ROUTING}/moves.py",
        "return move.returns and (move.goes is Goes.AGAIN or capacity is Capacity.HANDLER)",
        "return move.returns",
    ),
    Bug(
        "a case is reopened at whom it is about",
        f"{ROUTING}/moves.py",
        "    return _free(here, case.about)\n",
        "    return here\n",
    ),
    Bug(
        "the centre approves for a grid",
        f"{ROUTING}/waiting.py",
        "    return above is not None and above.level is Level.BANNER",
        "    return above is not None",
    ),
    Bug(
        "time is given when it is over",
        f"{ROUTING}/waiting.py",
        "if now >= case.due_at else None",
        "if now > case.due_at + DAY else None",
    ),
    Bug(
        "a breach of a passed assignment moves the case",
        f"{ROUTING}/domain.py",
        "    if breach.assignment != case.assignment.number:\n",
        "    if breach.assignment > case.assignment.number:\n",
    ),
    Bug(
        "a breach that does not know of an approval moves the case",
        f"{ROUTING}/domain.py",
        "if (breach.extended, breach.pauses) != (case.assignment.extended, case.assignment.pauses):",
        "if breach.pauses != case.assignment.pauses:",
    ),
    Bug(
        "an older due time is taken",
        f"{ROUTING}/domain.py",
        "    if clock.version <= state.clocked:",
        "    if clock.version == state.clocked:",
    ),
    Bug(
        "a correction gives a fresh term at the same unit",
        f"{ROUTING}/corrections.py",
        "    return case.status.open and (same or case.assignment.number > MOVES)",
        "    return case.status.open and same and case.assignment.number > MOVES",
    ),
    Bug(
        "who solves a case forgets whom it is about",
        f"{ROUTING}/corrections.py",
        ' | done | {"about": located.about})',
        " | done)",
    ),
    Bug(
        "a rest is not counted",
        f"{ESCALATION}/clocks.py",
        "            at += until - since",
        "            at += (until - since) * 0",
    ),
    Bug(
        "an extension is counted twice",
        f"{ESCALATION}/ledger.py",
        "self.started_at + self.extended * MINUTE",
        "self.started_at + 2 * self.extended * MINUTE",
    ),
    Bug(
        "a clock warns early",
        f"{ESCALATION}/clocks.py",
        "WARN_SHARE: Final = 0.8",
        "WARN_SHARE: Final = 0.79",
    ),
    Bug(
        "a touch restarts a clock",
        f"{ESCALATION}/domain.py",
        "    return case.assignment.number > known and case.status.open",
        "    return case.assignment.number >= known and case.status.open",
    ),
    Bug(
        "an older case moves a clock back",
        f"{ESCALATION}/domain.py",
        "if state and case.version <= state.case.version:",
        "if state and case.version < 0:",
    ),
    Bug(
        "a resting clock rings",
        f"{ESCALATION}/domain.py",
        "while clock and not clock.rests and (step",
        "while clock and (step",
    ),
    Bug(
        "a breach that an approval took back is not asked again",
        f"{ESCALATION}/ledger.py",
        '        again |= {"asked_at": None, "kept": False, "unsupervised": entry.supervised}',
        '        again |= {"kept": False, "unsupervised": entry.supervised}',
    ),
)
"""The lives must meet these."""

FACTS, LAW, TURN, ZONE, ONCE = (
    "working_days_are_those_of_the_published_notices",
    "a_year_without_a_notice_has_the_days_off_of_the_law",
    "a_clock_that_runs_into_a_year_without_a_notice_says_so_and_no_other_does",
    "the_same_moment_written_in_any_zone_is_due_at_the_same_moment",
    "once_the_notice_is_there_a_clock_is_due_as_if_it_had_been_there_at_first_or_when_it_could_be_known",
)

IN_DAYS: Final = (
    (
        FACTS,
        Bug(
            "a weekend that is worked counts as off",
            f"{ESCALATION}/calendar.py",
            "            return day in self.work\n",
            "            return False\n",
        ),
    ),
    (
        FACTS,
        Bug(
            "a day off by a notice counts as worked",
            f"{ESCALATION}/calendar.py",
            "        if day in self.work or day in self.off:",
            "        if day in self.work:",
        ),
    ),
    (
        FACTS,
        Bug(
            "a day's work ends when the day begins",
            f"{ESCALATION}/obligation.py",
            "    return Reckoned(midnight(day + DAY).astimezone(UTC), _days_off",
            "    return Reckoned(midnight(day).astimezone(UTC), _days_off",
        ),
    ),
    (
        LAW,
        Bug(
            "a year without a notice has no statutory days",
            f"{ESCALATION}/calendar.py",
            "(self.published(day) or not self._statutory(day))",
            "(self.published(day) or day.year > 0)",
        ),
    ),
    (
        TURN,
        Bug(
            "the last week of a year counts as published",
            f"{ESCALATION}/calendar.py",
            "YEARS_END: Final = (12, 25)",
            "YEARS_END: Final = (12, 32)",
        ),
    ),
    (
        ZONE,
        Bug(
            "a due time is told in the zone of whoever wrote its beginning",
            f"{ESCALATION}/obligation.py",
            "    start = start.astimezone(UTC)\n",
            "",
        ),
    ),
    (
        ONCE,
        Bug(
            "a notice moves no clock that is running",
            f"{ESCALATION}/ledger.py",
            '    changes = {"basis": due.basis, "base_at": due.at, "checked_at": now}',
            '    changes = {"basis": due.basis, "checked_at": now}',
        ),
    ),
)
"""The property of this name, in the tests of days, must meet the bug."""
