"""docs/performance.md has the figures that are stored, and no others."""

from bench.figures import parts
from bench.page import PAGE, RESULTS, renewed


def test_the_tables_of_the_page_are_those_of_the_stored_results() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == renewed(page, parts(RESULTS)), "renew them: python -m bench.page --write"
