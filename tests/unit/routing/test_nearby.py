"""Nearby: what may be the same is suggested to whichever case comes second; what is far, late or other is not."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import hypot
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from contracts.categories import named
from contracts.identity import report_id
from contracts.relation import CaseRelation
from contracts.report import Classification, ClassifiedBy, Datum, Guess, Point, ReportLocated
from services.chassis.tables import BrokenTableError
from services.routing.nearby import KEPT, SHOWN, WIDTH, Cell, likeness, merged, places, read, seen
from services.routing.nearby import at as entry
from services.routing.state import State, facets, wake
from tests.builders import DAY, HOUR, MORNING, arrived, context, kinds, located, report
from tests.unit.routing.rulebook import TABLE, decide

EAST, NORTH = 107.407334, 38.458799
METRE_EAST, METRE_NORTH = 1 / (111_320 * 0.778_243), 1 / 111_320
ROADS = TABLE.near.row("0301")
assert ROADS
HOLE = "镇政府门前路面坑洼积水，车辆难行"


def kind(code: str) -> Classification:
    return Classification(code=code, zh=named(code), by=ClassifiedBy.CODE, confidence=1.0, version="1")


def told(name: str, east: float = 0, north: float = 0, text: str = HOLE, code: str = "0301") -> ReportLocated:
    """A report of a place so many metres east and north of the well."""
    point = Point(longitude=EAST + east * METRE_EAST, latitude=NORTH + north * METRE_NORTH, given_in=Datum.WGS84)
    return located(report(name, point=point, classified=kind(code), text=text))


def of(name: str) -> UUID:
    return report_id("water", name)


@dataclass(slots=True)
class Map:
    """Routing's cases and cells, whose words are delivered in any order."""

    random: Random = field(default_factory=lambda: Random(0))
    states: dict[str, State] = field(default_factory=dict)
    waiting: list[tuple[CaseRelation, UUID]] = field(default_factory=list)

    def open(self, body: ReportLocated, at: datetime = MORNING) -> list[str]:
        return self._give(body.subject, body, None, at)

    def settle(self, at: datetime = MORNING) -> None:
        while self.waiting:
            body, name = self.waiting.pop(self.random.randrange(len(self.waiting)))
            self._give(body.to, body, name, at)

    def _give(self, subject: str, body: ReportLocated | CaseRelation, cause: UUID | None, at: datetime) -> list[str]:
        decision = decide(self.states.get(subject), arrived(body, at, cause=cause, subject=subject), context(at))
        assert decision.state
        self.states[subject] = decision.state
        self.waiting += [(one.body, one.id) for one in decision.events if isinstance(one.body, CaseRelation)]
        return kinds(decision)

    def similar(self, name: str) -> list[UUID]:
        case = self.states[str(of(name))].case
        assert case
        return [one.case_id for one in case.similar]


def suggested(first: ReportLocated, second: ReportLocated, later: timedelta = HOUR) -> bool:
    """Whether the first is suggested to the second, which comes so much later."""
    found = Map()
    for body, at in ((first, MORNING), (second, MORNING + later)):
        found.open(body, at)
        found.settle(at)
    assert found.similar(first.report.reference) == [], "who was there first hears of nobody"
    return found.similar(second.report.reference) == [first.report.report_id]


CLOSE = (
    # the second one                                     how much later    suggested
    (told("B", 30, 40),                                  HOUR,             True),
    (told("B", 30, 40, "路面坑洼，下雨积水，车难走"),        HOUR,             True),
    (told("B", 30, 40, code="030101"),                   HOUR,             True),
    (told("B", 30, 40, code="0401"),                     HOUR,             False),
    (told("B", 30, 40, "公交车站牌被大风刮倒"),              HOUR,             False),
    (told("B", 150, 140),                                HOUR,             False),
    (told("B", 30, 40),                                  8 * DAY,          False),
)  # fmt: skip


@pytest.mark.parametrize(("second", "later", "wanted"), CLOSE)
def test_what_is_close_in_group_place_time_and_words_is_suggested(
    second: ReportLocated, later: timedelta, wanted: bool
) -> None:
    assert suggested(told("A"), second, later) is wanted


def test_a_suggestion_changes_nothing_but_what_is_known_and_tells_how_alike_how_far_and_how_long_before() -> None:
    found = Map()
    found.open(told("A"))
    found.settle()
    assert found.open(told("B", 30, 40), MORNING + HOUR)[:2] == ["case.opened", "report.opened"]
    before = found.states[str(of("B"))].case
    found.settle(MORNING + HOUR)
    case = found.states[str(of("B"))].case
    assert case
    assert before
    (one,) = case.similar
    assert (one.metres, one.minutes) == (50, 60)
    assert one.score == pytest.approx(0.6 + 0.25 * 0.75 + 0.15 * (1 - 1 / 168), abs=0.006)
    assert case.model_copy(update={"similar": (), "version": before.version}) == before


@pytest.mark.parametrize("seed", range(40))
def test_of_two_that_are_close_one_sees_the_other_wherever_the_cells_borders_run_and_words_cross(seed: int) -> None:
    random = Random(seed)
    found = Map(random)
    east, north = (random.uniform(-1000, 1000) for _ in range(2))
    aside, up = (random.uniform(-35, 35) for _ in range(2))
    found.open(told("A", east, north))
    found.open(told("B", east + aside, north + up))
    found.settle()
    assert (found.similar("A"), found.similar("B")) in (([of("B")], []), ([], [of("A")]), ([of("B")], [of("A")]))


def test_a_circle_touches_mostly_one_cell_four_at_the_most_and_its_own_is_among_them() -> None:
    assert ROADS
    touched = 0
    for n in range(400):
        body = told("A", n * 7, n * 3)
        found = list(places(TABLE.near, body.report, HOLE, MORNING))
        spot, width = found[0].sighting, WIDTH * ROADS.metres
        assert 1 <= len({one.cell for one in found}) == len(found) <= 4
        here = f"cell/03/{spot.x // width:.0f}/{spot.y // width:.0f}/"
        assert any(one.cell.startswith(here) for one in found)
        touched += len(found)
    assert touched < 2 * 400, "mostly one"


def test_metres_on_the_plane_are_metres_on_the_ground() -> None:
    (here, *_), (there, *_) = (
        list(places(TABLE.near, told("A", *at).report, "", MORNING)) for at in ((0, 0), (300, 400))
    )
    apart = hypot(here.sighting.x - there.sighting.x, here.sighting.y - there.sighting.y)
    assert apart == pytest.approx(500, rel=0.01)


def test_cells_are_of_a_period_and_near_its_end_of_the_next_too() -> None:
    assert ROADS
    days = timedelta(days=ROADS.days)
    for hours in range(0, 24 * 7 * 12, 5):
        now = MORNING + hours * HOUR
        first, second = (
            {one.cell for one in places(TABLE.near, told("A").report, HOLE, at)} for at in (now, now + days)
        )
        assert first & second, "whoever comes within those days meets it in some cell"
    counts = [
        len(list(places(TABLE.near, told("A").report, HOLE, MORNING + day * DAY))) for day in range(4 * ROADS.days)
    ]
    assert sum(counts) == 5 * ROADS.days * min(counts), "a quarter of all days are near an end"


def test_without_a_point_or_a_row_for_its_category_no_cell_hears_of_it() -> None:
    assert list(places(TABLE.near, report(classified=kind("0301")), HOLE, MORNING)) == []
    assert list(places(TABLE.near, told("A", code="07").report, HOLE, MORNING)) == []
    assert list(places(TABLE.near, report(), HOLE, MORNING)) == []


@pytest.mark.parametrize(("east", "north"), [(180.1, 38), (107, -90.1), (2.0**31, 38), (107, 1e308), (-1e308, -1e308)])
def test_a_point_that_is_nowhere_on_earth_is_near_nothing_and_its_case_is_opened(east: float, north: float) -> None:
    nowhere = Point(longitude=east, latitude=north, given_in=Datum.WGS84)
    opened = Map().open(located(report("A", point=nowhere, classified=kind("0301"), text=HOLE)))
    assert opened == ["case.opened", "report.opened"]


@pytest.mark.parametrize(("confidence", "cells"), [(0.5, True), (0.2, False)])
def test_of_an_undecided_report_the_likeliest_first_level_is_enough(confidence: float, cells: bool) -> None:
    guess = Guess(code="030101", zh="道路", confidence=confidence)
    unsure = kind("0301").model_copy(update={"code": None, "by": ClassifiedBy.UNDECIDED, "runners_up": (guess,)})
    body = told("A").report.model_copy(update={"classified": unsure})
    assert bool(list(places(TABLE.near, body, HOLE, MORNING))) is cells


def test_the_deepest_row_of_a_category_counts() -> None:
    rows = [TABLE.near.row(code) for code in ("0801", "080301")]
    assert [row.category for row in rows if row] == ["08", "0803"]


def test_a_cell_keeps_the_newest_cases_of_its_days_and_is_in_no_list_and_never_wakes() -> None:
    cell, spot = Cell(), next(places(TABLE.near, told("A").report, HOLE, MORNING)).sighting
    for n in range(KEPT + 20):
        cell, similar = seen(TABLE.near, "03", cell, entry(spot, of(str(n)), MORNING + n * HOUR))
        assert len(similar) == min(n, SHOWN)
    assert [one.case_id for one in cell.entries] == [of(str(n)) for n in range(20, KEPT + 20)]
    cell, similar = seen(TABLE.near, "03", cell, entry(spot, of("later"), MORNING + 30 * DAY))
    assert (len(cell.entries), similar) == (1, ())
    assert (facets(State(cell=cell)), wake(State(cell=cell))) == ({}, None)


def test_a_case_that_is_sighted_again_is_not_like_itself() -> None:
    spot = next(places(TABLE.near, told("A").report, HOLE, MORNING)).sighting
    cell, _ = seen(TABLE.near, "03", Cell(), entry(spot, of("A"), MORNING))
    again, similar = seen(TABLE.near, "03", cell, entry(spot, of("A"), MORNING + HOUR))
    assert (len(again.entries), similar) == (1, ())


def test_lists_are_merged_best_first_each_case_once() -> None:
    cell, spot = Cell(), next(places(TABLE.near, told("A").report, HOLE, MORNING)).sighting
    for n in range(8):
        cell, similar = seen(TABLE.near, "03", cell, entry(spot, of(str(n)), MORNING + n * HOUR))
    assert merged(similar, similar) == similar
    assert [one.score for one in similar] == sorted((one.score for one in similar), reverse=True)
    assert merged(similar[2:], similar[:2]) == similar


ALIKE = (
    # two texts                                        how much they have in common
    ("路面坑洼积水", "路面坑洼积水",                        1.0),
    ("路面坑洼", "水泵损坏",                              0.0),
    ("路面，坑洼！", "路面坑洼",                           1.0),
    ("路灯不亮", "路灯坏了",                              1 / 3),
    ("", "",                                           1.0),
    ("亮", "灭",                                       0.0),
)  # fmt: skip


@pytest.mark.parametrize(("one", "other", "wanted"), ALIKE)
def test_likeness_is_the_share_of_common_pairs_of_characters(one: str, other: str, wanted: float) -> None:
    assert likeness(one, other) == likeness(other, one) == pytest.approx(wanted)


def test_a_table_with_two_rows_for_one_category_is_refused_in_one_line(tmp_path: Path) -> None:
    row, file = '[[near]]\ncategory = "03"\nzh = "路"\nmetres = 100\ndays = 1\nscore = 0.5\n', tmp_path / "nearby.toml"
    file.write_text(2 * row, encoding="utf-8")
    with pytest.raises(BrokenTableError, match="category 03 in 2 rows; right is one row for each"):
        read(file)


def test_a_table_with_a_category_that_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "nearby.toml"
    file.write_text('[[near]]\ncategory = "99"\nzh = "无"\nmetres = 100\ndays = 1\nscore = 0.5\n', encoding="utf-8")
    with pytest.raises(BrokenTableError, match=r"^nearby.toml, near 1: category: found '99'; right is a code"):
        read(file)
