"""The desk where a report is made up: what happens on any day, and a report of it as its source would write it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any, Final

from contracts.report import Urgency
from contracts.territory import SHANGHAI
from simulation import phrases, times
from simulation.chance import chance
from simulation.draft import Ask, Draft
from simulation.land import Land
from simulation.matters import HOTLINE, MEMBERS, RESIDENTS, Manner, Matter, manner, matters
from simulation.places import Placed, place
from simulation.sent import Truth

# How a place is told, and how many of a hundred tell it so.
PLACED: Final[Mapping[str, Mapping[Manner, int]]] = {
    "point":       {Manner.GRID: 46, Manner.CALL: 14, Manner.OFFICE: 38},
    "near_border": {Manner.GRID:  6, Manner.CALL:  2, Manner.OFFICE:  4},
    "code":        {Manner.GRID:  2, Manner.CALL:  1, Manner.OFFICE: 20},
    "name":        {Manner.GRID: 12, Manner.CALL: 47, Manner.OFFICE: 25},
    "text":        {Manner.GRID:  6, Manner.CALL: 23, Manner.OFFICE:  5},
    "own_grid":    {Manner.GRID: 21, Manner.CALL:  0, Manner.OFFICE:  0},
    "zero":        {Manner.GRID:  4, Manner.CALL:  3, Manner.OFFICE:  2},
    "office":      {Manner.GRID:  1, Manner.CALL:  2, Manner.OFFICE:  3},
    "nowhere":     {Manner.GRID:  1, Manner.CALL:  5, Manner.OFFICE:  2},
    "outside":     {Manner.GRID:  1, Manner.CALL:  3, Manner.OFFICE:  1},
}  # fmt: skip

SPEAKERS: Final[Mapping[str, int]] = {MEMBERS: 72, RESIDENTS: 8, HOTLINE: 10}
OFFICES: Final = 10
"""Of a hundred reports of a matter that all know of, how many come from whom; the rest is its departments' together."""

READINESS: Final[Mapping[Manner, float]] = {Manner.GRID: 2.1, Manner.CALL: 0.0, Manner.OFFICE: 1.0}
"""How readily a matter is solved on the spot by who tells of it: who calls cannot."""
READY: Final = 94
"""Of a hundred matters that many at most are solved on the spot."""

# Of a hundred reports, how many have the field though it says nothing new, or lack it though it would.
ORDINARY_SAID, UNCOUNTED, UNNAMED, DATED, NAMED_ABOUT = 40, 30, 30, 40, 50


@dataclass(frozen=True, slots=True)
class Desk:
    """Where reports are put into words: chance from the seed and the report's reference, places from the land."""

    seed: int
    land: Land

    def any(self, reference: str, sent_at: datetime, *, solved: bool | None = None) -> Ask:
        """Something that happens on any day; ``{department}`` in the reference becomes its source's code."""
        random = chance(self.seed, "ask", reference)
        told = random.choices(matters(), [each.weight for each in matters()])[0]
        department = source(random, told)
        way = self.way(random, department)
        done = solves(random, told, department) if solved is None else solved
        return Ask(
            reference=reference.format(department=department),
            sent_at=sent_at,
            matter=told,
            department=department,
            grid=random.randrange(len(self.land.paths)),
            way=way,
            solved=done and way != "outside",
            about=_of_a_hundred(random, NAMED_ABOUT),
        )

    def way(self, random: Random, department: str) -> str:
        """How this source tells a place."""
        told = manner(department)
        return random.choices(tuple(PLACED), [weights[told] for weights in PLACED.values()])[0]

    def draft(self, ask: Ask) -> Draft:
        """The report that is asked for."""
        random = chance(self.seed, "draft", ask.department, ask.reference)
        told, staff = manner(ask.department), self._staff(random, ask.grid)
        way = "name" if ask.way == "own_grid" and not staff else ask.way
        drawn = chance(self.seed, "spot", ask.spot) if ask.spot else random
        where = place(way, drawn, self.land, ask.grid, ask.department)
        happened, by_hand = ask.sent_at - times.ago(random), told is not Manner.OFFICE
        notation, written, exact = times.write(random, happened, ask.sent_at, by_hand=by_hand)
        fields = {
            "reference": ask.reference,
            "occurred_at": written,
            "text": phrases.text(random, ask, where.words),
            **phrases.category(random, ask),
            **where.fields,
            **_urgency(random, ask),
            **_people(random, ask),
            **_reporter(random, ask),
            **self._about(random, ask),
            **({"staff": staff} if told is Manner.GRID and staff else {}),
            **_solved(random, ask),
            **phrases.extras(random, ask),
            **_money(self.seed, ask),
        }
        return Draft(ask.department, fields, self._truth(ask, where, way, notation, exact))

    def moved(self, draft: Draft, random: Random) -> Draft:
        """The same matter, which turns out to be elsewhere."""
        grid, way = random.randrange(len(self.land.paths)), random.choice(("point", "name"))
        where = place(way, random, self.land, grid, draft.department)
        truth = replace(draft.truth, unit=where.unit, tells=where.tells, datum=where.datum, placed=way)
        cleared = dict.fromkeys(("place_name", "place_code", "coordinates"))
        return draft.but(truth, **{**cleared, **where.fields})

    def _truth(self, ask: Ask, where: Placed, way: str, notation: str, happened: datetime) -> Truth:
        return Truth(
            unit=where.unit,
            tells=where.tells,
            leaf=ask.matter.leaf,
            placed=way,
            notation=notation,
            happened_at=happened,
            datum=where.datum,
            about=self._complained(ask),
            echo_of=ask.echo_of,
        )

    def _staff(self, random: Random, grid: int) -> str | None:
        people = self.land.staff.get(self.land.paths[grid][-1].code)
        return random.choice(people) if people else None

    def _complained(self, ask: Ask) -> str | None:
        """The unit that a complaint is about: its member's grid, or the village."""
        path = self.land.paths[ask.grid]
        return {"staff": path[-1].code, "unit": path[-2].code}.get(ask.matter.about or "")

    def _about(self, random: Random, ask: Ask) -> dict[str, str]:
        """Whom it is about, in a field; other complaints say it in words alone."""
        if not ask.about or ask.matter.about is None:
            return {}
        if ask.matter.about == "unit":
            return {"about_unit": self.land.paths[ask.grid][-2].code}
        staff = self._staff(random, ask.grid)
        return {"about_staff": staff} if staff else {}


def source(random: Random, told: Matter) -> str:
    """Who tells of the matter: grid members most often."""
    weights = [SPEAKERS.get(each, OFFICES / max(1, len(told.offices))) for each in told.sources]
    return random.choices(told.sources, weights)[0]


def solves(random: Random, told: Matter, department: str) -> bool:
    """Whether who tells of the matter has solved it on the spot."""
    return _of_a_hundred(random, min(READY, told.on_spot * READINESS[manner(department)]))


def _of_a_hundred(random: Random, many: float) -> bool:
    return random.random() * 100 < many


def _urgency(random: Random, ask: Ask) -> dict[str, str]:
    urgency = ask.urgency or ask.matter.urgency
    said = urgency is not Urgency.ORDINARY or _of_a_hundred(random, ORDINARY_SAID)
    return {"urgency": urgency.value} if said else {}


def _people(random: Random, ask: Ask) -> dict[str, int]:
    if ask.people:
        return {"people": ask.people}
    if ask.matter.people is None or _of_a_hundred(random, UNCOUNTED):
        return {}
    return {"people": random.randint(*ask.matter.people)}


def _money(seed: int, ask: Ask) -> dict[str, int]:
    """What an office has counted; others say it in words, or not at all."""
    if ask.matter.money is None or manner(ask.department) is not Manner.OFFICE:
        return {}
    random = chance(seed, "money", ask.department, ask.reference)
    return {} if _of_a_hundred(random, UNCOUNTED) else {"money": random.randint(*ask.matter.money)}


def _reporter(random: Random, ask: Ask) -> dict[str, Any]:
    """People made of numbers, whose telephones are no numbers."""
    if manner(ask.department) is Manner.GRID or _of_a_hundred(random, UNNAMED):
        return {}
    number = random.randrange(10_000)
    return {"reporter": {"name": f"报告人{number:04}", "phone": f"000-0000-{number:04}"}}


def _solved(random: Random, ask: Ask) -> dict[str, Any]:
    if not ask.solved:
        return {}
    at = {"at": ask.sent_at.astimezone(SHANGHAI).isoformat()} if _of_a_hundred(random, DATED) else {}
    return {"solved_on_the_spot": {"what_was_done": random.choice(ask.matter.done)} | at}
