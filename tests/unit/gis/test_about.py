"""Which unit a report is about: as the source says, or as its words accuse one."""

import pytest

from contracts.report import Classification, ClassifiedBy
from contracts.territory import BANNER, full_name
from services.gis.about import ACTORS, NEAR, about
from services.gis.atlas import Atlas
from tests.builders import PATH, report

ATLAS = Atlas.load()
TOWN, VILLAGE, GRID = (path[-1].code for path in (PATH[:2], PATH[:3], PATH))
MEMBER = next(staff for staff, path in ATLAS.members.items() if path == PATH)
STRANGER = next(staff for staff, path in ATLAS.members.items() if len(path) == 4 and path[1] != PATH[1])


def concerned(text: str = "机井损坏", place: str = BANNER.code, **fields: object) -> str:
    at = ATLAS.land.path(place)
    assert at
    path = about(ATLAS, report(text=text).model_copy(update=fields), at)
    return full_name(path) if path else ""


@pytest.mark.parametrize(
    ("unit", "staff", "name"),
    [
        (VILLAGE, None, "昂素镇昂素嘎查"),
        (f"{TOWN}000", None, "昂素镇"),
        (None, MEMBER, "昂素镇昂素嘎查第1网格"),
        (VILLAGE, MEMBER, "昂素镇昂素嘎查"),
        (GRID, MEMBER, "昂素镇昂素嘎查第1网格"),
        (VILLAGE, "999999", "昂素镇昂素嘎查"),
        (VILLAGE, STRANGER, ""),
        ("150999", None, ""),
        (None, "999999", ""),
    ],
)
def test_a_source_says_which_unit_or_whom_it_is_about(unit: str | None, staff: str | None, name: str) -> None:
    assert concerned(about_unit=unit, about_staff=staff) == name


def test_what_the_source_says_counts_more_than_words() -> None:
    assert concerned("举报城川镇大场子村书记", about_unit=VILLAGE) == "昂素镇昂素嘎查"


ACCUSED = (
    ("举报昂素嘎查书记侵占集体草场。", "昂素镇昂素嘎查"),
    ("举报鄂托克前旗昂素镇昂素嘎查书记。", "昂素镇昂素嘎查"),
    ("昂素嘎查村委会不作为,路坏了三年。", "昂素镇昂素嘎查"),
    ("昂素嘎查委员会财务长期不公开", "昂素镇昂素嘎查"),
    ("实名举报城川镇大场子村主任吃拿卡要", "城川镇大场子村"),
    ("大场子村村民委员会低保评定优亲厚友", "城川镇大场子村"),
    ("投诉上海庙镇政府工作人员态度恶劣", "上海庙镇"),
    ("昂素镇人民政府推诿扯皮,不予处理", "昂素镇"),
    ("昂素苏木政府不公示补贴名单", "昂素镇"),
    ("大沙头村党支部书记挪用修路款", "敖勒召其镇大沙头村"),
    ("洪山塘村原书记截留补偿款", "敖勒召其镇洪山塘村"),
    ("昂素嘎查第1网格网格员弄虚作假,从不巡查", "昂素镇昂素嘎查第1网格"),
    ("反映毛盖图嘎查嘎查达包庇亲属", "昂素镇毛盖图嘎查"),
    ("玛拉迪嘎查干部把救济粮给了自己的亲戚", "昂素镇玛拉迪嘎查"),
    ("上海庙经济开发区管委会不履行承诺", "上海庙经济开发区"),
    ("城川镇综治中心失职", "城川镇"),
    ("三段地村会计虚报冒领", "敖勒召其镇三段地村"),
)
INNOCENT = (
    "昂素嘎查书记在场时,企业侵占草场。",
    "昂素嘎查干部在会上被威胁。",
    "昂素嘎查委员会已协助处理。",
    "昂素嘎查书记已到现场调解。",
    "昂素嘎查网格员巡查发现有人侵占草场。",
    "昂素嘎查网格员上报:某企业侵占草场。",
    "已向昂素嘎查村委会反映,希望处理邻居侵占草场的问题。",
    "向昂素嘎查村委会举报他人侵占草场。",
    "昂素嘎查书记称,企业侵占草场。",
    "昂素嘎查书记家的草场被侵占。",
    "反映昂素嘎查村委会门口的路灯坏了。",
    "投诉昂素嘎查村委会旁边的噪音。",
    "举报某企业在昂素嘎查偷排。",
    "举报某企业偷排,昂素嘎查委员会也在关注。",
    "昂素嘎查两户牧民侵占集体草场。",
    "感谢昂素嘎查书记,不作为的现象没有了。",
    "村委会不作为。",
    "举报昂素嘎查书记和大场子村主任侵占草场。",
    "举报鄂托克前旗政府不作为。",
    "昂素嘎查党支部召开会议。",
)


@pytest.mark.parametrize(("text", "name"), ACCUSED)
def test_a_unit_that_is_accused_is_what_the_report_is_about(text: str, name: str) -> None:
    assert concerned(text) == name


@pytest.mark.parametrize("text", INNOCENT)
def test_a_unit_that_helps_or_is_only_named_is_not_what_it_is_about(text: str) -> None:
    assert concerned(text) == ""


UNNAMED = (
    # what was written, where it belongs, whom it is about
    ("我们这里嘎查委员会三年没公开账目", GRID, "昂素镇昂素嘎查"),
    ("村干部电话不接,就是不办事", GRID, "昂素镇昂素嘎查"),
    ("我要投诉村里网格员,报上去的事压了三天", GRID, "昂素镇昂素嘎查第1网格"),
    ("专职网格员不入户、代填走访记录", VILLAGE, "昂素镇昂素嘎查"),
    ("镇政府推诿,没人管", GRID, "昂素镇"),
    ("村委会不作为", TOWN, ""),
    ("网格员不入户", BANNER.code, ""),
    ("已向村委会反映,邻居侵占草场", GRID, ""),
    ("水务局不作为", GRID, ""),
)


@pytest.mark.parametrize(("text", "place", "name"), UNNAMED)
def test_who_is_accused_without_a_units_name_is_of_the_place_of_the_report(text: str, place: str, name: str) -> None:
    assert concerned(text, place) == name


def test_a_grid_member_writes_of_others() -> None:
    assert concerned("网格员入户时被告知邻居侵占草场,网格员没上报", GRID, department="grid-members") == ""


def test_an_accused_town_is_not_taken_for_the_place_within_it() -> None:
    assert concerned("昂素镇政府不作为", place=GRID) == "昂素镇"


@pytest.mark.parametrize(
    ("code", "text", "place", "name"),
    [
        ("160103", "一年没有来过", GRID, "昂素镇昂素嘎查第1网格"),
        ("160202", "集体的羊卖了,大家都不知道", GRID, "昂素镇昂素嘎查"),
        ("160202", "集体的羊卖了,大家都不知道", TOWN, ""),
        ("1601", "大沟湾村书记光说研究研究", GRID, "城川镇大沟湾村"),
        ("160101", "办事大厅总是排队", GRID, ""),
        ("160301", "大沟湾村书记在家", GRID, ""),
    ],
)
def test_a_category_of_conduct_needs_no_accusing_word(code: str, text: str, place: str, name: str) -> None:
    classified = Classification(code=code, zh="", by=ClassifiedBy.CODE, confidence=1.0, version="1")
    assert concerned(text, place, classified=classified) == name


def test_the_title_accuses_too() -> None:
    assert concerned("请调查", title="举报昂素嘎查书记") == "昂素镇昂素嘎查"


def test_of_two_units_of_one_name_the_place_of_the_report_says_which_is_accused() -> None:
    text = "举报巴彦希里嘎查书记"
    assert concerned(text) == ""
    assert concerned(text, place=TOWN) == "昂素镇巴彦希里嘎查"


def test_of_one_endless_sentence_only_so_many_actors_and_what_stands_near_them_is_looked_at() -> None:
    endless = "，".join(["昂素镇干部到场"] * (ACTORS + 10))
    assert concerned(f"举报昂素镇干部不作为，{endless}") == "昂素镇"
    assert concerned(f"{endless}，举报昂素镇干部不作为") == ""
    assert concerned(f"昂素镇干部{'到场' * NEAR}，不作为") == ""
