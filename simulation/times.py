"""Writes a moment as departments and people do: to the second or to the half hour, with a zone, a year, or without."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from contracts.territory import SHANGHAI
from simulation.chance import happens
from simulation.names import numeral

DAYS: Final = ("今天", "昨天", "前天")
NOON: Final = 12
HALF: Final = 30

# From which hour on, which word stands before an hour that is counted to twelve.
WORDS: Final = ((0, "凌晨"), (5, "早上"), (8, "上午"), (12, "中午"), (13, "下午"), (19, "晚上"))

Written = str | int
Write = Callable[[datetime], Written]

# How a moment is written, with the step in seconds that it is exact to. Local time where no zone is given.
ABSOLUTE: Final[Mapping[str, tuple[Write, int]]] = {
    "iso":         (datetime.isoformat, 1),
    "iso_utc":     (lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", 1),
    "dashes":      (lambda at: f"{at:%Y-%m-%d %H:%M:%S}", 1),
    "slashes":     (lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02}", 60),
    "dots":        (lambda at: f"{at.year}.{at.month}.{at.day} {at.hour}:{at.minute:02}", 60),
    "chinese":     (lambda at: f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02}分", 60),
    "chinese_day": (lambda at: f"{at.year}年{at.month}月{at.day}日{_clock(at)}", 1800),
    "digits":      (lambda at: f"{at:%Y%m%d%H%M%S}", 1),
    "unix_s":      (lambda at: int(at.timestamp()), 1),
    "unix_ms":     (lambda at: int(at.timestamp() * 1000), 1),
    "unix_text":   (lambda at: str(int(at.timestamp())), 1),
    "no_year":     (lambda at: f"{at.month}月{at.day}日{at.hour}:{at.minute:02}", 60),
    "no_year_day": (lambda at: f"{at.month}月{at.day}日{_clock(at)}", 1800),
}  # fmt: skip
RELATIVE: Final = "relative"
NOTATIONS: Final = (*ABSOLUTE, RELATIVE)

SYSTEMS: Final = ("iso", "iso_utc", "dashes", "slashes", "digits", "unix_s", "unix_ms", "unix_text", "chinese")
PEOPLE: Final = ("slashes", "dots", "chinese", "chinese_day", "no_year", "no_year_day", RELATIVE, RELATIVE)
"""How systems write, and how people do; each as often as it stands here."""


def write(random: Random, happened: datetime, sent: datetime, *, by_hand: bool) -> tuple[str, Written, datetime]:
    """The notation, what was written, and the moment (aware, local) that it says; sent at ``sent``, not before."""
    notation = random.choice(PEOPLE if by_hand else SYSTEMS)
    local, today = happened.astimezone(SHANGHAI), sent.astimezone(SHANGHAI).date()
    ago = (today - local.date()).days
    if notation == RELATIVE and ago < len(DAYS):
        exact = _down(local, 1800)
        return notation, f"{DAYS[ago]}{_clock(exact)}", exact
    name = "no_year" if notation == RELATIVE else notation
    form, step = ABSOLUTE[name]
    exact = _down(local, step)
    return name, form(exact), exact


def _down(moment: datetime, step: int) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() // step * step, SHANGHAI)


def _clock(at: datetime) -> str:
    """The hour or half hour as it is said: 下午三点半."""
    word = next(word for hour, word in reversed(WORDS) if at.hour >= hour)
    hour = at.hour - NOON if at.hour > NOON else at.hour
    said = "两" if hour == len("两点") else numeral(hour)
    return f"{word}{said}点{'半' if at.minute >= HALF else ''}"


def ago(random: Random) -> timedelta:
    """How long before its report something happened: mostly hours, now and then a day or two."""
    minutes = random.randint(5, 300) if happens(random, 0.88) else random.randint(600, 2400)
    return timedelta(minutes=minutes)
