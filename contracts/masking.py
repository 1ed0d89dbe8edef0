"""Hides the telephone and id numbers that people write into free text."""

import re
from typing import Final

_GAP: Final = r"[ \u00a0\u3000\-\u2010-\u2015\uff0d]"

# A resident id has 18 digits (GB 11643), the last of which may be X; it may be written in 6, 8 and 4.
_ID: Final = re.compile(rf"(?<!\d)(\d{{6}}){_GAP}?\d{{8}}{_GAP}?(\d{{3}}[\dXx])(?!\d)", re.ASCII)

# A mobile number has 11 digits and begins with 1; it may be written in these groups, and with the country's 86.
_GROUPS: Final = (
    rf"\d{{3}}{_GAP}?\d{{4}}{_GAP}?\d{{4}}",
    rf"\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{5}}",
    rf"\d{{4}}{_GAP}\d{{3}}{_GAP}\d{{4}}",
    rf"\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{3}}",
    r"\d{3}[./·_,]\d{4}[./·_,]\d{4}",
)
# Behind two digits and a point it is a decimal, such as a coordinate; behind one (1.139…) an item of a list.
_MOBILE: Final = re.compile(
    rf"(?<!\d)(?<!\d\d\.)((?:(?:\+|00)?86{_GAP}?|0)?)(?=1)({'|'.join(_GROUPS)})(?!\d)", re.ASCII
)

# A landline number has an area code of three or four digits, which begins with 0.
_LANDLINE: Final = re.compile(rf"(?<!\d)(0\d{{2,3}}){_GAP}(\d{{3,4}}{_GAP}?\d{{4}})(?!\d)", re.ASCII)


def masked(text: str) -> str:
    """The text with each mobile number as 139****1111, landline as 0477-****234, resident id as 150623********1234.

    Every other number stays: references, and the codes of 6, 9, 12 and 15 digits. Doing it twice changes nothing. Mask
    before cutting: half a number is no longer known for one.
    """
    return _LANDLINE.sub(_landline, _MOBILE.sub(_mobile, _ID.sub(r"\1********\2", text)))


def _mobile(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[2])
    return f"{match[1]}{digits[:3]}****{digits[-4:]}"


def _landline(match: re.Match[str]) -> str:
    return f"{match[1]}-****{match[2][-3:]}"
