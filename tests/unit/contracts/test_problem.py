"""What is wrong with an input is told in English and Chinese, with its path, and without anybody's contact."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from contracts.case import CaseAction
from contracts.examples import recorded
from contracts.examples.actions import ACTIONS
from contracts.examples.reports import SUBMITTED
from contracts.generate import example_json
from contracts.order import TermsOrder
from contracts.problem import FOUND_LIMIT, MOST, PATTERNS, SHOWN, TABLE, Problem, problems, shorten
from contracts.report import ReportNormalised, Submission
from services.escalation.queries import Period
from services.escalation.queries import Search as Clocks
from services.routing.queries import Search

THREE: dict[str, object] = {"reference": "1", "occurred_at": "2026-03-05 14:30", "text": "机井水泵损坏"}
WELL: dict[str, object] = {"longitude": 107.4, "latitude": 38.4, "datum": "GCJ-02"}
ADDRESSES = ["a:b"] * 51

MISSING = "found nothing; expected a value: this field is required"
REQUIRED = "缺少该项，请补充"
CUT_OFF = "EOF while parsing a value at line 1 column 18"
LEVELS = "'ordinary', 'urgent' or 'life_threatening'"
LEVELS_ZH = "'ordinary'、'urgent'、'life_threatening'"

# Each row: a bad submission, what is said in English, and what is right in Chinese.
BAD: tuple[tuple[object, str, str], ...] = (
    (
        b'{"reference": "1",',
        f"$: found bytes; expected well-formed JSON in UTF-8 ({CUT_OFF})",
        f"应为合法的 UTF-8 JSON 文本（{CUT_OFF}）",
    ),
    (["1"], "$: found list; expected a JSON object", "应为 JSON 对象"),
    ({"occurred_at": "1", "text": "1"}, f"reference: {MISSING}", REQUIRED),
    (THREE | {"reference": 317}, "reference: found 317; expected text", "应为文本（加引号）"),
    (THREE | {"text": "  "}, "text: found str; expected at least 1 character(s)", "不得少于1个字符"),
    (THREE | {"urgency": "紧急"}, f"urgency: found '紧急'; expected one of {LEVELS}", f"应为以下之一：{LEVELS_ZH}"),
    (THREE | {"coordinates": {"longitude": 107.4, "latitude": 38.4}}, f"coordinates.datum: {MISSING}", REQUIRED),
    (
        THREE | {"coordinates": WELL | {"latitude": 107.4}},
        "coordinates.latitude: found 107.4; expected a number of at most 90.0",
        "不得大于90.0",
    ),
    (
        THREE | {"coordinates": "107.4,38.4"},
        "coordinates: found '107.4,38.4'; expected a JSON object",
        "应为 JSON 对象",
    ),
    (THREE | {"revision": 0}, "revision: found 0; expected a number of at least 1", "不得小于1"),
    (
        THREE | {"attachments": ["1.jpg"]},
        "attachments.0: found '1.jpg'; expected an address such as https://…",
        "应为网址，如 https://…",
    ),
    (
        THREE | {"solved_on_the_spot": {"at": "16:10"}},
        f"solved_on_the_spot.what_was_done: {MISSING}",
        REQUIRED,
    ),
    (THREE | {"reporter": {"phone": 13}}, "reporter.phone: found int; expected text", "应为文本（加引号）"),
)


class Choice(BaseModel):
    """A model with what no contract has, yet other inputs may: a literal, a form, and values read from attributes."""

    model_config = ConfigDict(from_attributes=True)
    word: Literal["a", "b"]
    form: Annotated[str, Field(pattern="^a$")] = "a"
    share: Annotated[float, Field(lt=1)] = 0


ACTION = dict(example_json(ACTIONS["accept"]))
EVENT = json.loads(recorded("report.normalised.v1")["smallest"])


def when(value: object) -> object:
    return {**EVENT, "report": {**EVENT["report"], "occurred_at": value}}


# error type                   model             what it finds wrong
REACHED: dict[str, tuple[type[BaseModel], object]] = {
    "missing":                    (Submission,       {}),
    "extra_forbidden":            (Search,           {"units": "150623"}),
    "json_invalid":               (Submission,       b"{"),
    "model_type":                 (Submission,       b"1"),
    "model_attributes_type":      (Choice,           1),
    "string_type":                (Submission,       THREE | {"text": 1}),
    "string_too_short":           (Submission,       THREE | {"text": ""}),
    "string_too_long":            (Submission,       THREE | {"title": "1" * 201}),
    "string_pattern_mismatch":    (Choice,           {"word": "a", "form": "b"}),
    "string_unicode":             (Submission,       THREE | {"text": "\ud800"}),
    "enum":                       (Submission,       THREE | {"coordinates": WELL | {"datum": "WGS84"}}),
    "literal_error":              (Choice,           {"word": "c"}),
    "float_type":                 (Submission,       THREE | {"coordinates": WELL | {"longitude": None}}),
    "float_parsing":              (Submission,       THREE | {"coordinates": WELL | {"longitude": "东经107度"}}),
    "finite_number":              (Submission,       THREE | {"coordinates": WELL | {"longitude": float("nan")}}),
    "int_type":                   (Submission,       THREE | {"revision": None}),
    "int_parsing":                (Submission,       THREE | {"revision": "第二次"}),
    "int_parsing_size":           (Submission,       THREE | {"revision": "9" * 5000}),
    "int_from_float":             (Submission,       THREE | {"revision": 1.5}),
    "greater_than_equal":         (CaseAction,       ACTION | {"assignment": 0}),
    "less_than_equal":            (Submission,       THREE | {"revision": 1_000_001}),
    "less_than":                  (Choice,           {"word": "a", "share": 1}),
    "tuple_type":                 (Submission,       THREE | {"attachments": "a:b"}),
    "too_long":                   (Submission,       THREE | {"attachments": ADDRESSES}),
    "uuid_type":                  (CaseAction,       ACTION | {"case_id": 7}),
    "uuid_parsing":               (CaseAction,       ACTION | {"case_id": "7"}),
    "datetime_type":              (ReportNormalised, when([])),
    "datetime_parsing":           (ReportNormalised, when(10**40)),
    "datetime_from_date_parsing": (ReportNormalised, when("2026-13-05")),
    "timezone_aware":             (ReportNormalised, when("2026-03-05T14:30:00")),
    "date_from_datetime_parsing": (Period,           {"from": "3月5日", "to": "2026-03-05"}),
    "date_from_datetime_inexact": (Period,           {"from": "2026-03-05T10:00", "to": "2026-03-05"}),
    "period":                     (Period,           {"from": "2026-03-05", "to": "2026-03-04"}),
    "cursor":                     (Search,           {"cursor": "page 2"}),
}  # fmt: skip


def refusal(model: type[BaseModel], value: object) -> ValidationError:
    """The error over a value: bytes as JSON, all else as Python values."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate_json(value) if isinstance(value, bytes) else model.model_validate(value)
    return caught.value


def as_sent(value: object) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize(("bad", "english", "chinese"), BAD, ids=[row[1].partition(";")[0] for row in BAD])
def test_a_bad_submission_is_answered_with_one_line_in_each_language(bad: object, english: str, chinese: str) -> None:
    (problem,) = problems(refusal(Submission, as_sent(bad)))
    assert (str(problem), problem.expected_zh) == (english, chinese)


def test_every_fault_of_a_submission_is_told_at_once() -> None:
    found = problems(refusal(Submission, as_sent({"reference": 1, "text": "", "revision": "x"})))
    assert [problem.path for problem in found] == ["reference", "occurred_at", "text", "revision"]


def test_every_row_of_the_table_has_a_case_here() -> None:
    assert set(REACHED) == set(TABLE)


@pytest.mark.parametrize("kind", REACHED)
def test_each_row_is_reached_and_says_what_is_right_in_both_languages(kind: str) -> None:
    error = refusal(*REACHED[kind])
    detail, problem = error.errors()[0], problems(error)[0]
    assert detail["type"] == kind
    assert problem.path
    context = detail.get("ctx", {})
    english, chinese = TABLE[kind]
    assert problem.expected == english.format_map(context)
    listed = {"expected": context.get("expected", "").replace(" or ", "、").replace(", ", "、")}
    assert problem.expected_zh == chinese.format_map({**context, **listed})
    assert not problem.expected_zh.isascii() or kind.startswith("uuid")


def test_an_error_type_that_the_table_lacks_still_gives_both_languages() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(dict[str, bool]).validate_python({"open": "vielleicht {x}"})
    assert caught.value.errors()[0]["type"] not in TABLE
    (problem,) = problems(caught.value)
    assert problem == Problem(
        path="open",
        found="str",
        expected="Input should be a valid boolean, unable to interpret input",
        expected_zh="不符合该项的要求，请核对",
    )


# What a bound or a pattern asks for is said in words: a moment is not "at least", a form is no regular expression.
WORDED: tuple[tuple[type[BaseModel], object, str, str], ...] = (
    (
        Search,
        {"due_before": "1900-01-01T00:00:00Z"},
        "a moment not before 1970-01-01T00:00:00Z",
        "不得早于 1970-01-01T00:00:00Z",
    ),
    (
        Search,
        {"due_before": "9999-12-31T00:00:00Z"},
        "a moment before 9999-12-31T00:00:00Z",
        "应早于 9999-12-31T00:00:00Z",
    ),
    (Search, {"unit": "15062"}, "a code of 6, 9, 12 or 15 digits", "应为6、9、12或15位数字"),
    (CaseAction, ACTION | {"sender": "App/1"}, *PATTERNS[r"^[a-z0-9][a-z0-9-]{0,62}$"]),
)


@pytest.mark.parametrize(("model", "value", "english", "chinese"), WORDED, ids=[row[2] for row in WORDED])
def test_bounds_of_moments_and_patterns_are_said_in_words(
    model: type[BaseModel], value: object, english: str, chinese: str
) -> None:
    (problem,) = problems(refusal(model, value))
    assert (problem.expected, problem.expected_zh) == (english, chinese)


def patterns(part: object) -> Iterator[str]:
    """Every pattern in a JSON Schema."""
    if isinstance(part, dict) and isinstance(part.get("pattern"), str):
        yield part["pattern"]
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from patterns(inner)


def test_every_pattern_that_somebody_outside_can_meet_has_its_words() -> None:
    met = {
        found for model in (Submission, CaseAction, Search, TermsOrder) for found in patterns(model.model_json_schema())
    }
    assert met == set(PATTERNS)


def test_every_phrase_stands_by_itself_after_the_path_and_a_colon() -> None:
    words = ("应", "不得", "缺少", "没有", "数值")
    assert [chinese for _, chinese in (*TABLE.values(), *PATTERNS.values()) if not chinese.startswith(words)] == []


SECRET = "00000001001"
# A submission with somebody's number in a wrong place, or in a record that is no record at all.
INDISCREET: tuple[object, ...] = (
    THREE | {"reporter": SECRET},
    THREE | {"reporter": [SECRET]},
    THREE | {"reporter": {"phone": [SECRET]}},
    THREE | {"reporter": {"phone": int(SECRET)}},
    THREE | {"reporter": {"name": {"first": SECRET}}},
    THREE | {"reporter": {"address": SECRET * 20}},
    {"reporter": {"phone": SECRET}},
    THREE | {"reporter": {"phone": SECRET}, "revision": 0},
    SECRET,
    int(SECRET),
    [THREE | {"reporter": {"phone": SECRET}}],
    THREE | {"text": int(SECRET)},
    THREE | {"title": int(SECRET)},
    THREE | {"title": SECRET * 20},
    THREE | {"place_name": int(SECRET)},
    THREE | {"solved_on_the_spot": SECRET},
    THREE | {"solved_on_the_spot": {"what_was_done": int(SECRET)}},
    THREE | {"reference": [SECRET]},
    THREE | {"category": {"phone": SECRET}},
    THREE | {"coordinates": [SECRET]},
    f'{{"reporter": {{"phone": "{SECRET}"}}'.encode(),
    f'{{"reporter": {{"phone": "{SECRET}'.encode(),
    SECRET.encode() + b"\xff",
)


@pytest.mark.parametrize("indiscreet", INDISCREET, ids=repr)
def test_neither_words_nor_the_reporters_contact_nor_a_whole_record_are_repeated(indiscreet: object) -> None:
    found = problems(refusal(Submission, as_sent(indiscreet)))
    assert found
    for problem in found:
        assert SECRET.lstrip("0") not in problem.model_dump_json()


def test_every_field_that_is_shown_is_one_of_a_report_an_action_or_a_search() -> None:
    fields = {*Submission.model_fields, *CaseAction.model_fields, *TermsOrder.model_fields}
    assert fields | {*Search.model_fields, *Clocks.model_fields, "from", "to"} >= SHOWN
    assert not SHOWN & {"text", "title", "place_name", "reporter", "solved_on_the_spot", "note"}


def test_a_number_in_a_field_that_is_shown_is_repeated_so_that_it_can_be_mended() -> None:
    (problem,) = problems(refusal(Submission, as_sent(THREE | {"place_code": int(SECRET)})))
    assert problem.found == SECRET.lstrip("0")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.sampled_from(sorted(Submission.model_fields))
WRONG = JSON | st.dictionaries(FIELDS, JSON) | st.dictionaries(FIELDS, JSON).map(lambda some: {**THREE, **some})


@given(WRONG)
def test_whatever_is_submitted_each_fault_has_a_path_and_is_told_in_both_languages(wrong: object) -> None:
    try:
        Submission.model_validate_json(json.dumps(wrong))
    except ValidationError as error:
        details, told = error.errors(), problems(error)
        assert len(told) == min(len(details), MOST + 1)
        assert {detail["type"] for detail in details} <= TABLE.keys()
        for problem in told:
            assert problem.path
            assert problem.expected
            assert problem.expected_zh
            problem.model_dump_json()


@given(st.text() | st.binary() | st.integers() | st.lists(st.text(st.characters())))
def test_what_was_found_is_short_and_can_be_printed_anywhere(found: object) -> None:
    text = shorten(found)
    assert len(text) <= FOUND_LIMIT + 1
    text.encode()


def test_what_was_found_is_cut_with_an_ellipsis() -> None:
    assert shorten("1" * 100) == "'" + "1" * (FOUND_LIMIT - 1) + "…"


def test_lone_surrogates_are_shown_escaped() -> None:
    assert shorten(["\ud800"]) == "['\\ud800']"


def test_no_example_of_a_submission_has_a_fault() -> None:
    for submission in SUBMITTED.values():
        assert Submission.model_validate_json(json.dumps(example_json(submission))) == submission


def test_of_very_many_faults_the_first_are_told_and_how_many_more_there_are() -> None:
    spoilt = {str(n): 0 for n in range(30)}
    fields: dict[str, Any] = dict.fromkeys(spoilt, (str, ...))
    model = create_model("Many", **fields)
    found = problems(refusal(model, spoilt))
    assert len(found) == MOST + 1
    assert found[-1].found == "10 more problems"


def test_a_list_with_any_number_of_wrong_entries_is_one_fault() -> None:
    report = {"reference": "1", "occurred_at": "2026-03-05", "text": "x", "attachments": [1] * 60_000}
    assert [problem.path for problem in problems(refusal(Submission, report))] == ["attachments.0"]


@pytest.mark.parametrize("before", range(FOUND_LIMIT - 12, FOUND_LIMIT + 2))
def test_a_number_where_a_long_value_is_cut_is_masked_before(before: int) -> None:
    shown = shorten("水" * before + "13900001111" + "水" * 5000)
    assert "1390000" not in shown
    assert len(shown) == FOUND_LIMIT + 1
