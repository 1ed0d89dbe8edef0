"""Reads a moment as departments and people write it."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final

from contracts.territory import SHANGHAI

FIRST_YEAR, LAST_YEAR = 2000, 2100

# The ways to write a moment. Doubled letters have exactly their digits, single ones may lack the leading zero;
# f: a fraction of the second, z: a zone, p: a word of WORDS, all may be missing; " ": blanks or T; "_": blanks, T or
# nothing; 点: 点 or 时, which mean the same.
FORMS: Final = (
    # pattern           example
    ("Y-M-D",           "2019-02-28"),
    ("Y-M-D h:mmz",     "2019-2-28 11:25"),
    ("Y-M-D h:mm:ssfz", "2019-02-28T11:25:05.250+08:00"),
    ("Y/M/D",           "2019/2/28"),
    ("Y/M/D h:mmz",     "2019/2/28 11:25"),
    ("Y/M/D h:mm:ssfz", "2019/2/28 11:25:05"),
    ("Y.M.D",           "2019.2.28"),
    ("Y.M.D h:mmz",     "2019.2.28 11:25"),
    ("Y.M.D h:mm:ssfz", "2019.2.28 11:25:05"),
    ("Y年M月D日",          "2020年1月6日"),
    ("Y年M月D日_ph:mmz",   "2020年1月6日 12:09"),
    ("Y年M月D日_ph:mm:ssfz", "2020年1月6日 12:09:30"),
    ("Y年M月D日_ph点",       "2020年1月6日12时"),
    ("Y年M月D日_ph点半",      "2020年1月6日下午2点半"),
    ("Y年M月D日_ph点m分",     "2020年1月6日下午2点30分"),
    ("Y年M月D日_ph点m分s秒",   "2020年1月6日12时09分30秒"),
    ("YMMDD",           "20190228"),
    ("YMMDDhhmm",       "201902281125"),
    ("YMMDDhhmmss",     "20190228112505"),
    ("YMMDDThhmmssfz",  "20190228T112505Z"),
)  # fmt: skip

# The hours of the day that may be meant with each word; one that is written up to twelve may be twelve hours later.
WORDS: Final[Mapping[str, range]] = {
    "凌晨": range(7),
    "早上": range(4, 12),
    "上午": range(13),
    "中午": range(11, 15),
    "下午": range(12, 20),
    "傍晚": range(16, 21),
    "晚上": range(17, 24),
}

HALF: Final = 30
"""The minute of 点半."""

_PARTS: Final = {
    "Y": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d\d)",
    "M": r"(?P<month>\d\d?)",
    "DD": r"(?P<day>\d\d)",
    "D": r"(?P<day>\d\d?)",
    "hh": r"(?P<hour>\d\d)",
    "h": r"(?P<hour>\d\d?)",
    "mm": r"(?P<minute>\d\d)",
    "m": r"(?P<minute>\d\d?)",
    "ss": r"(?P<second>\d\d)",
    "s": r"(?P<second>\d\d?)",
    "f": r"(?:[.,](?P<fraction>\d{1,9}))?",
    "z": r"\s*(?P<zone>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    "p": rf"(?:(?P<word>{'|'.join(WORDS)})\s*)?",
    "点": r"[点时]",
    "半": r"(?P<half>半)",
    " ": r"(?:\s+|T)",
    "_": r"(?:\s*|T)",
    ".": r"\.",
}


def _compile(form: str) -> re.Pattern[str]:
    tokens = re.findall(r"MM|DD|hh|mm|ss|.", form)
    return re.compile("".join(_PARTS.get(token, token) for token in tokens), re.ASCII)


_PATTERNS: Final = tuple(_compile(form) for form, _ in FORMS)


class UnreadableTimeError(ValueError):
    """A text that is no moment; ``expected`` and ``expected_zh`` say what is wrong with it and what is right."""

    def __init__(self, why: str, why_zh: str) -> None:
        """Take what is wrong, in both languages; the text itself is for whoever read it to repeat."""
        self.expected = f"a moment such as 2026-03-05T14:30:00+08:00 or 2026/3/5 14:30; this one {why}"
        self.expected_zh = f"该时间{why_zh}，应写成如 2026-03-05T14:30:00+08:00 或 2026年3月5日14时30分"
        super().__init__(self.expected)


def parse_when(text: str) -> datetime:
    """Read an aware moment: in its own zone if it names one, else in Asia/Shanghai; a date alone is its 00:00.

    Raises UnreadableTimeError for any form not in FORMS, impossible dates, and years outside 2000 to 2100.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    match = next(filter(None, (pattern.fullmatch(plain) for pattern in _PATTERNS)), None)
    if match is None:
        raise UnreadableTimeError("has no known form", "无法识别")
    parts = match.groupdict()
    if not FIRST_YEAR <= int(parts["year"]) <= LAST_YEAR:
        years = FIRST_YEAR, LAST_YEAR
        raise UnreadableTimeError("is not in the years {} to {}".format(*years), "不在{}至{}年之间".format(*years))
    try:
        return _moment(parts)
    except ValueError as error:
        raise UnreadableTimeError(f"does not exist ({error})", "不存在") from error


def _moment(parts: dict[str, str | None]) -> datetime:
    year, month, day, written, minute, second = (
        int(parts.get(name) or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    hour = _hour(written, parts.get("word"))
    minute = HALF if parts.get("half") else minute
    micros = int((parts.get("fraction") or "0").ljust(6, "0")[:6])
    return datetime(year, month, day, hour, minute, second, micros, _zone(parts.get("zone")))


def _hour(written: int, word: str | None) -> int:
    if word is None:
        return written
    meant = next((hour for hour in (written, written + 12) if hour in WORDS[word]), None)
    if meant is None:
        msg = f"{word} has no hour {written}"
        raise ValueError(msg)
    return meant


def _zone(text: str | None) -> tzinfo:
    if not text:
        return SHANGHAI
    if text in "Zz":
        return UTC
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if minutes >= 60 or hours > 14:  # noqa: PLR2004 - no zone is further from UTC
        msg = f"zone {text} must be within -14:00..+14:00"
        raise ValueError(msg)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
