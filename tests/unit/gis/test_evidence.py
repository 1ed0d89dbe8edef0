"""Which clue outweighs which: a weaker one may make a place deeper or surer, or less sure, but never moves it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.report import LocationMethod, LocationOutcome
from contracts.territory import BANNER, Path, full_name
from services.gis.boundaries import Boundaries
from services.gis.evidence import SUREST, Evidence, Finding, weigh
from services.gis.paths import Paths, common, leads_to, narrowed, shallowest
from tests.builders import OTHER_PATH, PATH

PATHS = tuple(path for path in Boundaries.load().paths.values() if path[1:2] and path[1].name == "昂素镇")
ELSEWHERE = next(path for path in Boundaries.load().paths.values() if path[-1].name == "大场子村")
VILLAGE, TOWN = PATH[:3], PATH[:2]


def says(evidence: Evidence, *paths: Path, outside: bool = False) -> Finding:
    return Finding(
        evidence=evidence,
        paths=paths,
        confidence=evidence.confidence if paths else 0.0,
        said=evidence.zh,
        outside=outside,
    )


TABLE = (
    # the stronger               the weaker
    (Evidence.POINT,             Evidence.PLACE_CODE),
    (Evidence.PLACE_CODE,        Evidence.PLACE_NAME),
    (Evidence.PLACE_NAME,        Evidence.PLACE_NAME_SHORT),
    (Evidence.PLACE_NAME_SHORT,  Evidence.TEXT),
    (Evidence.TEXT,              Evidence.TEXT_SHORT),
    (Evidence.TEXT_SHORT,        Evidence.ROUGH_POINT),
    (Evidence.ROUGH_POINT,       Evidence.OWN_GRID),
)  # fmt: skip


@pytest.mark.parametrize(("stronger", "weaker"), TABLE)
def test_of_two_clues_that_contradict_the_stronger_decides_and_the_other_is_kept(
    stronger: Evidence, weaker: Evidence
) -> None:
    found = weigh((says(weaker, ELSEWHERE), says(stronger, PATH)), "v")

    assert (found.outcome, found.method, found.path) == (LocationOutcome.LOCATED, stronger.method, PATH)
    assert [clue.unit for clue in found.clues] == [PATH[-1], ELSEWHERE[-1]]
    assert found.why.endswith(f"{stronger.zh}，与{weaker.zh}（{full_name(ELSEWHERE)}）不符")
    assert (found.confidence or 0) < stronger.confidence


@pytest.mark.parametrize(("stronger", "weaker"), TABLE)
def test_a_weaker_clue_that_says_the_same_makes_the_place_surer(stronger: Evidence, weaker: Evidence) -> None:
    found = weigh((says(stronger, PATH), says(weaker, PATH)), "v")

    assert (found.path, found.method) == (PATH, stronger.method)
    assert stronger.confidence < (found.confidence or 0) <= SUREST


@pytest.mark.parametrize(("stronger", "weaker"), TABLE)
def test_a_weaker_clue_that_goes_deeper_decides_the_deeper_unit(stronger: Evidence, weaker: Evidence) -> None:
    found = weigh((says(stronger, TOWN), says(weaker, PATH)), "v")

    assert (found.path, found.method) == (PATH, weaker.method)
    assert found.clues[0].unit == PATH[-1]
    assert (found.confidence or 0) > weaker.confidence


def test_of_several_candidates_a_weaker_clue_chooses() -> None:
    found = weigh((says(Evidence.POINT, PATH, OTHER_PATH), says(Evidence.TEXT, OTHER_PATH)), "v")
    assert (found.outcome, found.path, found.candidates) == (LocationOutcome.LOCATED, OTHER_PATH, ())


def test_what_only_two_clues_together_say_is_as_sure_as_both_are() -> None:
    found = weigh((says(Evidence.PLACE_CODE, TOWN), says(Evidence.TEXT, VILLAGE, ELSEWHERE)), "v")
    assert (found.path, found.method) == (VILLAGE, LocationMethod.TEXT)
    assert found.confidence == pytest.approx(Evidence.PLACE_CODE.confidence * Evidence.TEXT.confidence)


def test_several_that_fit_belong_to_what_they_share() -> None:
    found = weigh((says(Evidence.TEXT, PATH, ELSEWHERE),), "v")
    assert (found.outcome, found.path) == (LocationOutcome.TWO_FIT, (BANNER,))
    assert found.candidates == (PATH, ELSEWHERE)


def test_a_point_outside_decides_against_all_names_and_says_which() -> None:
    found = weigh((says(Evidence.TEXT, PATH), says(Evidence.POINT, outside=True)), "v")
    assert (found.outcome, found.path) == (LocationOutcome.OUTSIDE, (BANNER,))
    assert found.why == f"坐标，与文中地名（{full_name(PATH)}）不符"


def test_nothing_at_all_is_not_located() -> None:
    assert weigh((), "v").why == "未提供坐标和地点代码，无法确定网格"


findings = st.lists(
    st.builds(
        lambda evidence, paths: says(evidence, *paths),
        st.sampled_from(Evidence),
        st.lists(st.sampled_from((*PATHS, ELSEWHERE)), max_size=3, unique=True),
    ),
    max_size=5,
    unique_by=lambda each: each.evidence,
)


@given(findings)
def test_the_order_of_the_clues_does_not_matter_and_none_is_lost(found: list[Finding]) -> None:
    forwards, backwards = weigh(found, "v"), weigh(found[::-1], "v")
    assert forwards == backwards
    assert len(forwards.clues) == len(found)
    assert forwards.confidence is None or 0 < forwards.confidence <= SUREST


@given(findings)
def test_no_weaker_clue_moves_a_place(found: list[Finding]) -> None:
    counted = sorted((each for each in found if each.paths), key=lambda each: each.evidence.rank)
    if counted:
        location = weigh(found, "v")
        chosen = location.candidates or (location.path,)
        assert all(narrowed((path,), counted[0].paths) for path in chosen)
        assert location.path == common(chosen)


paths = st.lists(st.sampled_from((*PATHS, ELSEWHERE)), max_size=4, unique=True).map(tuple)


@given(paths, paths)
def test_what_is_narrowed_fits_both_and_is_as_deep_as_either(first: Paths, second: Paths) -> None:
    both = narrowed(first, second)
    assert set(both) <= {*first, *second}
    assert set(both) == set(narrowed(second, first))
    assert all(
        any(leads_to(one, path) for one in first) and any(leads_to(one, path) for one in second) for path in both
    )


@given(paths)
def test_of_what_leads_on_to_another_only_the_beginning_is_left(given_: Paths) -> None:
    left = shallowest(given_)
    assert all(any(leads_to(one, path) for one in left) for path in given_)
    assert not any(leads_to(one, other) for one in left for other in left if one != other)
