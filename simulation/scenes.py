"""Set pieces of the weeks: a storm, an unpaid crew, a pasture fire, a broken road, complaints about helpers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from contracts.report import Urgency
from simulation.chance import chance
from simulation.desk import Desk, solves, source
from simulation.draft import Ask
from simulation.matters import HOTLINE, MEMBERS, RESIDENTS, Matter, matter

DAY, WEEK = timedelta(days=1), timedelta(days=7)

STORM: Final = ("130302", "030102", "040302", "150204")
"""What a storm brings: power cuts, roads under sand, leaning poles, damage."""
STORM_HOURS: Final = ((10, 14), (12, 26), (14, 22), (16, 12))
"""At which hours of its day how many reports come."""
SEVERAL: Final = 3
STORM_HEART: Final = 0.7
"""The share of them that come from one village."""

WAGES, FIRE, MEMBER, COMMITTEE, ROAD = "060101", "150201", "160103", "160201", "030101"


def scenes(seed: int, start: datetime, days: int, desk: Desk) -> Iterator[Ask]:
    """Everything that is bound to happen, week by week from ``start`` (a Monday's first moment)."""
    for week in range((days + 6) // 7):
        monday = start + week * WEEK
        asks = (*_storm(seed, monday, week, desk), *_crew(seed, monday, desk), *_fire(seed, monday, desk))
        more = (*_complaints(seed, monday, desk), *_road(seed, monday, desk))
        yield from (ask for ask in (*asks, *more) if ask.sent_at < start + days * DAY)


def _storm(seed: int, monday: datetime, week: int, desk: Desk) -> Iterator[Ask]:
    """Every other week, on a Tuesday to Thursday, the first one included."""
    if week % 2:
        return
    random = chance(seed, "storm", monday.isoformat())
    day = monday + random.randint(1, 3) * DAY
    heart = _village(desk, random)
    for hour, reports in STORM_HOURS:
        for _ in range(reports):
            told = matter(random.choices(STORM, (6, 5, 2, 1))[0])
            grid = random.choice(heart) if random.random() < STORM_HEART else random.randrange(len(desk.land.paths))
            department, at = source(random, told), day + timedelta(hours=hour)
            solved = solves(random, told, department)
            yield _ask(desk, random, told, department, at, grid, solved=solved)


def _crew(seed: int, monday: datetime, desk: Desk) -> Iterator[Ask]:
    """Sixty people without their wages go to three offices one after another."""
    random = chance(seed, "crew", monday.isoformat())
    grid, at = random.randrange(len(desk.land.paths)), monday + random.randint(0, 2) * DAY + timedelta(hours=8)
    first = _ask(desk, random, matter(WAGES), "labour", at, grid, people=60)
    yield first
    yield _ask(desk, random, matter(WAGES), "petitions", at + timedelta(hours=2), grid, people=60, echo=first)
    yield _ask(desk, random, matter(WAGES), HOTLINE, at + DAY, grid, people=60, echo=first)


def _fire(seed: int, monday: datetime, desk: Desk) -> Iterator[Ask]:
    """A pasture burns, and four sources tell of it within hours; whoever saw it first asks for help at once."""
    random = chance(seed, "fire", monday.isoformat())
    grid = random.randrange(len(desk.land.paths))
    at = monday + random.randint(0, 5) * DAY + timedelta(hours=random.choice((12, 14, 16)))
    life = Urgency.LIFE_THREATENING
    first = _ask(desk, random, matter(FIRE), MEMBERS, at, grid, urgency=life, way="point")
    yield first
    yield _ask(desk, random, matter(FIRE), RESIDENTS, at, grid, urgency=life, way="text", echo=first)
    for department in ("fire", HOTLINE):
        yield _ask(desk, random, matter(FIRE), department, at + timedelta(hours=2), grid, urgency=life, echo=first)


def _complaints(seed: int, monday: datetime, desk: Desk) -> Iterator[Ask]:
    """About a grid member and about a gacha's committee: once naming them in a field, once in words alone."""
    random = chance(seed, "complaints", monday.isoformat())
    for leaf in (MEMBER, COMMITTEE):
        for about in (True, False):
            at = monday + random.randint(0, 4) * DAY + timedelta(hours=random.choice((8, 10, 14, 16)))
            grid = random.randrange(len(desk.land.paths))
            yield _ask(desk, random, matter(leaf), HOTLINE, at, grid, about=about, way="name" if about else "text")


def _road(seed: int, monday: datetime, desk: Desk) -> Iterator[Ask]:
    """One broken road, of which several callers tell within the day, all from the very same place."""
    random = chance(seed, "road", monday.isoformat())
    grid, day = random.randrange(len(desk.land.paths)), monday + random.randint(0, 4) * DAY
    first = _ask(desk, random, matter(ROAD), RESIDENTS, day + timedelta(hours=8), grid, way="point")
    yield replace(first, spot=first.reference)
    for hour, department in ((9, HOTLINE), (10, RESIDENTS), (12, HOTLINE), (14, "transport")):
        told = _ask(desk, random, matter(ROAD), department, day + timedelta(hours=hour), grid, way="point", echo=first)
        yield replace(told, spot=first.reference)


def _ask(
    desk: Desk,
    random: Random,
    told: Matter,
    department: str,
    at: datetime,
    grid: int,
    *,
    way: str | None = None,
    urgency: Urgency | None = None,
    people: int | None = None,
    about: bool = False,
    solved: bool = False,
    echo: Ask | None = None,
) -> Ask:
    return Ask(
        reference=f"{department}-{at:%Y%m%d%H}-S{random.randrange(10**8):08}",
        sent_at=at,
        matter=told,
        department=department,
        grid=grid,
        way=way or _inside(desk, random, department),
        urgency=urgency,
        people=people,
        about=about,
        solved=solved,
        echo_of=echo.reference if echo else None,
    )


def _inside(desk: Desk, random: Random, department: str) -> str:
    way = desk.way(random, department)
    return "name" if way in {"outside", "nowhere"} else way


def _village(desk: Desk, random: Random) -> list[int]:
    """The grids of one village that has several."""
    while True:
        village = random.choice(desk.land.paths)[-2]
        grids = [number for number, path in enumerate(desk.land.paths) if path[-2] == village]
        if len(grids) >= SEVERAL:
            return grids
