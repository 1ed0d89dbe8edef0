"""The banner of the simulated year: its grids, its reports over the days, its services' tables and their outages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path as File
from random import Random
from typing import Any, Final, Self

from contracts.categories import CATEGORIES
from contracts.departments import DEPARTMENTS
from contracts.identity import report_id
from contracts.report import (
    Classification,
    ClassifiedBy,
    Location,
    LocationMethod,
    LocationOutcome,
    Report,
    ReportLocated,
    Urgency,
)
from contracts.territory import Path
from services.chassis.values import Context
from services.escalation import calendar, terms, validate
from services.escalation import domain as escalation
from services.escalation.obligation import Tables
from services.gis.boundaries import Boundaries
from services.routing import domain as routing
from services.routing import state
from services.routing.validate import load as routing_table
from simulation.chance import chance
from tests.unit.escalation.timebook import published_up_to
from tests.year.desk import Decide, Desk
from tests.year.facts import DAY, HERE, HOUR, PUBLISHED, Book
from tests.year.life import Life
from tests.year.people import People
from tests.year.truth import Truth
from tests.year.weather import Weather

START: Final = datetime(2024, 10, 1, tzinfo=HERE)
DAYS: Final = 365
CALM: Final = datetime(2026, 1, 1, tzinfo=HERE)
"""From then on nobody begins anything anew."""
UNTIL: Final = datetime(2026, 12, 1, tzinfo=HERE)
"""By then the last case has ended."""
WORKING: Final = File(__file__).parent / "working.toml"
BY_DAY: Final = 85
"""Of a hundred reports, those that come between seven and ten in the evening."""
URGENT, LIFE, SOLVED, UNDECIDED, VAGUE = 12, 3, 25, 8, 15
"""Shares of a hundred reports; vague ones say no more than their village, town or banner."""


@dataclass(frozen=True, slots=True)
class World:
    """All that cases share; ``tables`` are the two banners': the committed table of terms, and one of working days."""

    seed: int
    grids: Sequence[Path]
    routing: Decide
    tables: Sequence[tuple[Tables, Tables]]
    """Before and after the notice of the next year's days off."""
    books: Sequence[Book]
    weather: Mapping[str, Weather]

    @classmethod
    def of(cls, seed: int) -> Self:
        """Read all tables once."""
        boundaries, table = Boundaries.load(), routing_table()
        before = published_up_to(PUBLISHED.year)
        files = (terms.FILE, WORKING)
        loaded = [validate.load(file) for file in files]
        return cls(
            seed,
            tuple(path for grid in boundaries.grids if (path := boundaries.path(grid.code))),
            lambda given, one, context: routing.decide(table, given, one, context),
            [(Tables(found.terms, before), found) for found in loaded],
            [Book.read(file, calendar.FILE) for file in files],
            {name: Weather.of(seed, name, START, DAYS + 60) for name in ("routing", "escalation")},
        )

    def life(self, number: int) -> Life:
        """The case of this number; not yet lived."""
        random = chance(self.seed, "year", number)
        at = _moment(random)
        before, after = self.tables[number % 2]
        routing = Desk(lambda _now: self.routing, state.wake, self.weather["routing"], random)
        timing = Desk(
            lambda now: _by(before if now < PUBLISHED else after), escalation.wake, self.weather["escalation"], random
        )
        people = People(random, tuple(random.choice(self.grids) for _ in range(3)), CALM)
        return Life(self._report(random, number, at), at, routing, timing, people, Truth(self.books[number % 2]), UNTIL)

    def _report(self, random: Random, number: int, at: datetime) -> ReportLocated:
        grid = self.grids[number % len(self.grids)]
        path = grid[: random.choice((1, 2, 3))] if _of_a_hundred(random, VAGUE) else grid
        department, reference = random.choice(DEPARTMENTS).code, f"{self.seed}-{number}"
        draw = random.random() * 100
        urgency = Urgency.LIFE_THREATENING if draw < LIFE else Urgency.URGENT if draw < LIFE + URGENT else None
        code = None if _of_a_hundred(random, UNDECIDED) else random.choice(_LEAVES)
        report = Report(
            report_id=report_id(department, reference),
            department=department,
            reference=reference,
            revision=1,
            occurred_at=at - HOUR,
            received_at=at,
            text="测试事项。",
            urgency=urgency or Urgency.ORDINARY,
            classified=Classification(code=code, zh="", by=ClassifiedBy.CODE, confidence=1, version="year"),
            people=random.choice((None, None, 1, 4, 30)),
            solved="已处理。" if urgency is None and _of_a_hundred(random, SOLVED) else None,
        )
        located = LocationOutcome.LOCATED if path == grid else LocationOutcome.NOT_LOCATED
        place = Location(
            outcome=located, method=LocationMethod.POINT, path=path, boundary_version="year", why="坐标落在网格内"
        )
        return ReportLocated(version=1, report=report, location=place)


_LEAVES: Final = [code for code in CATEGORIES if len(code) > 2]


def _by(tables: Tables) -> Decide:
    def decide(given: Any, one: Any, context: Context) -> Any:
        return escalation.decide(tables, given, one, context)

    return decide


def _moment(random: Random) -> datetime:
    hour = random.uniform(7, 22) if _of_a_hundred(random, BY_DAY) else random.uniform(0, 24)
    found = START + random.randrange(DAYS) * DAY + hour * HOUR
    return found - timedelta(microseconds=found.microsecond % 1000)


def _of_a_hundred(random: Random, many: float) -> bool:
    return random.random() * 100 < many
