"""Masking: telephone and id numbers in free text are hidden, all other numbers stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.masking import masked

HIDDEN = (
    # as written                        as shown
    ("13900001111",                     "139****1111"),
    ("请联系13900001111。",              "请联系139****1111。"),
    ("tel:13900001111,13900002222",     "tel:139****1111,139****2222"),
    ("139 0000 1111",                   "139****1111"),
    ("139-0000-1111",                   "139****1111"),
    ("139–0000–1111",                   "139****1111"),
    ("139 00001111",                    "139****1111"),
    ("1390000 1111",                    "139****1111"),
    ("139 000 01111",                   "139****1111"),
    ("1390-000-1111",                   "139****1111"),
    ("1390 0001 111",                   "139****1111"),
    ("+8613900001111",                  "+86139****1111"),
    ("+86 139-0000-1111",               "+86 139****1111"),
    ("+86-13900001111",                 "+86-139****1111"),
    ("008613900001111",                 "0086139****1111"),
    ("8613900001111",                   "86139****1111"),
    ("2只羊 13900001111 3头牛",           "2只羊 139****1111 3头牛"),
    ("150623200001011234",              "150623********1234"),
    ("身份证15062320000101123X",         "身份证150623********123X"),
    ("15062320000101123x。",             "150623********123x。"),
    ("150623 20000101 1234",            "150623********1234"),
    ("150623-20000101-123X",            "150623********123X"),
    ("150623200001011234 13900001111",  "150623********1234 139****1111"),
)  # fmt: skip

SHOWN = (
    "",
    "牧区机井损坏，无法取水。",
    "拨打12345",
    "井在107.13900001111度",
    "经度107.41270100",
    "SL-2026-000317",
    "20260305143000",
    "139000011112",
    "1390000111",
    "150623",
    "150623103",
    "150623103 20只羊",
    "150623103200",
    "150623103200003",
    "2026-03-05 14:30",
    "15062320000101123456",
    "107.13900001111, 38.13900001111",
    "10 20 30 40 50",
    "29900001111",
)


@pytest.mark.parametrize(("written", "shown"), HIDDEN)
def test_a_telephone_or_id_number_is_hidden_however_it_is_written(written: str, shown: str) -> None:
    assert masked(written) == shown


@pytest.mark.parametrize("text", SHOWN)
def test_any_other_number_stays_as_it_is(text: str) -> None:
    assert masked(text) == text


@given(st.text(alphabet="0123456789xX -+8139字"))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(st.text(alphabet="字 。x"), st.integers(10**10, 2 * 10**10 - 1), st.text(alphabet="字 。x"))
def test_no_mobile_number_is_left_between_any_words(before: str, number: int, after: str) -> None:
    assert str(number) not in masked(f"{before}{number}{after}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1.13900001111 2.13800002222", "1.139****1111 2.138****2222"),
        ("139.0000.1111", "139****1111"),
        ("电话013900001111", "电话0139****1111"),
        ("座机0477-7620123，010 8888 0123", "座机0477-****123，010-****123"),
    ],
)
def test_a_number_is_masked_in_a_list_between_points_and_as_a_landline(text: str, shown: str) -> None:
    assert masked(text) == shown
    assert masked(shown) == shown
