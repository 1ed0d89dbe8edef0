"""Reads from the words of a report how much money it is about, and how many people act together in it."""

import re
from decimal import Decimal
from typing import Final

from contracts.numerals import DIGITS, UNITS, number

SUM_MOST: Final = 10**12
"""Yuan; more is a slip of the pen."""
GROUP_MOST: Final = 10**6
MYRIADS: Final = {"亿": 10**8, "万": 10**4}

_WORDS: Final = "".join((*DIGITS, *UNITS))
_FIGURES: Final = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER: Final = rf"(?:{_FIGURES}|[{_WORDS}亿万])(?:{_FIGURES}|[{_WORDS}亿万])*"
_ABOUT: Final = "[余多来几]?"
_WHOLE: Final = rf"(?<![\d.几数第{_WORDS}亿万])"
"""Where a number begins: not within one, nor behind what makes it vague (几十万) or an ordinal."""
LONGEST: Final = 30
"""Characters of a number; a longer row of digits is no sum."""
_SUM: Final = re.compile(
    rf"{_WHOLE}(?P<sign>[¥￥] ?)?(?P<number>{_NUMBER}){_ABOUT}(?P<scale>[百千]?[亿万]?){_ABOUT}"
    r"(?P<unit>元(?![月旦宝])|圆|块(?=[钱,。;!?\n、 ]|$)|人民币)?"
)
"""A number that may be a sum of money, its text already normalised."""
_OWED: Final = re.compile(r"[欠借骗赔罚还款金费价资付缴损失额][^,。;!?\n\d]{0,4}$")
"""What comes before a sum that is said without its unit (欠他3万), and what after it (3万工资)."""
_KIND: Final = re.compile(
    r"(?:的[^,。;!?\n\d]{0,4})?(?:工资|工钱|劳务费|货款|工程款|补偿款|本金|租金|赔偿|押金|定金|欠款|借款|贷款|款|钱|债)"
)
_EACH_BEFORE: Final = re.compile(
    r"[每单](?:个|一)?[人名位户家月天日年季次趟台辆车吨斤亩只头方平度条株][^,。;!?\n\d]{0,6}$"
)
_EACH_AFTER: Final = re.compile(
    r"(?:左右|以上|整)?(?:/|每|一个?[月年天斤吨亩只头度方次餐趟]|[月年](?![底初末中前后来内以]))"
)
"""What makes of a sum a price of each."""

_FIGURE: Final = re.compile(r"(\d+(?:\.\d+)?)([千百十]?)")
_SCALES: Final = {**UNITS, "": 1}
_ONES: Final = frozenset((*DIGITS, *"0123456789"))

_ACTING: Final = (
    "联名|联合(?:反映|签名|上访|投诉)|聚集|聚众|围堵|堵[路门在住]|拉横幅|静坐|请愿|罢工|结伴|上访|讨薪|"
    "集体(?:来访|到访|上访|访|到|前往|去|找|反映|投诉|讨|要求|签名|维权|停工)"
)
_PEOPLE: Final = "人|群众|工人|农民工|民工|业主|村民|农牧民|牧民|农民|居民|职工|员工|家长|商户|司机|教师|老师"
_COUNT: Final = rf"{_WHOLE}(\d{{1,7}}|[{_WORDS}]{{1,9}}){_ABOUT}[名位个]?(?:务工|退役|涉事)?(?:{_PEOPLE}|人员|军人)"
_NEAR: Final = r"[^。!?;\n]{0,12}?"
_GROUPS: Final = (re.compile(f"{_COUNT}{_NEAR}(?:{_ACTING})"), re.compile(f"(?:{_ACTING}){_NEAR}{_COUNT}"))


def money(text: str) -> int | None:
    """The largest sum in whole yuan that normalised words name: what the matter may come to; None where none is.

    A price of each (每月1500元, 3元/斤) is no sum, and 几万元 says too little.
    """
    found = (_yuan(match) for match in _SUM.finditer(text))
    return max((yuan for yuan in found if yuan is not None and yuan <= SUM_MOST), default=None)


def group(text: str) -> int | None:
    """The largest number of people of whom normalised words say that they act together; None where it is not said.

    Households (户) are not counted: how many people stand before the door is not known from them.
    """
    said = (match[1] for pattern in _GROUPS for match in pattern.finditer(text))
    counts = (int(one) if one.isdecimal() else number(one) for one in said)
    return max((count for count in counts if count is not None and count <= GROUP_MOST), default=None)


def _yuan(match: re.Match[str]) -> int | None:
    text, begins, ends = match.string, match.start(), match.end()
    before, after, much = (
        text[max(0, begins - 10) : begins],
        text[ends : ends + 10],
        f"{match['number']}{match['scale']}",
    )
    if len(much) > LONGEST or _EACH_BEFORE.search(before) or _EACH_AFTER.match(after):
        return None
    if not (match["sign"] or match["unit"] or (set(much) & {"千", *MYRIADS} and _is_owed(before, after))):
        return None
    value = _value(much.replace(",", ""))
    return None if value is None else int(value)


def _is_owed(before: str, after: str) -> bool:
    ends = not after or after[0] in ",。;!? \n、"
    return bool(_KIND.match(after)) or (ends and bool(_OWED.search(before)))


def _value(text: str) -> Decimal | None:
    """A number in figures, in words or in both: 3.5万, 一百二十万, 1万5千, 一万五."""
    total = Decimal(0)
    for myriad, scale in MYRIADS.items():
        head, found, rest = text.rpartition(myriad)
        if not found:
            continue
        many = _value(head) if head else Decimal(1)
        if many is None:
            return None
        total, text = total + many * scale, rest
        if rest in _ONES:  # 一万五 is 15000
            return total + (_small(rest) or 0) * (scale // 10)
    small = _small(text) if text else Decimal(0)
    return None if small is None else total + small


def _small(text: str) -> Decimal | None:
    """Such a number below a myriad."""
    if _FIGURE.match(text) and not _FIGURE.sub("", text):
        return sum((Decimal(figure) * _SCALES[unit] for figure, unit in _FIGURE.findall(text)), Decimal(0))
    found = number(text.removeprefix("零")) if text[:1] not in UNITS or text[:1] == "十" else number(f"一{text}")
    return None if found is None else Decimal(found)
