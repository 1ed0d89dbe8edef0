"""Figures: medians, what is wanted of them, and what is stored."""

from pathlib import Path

import pytest

from bench.figures import Figure, parts, plot, short, store, stored, table


@pytest.mark.parametrize(
    ("values", "least", "most", "holds"),
    [
        ([1, 2, 9], 2, None, True),
        ([1, 1, 9], 2, None, False),
        ([1, 2, 9], None, 2, True),
        ([3, 3, 0], None, 2, False),
        ([3], 2, 4, True),
        ([5], 2, 4, False),
        ([5], None, None, None),
    ],
)
def test_the_median_must_be_within_what_is_wanted(
    values: list[float], least: float | None, most: float | None, holds: bool | None
) -> None:
    assert Figure("x", "ms", values, least, most).holds is holds


def test_a_table_tells_what_falls_short_and_what_has_changed() -> None:
    lines = table([Figure("rate", "/s", [90, 100, 110], least=200), Figure("cost", "ms", [0.5], most=1)], {"rate": 50})
    assert lines[1].split() == ["rate", "100", "/s", "90.0–110", "≥", "200", "FALLS", "SHORT", "50.0", "(+100", "%)"]
    assert lines[2].split() == ["cost", "0.5", "ms", "≤", "1", "holds"]


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.01234, "0.0123"), (1.005, "1"), (12.34, "12.3"), (1234.5, "1,234"), (-250, "-250")]
)
def test_three_digits_count(value: float, text: str) -> None:
    assert short(value) == text


def test_a_picture_goes_from_nothing_to_the_highest() -> None:
    assert plot([0, 4, 8]) == "▁▅█"
    assert plot([]) == ""
    assert plot([0, 0]) == "▁▁"


def test_a_result_keeps_its_other_parts_and_of_a_part_the_newest(tmp_path: Path) -> None:
    file = tmp_path / "results" / "latest.json"
    assert stored(file) == {}
    store(file, "speed", {"at": "then"}, [Figure("rate", "/s", [1, 2, 3]), Figure("old", "/s", [1])])
    store(file, "price", {"at": "then"}, [Figure("cost", "ms", [7.12345])])
    store(file, "speed", {"at": "now"}, [Figure("rate", "/s", [5], least=4)])
    assert stored(file) == {"cost": 7.123, "rate": 5}
    told = parts(file)
    assert [told[part]["at"] for part in ("speed", "price")] == ["now", "then"]
    assert told["speed"]["figures"][0]["holds"] is True
    assert told["price"]["figures"][0]["holds"] is None
