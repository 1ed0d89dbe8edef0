"""Chinese numerals are read as people write them, and names that begin with one stay names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.numerals import arabic, number

DIGITS = "零一二三四五六七八九"


def by_units(value: int) -> str:
    """The numeral of 1 to 9999 as it is spoken in full: 一千零五, 二十三."""
    said, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            said += ("零" if gap and said else "") + DIGITS[digit] + name
        gap = gap or (not digit and bool(said))
        gap = gap and not digit
    return said.removeprefix("一") if said.startswith("一十") else said


@given(st.integers(1, 9999))
def test_a_numeral_spoken_in_full_is_its_number(value: int) -> None:
    assert number(by_units(value)) == value


@given(st.integers(0, 9999))
def test_digits_read_out_one_by_one_are_their_number(value: int) -> None:
    assert number("".join(DIGITS[int(digit)] for digit in str(value))) == value


@pytest.mark.parametrize(
    ("said", "value"), [("两", 2), ("两千五", 2500), ("一百二", 120), ("一百零二", 102), ("二〇二六", 2026), ("〇", 0)]
)
def test_a_numeral_as_people_shorten_it_is_its_number(said: str, value: int) -> None:
    assert number(said) == value


@pytest.mark.parametrize("said", ["", "百", "二十十", "十百", "二十三四", "零十", "三a", "一二三四五"])
def test_what_is_no_numeral_has_no_number(said: str) -> None:
    assert number(said) is None


@given(st.text(alphabet="零〇一二两三四五六七八九十百千", max_size=12))
def test_any_run_of_numeral_characters_is_a_number_below_ten_thousand_or_none(said: str) -> None:
    found = number(said)
    assert found is None or 0 <= found <= 9999


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("昂素嘎查第二十三网格", "昂素嘎查第23网格"),
        ("三段地村五公里处", "三段地村5公里处"),
        ("八一村第十网格一百零五号", "八一村第10网格105号"),
        ("下午三点半", "下午3点半"),
        ("三道泉子村", "三道泉子村"),
    ],
)
def test_only_what_counts_something_becomes_digits(text: str, plain: str) -> None:
    assert arabic(text) == plain
