"""The words of a notice: Chinese, short, complete, with a deadline, and without anybody's numbers."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.case import Case, ClockClass
from contracts.departments import DEPARTMENTS, Department
from contracts.notice import Words
from contracts.report import LocationOutcome, Urgency
from contracts.territory import BANNER, SHANGHAI, Level, UnitRef
from services.notification.sms import segments
from services.notification.templates import TEMPLATES, Said, Template, digest, local, reference, render, title, where
from tests.builders import GRID, HOUR, MORNING, PATH, TOWN, VILLAGE, assignment, case

MIDNIGHT = datetime(2026, 3, 6, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
TODAY = "今日（3月5日）24:00"
LONG = case(
    urgency=Urgency.LIFE_THREATENING,
    title="长" * 100,
    path=(BANNER, UnitRef(code="150623400", name="上海庙经济开发区", level=Level.TOWN)),
    reference="2026" * 6,
    department="hotline-12345",
)


SPOKEN = sorted(set(Template) - {Template.ASSIGNED})
MOST = 2


def said(
    template: Template, of: Case | None = None, due: datetime | None = MIDNIGHT, n: int = 1, now: datetime = MORNING
) -> Words:
    return render(template, Said(of or case(), due, now, n, "400011"), MOST)


def given_to(unit: UnitRef) -> Case:
    return case(assignment=assignment(2, unit))


@pytest.mark.parametrize("template", SPOKEN)
@pytest.mark.parametrize("unit", PATH)
def test_every_template_gives_a_whole_chinese_text(template: Template, unit: UnitRef) -> None:
    due = MORNING + 2 * HOUR
    words = said(template, given_to(unit), due, now=due if template is Template.OVERDUE else MORNING)
    assert words.text.startswith(f"{words.subject}。")
    for text in (words.text, words.sms, words.line):
        assert re.search(r"[{}]|None|。。|，，|[，：]。|待定", text) is None
        plain = text
        for known in ("2026-0001（水利）", "第1网格", "今日（3月5日）11:00", "超期0小时", "400011", "第1次"):
            plain = plain.replace(known, "")
        assert re.sub(r"[【】，。、·（）：\u4e00-\u9fff]", "", plain) == ""


@pytest.mark.parametrize("template", SPOKEN)
def test_a_text_stays_short_though_everything_in_it_is_long(template: Template) -> None:
    assert len(said(template, LONG).text) <= 220


@pytest.mark.parametrize("template", SPOKEN)
@pytest.mark.parametrize("unit", PATH)
def test_every_alert_says_by_when(template: Template, unit: UnitRef) -> None:
    words = said(template, given_to(unit))
    assert all(TODAY in text for text in (words.text, words.sms, words.line))


def test_every_template_has_its_words() -> None:
    assert set(TEMPLATES) == set(SPOKEN)
    assert len({full for _, full, _ in TEMPLATES.values()}) == len(SPOKEN)


def test_a_new_case_says_what_where_its_reference_and_what_to_do_by_when() -> None:
    words = said(Template.OPENED)
    assert words.subject == "【一网】新事项：牧区机井损坏，无法取水"
    assert words.text == (
        "【一网】新事项：牧区机井损坏，无法取水。地点：昂素镇昂素嘎查第1网格。来源编号：2026-0001（水利）。"
        "请签收，并于今日（3月5日）24:00前办结。"
    )


ASKED = (
    # template            unit      what is asked of it, and by when
    (Template.OPENED,     GRID,     "请签收，并于3月12日14:30前办结。"),
    (Template.HANDED_UP,  VILLAGE,  "下级上报，请昂素镇昂素嘎查办理。请签收，并于3月12日14:30前办结。"),
    (Template.HANDED_UP,  BANNER,   "下级上报，请旗综治中心办理。请签收，并于3月12日14:30前办结。"),
    (Template.ESCALATED,  VILLAGE,  "下级逾期未办结，现提级由昂素镇昂素嘎查办理。请签收，并于3月12日14:30前办结。"),
    (Template.ESCALATED,  BANNER,   "下级逾期未办结，现提级由旗综治中心办理。请签收，并于3月12日14:30前办结。"),
    (Template.WARNED,     TOWN,     "请昂素镇于3月12日14:30前办结，逾期将自动提级。"),
    (Template.WARNED,     BANNER,   "请旗综治中心于3月12日14:30前办结，逾期将列入督办。"),
    (Template.REQUESTED,  TOWN,     "昂素镇申请延时或挂账（时限3月12日14:30），请审批。"),
    (Template.DECLINED,   TOWN,     "延时或挂账申请未获批准，请昂素镇仍于3月12日14:30前办结。"),
    (Template.SUSPENDED,  TOWN,     "已批准挂账至，原时限3月12日14:30暂停计算，恢复办理后另行告知时限。"),
    (Template.PRESSING,   TOWN,     "昂素镇应于3月12日14:30前办结，时限将尽，逾期将自动提级，请督促。"),
    (Template.BREACHED,   TOWN,     "昂素镇应于3月12日14:30前办结，现已超期，即将自动提级，请抓紧办理。"),
    (Template.BREACHED,   BANNER,   "鄂托克前旗应于3月12日14:30前办结，现已超期，即将列入督办，请旗综治中心抓紧办理。"),
    (Template.OVERDUE,    BANNER,
     "鄂托克前旗应于3月12日14:30前办结，已超期3日，现列入督办，请旗综治中心立即办理并反馈。"),
    (Template.REASSIGNED, VILLAGE,  "来源信息更正，现改由昂素镇昂素嘎查办理。请签收，并于3月12日14:30前办结。"),
    (Template.HANDED_BACK, GRID,    "原承办单位退回，现由昂素镇昂素嘎查第1网格办理。请签收，并于3月12日14:30前办结。"),
    (Template.TRANSFERRED, TOWN,    "该事项转由昂素镇办理。请签收，并于3月12日14:30前办结。"),
    (Template.REOPENED,   VILLAGE,
     "经核实尚未办妥，请昂素镇昂素嘎查重新办理。请签收，并于3月12日14:30前办结。"),
    (Template.LIFTED,     BANNER,   "多次退回、转办或返工，现提级由旗综治中心办理。请签收，并于3月12日14:30前办结。"),
    (Template.RESCHEDULED, TOWN,    "办理时限调整为3月12日14:30（延时、恢复、放假或时限表变化）。请昂素镇按此办结。"),
    (Template.CANCELLED,  VILLAGE,  "旗综治中心已作废该事项（原时限3月12日14:30），无需继续办理。"),
    (Template.LIFE,       BANNER,   "危及生命，请旗综治中心立即签收、立即处置，并于3月12日14:30前办结。"),
    (Template.INFORMED,   BANNER,
     "由旗综治中心处置（时限3月12日14:30）。请就近人员立即到场先行救助，并报告现场情况。"),
    (Template.LEAD,       TOWN,     "该事项由贵部门牵头，昂素镇承办，应于3月12日14:30前办结。请予指导配合。"),
    (Template.COOPERATING, TOWN,    "该事项请贵部门协办，昂素镇承办，应于3月12日14:30前办结。请予配合。"),
    (Template.MOVED,      VILLAGE,
     "该事项已改由昂素镇昂素嘎查办理（时限3月12日14:30），你处无需继续办理。"),
    (Template.CORRECTED,  VILLAGE,  "来源已更正该事项，请昂素镇昂素嘎查按更正后的内容办理，时限3月12日14:30不变。"),
    (Template.WITHDRAWN,  VILLAGE,  "来源已撤回该事项（原时限3月12日14:30），无需继续办理。"),
    (Template.UNLINKED,   VILLAGE,  "该事项不再并案，请昂素镇昂素嘎查单独办理。请签收，并于3月12日14:30前办结。"),
    (Template.PART,       TOWN,     "由原事项拆分，请昂素镇办理。请签收，并于3月12日14:30前办结。"),
    (Template.LINKED,     TOWN,     "该事项已并入另一事项一并办理（原时限3月12日14:30），你处无需单独办理。"),
    (Template.JOINED,     TOWN,     "该子事项已并回原事项（原时限3月12日14:30），无需继续办理。"),
    (Template.GATHERED,   BANNER,   "所拆分的子事项已全部结束，请旗综治中心核实，并于3月12日14:30前办结。"),
    (Template.REMINDER,   VILLAGE,
     "该事项仍未签收，第3次催办。请昂素镇昂素嘎查立即签收，并于3月12日14:30前办结。"),
    (Template.DEPUTY,     VILLAGE,  "承办人400011仍未签收，请你代为签收，并于3月12日14:30前办结。"),
    (Template.SUPERIOR,   VILLAGE,  "昂素镇昂素嘎查仍未签收该事项，请督促其立即签收，并于3月12日14:30前办结。"),
)  # fmt: skip


@pytest.mark.parametrize(("template", "unit", "asked"), ASKED)
def test_the_unit_that_must_act_is_named_with_its_town_and_told_by_when(
    template: Template, unit: UnitRef, asked: str
) -> None:
    due = datetime(2026, 3, 12, 14, 30, tzinfo=SHANGHAI)
    now = due + 3 * DAY if template is Template.OVERDUE else MORNING
    assert said(template, given_to(unit), due, n=3, now=now).text.endswith(f"（水利）。{asked}")


def test_the_lead_and_those_who_help_are_named_to_each_other() -> None:
    of = case(lead="police", cooperating=("women", "tomorrow"))
    assert "该事项由贵部门牵头、妇女联合会、tomorrow协办，昂素镇昂素嘎查第1网格承办" in said(Template.LEAD, of).text
    assert "该事项由公安牵头，请贵部门协办，昂素镇昂素嘎查第1网格承办" in said(Template.COOPERATING, of).text


def test_every_template_is_asked_in_the_table() -> None:
    assert {row[0] for row in ASKED} == set(SPOKEN)


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_a_case_is_found_by_its_sources_reference(department: Department) -> None:
    code, zh = department.code, department.zh
    of = case(reference="SL-2026-000317", department=code)
    assert reference(of) == f"SL-2026-000317（{zh}）"
    assert f"来源编号：SL-2026-000317（{zh}）。" in said(Template.OPENED, of).text


def test_a_department_that_is_not_known_yet_is_named_by_its_code() -> None:
    assert reference(case(department="heating")) == "2026-0001（heating）"


@pytest.mark.parametrize(
    ("urgency", "sign"),
    [
        (Urgency.ORDINARY, "【一网】"),
        (Urgency.URGENT, "【一网·紧急】"),
        (Urgency.LIFE_THREATENING, "【一网·危及生命】"),
    ],
)
def test_urgency_stands_in_front(urgency: Urgency, sign: str) -> None:
    assert said(Template.OPENED, case(urgency=urgency)).subject.startswith(f"{sign}新事项")


@pytest.mark.parametrize(
    ("clock", "sign"),
    [(ClockClass.STANDARD, "【一网】"), (ClockClass.URGENT, "【一网·限时】"), (ClockClass.LIFE, "【一网·特急】")],
)
def test_and_so_does_a_short_clock(clock: ClockClass, sign: str) -> None:
    assert said(Template.OPENED, case(clock=clock)).subject.startswith(f"{sign}新事项")


@pytest.mark.parametrize("template", SPOKEN)
@pytest.mark.parametrize(
    "of", [case(), LONG, case(reference="长" * 200, title="长" * 40), case(title="\N{SHEEP}" * 40)]
)
def test_a_text_message_fits_into_two_segments_and_keeps_what_to_do_by_when(template: Template, of: Case) -> None:
    words = said(template, of)
    assert segments(words.sms) <= MOST
    assert TODAY in words.sms
    if len(of.reference) < 100:
        assert words.sms.endswith(f"编号{reference(of)}")


def test_the_title_of_a_text_message_gives_way_first_and_then_the_place() -> None:
    title = said(Template.HANDED_UP, case(title="一二三四五六七八九十" * 4, reference="2026" * 12)).sms
    assert title.startswith("【一网】上报事项：一二三四五六七八九十")
    assert "…，昂素镇昂素嘎查第1网格。请昂素镇昂素嘎查第1网格签收，" in title
    crowded = said(Template.HANDED_UP, case(title="长" * 40, reference="长" * 80)).sms
    assert crowded.startswith("【一网】上报事项，昂素")


def test_a_digests_line_is_half_a_line_with_place_and_time() -> None:
    assert said(Template.OPENED).line == f"新事项：牧区机井损坏，无法取水，昂素镇昂素嘎查第1网格，时限{TODAY}"
    assert said(Template.OPENED, case(title="长" * 40)).line.startswith(f"新事项：{'长' * 15}…，昂素镇")


def test_a_due_time_that_is_not_known_yet_is_said_to_be_open() -> None:
    assert "时限待定不变" in said(Template.CORRECTED, due=None).text


def test_a_digest_counts_what_it_does_not_list_and_fits_a_text_message() -> None:
    words = digest([f"新事项：第{n}件" for n in range(10)], 23, MOST)
    assert words.text.splitlines()[0] == "【一网】汇总：23件事项。"
    assert words.text.splitlines()[-1] == "等23件，请在手机应用中逐件办理。"
    assert segments(words.sms) <= MOST
    assert words.sms.startswith("【一网】汇总：23件事项。新事项：第0件；")
    assert words.sms.endswith("等23件，请在手机应用中逐件办理。")


def test_braces_in_a_title_stay_as_they_are() -> None:
    assert "{unit.__class__} {0}" in said(Template.OPENED, case(title="{unit.__class__} {0}")).text


def test_a_long_summary_is_cut_and_kept_on_one_line() -> None:
    line = title(case(summary="停水\r\n" * 40))
    assert len(line) == 40
    assert line.startswith("停水 停水 ")
    assert line.endswith("…")


@pytest.mark.parametrize(
    "text", ["约200只羊饮水困难。", "约200只羊饮水困难!!", "约200只羊饮水困难 。\n", "约200只羊饮水困难……"]
)
def test_a_full_stop_of_the_sources_own_is_not_doubled(text: str) -> None:
    words = said(Template.OPENED, case(summary=text))
    assert words.subject.endswith("：约200只羊饮水困难")
    assert "饮水困难。地点：" in words.text


def test_a_title_of_marks_alone_is_still_shown() -> None:
    assert title(case(title="？？？")) == "？？？"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("请回电13900001111", "请回电139****1111"),
        ("请回电139 0000 1111。", "请回电139****1111"),
        ("身份证15062320000101123X", "身份证150623********123X"),
        (f"{'长' * 30}13900001111", f"{'长' * 30}139****11…"[:39] + "…"),
    ],
)
@pytest.mark.parametrize("field", ["title", "summary"])
def test_a_number_in_the_sources_words_is_masked_before_they_are_cut(field: str, written: str, shown: str) -> None:
    fields: dict[str, Any] = {field: written}
    words = said(Template.OPENED, case(**fields))
    assert words.subject.endswith(f"：{shown}")
    assert "00001111" not in words.text


def test_a_number_in_the_name_of_a_place_is_masked() -> None:
    of = case(path=(BANNER,), located=LocationOutcome.NOT_LOCATED, place_name="13900001111家门口")
    assert where(of) == "139****1111家门口（位置待核实）"


@pytest.mark.parametrize(
    ("located", "path", "place_name", "shown"),
    [
        (LocationOutcome.LOCATED, PATH, None, "昂素镇昂素嘎查第1网格"),
        (LocationOutcome.LOCATED, PATH[:3], "机井", "昂素镇昂素嘎查"),
        (LocationOutcome.LOCATED, PATH[:2], None, "昂素镇"),
        (LocationOutcome.LOCATED, PATH[:1], None, "鄂托克前旗"),
        (LocationOutcome.TWO_FIT, PATH[:3], None, "昂素镇昂素嘎查（具体位置待核实）"),
        (LocationOutcome.NOT_LOCATED, PATH[:1], "昂素镇东3公里机井。", "昂素镇东3公里机井（位置待核实）"),
        (LocationOutcome.NOT_LOCATED, PATH[:1], None, "待核实"),
        (LocationOutcome.OUTSIDE, PATH[:1], "昂素镇东3公里机井", "待核实（坐标在旗外）"),
    ],
)
def test_the_place_is_the_town_and_the_deepest_unit_or_said_to_be_in_doubt(
    located: LocationOutcome, path: object, place_name: str | None, shown: str
) -> None:
    of = case(located=located, path=path, place_name=place_name)
    assert where(of) == shown
    assert f"。地点：{shown}。来源编号：" in said(Template.OPENED, of).text


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-24T00:00:00+08:00", "11月23日24:00"),
        ("2026-11-23T16:00:00+00:00", "11月23日24:00"),
        ("2027-01-01T00:00:00+08:00", "12月31日24:00"),
        ("2026-03-08T00:30:00+00:00", "3月8日08:30"),
        ("2026-03-08T00:05:00+08:00", "3月8日00:05"),
        ("2026-03-05T18:30:00+08:00", "今日（3月5日）18:30"),
        ("2026-03-06T00:00:00+08:00", "今日（3月5日）24:00"),
        ("2026-03-05T00:00:00+08:00", "3月4日24:00"),
    ],
)
def test_a_deadline_is_said_in_local_time_and_midnight_ends_a_day(moment: str, said: str) -> None:
    assert local(datetime.fromisoformat(moment), MORNING) == said


def test_today_is_the_day_in_the_banner() -> None:
    before, after = (datetime.fromisoformat(f"2026-03-05T{hour}:30:00+00:00") for hour in (15, 16))
    assert [local(MIDNIGHT, now) for now in (before, after)] == ["今日（3月5日）24:00", "3月5日24:00"]
