"""The words by which a report accuses a unit or its people, and those by which it only mentions them."""

import re
from typing import Final

PEOPLE: Final = (
    "书记|主任|副主任|嘎查达|嘎查长|村长|支书|会计|委员(?!会)|干部|网格[员长]|镇长|苏木达|副镇长|工作人员|负责人|领导"
)
OFFICES: Final = (
    "(?:村|居|嘎查)?(?:民)?委(?:员)?会|两委|党[支总]支?部|党委|管委会|(?:镇|苏木|人民)*政府|综治中心|便民服务中心"
)
ACTOR: Final = rf"(?:{PEOPLE}|{OFFICES})"
"""A unit's people, or the unit as an office."""

ACCUSES: Final = "举报|检举|控告|投诉|状告"
"""A few characters before the unit: enough by itself."""

TOLD: Final = "向|给|由|找|经|请|让|叫|同|据|接到|收到|报告|联系"
"""Directly before the unit: it was told or asked, or tells itself."""

SPEAKS: Final = "称|(?<![光只])说|表示|反映|举报|投诉|报告|汇报|介绍|告诉|来电"
"""Directly behind the unit: it tells what others did, unless 被 stands before."""

WRONGS: Final = (
    # of office
    "不作为|乱作为|慢作为|不公(?!里)|不透明|失职|渎职|推诿|推脱|敷衍|不管不问|不予?处理|不予?理睬|不理睬|不履行|不解决|拖着不办|一拖再拖|不办事"
    "|滥用职权|违规|违纪|弄虚作假|虚报|造假|代填|空挂|态度(?:恶劣|差|生硬)|打骂|辱骂|威胁|打击报复|刁难"
    "|(?:没有?|未|从不|从未|不给?)(?:往)?(?:公开|公示|入户|上门|走访|巡查|露面|见人|接电话|入账|上报|开会)|不给[看办]|没见着"
    # of money and goods
    "|侵占|侵吞|挪用|贪污|受贿|索贿|吃拿卡要|冒领|套取|截留|克扣|私分|以权谋私|乱收费|乱罚款|吃空饷"
    # of kin and votes
    "|包庇|袒护|优亲厚友|贿选|[把将][^,]{1,20}给[^,]{0,4}(?:亲戚|亲属|家人)"
    "|被(?:举报|投诉|反映)"
)
"""Behind the unit, in the same sentence: what it is accused of, unless 被 or 遭 stands before."""

SOMEBODY: Final = "有人|他人|某[公企村牧人单]|[,、](?:村民|牧民|邻居|企业|公司|施工队)"
"""Between the unit and the wrong: it is the wrong of somebody else."""

HELPED: Final = (
    "已(?:经)?(?:协助|处[理置]|制止|调解|介入|协调|解决|劝|到|前往|组织|联系|报警|核实|登记|联合)|协助处理|正在(?:处理|调解|核实)"
    "|制止|劝阻|劝返|查处|整治|感谢|表扬|陪同|接到|(?<![不未没从有往填])(?:排查|巡查|走访|上报|发现|宣传)"
)
"""In the same sentence: the unit acts in the matter, and is not its object."""

PLACE: Final = "门[口前外]|附近|旁|院[内里]|对面|大院|后面|[东南西北][侧边面]|周边|办公楼|家(?!人)"
"""Directly behind the unit: it is only a landmark."""

_SUSPECT: Final = re.compile(rf"{ACCUSES}|{WRONGS}")
_ACCUSED: Final = re.compile(rf"(?:{ACCUSES})[^,]{{0,6}}$")
_TOLD: Final = re.compile(rf"(?:{TOLD})(?:我们?|了)?$")
_SPEAKS: Final = re.compile(rf"[^,被]{{0,4}}(?<!被)(?:{SPEAKS})")
_WRONG: Final = re.compile(rf"(?P<between>.{{0,40}}?)(?<![被遭])(?:{WRONGS})")
_SOMEBODY: Final = re.compile(SOMEBODY)
_HELPED: Final = re.compile(HELPED)
_PLACE: Final = re.compile(PLACE)


def suspect(sentence: str) -> bool:
    """Whether the sentence accuses anybody: cheap, and looked at first."""
    return _SUSPECT.search(sentence) is not None


def mentioned(before: str, after: str) -> bool:
    """Whether a unit between these words is told, asked or quoted, or is a landmark."""
    return any((_TOLD.search(before), _SPEAKS.match(after), _PLACE.match(after)))


def accused(before: str, after: str) -> bool:
    """Whether a unit between these words of one sentence is accused, and does not help."""
    if mentioned(before, after) or _HELPED.search(before) or _HELPED.search(after):
        return False
    wrong = _WRONG.match(after)
    return bool(_ACCUSED.search(before)) or (wrong is not None and not _SOMEBODY.search(wrong["between"]))
