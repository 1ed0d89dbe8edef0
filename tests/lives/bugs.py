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
        'if now >= case.due_at else None',
        'if now > case.due_at + DAY else None',
    ),
    Bug(
        "a breach of a passed assignment moves the case",
        f"{ROUTING}/domain.py",
        "    if clock.assignment != case.assignment.number:\n        return f",
        "    if clock.assignment > case.assignment.number:\n        return f",
    ),
    Bug(
        "a breach that does not know of an approval moves the case",
        f"{ROUTING}/domain.py",
        "if (known.extended, known.pauses) != (current.extended, current.pauses):",
        "if known.pauses != current.pauses:",
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

IN_DAYS: Final = (
    Bug(
        "a weekend that is worked counts as off",
        f"{ESCALATION}/calendar.py",
        "            return day in self.work\n",
        "            return False\n",
    ),
    Bug(
        "a day off by a notice counts as worked",
        f"{ESCALATION}/calendar.py",
        "        if day in self.work or day in self.off:",
        "        if day in self.work:",
    ),
    Bug(
        "a year without a notice has no statutory days",
        f"{ESCALATION}/calendar.py",
        "(self.published(day) or not self._statutory(day))",
        "(self.published(day) or day.year > 0)",
    ),
    Bug(
        "the last week of a year counts as published",
        f"{ESCALATION}/calendar.py",
        "YEARS_END: Final = (12, 25)",
        "YEARS_END: Final = (12, 32)",
    ),
    Bug(
        "a day is the day of whoever wrote the time",
        f"{ESCALATION}/calendar.py",
        "    return moment.astimezone(SHANGHAI).date()",
        "    return moment.date()",
    ),
    Bug(
        "a day's work ends when the day begins",
        f"{ESCALATION}/obligation.py",
        "    return Reckoned(midnight(day + DAY).astimezone(UTC), _days_off",
        "    return Reckoned(midnight(day).astimezone(UTC), _days_off",
    ),
    Bug(
        "a notice moves no clock that is running",
        f"{ESCALATION}/ledger.py",
        '    changes = {"basis": due.basis, "base_at": due.at, "checked_at": now}',
        '    changes = {"basis": due.basis, "checked_at": now}',
    ),
)
"""The properties of the calendar must meet these."""
