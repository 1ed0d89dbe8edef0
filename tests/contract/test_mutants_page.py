"""docs/mutants.md names what is there: the modules that `make mutants` changes, and functions of them."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")
CHANGED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]["only_mutate"]
PLACES = sorted(set(re.findall(r"`((?:routing|escalation)/\w+\.py)::([\w.]+)`", PAGE)))


def functions(file: str) -> set[str]:
    """The functions of a module, methods with their class's name before them."""
    found: set[str] = set()
    for node in ast.parse((ROOT / "services" / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return found


def test_the_page_has_a_row_for_each_module_that_is_changed_and_none_is_below_four_in_five() -> None:
    rows = re.findall(r"^\| `(services/\w+/\w+\.py)` \| [\d,]+ \| [\d,]+ \| ([\d.]+) % \|$", PAGE, re.MULTILINE)
    assert [file for file, _ in rows] == sorted(CHANGED)
    assert all(float(share) >= 80 for _, share in rows)


def test_every_module_that_is_changed_exists() -> None:
    assert [file for file in CHANGED if not (ROOT / file).is_file()] == []


@pytest.mark.parametrize(("file", "function"), PLACES)
def test_every_place_on_the_page_exists(file: str, function: str) -> None:
    assert f"services/{file}" in CHANGED
    assert function in functions(file)


def test_the_page_names_places() -> None:
    assert len(PLACES) > 10
