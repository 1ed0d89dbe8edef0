"""How each source puts it: how it begins and ends, what it calls a matter, and what its system adds."""

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from simulation.chance import chance
from simulation.draft import Ask
from simulation.matters import HOTLINE, Manner, manner

VAGUE: Final[Mapping[Manner, tuple[str, ...]]] = {
    Manner.GRID: ("本网格", "网格内", "片区内", "辖区内"),
    Manner.CALL: ("我们这边", "家附近", "我们这里", "村里"),
    Manner.OFFICE: ("辖区内", "旗内", "所辖片区"),
}
"""Words that name no unit."""
OPENERS: Final[Mapping[Manner, tuple[str, ...]]] = {
    Manner.GRID: ("", "", "", "", "今日巡查：", "入户时得知，", "走访发现，", "牧户反映，"),
    Manner.CALL: ("", "", "", "你好，", "想反映一下，", "请问归谁管，"),
    Manner.OFFICE: ("", "", "", "经核实，", "接群众反映，", "我单位获悉，", "现将有关情况报来："),
}
ENDINGS: Final[Mapping[Manner, tuple[str, ...]]] = {
    Manner.GRID: ("", "", "", "", "已拍照。", "特此上报。", "请协调。"),
    Manner.CALL: ("", "", "", "麻烦尽快处理。", "希望有人来看看。", "谢谢。"),
    Manner.OFFICE: ("", "", "", "请按职责办理。", "请予关注并反馈。", "后续情况续报。"),
}
HOTLINE_OPENERS: Final = ("来电人称：", "市民来电反映：", "【热线工单】来电人表示，", "市民致电：", "来电：")
HOTLINE_ENDINGS: Final = ("", "", "诉求：尽快处理并回复。", "希望相关部门核实。", "要求回电。")
TICKETS: Final = ("诉求", "咨询", "投诉")
TITLES: Final = ("情况报告", "关于群众反映事项的函", "转办事项", "巡查发现问题")

# How many of a hundred name a category, and of those how many by a mere code of their own system.
NAMED: Final[Mapping[Manner, tuple[int, int]]] = {
    Manner.GRID: (55, 10),
    Manner.CALL: (45, 5),
    Manner.OFFICE: (65, 25),
}
TITLED: Final = 40
PICTURED: Final = 30
"""Of a hundred offices' reports those with a title, and of grid members' those with a picture."""


def text(random: Random, ask: Ask, words: str | None) -> str:
    """What happened, as the source says it; ``words``: the place where it is named in the text."""
    told = manner(ask.department)
    hotline = ask.department == HOTLINE
    said = random.choice(ask.matter.told_by(ask.department)).format(
        place=words or random.choice(VAGUE[told]), n=random.randint(3, 40), m=random.randint(2, 9)
    )
    opener = random.choice(HOTLINE_OPENERS if hotline else OPENERS[told])
    return f"{opener}{said}{random.choice(HOTLINE_ENDINGS if hotline else ENDINGS[told])}"


def category(random: Random, ask: Ask) -> dict[str, str]:
    """What the source calls the matter, if it does: any word, or a code that only its own system knows."""
    named, coded = NAMED[manner(ask.department)]
    if random.randrange(100) >= named:
        return {}
    if random.randrange(100) >= coded:
        return {"category": random.choice(ask.matter.words)}
    number = chance("code", ask.department, ask.matter.leaf).randint(100, 999)
    return {"category": f"{ask.department[:2].upper()}{number}"}


def extras(random: Random, ask: Ask) -> dict[str, Any]:
    """What some systems add: a field that no contract knows, a title, a picture."""
    if ask.department == HOTLINE:
        return {"工单类型": random.choice(TICKETS)}
    told, draw = manner(ask.department), random.randrange(100)
    if told is Manner.OFFICE and draw < TITLED:
        return {"title": random.choice(TITLES)}
    if told is Manner.GRID and draw < PICTURED:
        return {"attachments": [f"https://attachments.invalid/{ask.reference}/1.jpg"]}
    return {}
