"""Contacts: numbers in one form where they can be right, as given and marked where they cannot."""

from datetime import date
from functools import reduce

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.report import Reporter
from services.intake.contacts import Contact, contact_of
from services.intake.masks import mask
from services.intake.told import _doubts

TODAY = date(2026, 3, 5)

PHONES = (
    # as written                          E.164               extension
    ("13900000000",                       "+8613900000000",   None),
    ("139 0000 0000",                     "+8613900000000",   None),
    ("139-0000-0000",                     "+8613900000000",   None),
    ("１３９０００００００００",              None,               None),
    ("１３９００００００００",                "+8613900000000",   None),
    ("+86 139 0000 0000",                 "+8613900000000",   None),
    ("＋86－139－0000－0000",               "+8613900000000",   None),
    ("0086 13900000000",                  "+8613900000000",   None),
    ("8613900000000",                     "+8613900000000",   None),
    ("电话:13900000000(家里)",              "+8613900000000",   None),
    ("0477-7000000",                      "+864777000000",    None),
    ("(0477)7000000",                     "+864777000000",    None),
    ("0477 700 0000",                     "+864777000000",    None),
    ("04777000000",                       "+864777000000",    None),
    ("0477-7000000-802",                  "+864777000000",    "802"),
    ("0477-7000000转802",                  "+864777000000",    "802"),
    ("0477－7000000分机12",                 "+864777000000",    "12"),
    ("13900000000、13900000001",           "+8613900000000",   None),
    ("13900000000/0477-7000000",          "+8613900000000",   None),
    ("0477-7000000或13900000000",          "+864777000000",    None),
    ("13900000000 13900000001",           "+8613900000000",   None),
    ("1390000、0477-7000000",              "+864777000000",    None),
    ("168 1600-0000",                     None,               None),  # no number, though its end would be one
    ("7000000",                           None,               None),
    ("1390000000",                        None,               None),
    ("139000000000",                      None,               None),
    ("110",                               None,               None),
    ("000-0147-0258",                     None,               None),
    ("无",                                 None,               None),
    ("0477",                              None,               None),
)  # fmt: skip

IDS = (
    # as written                what is kept
    ("150623000000000000",      None),  # no such day
    ("15062319000101001",       None),  # 17 digits
    ("不详",                     None),
    ("150623010230001",         None),  # 30 February 1901
    ("990623010203001",         None),  # no province 99
    ("１５０６２３-０１０２０３-００１", "150623190102030017"),
)  # fmt: skip

PREFIXES = st.sampled_from(["150623", "152724", "110101", "640181", "810000"])
DAYS = st.dates(date(1900, 1, 1), TODAY)
ORDERS = st.integers(0, 999)


def check_digit(seventeen: str) -> str:
    """ISO 7064 MOD 11-2, as GB 11643 has it: the remainder is doubled with each digit."""
    remainder = reduce(lambda rest, digit: (rest + int(digit)) * 2 % 11, seventeen, 0)
    return "0123456789X"[(12 - remainder) % 11]


def id_number(prefix: str, born: date, order: int) -> str:
    seventeen = f"{prefix}{born:%Y%m%d}{order:03}"
    return seventeen + check_digit(seventeen)


def of(**fields: str) -> Contact:
    return contact_of(Reporter.model_validate(fields), TODAY)


@pytest.mark.parametrize(("written", "kept", "extension"), PHONES)
def test_a_phone_is_kept_as_e164_with_its_extension_or_as_given_and_marked(
    written: str, kept: str | None, extension: str | None
) -> None:
    contact = of(phone=written)

    assert (contact.phone, contact.extension, contact.phone_valid) == (kept or written, extension, kept is not None)


@pytest.mark.parametrize(("written", "kept"), IDS)
def test_an_id_is_kept_with_18_digits_or_as_given_and_marked(written: str, kept: str | None) -> None:
    contact = of(id_number=written)

    assert (contact.id_number, contact.id_valid) == (kept or written, kept is not None)


def test_what_is_not_given_is_neither_valid_nor_not() -> None:
    assert of(name="1001", address="1001号院") == Contact(name="1001", address="1001号院")


@example(16_816_000_000, "{}")
@given(st.integers(13_000_000_000, 19_999_999_999), st.sampled_from(["{}", "+86{}", "86 {}", "0086-{}"]))
def test_a_mobile_number_is_the_same_however_it_is_written(number: int, form: str) -> None:
    digits = f"{number}"
    spaced = f"{digits[:3]} {digits[3:7]}-{digits[7:]}"
    plain = of(phone=digits)

    for written in (form.format(digits), form.format(spaced), form.format(digits).translate(FULL_WIDTH)):
        assert of(phone=written).phone_valid == plain.phone_valid
        if plain.phone_valid:
            assert of(phone=written) == plain == Contact(phone=f"+86{digits}", phone_valid=True)


FULL_WIDTH = {ord(digit): ord(digit) + 0xFEE0 for digit in "+-0123456789"}


@given(PREFIXES, DAYS, ORDERS)
def test_an_id_with_the_right_check_digit_is_valid_however_it_is_written(prefix: str, born: date, order: int) -> None:
    number = id_number(prefix, born, order)

    for written in (number, number.lower(), f"{number[:6]} {number[6:14]}-{number[14:]}", number.translate(FULL_WIDTH)):
        assert of(id_number=written) == Contact(id_number=number, id_valid=True)


@given(PREFIXES, DAYS, ORDERS, st.integers(0, 17), st.integers(1, 9))
def test_an_id_with_one_wrong_digit_is_never_valid(prefix: str, born: date, order: int, at: int, by: int) -> None:
    number = id_number(prefix, born, order)
    old = 10 if number[at] == "X" else int(number[at])
    wrong = f"{number[:at]}{(old + by) % 10}{number[at + 1 :]}"

    assert wrong == number or of(id_number=wrong) == Contact(id_number=wrong, id_valid=False)


@given(PREFIXES.filter(lambda prefix: prefix != "810000"), st.dates(date(1900, 1, 1), date(1999, 12, 31)), ORDERS)
def test_an_old_id_of_15_digits_becomes_the_one_of_18(prefix: str, born: date, order: int) -> None:
    assert of(id_number=f"{prefix}{born:%y%m%d}{order:03}") == Contact(
        id_number=id_number(prefix, born, order), id_valid=True
    )


def test_nobody_is_born_after_the_report() -> None:
    born = id_number("150623", date(2026, 3, 6), 1)

    assert (of(id_number=born).id_valid, contact_of(Reporter(id_number=born), date(2026, 3, 6)).id_valid) == (
        False,
        True,
    )


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_any_text_is_kept_whatever_it_is(phone: str, number: str) -> None:
    contact = contact_of(Reporter.model_construct(phone=phone, id_number=number), TODAY)

    assert contact.phone_valid or contact.phone == phone
    assert contact.id_valid or contact.id_number == number


def test_a_mask_shows_of_a_number_its_last_two_and_whether_it_is_valid() -> None:
    number = id_number("150623", date(1990, 1, 1), 1)
    shown = mask(of(name="甲一", phone="0477-7000012转802", id_number=number, address="1001号院"))

    assert shown == Contact(
        name="甲***", phone="***12", extension="***", phone_valid=True, id_number="***", id_valid=True, address="***"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"phone": "13900000000", "id_number": "150623190102030017"}, ""),
        ({"phone": "139"}, "联系电话格式有误，请核对。"),
        ({"id_number": "150623"}, "身份证号有误，请核对。"),
        ({"phone": "139", "id_number": "150623"}, "联系电话格式有误，请核对。身份证号有误，请核对。"),
        ({"name": "1001"}, ""),
    ],
)
def test_the_source_is_told_which_number_cannot_be_right(fields: dict[str, str], said: str) -> None:
    assert _doubts(of(**fields)) == said
