"""Brings a reporter's telephone and id numbers into one form, and marks those that cannot be right."""

import re
import unicodedata
from datetime import date
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat
from stdnum import numdb
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

from contracts.report import Reporter
from contracts.wire import Value

REGION: Final = "CN"
"""Where a telephone number without a country's code belongs."""
FIRST_BIRTH: Final = date(1900, 1, 1)

# 转802 and 0477-1234567-802 both mean an extension; the library knows the word alone.
_EXTENSION: Final = re.compile(r"(?:转|分机号?)[:\s]*(?=\d)")
_DASHED: Final = re.compile(r"(?<!\d)(0\d{2,3}-?\d{7,8})-(\d{1,5})(?!\d)", re.ASCII)
_BETWEEN: Final = re.compile(r"[、,;/|\n]|或者?|和|及")
_UNBROKEN: Final = re.compile(r"\+?\d[\d-]{9,}", re.ASCII)  # several numbers with no more than blanks between them
_ID: Final = re.compile(r"\d{17}[\dX]", re.ASCII)
_OLD_ID: Final = re.compile(r"\d{15}", re.ASCII)
_GAPS: Final = re.compile(r"[\s-]")


class Contact(Value):
    """Who reported and how to reach them; stays in intake.

    ``phone`` is E.164 where ``phone_valid``, ``id_number`` has its 18 digits where ``id_valid``; else both stand as
    they were given. What is None was not given.
    """

    name: str | None = None
    phone: str | None = None
    extension: str | None = None
    phone_valid: bool | None = None
    id_number: str | None = None
    id_valid: bool | None = None
    address: str | None = None


def contact_of(reporter: Reporter, today: date) -> Contact:
    """The contact of a report that came ``today``; nothing in it is so wrong that the report would not count."""
    phone = _phone(reporter.phone) if reporter.phone else None
    number = _resident(reporter.id_number, today) if reporter.id_number else None
    return Contact(
        name=reporter.name,
        phone=_e164(phone) if phone else reporter.phone,
        extension=phone.extension if phone else None,
        phone_valid=phone is not None if reporter.phone else None,
        id_number=number or reporter.id_number,
        id_valid=number is not None if reporter.id_number else None,
        address=reporter.address,
    )


def _phone(written: str) -> PhoneNumber | None:
    """The first valid number in what was written; never a part of one, such as the end of a number with a gap."""
    plain = _EXTENSION.sub(" ext. ", unicodedata.normalize("NFKC", written))
    pieces = _BETWEEN.split(_DASHED.sub(r"\1 ext. \2", plain))
    whole = (number for piece in (*pieces, *_UNBROKEN.findall(plain)) if (number := _valid(piece)))
    return next(whole, None)


def _valid(piece: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(piece, REGION)
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _resident(written: str, today: date) -> str | None:
    """The resident id (GB 11643) of 18 digits; one of 15 (until 1999, for births in the 1900s) is made into one.

    The county is not asked for: the library holds it against the year of birth, but a person who got a number later
    than at birth has the county's code of that later day, such as 150623, which is younger than most of its people.
    """
    number = _GAPS.sub("", ric.compact(unicodedata.normalize("NFKC", written)))
    if _OLD_ID.fullmatch(number) and _province(number):
        number = f"{number[:6]}19{number[6:]}"
        number += ric.calc_check_digit(f"{number}0")
    if not _ID.fullmatch(number) or ric.calc_check_digit(number) != number[-1]:
        return None
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        return None
    return number if FIRST_BIRTH <= born <= today else None


def _province(number: str) -> bool:
    """Whether there is a province of this code; an old number has no check digit that would tell."""
    return any("province" in facts for _, facts in numdb.get("cn/loc").info(number[:2]))
