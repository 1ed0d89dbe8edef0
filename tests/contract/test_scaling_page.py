"""docs/scaling.md and its picture are what the code makes of the files of unit costs and assumptions."""

from bench.scale.__main__ import BEGIN, END, PAGE, PICTURE, markdown, picture
from bench.scale.units import assumptions, costs

AGAIN = "renew them: python -m bench.scale --write"


def test_the_page_has_the_tables_that_the_code_makes() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert markdown(costs(), assumptions()) in page, AGAIN


def test_the_picture_is_the_one_that_the_code_draws() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(costs(), assumptions()), AGAIN
    assert f"({PICTURE.name})" in PAGE.read_text(encoding="utf-8")
