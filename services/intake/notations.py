"""The notations of a moment that departments and people write: tables, a row for each, with an example."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

# How the rows are written. Of a row's letters doubled ones have exactly their digits, single ones may lack the leading
# zero. f: a fraction of the second, z: a zone, p: a word of WORDS; each may be missing. P: a word that must be there.
# q: the quarters of 三刻. " ": blanks or T; "_": blanks, T or nothing; [ c], [_c]: a clock of CLOCKS may follow.
# Figures may be Chinese numerals; what only says "about" (左右, 许, 多, 约 …) is passed over.

# A whole moment in digits.
STAMPS: Final = (
    # pattern           example
    ("S",               "1551324305"),  # Unix seconds
    ("SL",              "1551324305000"),  # Unix milliseconds
    ("YMMDD",           "20190228"),
    ("YMMDDhhmm",       "201902281125"),
    ("YMMDDhhmmss",     "20190228112505"),
    ("YMMDDThhmmssfz",  "20190228T112505Z"),
)  # fmt: skip

# The day, and with it the clock. A: a word of DAY_WORDS, W: a day of the week, n: how many days ago.
DAYS: Final = (
    ("Y-M-D[ c]",       "2019-02-28T11:25:05.250+08:00"),
    ("Y/M/D[ c]",       "2019/2/28 11:25"),
    ("Y.M.D[ c]",       "2019.2.28 11:25"),
    ("Y年M月D日[_c]",      "2019年2月28日 11:25"),
    ("M月D日[_c]",        "2月28日下午三点"),
    ("D日[_c]",          "28号下午三点"),
    ("A[_c]",           "昨天下午三点"),
    ("W[_c]",           "上周四下午三点"),
    ("n天前_c",          "3天前14:30"),
    ("c",               "下午三点"),
)  # fmt: skip

CLOCKS: Final = (
    ("ph:mmz",          "14:30"),
    ("ph:mm:ssfz",      "14:30:05.250+08:00"),
    ("ph点",             "下午三点"),
    ("ph点半",            "下午两点半"),
    ("ph点q刻",           "下午三点一刻"),
    ("ph点m分",           "14时30分"),
    ("ph点mm",           "下午三点零五"),
    ("ph点m分s秒",         "14时30分05秒"),
    ("P",               "下午"),
)  # fmt: skip

# How long ago. w, d, H, m, s: weeks, days, hours, minutes, seconds; k, K: half an hour, half a day.
AGO: Final = (
    ("now",             "刚才"),
    ("s秒前",            "40秒前"),
    ("m分前",            "20分钟前"),
    ("k时前",            "半小时前"),
    ("H时前",            "三小时前"),
    ("H时m分前",          "1小时20分钟前"),
    ("Hk时前",           "一个半小时前"),
    ("d天前",            "两天前"),
    ("d天K前",           "一天半前"),
    ("K天前",            "半天前"),
    ("w周前",            "一周前"),
)  # fmt: skip


class PartOfDay(NamedTuple):
    """The hours that may be meant with a word, from 24 on the next day's, and the one that stands for it alone."""

    hours: range
    begins: int


# An hour that is written up to twelve may be twelve hours later, or earlier; 夜里1点 is the next day's, as is 晚上12点.
WORDS: Final[Mapping[str, PartOfDay]] = {
    "凌晨": PartOfDay(range(7), 0),
    "清晨": PartOfDay(range(3, 10), 5),
    "早晨": PartOfDay(range(4, 12), 6),
    "早上": PartOfDay(range(4, 12), 6),
    "早":   PartOfDay(range(4, 12), 6),
    "晨":   PartOfDay(range(10), 5),
    "上午": PartOfDay(range(13), 8),
    "中午": PartOfDay(range(11, 15), 12),
    "午后": PartOfDay(range(12, 20), 13),
    "下午": PartOfDay(range(12, 20), 14),
    "傍晚": PartOfDay(range(16, 21), 18),
    "晚上": PartOfDay(range(17, 27), 20),
    "晚":   PartOfDay(range(17, 27), 20),
    "夜里": PartOfDay(range(19, 30), 22),
    "夜间": PartOfDay(range(19, 30), 22),
    "深夜": PartOfDay(range(19, 30), 22),
    "半夜": PartOfDay(range(22, 30), 24),
    "夜":   PartOfDay(range(19, 30), 22),
}  # fmt: skip

DAY_WORDS: Final[Mapping[str, int]] = {
    "今天": 0, "今日": 0, "当天": 0, "当日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2, "大前天": 3,
    "今": 0, "昨": 1, "前": 2,  # only before a part of the day: 今早, 昨晚
}  # fmt: skip
"""How many days back each word counts."""

WEEKDAYS: Final = "一二三四五六日"
WEEKS_BACK: Final[Mapping[str, int]] = {"本": 0, "这": 0, "上": 1, "上上": 2}
"""How many weeks, which begin on Mondays, each word counts back; without one it is the newest such day."""

_WEEK: Final = "(?:周|星期|礼拜)"
_SHORT: Final = "[今昨前](?=[早晨晚夜])"
_A_WORD: Final = f"(?P<word>{'|'.join(sorted(WORDS, key=len, reverse=True))})\\s*"
_CLOCK: Final = "(?P<clock>.+)"

_PARTS: Final[Mapping[str, str]] = {
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
    "q": r"(?P<quarters>[123])",
    "p": f"(?:{_A_WORD})?",
    "P": _A_WORD,
    "S": r"(?P<unix>\d{10})",
    "L": r"(?P<thousandths>\d{3})",
    "A": f"(?P<relative>{'|'.join(word for word in sorted(DAY_WORDS, key=len, reverse=True) if word[1:])}|{_SHORT})",
    "W": f"(?P<weeks>{'|'.join(sorted(WEEKS_BACK, key=len, reverse=True))})?个?{_WEEK}(?P<weekday>[{WEEKDAYS}天])",
    "n": r"(?P<days>\d{1,4})",
    "点": "[点时]",
    "日": "[日号]",
    "半": "(?P<half>半)",
    "前": "[之以]?前",
    " ": r"(?:\s+|T)",
    "_": r"(?:\s*|T)",
    "[ c]": rf"(?:(?:\s+|T|(?=[^\x00-\x7f])){_CLOCK})?",
    "[_c]": rf"(?:(?:\s*|T){_CLOCK})?",
    "c": _CLOCK,
    ".": r"\.",
}
_AGO_PARTS: Final[Mapping[str, str]] = {
    "now": "刚才|刚刚|方才|现在",
    "w": r"(?P<weeks>\d{1,4})",
    "d": r"(?P<days>\d{1,4})",
    "H": r"(?P<hours>\d{1,4})",
    "m": r"(?P<minutes>\d{1,5})",
    "s": r"(?P<seconds>\d{1,5})",
    "k": "个?(?P<half_hour>半)",
    "K": "(?P<half_day>半)",
    "分": "分钟?",
    "时": "个?(?:小时|钟头)",
    "周": f"个?{_WEEK}",
    "前": _PARTS["前"],
}


def _compiled(rows: Iterable[tuple[str, str]], parts: Mapping[str, str]) -> tuple[re.Pattern[str], ...]:
    tokens = re.compile("|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True)) + "|.")
    patterns = ("".join(parts.get(token, token) for token in tokens.findall(row)) for row, _ in rows)
    return tuple(re.compile(pattern, re.ASCII) for pattern in patterns)


STAMP_PATTERNS: Final = _compiled(STAMPS, _PARTS)
DAY_PATTERNS: Final = _compiled(DAYS, _PARTS)
CLOCK_PATTERNS: Final = _compiled(CLOCKS, _PARTS)
AGO_PATTERNS: Final = _compiled(AGO, _AGO_PARTS)
