"""Chinese numerals as people write them in times and places: 三点, 第二十三网格, 一百零五公里."""

import re
from typing import Final

DIGITS: Final = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS: Final = {"十": 10, "百": 100, "千": 1000}
PLACES: Final = 4
"""Of a numeral that is written place by place: to 9999."""
NUMERAL: Final = f"[{''.join((*DIGITS, *UNITS))}]+"
"""A run that may be a numeral, as a pattern."""

COUNTED: Final = "网格|公里|米|号|组|队|社|户|只|头|亩|人|点|时|分|月|日|年"
"""What follows a numeral in times and places; without one of these 三 in 三段地村 stays the name that it is."""

_COUNTED: Final = re.compile(rf"({NUMERAL})(?={COUNTED})")


def number(text: str) -> int | None:
    """The number from 0 to 9999 that is meant, place by place (二〇二六) or by units (二十三); None if none."""
    if not text or set(text) - DIGITS.keys() - UNITS.keys():
        return None
    if not set(text) & UNITS.keys():
        return int("".join(str(DIGITS[char]) for char in text)) if len(text) <= PLACES else None
    return _by_units(text)


def arabic(text: str) -> str:
    """The text with each numeral before something counted in digits: 第二十三网格 becomes 第23网格."""
    return _COUNTED.sub(lambda match: _digits(match[1]), text)


def _digits(numeral: str) -> str:
    found = number(numeral)
    return numeral if found is None else str(found)


def _by_units(text: str) -> int | None:
    total, digit, below = 0, None, 10_000
    for char in text:
        if char in UNITS:
            unit = UNITS[char]
            if unit >= below or (digit is None and (unit != UNITS["十"] or total)) or digit == 0:
                return None
            total, digit, below = total + (1 if digit is None else digit) * unit, None, unit
        elif digit in (None, 0):
            digit = DIGITS[char]
        else:
            return None
    if digit and text[-2] in UNITS and below > UNITS["十"]:  # 一百二 is 120
        return total + digit * below // 10
    return total + (digit or 0)
