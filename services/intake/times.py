"""Reads a moment as departments and people write it, in figures or in words."""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

from contracts.numerals import NUMERAL, number
from contracts.territory import SHANGHAI
from services.intake.days import Parts, days_meant
from services.intake.notations import AGO_PATTERNS, CLOCK_PATTERNS, DAY_PATTERNS, STAMP_PATTERNS, WORDS

FIRST_YEAR, LAST_YEAR = 2000, 2100
AHEAD: Final = timedelta(days=1)
"""How far a moment may lie after its sending, as clocks are set wrong, by whole zones too: more is no past event."""
SKEW: Final = timedelta(minutes=10)
"""How far the clocks of sources go ahead: what was at 14:30 and is sent at 14:29 was today, not yesterday."""
NOON, DAY_HOURS, HOUR_MINUTES = 12, 24, 60
FURTHEST_HOURS: Final = 14
"""No zone is further from UTC."""
QUARTER, HALF = 15, 30
"""Minutes of 一刻 and of 半."""

_BLANK: Final = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_ABOUT: Final = re.compile("大约|大概|约|左右|上下|前后|许|多|余|整|的|钟(?!头)")
_WEEKDAY_BESIDE: Final = re.compile(r"(?<=[日号0-9])\((?:周|星期|礼拜)[一二三四五六日天]\)")
_NUMERAL: Final = re.compile(f"(?<![周期拜]){NUMERAL}")  # 周三三点: the first 三 is a day's name


class UnreadableTimeError(ValueError):
    """A text that is no moment; ``expected`` and ``expected_zh`` say what is wrong with it and what is right."""

    def __init__(self, why: str, why_zh: str) -> None:
        """Take what is wrong, in both languages; the text itself is for whoever read it to repeat."""
        self.expected = f"a moment such as 2026-03-05T14:30:00+08:00 or 2026/3/5 14:30; this one {why}"
        self.expected_zh = f"该时间{why_zh}，应写成如 2026-03-05T14:30:00+08:00 或 2026年3月5日14时30分"
        super().__init__(self.expected)


def parse_when(text: str, sent_at: datetime) -> datetime:
    """Read an aware moment: in its own zone if it names one, else in Asia/Shanghai; a day alone is its 00:00.

    What is relative counts from ``sent_at`` (aware); of several days that may be meant it is the latest not after it,
    with ``SKEW``, or without a year with ``AHEAD``. A part of the day alone is the hour in which it begins, or
    ``sent_at`` if that is earlier. Raises UnreadableTimeError for what no table of ``notations`` has, for moments that
    do not exist, outside the years 2000 to 2100, or more than ``AHEAD`` after ``sent_at``.
    """
    plain = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()
    try:
        when = _read(plain, sent_at)
        if when is None and not plain.isascii():
            when = _read(_in_figures(plain), sent_at)
    except UnreadableTimeError:
        raise
    except ValueError as error:
        raise UnreadableTimeError(f"does not exist ({error})", "不存在") from error
    if when is None:
        raise UnreadableTimeError("has no known form", "无法识别")
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise _outside_years()
    if when - sent_at > AHEAD:
        raise UnreadableTimeError("lies in the future, more than a day after its sending", "晚于报送时间一天以上")
    return when


def _outside_years() -> UnreadableTimeError:
    years = FIRST_YEAR, LAST_YEAR
    return UnreadableTimeError("is not in the years {} to {}".format(*years), "不在{}至{}年之间".format(*years))


def _in_figures(plain: str) -> str:
    """What was said in words, in figures: 三点多 becomes 3点."""
    close = _ABOUT.sub("", _BLANK.sub("", plain))
    return _NUMERAL.sub(_figures, _WEEKDAY_BESIDE.sub("", close))


def _figures(numeral: re.Match[str]) -> str:
    found, digits = number(numeral[0]), len(numeral[0]) if numeral[0][0] in "零〇" else 1
    return numeral[0] if found is None else str(found).zfill(digits)


def _read(plain: str, sent_at: datetime) -> datetime | None:
    return _dated(plain, sent_at) or _stamped(plain, sent_at) or _ago(plain, sent_at)


def _matched(patterns: tuple[re.Pattern[str], ...], text: str) -> Parts | None:
    for pattern in patterns:
        if match := pattern.fullmatch(text):
            return match.groupdict()
    return None


def _dated(plain: str, sent_at: datetime) -> datetime | None:
    day = _matched(DAY_PATTERNS, plain)
    if day is None:
        return None
    clock = _matched(CLOCK_PATTERNS, day["clock"]) if day["clock"] else {}
    if clock is None:
        return None
    return _given(day, clock, sent_at) if "year" in day else _latest(day, clock, sent_at)


def _given(day: Parts, clock: Parts, sent_at: datetime) -> datetime:
    year, month, monthday = (int(day[part] or 0) for part in ("year", "month", "day"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _outside_years()
    return _moment(date(year, month, monthday), clock, sent_at)


def _latest(day: Parts, clock: Parts, sent_at: datetime) -> datetime:
    local = sent_at.astimezone(SHANGHAI)
    latest = local + (AHEAD if "month" in day else SKEW)
    meant = (_moment(one, clock, local) for one in days_meant(day, local.date()))
    first = next(meant)
    return first if first <= latest else next((when for when in meant if when <= latest), first)


def _stamped(plain: str, sent_at: datetime) -> datetime | None:
    parts = _matched(STAMP_PATTERNS, plain)
    if parts is None:
        return None
    if unix := parts.get("unix"):
        return datetime.fromtimestamp(int(unix), UTC) + timedelta(milliseconds=int(parts.get("thousandths") or 0))
    return _given(parts, parts, sent_at)


def _ago(plain: str, sent_at: datetime) -> datetime | None:
    parts = _matched(AGO_PATTERNS, plain)
    if parts is None:
        return None
    halves = timedelta(hours=12 if parts.get("half_day") else 0, minutes=HALF if parts.get("half_hour") else 0)
    whole = {unit: int(parts.get(unit) or 0) for unit in ("weeks", "days", "hours", "minutes", "seconds")}
    return sent_at.astimezone(SHANGHAI) - timedelta(**whole) - halves


def _moment(day: date, clock: Parts, sent_at: datetime) -> datetime:
    word, written = clock.get("word"), clock.get("hour")
    if word and written is None:
        return _part_of(day, word, sent_at)
    hour, minute, second = (int(clock.get(part) or 0) for part in ("hour", "minute", "second"))
    micros = int((clock.get("fraction") or "0").ljust(6, "0")[:6])
    minute += (HALF if clock.get("half") else 0) + QUARTER * int(clock.get("quarters") or 0)
    days, hour = divmod(_hour(hour, word), DAY_HOURS)
    if days and word is None and (minute or second or micros):
        raise ValueError("24:00 is the last moment of a day")
    when = datetime.combine(day, time(hour, minute, second, micros, _zone(clock.get("zone"))))
    after = when + timedelta(days=days)
    # The night of a day goes on into the next one; where that is still to come, the one before was meant.
    return when if word and after > sent_at + SKEW else after


def _part_of(day: date, word: str, sent_at: datetime) -> datetime:
    hours, begins = WORDS[word]
    midnight = datetime.combine(day, time(tzinfo=SHANGHAI))
    first, usual = (midnight + timedelta(hours=hour) for hour in (hours.start, begins))
    return sent_at.astimezone(SHANGHAI) if first <= sent_at < usual else usual


def _hour(written: int, word: str | None) -> int:
    if word is None:
        if written > DAY_HOURS:
            raise ValueError(f"hour {written} is not in 0..24")
        return written
    near = (written, written + 12, written + 24, *([0] if written == NOON else []))
    meant = next((hour for hour in near if hour in WORDS[word].hours), None)
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
    if minutes >= HOUR_MINUTES or hours > FURTHEST_HOURS:
        msg = f"zone {text} must be within -14:00..+14:00"
        raise ValueError(msg)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)
