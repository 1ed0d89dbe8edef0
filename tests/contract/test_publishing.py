"""What departments read in docs/publishing.md is what the contracts say."""

import json
import re

import pytest
from pydantic import ValidationError

from contracts.departments import DEPARTMENTS
from contracts.examples.scene import DEPARTMENT
from contracts.generate import FOLDER
from contracts.outcome import OutcomeKind
from contracts.problem import problems
from contracts.report import Coordinates, Datum, Reporter, Solved, Submission, Urgency
from contracts.topics import OUTCOMES, SUBMITTED
from services.intake.http import PATH
from services.intake.reading import REPORT_BYTES

REPOSITORY = FOLDER.parents[1]
PAGE = REPOSITORY / "docs" / "publishing.md"
TEXT = PAGE.read_text(encoding="utf-8")
REPORTS = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize(("shown", "example"), [*zip(REPORTS, ("smallest", "correction"), strict=True)])
def test_a_report_that_is_shown_is_an_example(shown: str, example: str) -> None:
    assert json.loads(shown) == json.loads((FOLDER / f"examples/report.submitted.v1/{example}.json").read_bytes())


@pytest.mark.parametrize("name", Submission.model_fields)
def test_every_field_has_a_row_that_says_whether_it_is_required(name: str) -> None:
    (required,) = re.findall(rf"^\| `{name}` \| [^`|]+ \| (yes )?\| ", TEXT, re.MULTILINE)
    assert bool(required) == Submission.model_fields[name].is_required()


@pytest.mark.parametrize("model", [Coordinates, Reporter, Solved], ids=lambda model: model.__name__)
def test_every_part_of_a_field_is_named(model: type[Coordinates | Reporter | Solved]) -> None:
    assert all(f"`{name}`" in TEXT for name in model.model_fields)


@pytest.mark.parametrize("word", [*Datum, *Urgency, *OutcomeKind])
def test_every_word_is_named(word: str) -> None:
    assert f"`{word}`" in TEXT


def test_every_source_is_listed_with_its_code() -> None:
    assert all(f"| `{department.code}` | {department.zh} |" in TEXT for department in DEPARTMENTS)


def test_the_topics_and_the_address_are_those_in_use() -> None:
    assert f"-t {SUBMITTED[DEPARTMENT].name} " in TEXT
    assert f"`{OUTCOMES.name}`" in TEXT
    assert f"$YIWANG_INTAKE{PATH}" in TEXT
    assert f"{REPORT_BYTES:,} bytes" in TEXT


def test_every_link_leads_to_a_file_or_folder() -> None:
    links = [*re.findall(r"\]\(([^)]+)\)", TEXT)]
    assert links
    assert [link for link in links if not (PAGE.parent / link).resolve().exists()] == []


def test_every_file_that_a_command_sends_exists() -> None:
    files = re.findall(r"contracts/generated/examples/\S+\.json", TEXT)
    assert len(files) == 2
    assert all((REPOSITORY / file).is_file() for file in files)


def test_the_errors_that_are_shown_are_the_ones_that_are_given() -> None:
    wrong = {"reference": 317, "occurred_at": "1", "text": "", "coordinates": {"longitude": 1, "latitude": 1}}
    with pytest.raises(ValidationError) as caught:
        Submission.model_validate(wrong)
    for fault in problems(caught.value):
        assert row(f"`{fault.path}`", fault.found, fault.expected, fault.expected_zh) in TEXT
