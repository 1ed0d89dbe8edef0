"""Datums: there and back lands on the same spot, and a wrong datum cannot pass unseen."""

from math import cos, hypot, radians

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.report import Datum
from services.intake.datum import from_wgs84, to_wgs84

CHINA = st.tuples(st.floats(73.5, 135.1), st.floats(3.8, 53.6))
BANNER = st.tuples(st.floats(106.47, 108.54), st.floats(37.61, 38.84))
ANYWHERE = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
DATUMS = st.sampled_from(Datum)
SHIFTED = (Datum.GCJ02, Datum.BD09)
PLACES = [(73.5 + i * 0.77, 3.8 + j * 0.83) for i in range(80) for j in range(60)]
BANNER_PLACES = [(106.47 + i * 0.1, 37.61 + j * 0.1) for i in range(21) for j in range(13)]

Point = tuple[float, float]


def metres(a: Point, b: Point) -> float:
    """Distance, good enough for a few kilometres."""
    return 111_320 * hypot((a[0] - b[0]) * cos(radians(a[1])), a[1] - b[1])


def one_step(point: Point, datum: Datum) -> Point:
    """Undo a shift the customary, inexact way: subtract the shift at the shifted point."""
    shown = from_wgs84(*point, datum)
    return 2 * point[0] - shown[0], 2 * point[1] - shown[1]


@given(st.one_of(CHINA, BANNER), DATUMS)
@example((105.0, 35.0), Datum.GCJ02)  # the polynomial has a kink on both lines
@example((105.0 + 1e-9, 35.0 - 1e-9), Datum.BD09)
def test_there_and_back_is_the_same_spot_within_a_millimetre(point: Point, datum: Datum) -> None:
    assert metres(point, to_wgs84(*from_wgs84(*point, datum), datum)) < 0.001


@given(st.one_of(CHINA, BANNER), DATUMS)
def test_back_and_there_is_the_same_spot_within_a_millimetre(point: Point, datum: Datum) -> None:
    assert metres(point, from_wgs84(*to_wgs84(*point, datum), datum)) < 0.001


@given(ANYWHERE, st.sampled_from([Datum.WGS84, Datum.CGCS2000]))
def test_wgs84_and_cgcs2000_stay_as_they_are(point: Point, datum: Datum) -> None:
    assert to_wgs84(*point, datum) == point == from_wgs84(*point, datum)


@pytest.mark.parametrize("point", [(-0.1278, 51.5074), (2.35, 48.85), (151.2, -33.87), (139.69, 35.69), (72.0, 30.0)])
def test_gcj02_is_the_identity_outside_china(point: Point) -> None:
    assert from_wgs84(*point, Datum.GCJ02) == point == to_wgs84(*point, Datum.GCJ02)


@given(BANNER)
def test_a_wrong_datum_is_hundreds_of_metres_off_in_the_banner(point: Point) -> None:
    assert 300 < metres(point, from_wgs84(*point, Datum.GCJ02)) < 1000
    assert 300 < metres(point, from_wgs84(*point, Datum.BD09)) < 2000
    assert 300 < metres(from_wgs84(*point, Datum.GCJ02), from_wgs84(*point, Datum.BD09)) < 2000


def test_the_shifts_in_beijing_are_those_that_the_common_converters_give() -> None:
    beijing = (116.404, 39.915)
    assert from_wgs84(*beijing, Datum.GCJ02) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    bd09 = from_wgs84(*to_wgs84(*beijing, Datum.GCJ02), Datum.BD09)
    assert bd09 == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)


@pytest.mark.parametrize("datum", SHIFTED)
@pytest.mark.parametrize("places", [PLACES, BANNER_PLACES], ids=["China", "banner"])
def test_one_step_would_not_be_enough(datum: Datum, places: list[Point]) -> None:
    assert max(metres(p, one_step(from_wgs84(*p, datum), datum)) for p in places) > 0.1


@pytest.mark.parametrize("datum", SHIFTED)
def test_the_inverse_is_exact_to_a_billionth_of_a_degree(datum: Datum) -> None:
    for place in PLACES:
        assert to_wgs84(*from_wgs84(*place, datum), datum) == pytest.approx(place, abs=1e-9)
