"""The banner that is run: its weeks, its people with their leave, and the moments at which its time stands."""

import csv
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from contracts.territory import SHANGHAI
from services.gis.boundaries import Boundaries
from services.gis.registers import read_members
from services.notification import reading
from simulation.banner import Banner
from simulation.hall import TownHall
from simulation.people import Leave, People, leaves

START: Final = datetime(2026, 3, 2, tzinfo=SHANGHAI)
"""A Monday's first moment."""
DAY: Final = timedelta(days=1)
QUIET_HOURS: Final = (9, 17)
"""At which hours of the days without reports time stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The same values give the same run: ``days`` with ``volume`` openings on an ordinary one, ``tail`` without any."""

    seed: int = 1
    days: int = 14
    tail: int = 8
    volume: int = 40

    def moments(self, banner: Banner) -> Iterator[datetime]:
        """Those of the days with reports, then fewer of the days after, and a last morning."""
        yield from banner.moments
        after = START + self.days * DAY
        yield from (after + day * DAY + timedelta(hours=hour) for day in range(self.tail) for hour in QUIET_HOURS)
        yield after + self.tail * DAY + timedelta(hours=QUIET_HOURS[0])

    def leave(self, members: Mapping[str, str]) -> Sequence[Leave]:
        """Who is away when, the tail included."""
        return leaves(self.seed, START, self.days + self.tail, members)


def banner(plan: Plan, boundaries: Boundaries) -> tuple[Banner, TownHall]:
    """The banner's reports and its people."""
    members = _members(boundaries)
    made = Banner(plan.seed, START, plan.days, boundaries, members, plan.volume)
    return made, TownHall(People.of(plan.seed, members, plan.leave(members)))


def lasts(moments: Iterable[datetime]) -> frozenset[datetime]:
    """The last moment of each day."""
    return frozenset({moment.astimezone(SHANGHAI).date(): moment for moment in moments}.values())


def write_roster(plan: Plan, folder: Path) -> None:
    """Notification's roster in a folder of its own, with the leave of this run's weeks."""
    shutil.copytree(reading.DATA, folder)
    people = {
        row["staff"] for row in csv.DictReader((folder / reading.PEOPLE).read_text(encoding="utf-8").splitlines())
    }
    with (folder / reading.LEAVE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(reading.LEAVE_COLUMNS)
        for leave in plan.leave(_members(Boundaries.load())):
            if leave.staff in people:
                writer.writerow((leave.staff, *_days(leave)))


def _days(leave: Leave) -> tuple[str, str]:
    """The first and the last day away."""
    first, until = leave.since.astimezone(SHANGHAI), leave.until.astimezone(SHANGHAI)
    return first.date().isoformat(), (until - timedelta(microseconds=1)).date().isoformat()


def _members(boundaries: Boundaries) -> dict[str, str]:
    """The unit's code of each staff number."""
    return {staff: path[-1].code for staff, path in read_members(boundaries.paths).items()}
