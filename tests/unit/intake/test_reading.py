"""What intake makes of the bytes that a source sent."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.report import Datum
from contracts.topics import SUBMITTED
from services.chassis.values import Invalid, Quota
from services.intake.datum import from_wgs84
from services.intake.reading import IDEMPOTENCY_HEADER, READERS, REPORT_BYTES, parse, read, readers, reference_of
from services.intake.submitted import Submitted, extras_of, report_of
from tests.builders import DAY, MORNING, record

WATER = SUBMITTED["water"]
Headers = tuple[tuple[str, bytes | None], ...]
LEAST = {"reference": "2026-0001", "occurred_at": "2026-03-05 08:00", "text": "机井损坏"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
FIELDS = dict.fromkeys(("reference", "occurred_at", "text", "coordinates", "reporter", "revision", "unknown"), JSON)


def sent(**fields: object) -> bytes:
    return json.dumps(LEAST | fields, ensure_ascii=False).encode()


def read_water(**fields: object) -> Submitted:
    return read("water", sent(**fields), MORNING)


def wrong(raw: bytes | None, headers: Headers = ()) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        parse(record(raw, WATER, headers=headers))
    assert all(problem.expected and problem.expected_zh for problem in caught.value.problems)
    return {problem.path: problem.found for problem in caught.value.problems}


def test_three_fields_are_a_report() -> None:
    report = report_of(read_water(), MORNING)

    assert (report.department, report.reference, report.revision, report.text) == ("water", "2026-0001", 1, "机井损坏")
    assert report.occurred_at.isoformat() == "2026-03-05T08:00:00+08:00"
    assert report.received_at == MORNING


def test_the_department_comes_from_the_topic_and_never_from_a_field() -> None:
    body = parse(record(sent(department="police"), WATER))

    assert body.department == "water"


def test_each_source_may_bring_in_as_much_as_the_quota_says() -> None:
    quota = Quota(rate=2.0, burst=10)
    bounded = readers(quota)

    assert {reader.quota for reader in bounded} == {quota}
    assert [replace(reader, quota=None) for reader in bounded] == list(READERS)


def test_each_department_has_a_reader_for_its_own_topic() -> None:
    assert [reader.topic for reader in READERS] == list(SUBMITTED.values())


@pytest.mark.parametrize("datum", Datum)
def test_a_point_in_any_datum_comes_out_in_wgs_84(datum: Datum) -> None:
    longitude, latitude = from_wgs84(107.48, 38.18, datum)
    given = {"longitude": longitude, "latitude": latitude, "datum": datum.value, "accuracy_m": 12}

    point = read_water(coordinates=given).point

    assert point is not None
    assert (point.longitude, point.latitude) == pytest.approx((107.48, 38.18), abs=1e-6)
    assert (point.given_in, point.accuracy_m) == (datum, 12)


def test_longitude_and_latitude_that_are_swapped_are_told() -> None:
    swapped = {"longitude": 38.18, "latitude": 107.48, "datum": "WGS-84"}

    assert wrong(sent(coordinates=swapped)) == {"coordinates.latitude": "107.48"}


def test_coordinates_without_a_datum_are_told() -> None:
    assert "coordinates.datum" in wrong(sent(coordinates={"longitude": 107.48, "latitude": 38.18}))


def test_words_are_brought_into_one_form() -> None:
    body = read_water(
        text="机井\u200b损坏  ２号\r\n", title=" 饮水\t问题 ", place_code="１５０６２３", category="\u200b"
    )

    assert (body.text, body.title) == ("机井损坏 2号", "饮水 问题")
    assert (body.place_code, body.category) == ("150623", None)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("昂素嘎查第二十三网格", "昂素嘎查第23网格"),
        ("昂素镇东　三公里　第１号井", "昂素镇东 3公里 第1号井"),
        ("三段地村", "三段地村"),
        ("\u200b", None),
    ],
)
def test_counted_places_are_named_in_digits(written: str, kept: str | None) -> None:
    assert read_water(place_name=written).place_name == kept


def test_relative_times_count_from_when_the_record_was_appended() -> None:
    raw = sent(occurred_at="昨晚八点", solved_on_the_spot={"what_was_done": "已修好", "at": "半小时前"})
    body = parse(record(raw, WATER, time=MORNING + 30 * DAY))

    assert body.occurred_at.isoformat() == "2026-04-03T20:00:00+08:00"
    assert body.solved_at
    assert body.solved_at.isoformat() == "2026-04-04T08:30:00+08:00"


@pytest.mark.parametrize("moment", [1772692200, 1772692200000, "1772692200"])
def test_unix_time_may_be_a_number_or_text(moment: object) -> None:
    assert read("water", sent(occurred_at=moment), MORNING + DAY).occurred_at.isoformat() == "2026-03-05T06:30:00+00:00"


@pytest.mark.parametrize("moment", [-1, 1772692200.5, 4_102_444_800_001, True])
def test_another_number_is_no_moment(moment: object) -> None:
    assert list(wrong(sent(occurred_at=moment))) == ["occurred_at"]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    found = wrong(
        sent(
            occurred_at="某天",
            text="\u200b",
            withdrawn="\u200b",
            solved_on_the_spot={"what_was_done": "好", "at": "改天"},
        )
    )

    assert found == {
        "occurred_at": "'某天'",
        "text": "nothing visible",
        "withdrawn": "nothing visible",
        "solved_on_the_spot.at": "'改天'",
    }


def test_of_an_unreadable_moment_the_source_hears_what_is_wrong_with_it() -> None:
    with pytest.raises(Invalid) as caught:
        read("water", sent(occurred_at="2026年2月30日"), MORNING)
    (problem,) = caught.value.problems

    assert problem.expected.endswith("this one does not exist (day is out of range for month)")
    assert problem.expected_zh == "该时间不存在，应写成如 2026-03-05T14:30:00+08:00 或 2026年3月5日14时30分"


def test_missing_fields_are_told_by_name() -> None:
    assert wrong(b"{}") == {"reference": "nothing", "occurred_at": "nothing", "text": "nothing"}


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(None, id="null"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"text": ', id="cut off"),
        pytest.param('{"text": "机井"}'.encode("gbk"), id="GBK"),
        pytest.param(b'{"extra": NaN}', id="NaN"),
        pytest.param(b'{"extra": "\\ud800"}', id="half a surrogate pair"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"[" * 1_000 + b"]" * 1_000, id="deep and closed"),
        pytest.param(b"1" * 10_000, id="a number of 10,000 digits"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b" " * (REPORT_BYTES + 1), id="too long"),
    ],
)
def test_what_is_no_json_object_is_invalid_as_a_whole(raw: bytes | None) -> None:
    assert list(wrong(raw)) == ["$"]


def test_the_longest_report_is_read_and_one_byte_more_is_not() -> None:
    longest = sent().ljust(REPORT_BYTES)

    assert read("water", longest, MORNING).reference == "2026-0001"
    assert wrong(longest + b" ") == {"$": f"{REPORT_BYTES + 1} bytes"}


def test_unknown_fields_may_be_as_deep_as_json_is_read() -> None:
    body = read("water", sent()[:-1] + b', "deep": ' + b"[" * 190 + b"]" * 190 + b"}", MORNING)

    assert "deep" in extras_of(body.submission)


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read("water", b"\xef\xbb\xbf" + sent(), MORNING) == read_water()


def test_the_form_of_the_json_makes_no_other_report_of_it() -> None:
    spread = json.dumps(dict(reversed((LEAST | {"revision": 1}).items())), indent=2).encode()

    assert read("water", spread, MORNING).digest == read_water().digest


def test_a_relative_time_that_is_sent_again_later_is_the_same_content() -> None:
    first, again = (read("water", sent(occurred_at="昨天"), at) for at in (MORNING, MORNING + DAY))

    assert first.occurred_at != again.occurred_at
    assert first.digest == again.digest


@pytest.mark.parametrize("changed", [{"text": "机井又坏"}, {"unknown": 1}, {"reporter": {"phone": "000-0001"}}])
def test_any_other_content_has_another_digest(changed: dict[str, Any]) -> None:
    assert read_water(**changed).digest != read_water().digest


def test_without_a_reference_the_idempotency_key_is_the_reference() -> None:
    raw = json.dumps({"occurred_at": LEAST["occurred_at"], "text": LEAST["text"]}).encode()

    body = parse(record(raw, WATER, headers=((IDEMPOTENCY_HEADER, b"water-office:k-1"),)))

    assert body.reference == "idempotency-key:water-office:k-1"


def test_a_reference_in_the_body_outweighs_the_idempotency_key() -> None:
    body = parse(record(sent(), WATER, headers=((IDEMPOTENCY_HEADER, b"water-office:k-1"),)))

    assert body.reference == "2026-0001"


@pytest.mark.parametrize("header", [None, b"", b"\xff", b"k" * 201])
def test_an_unusable_idempotency_key_is_no_reference(header: bytes | None) -> None:
    raw = json.dumps({"occurred_at": LEAST["occurred_at"], "text": LEAST["text"]}).encode()

    assert "reference" in wrong(raw, headers=((IDEMPOTENCY_HEADER, header),))


def test_each_sending_is_an_input_of_its_own_and_a_redelivery_is_not() -> None:
    reader, body = READERS[0], read_water()
    first, redelivered, second = (record(sent(), WATER, offset=offset) for offset in (7, 7, 8))

    assert reader.identify(first, body) == reader.identify(redelivered, body)
    assert reader.identify(first, body) != reader.identify(second, body)
    assert reader.subject(body, reader.identify(first, body)) == str(body.report_id)


def test_errors_do_not_repeat_what_the_reporter_is_called() -> None:
    found = wrong(sent(reporter={"name": ["000000190001011234"]}))

    assert found == {"reporter.name": "list"}


@pytest.mark.parametrize(
    ("raw", "reference"),
    [
        (b'{"reference": "A-1", "text": "cut o', "A-1"),
        ('{"reference": "A-1", "text": "机井"}'.encode("gbk"), "A-1"),
        (b'{"reference": "A-', None),
        ('{"reference": "机井"}'.encode("gbk"), None),
        (b'{"reference": 7}', None),
        (b'["reference"]', None),
        (b"\x00", None),
        (None, None),
    ],
)
def test_a_reference_is_found_in_a_broken_record_if_it_is_whole(raw: bytes | None, reference: str | None) -> None:
    assert reference_of(raw) == reference


@given(JSON | st.fixed_dictionaries({}, optional=FIELDS))
def test_any_json_is_read_or_invalid(value: object) -> None:
    _read_or_invalid(json.dumps(value).encode())


@given(st.fixed_dictionaries({}, optional=FIELDS))
def test_any_field_is_read_or_invalid(fields: dict[str, Any]) -> None:
    _read_or_invalid(json.dumps(LEAST | fields, ensure_ascii=False).encode(errors="surrogatepass"))


@given(st.binary())
def test_any_bytes_are_read_or_invalid(raw: bytes) -> None:
    _read_or_invalid(raw)
    reference_of(raw)


def _read_or_invalid(raw: bytes) -> None:
    try:
        report_of(parse(record(raw, WATER)), MORNING).model_dump_json()
    except Invalid as invalid:
        told = invalid.problems
    else:
        return
    assert told
