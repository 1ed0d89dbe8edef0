"""Reads a moment as departments and people write it."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 2000, 2100

# The ways to write a moment. Doubled letters have exactly their digits, single ones may lack the leading zero;
# f: a fraction of the second, z: a zone, both may be missing; " ": blanks or T; "_": blanks, T or nothing.
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
    ("Y年M月D日_h:mmz",    "2020年1月6日 12:09"),
    ("Y年M月D日_h:mm:ssfz", "2020年1月6日 12:09:30"),
    ("Y年M月D日_h时",        "2020年1月6日12时"),
    ("Y年M月D日_h时m分",      "2020年1月6日12时09分"),
    ("Y年M月D日_h时m分s秒",    "2020年1月6日12时09分30秒"),
    ("YMMDD",           "20190228"),
    ("YMMDDhhmm",       "201902281125"),
    ("YMMDDhhmmss",     "20190228112505"),
    ("YMMDDThhmmssfz",  "20190228T112505Z"),
)  # fmt: skip

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
    " ": r"(?:\s+|T)",
    "_": r"(?:\s*|T)",
    ".": r"\.",
}


def _compile(form: str) -> re.Pattern[str]:
    tokens = re.findall(r"MM|DD|hh|mm|ss|.", form)
    return re.compile("".join(_PARTS.get(token, token) for token in tokens), re.ASCII)


_PATTERNS: Final = tuple(_compile(form) for form, _ in FORMS)


class UnreadableTimeError(ValueError):
    """A text that is no moment: says in English and Chinese what was found and what is right."""

    def __init__(self, text: str, why: str, why_zh: str) -> None:
        """Put both languages into one line; a long text is shortened."""
        found = text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 - enough to recognise it
        super().__init__(
            f"time {found!r}: {why}; right is e.g. 2019-02-28 11:25:05 or 2019-02-28T11:25:05+08:00. "
            f"时间“{found}”{why_zh},正确写法如 2019-02-28 11:25:05 或 2019年2月28日11时25分。"
        )


def parse_when(text: str) -> datetime:
    """Read an aware moment: in its own zone if it names one, else in Asia/Shanghai; a date alone is its 00:00.

    Raises UnreadableTimeError for any form not in FORMS, impossible dates, and years outside 2000 to 2100.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    match = next(filter(None, (pattern.fullmatch(plain) for pattern in _PATTERNS)), None)
    if match is None:
        raise UnreadableTimeError(text, "not a known form", "无法识别")
    parts = match.groupdict()
    if not FIRST_YEAR <= int(parts["year"]) <= LAST_YEAR:
        raise UnreadableTimeError(
            text, f"year outside {FIRST_YEAR} to {LAST_YEAR}", f"年份不在{FIRST_YEAR}至{LAST_YEAR}年之间"
        )
    try:
        return _moment(parts)
    except ValueError as error:
        raise UnreadableTimeError(text, f"no such moment ({error})", "不存在") from error


def _moment(parts: dict[str, str | None]) -> datetime:
    year, month, day, hour, minute, second = (
        int(parts.get(name) or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    micros = int((parts.get("fraction") or "0").ljust(6, "0")[:6])
    return datetime(year, month, day, hour, minute, second, micros, _zone(parts.get("zone")))


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
