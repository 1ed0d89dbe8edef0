"""The routing table made ready: for each thing that a row asks about, which rows each answer leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contracts.case import Facts
from contracts.categories import CATEGORIES, lineage
from contracts.report import Classification, LocationOutcome, ReportLocated, Urgency
from contracts.territory import BANNER, SHANGHAI
from services.routing import answers
from services.routing.answers import Bits, Scale
from services.routing.nearby import Nearness
from services.routing.rules import NAMES, Limits, Rule, Rules, Standing

OTHER: Final = ""
"""Stands for a category or a source that this version does not know, a newer one may have sent it; or for elsewhere."""

GRAVE: Final = frozenset({"15", "16"})
"""First levels of which a suspicion is enough, emergencies and conduct: a false alarm costs less than silence."""
SUSPECTED: Final = 0.3
"""How likely the first level must be to be suspected."""
STEP: Final = 3
"""Digits by which a unit's code is longer than that of the unit above it."""

UNKNOWN: Final = Nearness()
"""Of nothing it is known how near is near: nothing is suggested."""


def facts(located: ReportLocated, opened_at: datetime) -> Facts:
    """What the rows ask about of a report whose case was opened then (aware): that is when somebody had to act.

    When it happened is no such time, it may be days ago or a day without an hour; and a correction keeps the hour, or
    each supplement sent at night would move its case.
    """
    report, path, local = located.report, located.location.path or (BANNER,), opened_at.astimezone(SHANGHAI)
    return Facts(
        category=_category(report.classified),
        urgency=report.urgency,
        people=report.people,
        money=report.money,
        group=report.group,
        place=path[-1].code,
        day=local.date(),
        time=f"{local:%H:%M}",
        located=located.location.outcome,
        source=report.department,
        solved=bool(report.solved),
    )


def _category(found: Classification | None) -> str | None:
    """The category; of an undecided report the first level that is likeliest, if a mistake there would cost most."""
    if found is None or found.code is not None or not found.runners_up:
        return found.code if found else None
    best = found.runners_up[0]
    return best.code[:2] if best.code[:2] in GRAVE and best.confidence >= SUSPECTED else None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows but for the expired ones, and for each answer the set of rows that it fits.

    The rows that fit a report are what its answers have in common, so a look costs the same however many rows there
    are, and going through all answers goes through all that can be asked.
    """

    version: str
    rules: tuple[Rule, ...]
    active: Bits
    leads: Mapping[str, str]
    categories: Mapping[str | None, Bits]
    urgencies: Mapping[Urgency, Bits]
    people: Scale
    money: Scale
    groups: Scale
    places: Mapping[str, Bits]
    days: Scale
    times: Scale
    outcomes: Mapping[LocationOutcome, Bits]
    sources: Mapping[str, Bits]
    solved: Mapping[bool, Bits]
    limits: Limits
    near: Nearness = UNKNOWN

    def fitting(self, given: Facts) -> Iterator[Rule]:
        """The active rows that fit, in order: the first decides."""
        return self._rules(self.rows(given) & self.active)

    def shadows(self, given: Facts) -> Iterator[Rule]:
        """The rows on trial that fit and stand before the one that decides: if active, the first would decide."""
        return self._rules(self.tried(self.rows(given)))

    def tried(self, fitting: Bits) -> Bits:
        """Of rows that fit, those on trial that stand before the first active one."""
        deciding = fitting & self.active
        return fitting & ~self.active & ((deciding & -deciding) - 1)

    def rows(self, given: Facts) -> Bits:
        """The rows that fit, whether active or on trial."""
        return (
            self._category(given.category)
            & self.urgencies[given.urgency]
            & self.people.rows(given.people)
            & self.money.rows(given.money)
            & self.groups.rows(given.group)
            & self._place(given.place)
            & self.days.rows(given.day)
            & self.times.rows(given.time)
            & self.outcomes[given.located]
            & self.sources.get(given.source, self.sources[OTHER])
            & self.solved[given.solved]
        )

    def axes(self) -> Mapping[str, Mapping[Any, Bits]]:
        """For each of the facts all answers that the rows tell apart, the category first."""
        return {
            "category": self.categories,
            "urgency": self.urgencies,
            "people": self.people.fits,
            "money": self.money.fits,
            "group": self.groups.fits,
            "place": self.places,
            "day": self.days.fits,
            "time": self.times.fits,
            "located": self.outcomes,
            "source": self.sources,
            "solved": self.solved,
        }

    def lead(self, category: str | None) -> str | None:
        """The department in the lead where the row does not say: of the deepest category that has one."""
        above = reversed(lineage(category)) if category else ()
        return next((self.leads[code] for code in above if code in self.leads), None)

    def _rules(self, left: Bits) -> Iterator[Rule]:
        while left:
            first = left & -left
            yield self.rules[first.bit_length() - 1]
            left ^= first

    def _category(self, code: str | None) -> Bits:
        if code in self.categories:
            return self.categories[code]
        known = (self.categories[above] for above in reversed(lineage(code or OTHER)) if above in self.categories)
        return next(known, self.categories[OTHER])

    def _place(self, code: str) -> Bits:
        above = (code[:end] for end in range(len(code), len(BANNER.code), -STEP))
        return next((self.places[each] for each in above if each in self.places), self.places[OTHER])


def compiled(rules: Rules) -> Table:
    """The table made ready; whether it is complete, and without rows in vain, is another question."""
    living = tuple(rule for rule in rules.rule if rule.state is not Standing.EXPIRED)
    whens = [rule.when for rule in living]
    places = sorted({code for when in whens for code in when.place or ()})
    return Table(
        version=rules.version,
        rules=living,
        active=sum(1 << n for n, rule in enumerate(living) if rule.state is Standing.ACTIVE),
        leads=dict(rules.leads),
        categories=answers.fits(whens, (None, *CATEGORIES, OTHER), answers.category_fits),
        urgencies=answers.fits(whens, Urgency, lambda when, value: when.urgency is None or value in when.urgency),
        people=answers.counted([(when.people_min, when.people_max) for when in whens]),
        money=answers.counted([(when.money_min, when.money_max) for when in whens]),
        groups=answers.counted([(when.group_min, when.group_max) for when in whens]),
        places=answers.fits(
            whens, (OTHER, *places), lambda when, value: when.place is None or value.startswith(when.place)
        ),
        days=answers.days(living),
        times=answers.times(whens),
        outcomes=answers.fits(
            whens, LocationOutcome, lambda when, value: when.located is None or value in when.located
        ),
        sources=answers.fits(whens, (*NAMES, OTHER), lambda when, value: when.source is None or value in when.source),
        solved=answers.fits(whens, (False, True), lambda when, value: when.solved in (None, value)),
        limits=rules.limits,
    )
