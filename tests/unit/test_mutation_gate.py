"""What is counted of changes to the code: those that were tried and seen, and which module falls short."""

import json
from pathlib import Path

from tests.mutation.__main__ import report
from tests.mutation.results import modules, table


def written(folder: Path, name: str, *codes: int | None) -> None:
    file = folder / "services" / f"{name}.py.meta"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"exit_code_by_key": {f"{name}{n}": code for n, code in enumerate(codes)}}))


def test_survivors_and_what_no_test_runs_are_unseen_and_what_was_not_tried_does_not_count(tmp_path: Path) -> None:
    written(tmp_path, "a", 0, 1, None, 33, 1, 1)
    written(tmp_path, "b", None)
    [found] = modules(tmp_path)
    assert (found.file, found.tried, found.seen, found.unseen) == ("services/a.py", 5, 3, ("a0", "a3"))
    assert "| `services/a.py` | 5 | 3 | 60.0% |" in table([found])


def test_less_than_four_in_five_of_any_module_and_a_run_of_nothing_fail(tmp_path: Path) -> None:
    written(tmp_path, "good", 0, 1, 1, 1, 1)
    assert report(modules(tmp_path)) == 0
    written(tmp_path, "poor", 0, 1, 1, 1)
    assert report(modules(tmp_path)) == 1
    assert report([]) == 1
