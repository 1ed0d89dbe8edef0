"""Three weeks of the virtual banner: all that it sends, and what is true about it."""

import json
import re
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

import pytest

from contracts.categories import LEAVES
from contracts.departments import DEPARTMENTS
from contracts.outcome import OutcomeKind
from contracts.report import Datum, Submission, Urgency
from contracts.territory import SHANGHAI
from services.gis.boundaries import Boundaries
from services.intake.datum import to_wgs84
from simulation.banner import HOURS, Banner
from simulation.follow import BREAKS, FOLLOWS
from simulation.matters import MEMBERS
from simulation.places import WAYS
from simulation.scenes import FIRE, STORM, WAGES
from simulation.sent import CASE, PARKED, REPEAT, Sent
from simulation.times import NOTATIONS
from tests.unit.simulation.territory import MONDAY, members

DAYS = 21


@pytest.fixture(scope="module")
def boundaries() -> Boundaries:
    return Boundaries.load()


@pytest.fixture(scope="module")
def banner(boundaries: Boundaries) -> Banner:
    return Banner(1, MONDAY, DAYS, boundaries, members(boundaries))


@pytest.fixture(scope="module")
def timed(banner: Banner) -> list[tuple[datetime, Sent]]:
    return [(moment, one) for moment in banner.moments for one in banner.reports(moment)]


@pytest.fixture(scope="module")
def sent(timed: list[tuple[datetime, Sent]]) -> list[Sent]:
    return [one for _, one in timed]


@pytest.fixture(scope="module")
def good(sent: list[Sent]) -> list[tuple[Sent, Submission]]:
    return [(one, Submission.model_validate_json(one.body)) for one in sent if one.expect != PARKED]


def test_time_stands_at_the_same_hours_every_day(banner: Banner) -> None:
    assert len(banner.moments) == DAYS * len(HOURS)
    assert {moment.hour for moment in banner.moments} == set(HOURS)
    assert all(moment + timedelta(days=3) in banner.moments for moment in banner.moments[: 18 * len(HOURS)])


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(boundaries: Boundaries) -> None:
    week = partial(Banner, start=MONDAY, days=2, boundaries=boundaries, members=members(boundaries))
    one, again, other = ([list(b.reports(m)) for m in b.moments] for b in (week(1), week(1), week(2)))

    assert one == again
    assert one != other


def test_more_days_change_nothing_in_what_opens_before(banner: Banner, boundaries: Boundaries) -> None:
    short = Banner(1, MONDAY, 7, boundaries, members(boundaries))

    for moment in short.moments:
        assert list(short.reports(moment)) == list(banner.reports(moment))


def test_moments_may_be_asked_for_in_any_order_and_zone(banner: Banner) -> None:
    monday = banner.moments[3]

    assert banner.reports(monday.astimezone(tz=None)) == banner.reports(monday)
    assert list(banner.reports(monday + timedelta(minutes=1))) == []


def test_three_weeks_are_some_three_thousand_records(sent: list[Sent], timed: list[tuple[datetime, Sent]]) -> None:
    days = Counter(moment.date() for moment, _ in timed)

    assert 2500 < len(sent) < 3300
    assert min(days.values()) > 70
    assert max(days.values()) > 180  # a storm


def test_no_reference_and_revision_comes_twice_but_where_that_is_the_point(sent: list[Sent]) -> None:
    again = [(one.department, one.reference, one.revision) for one in sent if one.shape not in {"repeat", "conflict"}]

    assert len(set(again)) == len(again)


def test_what_follows_a_report_comes_later(timed: list[tuple[datetime, Sent]]) -> None:
    first: dict[tuple[str, str], datetime] = {}
    for moment, one in timed:
        key = one.department, one.reference
        if key in first:
            assert one.shape in FOLLOWS
            assert moment > first[key]
        first.setdefault(key, moment)


def test_a_repeat_is_the_same_to_the_byte_and_a_conflict_is_not(sent: list[Sent]) -> None:
    bodies = {(one.department, one.reference): one.body for one in sent if one.shape not in FOLLOWS}

    for one in sent:
        if one.shape in {"repeat", "conflict"}:
            assert (one.body == bodies[one.department, one.reference]) is (one.shape == "repeat")


def test_every_source_place_notation_datum_and_shape_comes(sent: list[Sent]) -> None:
    truths = [one.truth for one in sent if one.truth]

    assert {one.department for one in sent} == {department.code for department in DEPARTMENTS}
    assert {truth.placed for truth in truths} == set(WAYS)
    assert {truth.notation for truth in truths} == set(NOTATIONS)
    assert {truth.datum for truth in truths} >= {datum.value for datum in Datum}
    assert {one.shape for one in sent} >= {*FOLLOWS, *BREAKS, "solved"}


def test_every_record_is_expected_to_become_something(sent: list[Sent]) -> None:
    expected = Counter(one.expect for one in sent)

    assert set(expected) == {CASE, REPEAT, PARKED}
    assert expected[CASE] > 0.85 * len(sent)
    assert all((one.expect == PARKED) is (one.outcomes == (OutcomeKind.PARKED,)) for one in sent)
    assert all((one.expect == REPEAT) is (one.outcomes == (OutcomeKind.REPEAT,)) for one in sent)


def test_the_fields_say_what_the_record_says_of_itself(good: list[tuple[Sent, Submission]]) -> None:
    for one, submission in good:
        assert (submission.reference, submission.revision) == (one.reference, one.revision)
        assert bool(submission.withdrawn) is (one.shape == "withdrawal")


def test_what_can_be_read_has_its_truth(good: list[tuple[Sent, Submission]], boundaries: Boundaries) -> None:
    for one, _ in good:
        assert one.truth
        assert one.truth.leaf in LEAVES
        assert boundaries.path(one.truth.tells)
        assert one.truth.unit.startswith(one.truth.tells) or not one.truth.unit


def test_points_lie_in_their_grids(good: list[tuple[Sent, Submission]], boundaries: Boundaries) -> None:
    looked = 0
    for one, submission in good:
        if one.truth and one.truth.placed in {"point", "near_border", "outside"} and submission.coordinates:
            given = submission.coordinates
            held = boundaries.fits(*to_wgs84(given.longitude, given.latitude, given.datum))
            assert [path[-1].code for path in held] == ([one.truth.unit] if one.truth.unit else [])
            looked += 1

    assert looked > 700


def test_codes_and_own_grids_agree_with_the_truth(good: list[tuple[Sent, Submission]], boundaries: Boundaries) -> None:
    units = members(boundaries)

    for one, submission in good:
        assert one.truth
        if one.truth.placed == "code":
            assert submission.place_code in {one.truth.tells, one.truth.tells.ljust(12, "0")}
        if one.truth.placed == "own_grid":
            assert units[submission.staff or ""] == one.truth.unit
            assert {submission.coordinates, submission.place_name, submission.place_code} == {None}


def test_nothing_happened_after_it_was_told(timed: list[tuple[datetime, Sent]]) -> None:
    for moment, one in timed:
        if one.truth:
            assert timedelta(0) <= moment - one.truth.happened_at < timedelta(days=9)


def test_people_are_made_of_numbers(good: list[tuple[Sent, Submission]]) -> None:
    named = [submission.reporter for _, submission in good if submission.reporter]

    assert named
    assert all(re.fullmatch(r"报告人\d{4}", one.name or "") for one in named)
    assert all(re.fullmatch(r"000-0000-\d{4}", one.phone or "") for one in named)


def test_about_half_is_solved_on_the_spot_and_by_nobody_who_only_called(good: list[tuple[Sent, Submission]]) -> None:
    opened = [(one, submission) for one, submission in good if OutcomeKind.OPENED in one.outcomes]
    solved = [one for one, submission in opened if submission.solved_on_the_spot]

    assert 0.45 < len(solved) / len(opened) < 0.65
    assert Counter(one.department for one in solved).most_common(1)[0][0] == MEMBERS
    assert not {"residents", "hotline-12345"} & {one.department for one in solved}


def test_categories_are_the_sources_own_words_or_missing(good: list[tuple[Sent, Submission]]) -> None:
    words = [submission.category for _, submission in good]

    assert 0.3 < words.count(None) / len(words) < 0.7
    assert len(set(words)) > 200


def test_a_storm_brings_dozens_within_hours_from_one_village(timed: list[tuple[datetime, Sent]]) -> None:
    storm = [(m, one.truth) for m, one in timed if one.truth and one.truth.leaf in STORM and one.expect == CASE]
    day, many = Counter(moment.date() for moment, _ in storm).most_common(1)[0]
    villages = Counter(truth.unit[:12] for moment, truth in storm if moment.date() == day)

    assert many > 50
    assert day.isoweekday() in {2, 3, 4}
    assert villages.most_common(1)[0][1] > many / 2


def test_sixty_people_without_wages_go_to_several_offices(good: list[tuple[Sent, Submission]]) -> None:
    crews = [one for one, submission in good if submission.people == 60]

    assert {one.department for one in crews} >= {"labour", "petitions", "hotline-12345"}
    assert {one.truth.leaf for one in crews if one.truth} == {WAGES}


def test_a_pasture_fire_threatens_life_and_several_tell_of_it(good: list[tuple[Sent, Submission]]) -> None:
    fires = [
        one.truth
        for one, submission in good
        if one.truth and one.truth.leaf == FIRE and submission.urgency is Urgency.LIFE_THREATENING
    ]

    assert any(fire.echo_of for fire in fires)
    assert any(not fire.echo_of for fire in fires)


def test_complaints_name_whom_they_are_about_or_only_say_so(good: list[tuple[Sent, Submission]]) -> None:
    about = [(one.truth, submission) for one, submission in good if one.truth and one.truth.about]

    assert any(submission.about_unit == truth.about for truth, submission in about)
    assert any(submission.about_staff for _, submission in about)
    assert any(not (submission.about_unit or submission.about_staff) for _, submission in about)


def test_an_echo_is_of_a_report_that_came_and_from_the_same_grid(sent: list[Sent]) -> None:
    units = {one.reference: one.truth.unit for one in sent if one.truth and one.revision == 1}
    echoes = [one.truth for one in sent if one.truth and one.truth.echo_of]

    assert len(echoes) > 40
    assert all(units.get(echo.echo_of or "", echo.unit) in {echo.unit, ""} or not echo.unit for echo in echoes)


def test_corrections_of_what_was_yesterday_give_the_date(sent: list[Sent]) -> None:
    for one in sent:
        if one.revision > 1:
            assert not re.match("今天|昨天|前天", str(json.loads(one.body)["occurred_at"]))


def test_a_banner_of_no_days_sends_nothing(boundaries: Boundaries) -> None:
    empty = Banner(1, MONDAY, 0, boundaries, {})

    assert empty.moments == ()
    assert list(chain.from_iterable(map(empty.reports, [MONDAY]))) == []


def test_without_people_no_one_reports_by_their_own_grid(boundaries: Boundaries) -> None:
    banner = Banner(1, MONDAY, 1, boundaries, {})
    bodies = [one for moment in banner.moments for one in banner.reports(moment)]

    assert bodies
    assert not any(one.truth and one.truth.placed == "own_grid" for one in bodies)
    assert not any(b'"staff"' in one.body for one in bodies)


def test_the_start_may_be_given_in_another_zone(boundaries: Boundaries) -> None:
    banner = Banner(1, MONDAY.astimezone(tz=None), 1, boundaries, {})

    assert banner.moments[0] == datetime(2026, 3, 2, tzinfo=SHANGHAI)
