"""The words of an alert: Chinese, short, complete, with a deadline, and without anybody's numbers."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.case import Case
from contracts.deadline import DeadlineKind
from contracts.departments import DEPARTMENTS, Department
from contracts.report import LocationOutcome, Urgency
from contracts.territory import BANNER, SHANGHAI, Level, UnitRef
from services.notification.policy import Template
from services.notification.templates import TEMPLATES, Words, local, reference, render, title, where
from tests.builders import GRID, MORNING, PATH, TOWN, VILLAGE, assignment, case, deadline

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


def said(template: Template, of: Case | None = None, due: datetime = MIDNIGHT, n: int = 1) -> Words:
    clock = deadline(DeadlineKind.OVERDUE if n > 1 else DeadlineKind.SCHEDULED, due_at=due, n=n, case=of or case())
    return render(template, clock, MORNING)


def given_to(unit: UnitRef) -> Case:
    return case(assignment=assignment(2, unit))


@pytest.mark.parametrize("template", list(Template))
@pytest.mark.parametrize("unit", PATH)
def test_every_template_gives_a_whole_chinese_text(template: Template, unit: UnitRef) -> None:
    subject, text = said(template, given_to(unit))
    assert text.startswith(f"{subject}。")
    assert re.search(r"[{}]|None|。。|，，|[，：]。", text) is None
    plain = text.replace("2026-0001（水利）", "").replace("第1网格", "").replace(TODAY, "").replace("超期1日", "")
    assert re.sub(r"[【】，。（）：\u4e00-\u9fff]", "", plain) == ""


@pytest.mark.parametrize("template", list(Template))
def test_a_text_stays_short_though_everything_in_it_is_long(template: Template) -> None:
    assert len(said(template, LONG).text) <= 200


@pytest.mark.parametrize("template", list(Template))
@pytest.mark.parametrize("unit", PATH)
def test_every_alert_says_by_when(template: Template, unit: UnitRef) -> None:
    assert f"于{TODAY}前" in said(template, given_to(unit)).text


def test_every_template_has_its_words() -> None:
    assert set(TEMPLATES) == set(Template)
    assert len(set(TEMPLATES.values())) == len(Template)


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
    (Template.BREACHED,   TOWN,     "昂素镇应于3月12日14:30前办结，现已超期，即将自动提级，请抓紧办理。"),
    (Template.BREACHED,   BANNER,   "鄂托克前旗应于3月12日14:30前办结，现已超期，即将列入督办，请旗综治中心抓紧办理。"),
    (Template.OVERDUE,    BANNER,
     "鄂托克前旗应于3月12日14:30前办结，已超期3日，现列入督办，请旗综治中心立即办理并反馈。"),
)  # fmt: skip


@pytest.mark.parametrize(("template", "unit", "asked"), ASKED)
def test_the_unit_that_must_act_is_named_with_its_town_and_told_by_when(
    template: Template, unit: UnitRef, asked: str
) -> None:
    due = datetime(2026, 3, 12, 14, 30, tzinfo=SHANGHAI)
    assert said(template, given_to(unit), due, n=3).text.endswith(f"（水利）。{asked}")


def test_every_template_is_asked_in_the_table() -> None:
    assert {row[0] for row in ASKED} == set(Template)


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
