"""What departments read in docs/publishing.md and its Chinese twin is what the contracts say."""

import json
import re

import pytest
from pydantic import ValidationError

from contracts.departments import DEPARTMENTS
from contracts.examples.scene import DEPARTMENT, OCCURRED, RECEIVED, REPORT_ID
from contracts.generate import FOLDER
from contracts.outcome import OutcomeKind
from contracts.problem import MOST, SHOWN, problems
from contracts.report import Coordinates, Datum, Reporter, Solved, Submission, Urgency
from contracts.territory import SHANGHAI
from contracts.topics import OUTCOMES, SUBMITTED, TOPICS
from contracts.wire import settings
from services.intake.http import PATH
from services.intake.reading import REPORT_BYTES, read
from services.intake.settings import IntakeSettings
from services.intake.times import UnreadableTimeError, parse_when

REPOSITORY = FOLDER.parents[1]
DOCS = REPOSITORY / "docs"
PAGES = ("publishing.md", "publishing.zh.md")
TEXT = {page: (DOCS / page).read_text(encoding="utf-8") for page in PAGES}
REQUEST = 1_200_000
"""What a producer's longest request should be raised to, in bytes."""

each_page = pytest.mark.parametrize("page", PAGES)


def fenced(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT[page], re.DOTALL)


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def test_both_pages_have_the_same_reports_commands_codes_and_links() -> None:
    english, chinese = PAGES
    for language in ("json", "sh"):
        assert fenced(english, language) == fenced(chinese, language)
    assert set(codes(english)) == set(codes(chinese))
    assert {*links(english), english} == {*links(chinese), chinese}
    assert TEXT[english].count("\n## ") == TEXT[chinese].count("\n## ")


def codes(page: str) -> list[str]:
    """What stands between backticks in the prose; of two placeholders one is translated."""
    plain = re.sub(r"```.*?```", "", TEXT[page], flags=re.DOTALL)
    return [code for code in re.findall(r"`([^`]+)`", plain) if "<" not in code]


def links(page: str) -> list[str]:
    return re.findall(r"\]\(([^)]+)\)", TEXT[page])


@each_page
def test_the_reports_that_are_shown_are_examples(page: str) -> None:
    for shown, example in zip(fenced(page, "json"), ("smallest", "correction"), strict=True):
        assert json.loads(shown) == json.loads((FOLDER / f"examples/report.submitted.v1/{example}.json").read_bytes())


@each_page
@pytest.mark.parametrize("name", Submission.model_fields)
def test_every_field_has_a_row_that_says_whether_it_is_required(page: str, name: str) -> None:
    (required,) = re.findall(rf"^\| `{name}` \| [^`|]+ \| (yes |是 )?\| ", TEXT[page], re.MULTILINE)
    assert bool(required) == Submission.model_fields[name].is_required()


@each_page
@pytest.mark.parametrize("name", Submission.model_fields)
def test_the_schema_has_the_same_chinese_name_for_every_field(page: str, name: str) -> None:
    chinese, *_ = re.findall(rf"^\| `{name}` \| ([^`|]+) \|", TEXT[page], re.MULTILINE)
    assert f"({chinese}" in (Submission.model_fields[name].description or "")


@pytest.mark.parametrize("model", [Coordinates, Reporter, Solved], ids=lambda model: model.__name__)
def test_the_schema_has_a_chinese_name_for_every_part_of_a_field(
    model: type[Coordinates | Reporter | Solved],
) -> None:
    for name, field in model.model_fields.items():
        (chinese,) = re.findall(r"\((\w+)\W", field.description or "")
        assert all(re.search(rf"`{name}`\s{chinese}", text) for text in TEXT.values())


@each_page
@pytest.mark.parametrize("word", [*Datum, *Urgency, *OutcomeKind])
def test_every_word_is_named(page: str, word: str) -> None:
    assert f"`{word}`" in TEXT[page]


@each_page
def test_every_source_is_listed_with_its_code(page: str) -> None:
    assert all(f"| `{department.code}` | {department.zh} |" in TEXT[page] for department in DEPARTMENTS)


@each_page
def test_the_topics_and_the_addresses_are_those_in_use(page: str) -> None:
    assert f"-t {SUBMITTED[DEPARTMENT].name} " in TEXT[page]
    assert f"-t {OUTCOMES.name} " in TEXT[page]
    assert f'"$YIWANG_INTAKE{PATH}"' in TEXT[page]
    assert f'"$YIWANG_INTAKE{PATH}/{REPORT_ID}"' in TEXT[page]
    assert f"{REPORT_BYTES:,} " in TEXT[page]


@each_page
def test_as_many_faults_are_listed_as_is_said(page: str) -> None:
    assert re.search(rf"the first {MOST}, and how many more|前{MOST}处并注明其余处数", TEXT[page])


@each_page
def test_records_stay_as_many_days_as_is_said(page: str) -> None:
    assert OUTCOMES.retention
    assert re.search(rf"{OUTCOMES.retention.days}(\sdays|天)", TEXT[page])


@each_page
def test_a_request_as_long_as_is_said_holds_any_report_and_is_taken_by_the_broker(page: str) -> None:
    assert f"{REQUEST:,}" in TEXT[page]
    assert REPORT_BYTES < REQUEST < int(settings(SUBMITTED[DEPARTMENT])["max.message.bytes"])


@each_page
def test_the_ways_to_write_a_moment_are_read_as_one(page: str) -> None:
    (said,) = re.findall(r"^\| `occurred_at` .*$", TEXT[page], re.MULTILINE)
    ways = re.findall(r"`(\d[^`]+)`", said)
    assert len(ways) == 4
    assert {parse_when(way, RECEIVED) for way in ways} == {OCCURRED}


@each_page
def test_each_way_to_write_a_moment_means_what_is_said(page: str) -> None:
    rows = re.findall(r"^\| (`[^|]+`) \| (\d{4}-\d\d-\d\d \d\d:\d\d) \|$", TEXT[page], re.MULTILINE)
    ways = {way: meant for written, meant in rows for way in re.findall(r"`([^`]+)`", written)}
    assert len(ways) > 20
    sent = OCCURRED.replace(hour=15, minute=0)
    assert {way: f"{parse_when(way, sent).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for way in ways} == ways
    (refused,) = re.findall(r"(?:be read|读不懂的)\s?[(（]`([^`]+)`", TEXT[page])
    with pytest.raises(UnreadableTimeError):
        parse_when(refused, sent)


@each_page
def test_a_source_may_bring_in_as_much_as_is_said(page: str) -> None:
    usual = {name: field.default for name, field in IntakeSettings.model_fields.items()}
    assert re.search(rf"{usual['quota_burst']:,}( records at once|条)", TEXT[page])
    assert re.search(rf"(over time |平均每秒){usual['quota_rate']:g}( a second|条)", TEXT[page])


@each_page
def test_a_report_without_a_reference_is_told_of_by_the_key_as_is_said(page: str) -> None:
    raw = json.dumps({"occurred_at": "2026-03-05 14:30", "text": "1"}).encode()
    given = read(DEPARTMENT, raw, RECEIVED, "<token name>:<key>").reference
    assert f"`{given}`" in TEXT[page]


@each_page
def test_the_senders_of_outcomes_are_named_as_their_records_name_them(page: str) -> None:
    assert all(f"`yiwang/{sender.removeprefix('services/')}`" in TEXT[page] for sender in OUTCOMES.producers)


@each_page
def test_every_field_of_a_report_whose_value_an_error_repeats_is_named(page: str) -> None:
    (said,) = re.findall(r"`found` (?:repeats|只重复)(.*?)(?:Of all others|其余各项)", TEXT[page], re.DOTALL)
    assert set(re.findall(r"`(\w+)`", said)) - {"solved_on_the_spot"} == SHOWN & set(Submission.model_fields)


@each_page
def test_every_link_leads_to_a_file_or_folder(page: str) -> None:
    assert links(page)
    assert [link for link in links(page) if not (DOCS / link).resolve().exists()] == []


@each_page
def test_every_file_that_a_command_sends_exists(page: str) -> None:
    files = re.findall(r"contracts/generated/examples/\S+\.json", TEXT[page])
    assert len(files) == 2
    assert all((REPOSITORY / file).is_file() for file in files)


@each_page
def test_every_topic_that_is_named_is_one_of_the_registry(page: str) -> None:
    named = set(re.findall(r"(?:report|case)\.[a-z.-]+\.v1(?!\.json|/)", TEXT[page]))
    assert named
    assert named <= {topic.name for topic in TOPICS}


@each_page
def test_the_errors_that_are_shown_are_the_ones_that_are_given(page: str) -> None:
    wrong = {"reference": 317, "occurred_at": "1", "text": "", "coordinates": {"longitude": 1, "latitude": 1}}
    with pytest.raises(ValidationError) as caught:
        Submission.model_validate(wrong)
    for fault in problems(caught.value):
        assert row(f"`{fault.path}`", fault.found, fault.expected, fault.expected_zh) in TEXT[page]
