"""What is reported in a banner: the matters, who reports them, in which words, and how they are solved on the spot."""

from dataclasses import dataclass

from contracts.report import Urgency


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of matter; ``text`` and ``done`` take {place}, {n} (1 to 40) and {m} (2 to 9)."""

    category: str
    sources: tuple[str, ...]
    text: str
    done: str
    urgency: Urgency = Urgency.ORDINARY


MEMBERS, HOTLINE, RESIDENTS = "grid-members", "hotline-12345", "residents"
URGENT, LIFE = Urgency.URGENT, Urgency.LIFE_THREATENING

MATTERS = (
    Matter(
        "草场纠纷",
        (MEMBERS, "forestry-grassland", "justice"),
        "{place}两户牧民因网围栏移位约{n}米发生草场纠纷，双方各执一词，希望现场丈量调解。",
        "网格员现场丈量并组织双方协商，围栏按原界址恢复。",
    ),
    Matter(
        "人畜饮水",
        (MEMBERS, "water", HOTLINE),
        "{place}第{n}号饮水井水泵损坏，附近{m}户人畜饮水困难。",
        "已更换水泵接线，井水恢复供应。",
        URGENT,
    ),
    Matter(
        "道路养护",
        (MEMBERS, "transport", HOTLINE),
        "{place}通村路{n}公里处路基被雨水冲空，会车时十分危险，请尽快处理。",
        "已摆放警示标志并用砂石回填。",
    ),
    Matter(
        "供电",
        (MEMBERS, RESIDENTS, HOTLINE),
        "{place}有{m}根电杆倾斜，大风天气频繁停电，影响{n}户用电。",
        "已联系供电所扶正电杆，恢复供电。",
    ),
    Matter(
        "拖欠工资",
        ("labour", "petitions", HOTLINE),
        "{place}一处工地拖欠{n}名务工人员{m}个月工资，多次催要未果。",
        "当场协调施工方结清欠薪，务工人员签字确认。",
    ),
    Matter(
        "环境卫生",
        (MEMBERS, "environment", "housing", RESIDENTS),
        "{place}路口垃圾堆放{m}天无人清运，气味较大。",
        "已组织清运并清洗垃圾点。",
    ),
    Matter(
        "牲畜走失",
        (MEMBERS, "police", "agriculture"),
        "{place}一牧户走失绵羊{n}只，最后一次见到是在{m}公里外的水井旁。",
        "羊群已在邻近草场找回并交还牧户。",
    ),
    Matter(
        "邻里纠纷",
        (MEMBERS, "justice", "police", "women"),
        "{place}两户因排水沟走向争执{m}次，情绪较激动，请求上门调解。",
        "上门调解，双方同意将排水沟改道。",
    ),
    Matter(
        "火灾隐患",
        (MEMBERS, "fire", "emergency"),
        "{place}草料堆与住房相距不足{m}米，旁边有私拉电线，存在火灾隐患。",
        "已督促移开草料堆并拆除私拉电线。",
        URGENT,
    ),
    Matter(
        "证照办理",
        ("market", "culture-tourism", HOTLINE),
        "{place}一家小店办理食品经营许可跑了{m}趟仍缺材料，希望一次告知。",
        "已一次性告知所缺材料并帮助网上提交。",
    ),
    Matter(
        "困难救助",
        (MEMBERS, "civil-affairs", "disabled", "veterans"),
        "{place}一户独居老人低保续期材料逾期{m}天，行动不便，需上门代办。",
        "网格员上门代办，材料已报送。",
    ),
    Matter(
        "就医就学",
        ("health", "education", RESIDENTS),
        "{place}有{m}名学生上学需乘车{n}公里，班车时间与上课时间不合。",
        "已与学校和班车协调，发车时间提前。",
    ),
    Matter(
        "土地使用",
        ("natural-resources", "courts", "political-legal"),
        "{place}约{n}亩集体土地的租用合同到期，{m}户对续租意见不一。",
        "召集租用双方核对合同，达成续租意见。",
    ),
    Matter(
        "险情",
        ("emergency", "police", MEMBERS),
        "{place}一处房屋受大风影响部分倒塌，{m}人被困，请立即救援。",
        "被困人员已全部救出，无人受伤。",
        LIFE,
    ),
)
