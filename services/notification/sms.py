"""How long a text message really is: GSM 03.38's 7-bit alphabet or UCS-2, in segments as they are charged.

Figures: 3GPP TS 23.038 (alphabet; a character of its extension table takes two septets) and TS 23.040 (a message alone
holds 160 septets or 70 UTF-16 units; one that is joined from several 153 or 67 in each). Neither an escaped character
nor a surrogate pair is split.
"""

from collections.abc import Callable, Sequence
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("\f^{}\\[~]|€")
GSM: Final = BASIC | EXTENDED

ALONE_7BIT, JOINED_7BIT = 160, 153
ALONE_UCS2, JOINED_UCS2 = 70, 67
BMP: Final = 0xFFFF


def segments(text: str) -> int:
    """How many segments the text takes; at least one."""
    if GSM.issuperset(text):
        return _joined([2 if each in EXTENDED else 1 for each in text], ALONE_7BIT, JOINED_7BIT)
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units == len(text):
        return 1 if units <= ALONE_UCS2 else -(-units // JOINED_UCS2)
    return _joined([2 if ord(each) > BMP else 1 for each in text], ALONE_UCS2, JOINED_UCS2)


def _joined(units: Sequence[int], alone: int, joined: int) -> int:
    """How many segments characters of these lengths take, none of which is split."""
    if sum(units) <= alone:
        return 1
    count, left = 1, joined
    for unit in units:
        if unit > left:
            count, left = count + 1, joined
        left -= unit
    return count


def fitted(compose: Callable[[str], str], part: str, most: int) -> str:
    """The composed text with as much of ``part`` as leaves it ``most`` segments, cut with "…"; none, if need be."""
    if segments(whole := compose(part)) <= most:
        return whole
    low, high = 0, len(part)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if segments(compose(_cut(part, middle))) <= most else (low, middle - 1)
    return compose(_cut(part, low))


def _cut(text: str, length: int) -> str:
    return f"{text[:length]}…" if length else ""
