"""DESIGN.md names tests for its promises: each of them exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/.-]+\.py)(?:::(test_\w+))?`")


def named() -> list[tuple[str, str]]:
    return sorted(set(NAMED.findall((ROOT / "DESIGN.md").read_text(encoding="utf-8"))))


@pytest.mark.parametrize(("file", "test"), named())
def test_a_test_that_the_design_names_exists(file: str, test: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert not test or f"def {test}(" in text


def test_each_law_and_each_promise_names_a_test() -> None:
    text = (ROOT / "DESIGN.md").read_text(encoding="utf-8")
    section = text.partition("## What is promised")[2].partition("## Decisions")[0]
    rows = [
        line
        for line in section.splitlines()
        if line.startswith("| ") and not line.startswith(("| ---", "| promise", "| law"))
    ]
    assert len(rows) >= 17
    assert [row for row in rows if "`tests/" not in row] == []
