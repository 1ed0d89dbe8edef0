"""The words of an alert: Chinese, short, complete, and never the reporter's."""

import re
from datetime import datetime

import pytest

from contracts.report import LocationOutcome, Urgency
from contracts.territory import BANNER
from services.notification.policy import Template
from services.notification.templates import TEMPLATES, local, render, title, where
from tests.builders import CASE_ID, GRID, MORNING, PATH, SHANGHAI, TOWN, VILLAGE, assignment, case

DUE = datetime(2026, 11, 24, tzinfo=SHANGHAI)


@pytest.mark.parametrize("template", list(Template))
@pytest.mark.parametrize("due_at", [DUE, None])
def test_every_template_gives_a_whole_chinese_text(template: Template, due_at: datetime | None) -> None:
    subject, text = render(template, case(), due_at)
    assert text.startswith(f"{subject}。")
    assert re.search(r"[{}]|None", text) is None
    assert re.sub(r"【一网】|[0-9a-f]{8}|\d+月\d+日\d\d:\d\d|[，。：（）\u4e00-\u9fff]", "", text) == ""
    assert len(text) <= 140


def test_every_template_has_its_words() -> None:
    assert set(TEMPLATES) == set(Template)
    assert len(set(TEMPLATES.values())) == len(Template)


def test_a_new_case_says_what_where_its_number_and_what_to_do() -> None:
    words = render(Template.OPENED, case(title="机井损坏"), None)
    assert words.subject == "【一网】新事项：机井损坏"
    assert words.text == (
        f"【一网】新事项：机井损坏。地点：昂素镇昂素嘎查第一网格。编号：{str(CASE_ID)[:8]}。请签收，并尽快办结。"
    )


def test_a_warning_says_by_when_in_local_time() -> None:
    words = render(Template.WARNED, case(assignment=assignment(2, VILLAGE)), DUE)
    assert words.text.endswith("请昂素嘎查于11月23日24:00前办结，逾期将自动提级。")


def test_a_case_that_was_handed_up_and_one_that_was_escalated_are_worded_differently() -> None:
    texts = [render(each, case(), None).text for each in (Template.OPENED, Template.HANDED_UP, Template.ESCALATED)]
    assert len(set(texts)) == 3


@pytest.mark.parametrize(
    ("urgency", "sign"),
    [
        (Urgency.ORDINARY, "【一网】"),
        (Urgency.URGENT, "【一网·紧急】"),
        (Urgency.LIFE_THREATENING, "【一网·危及生命】"),
    ],
)
def test_urgency_stands_in_front(urgency: Urgency, sign: str) -> None:
    assert render(Template.OPENED, case(urgency=urgency), None).subject.startswith(f"{sign}新事项")


def test_braces_in_a_title_stay_as_they_are() -> None:
    assert "{unit.__class__} {0}" in render(Template.OPENED, case(title="{unit.__class__} {0}"), None).text


def test_a_long_summary_is_cut_and_kept_on_one_line() -> None:
    line = title(case(summary="停水\r\n" * 40))
    assert len(line) == 40
    assert line.startswith("停水 停水 ")
    assert line.endswith("…")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (PATH, "昂素镇昂素嘎查第一网格"),
        ((BANNER, TOWN, VILLAGE), "昂素镇昂素嘎查"),
        ((BANNER, TOWN), "昂素镇"),
        ((BANNER,), "鄂托克前旗"),
    ],
)
def test_the_place_is_the_town_and_the_deepest_unit(path: tuple[object, ...], said: str) -> None:
    assert where(case(path=path)) == said


@pytest.mark.parametrize("located", list(LocationOutcome))
def test_a_place_that_is_in_doubt_is_said_to_be_so(located: LocationOutcome) -> None:
    assert ("（" in where(case(path=(BANNER,), located=located))) == (located is not LocationOutcome.LOCATED)


@pytest.mark.parametrize("template", [Template.WARNED, Template.BREACHED])
def test_nobody_is_threatened_with_escalation_above_the_banner(template: Template) -> None:
    said = {unit: render(template, case(assignment=assignment(1, unit)), DUE).text for unit in (TOWN, BANNER)}
    assert "自动提级" in said[TOWN]
    assert "提级" not in said[BANNER]
    assert "列入督办" in said[BANNER]


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-24T00:00:00+08:00", "11月23日24:00"),
        ("2026-11-23T16:00:00+00:00", "11月23日24:00"),
        ("2027-01-01T00:00:00+08:00", "12月31日24:00"),
        ("2026-03-05T00:30:00+00:00", "3月5日08:30"),
        ("2026-03-05T00:05:00+08:00", "3月5日00:05"),
    ],
)
def test_a_deadline_is_said_in_local_time_and_midnight_ends_a_day(moment: str, said: str) -> None:
    assert local(datetime.fromisoformat(moment)) == said


def test_the_unit_in_charge_is_named_where_it_must_act() -> None:
    named = (
        Template.HANDED_UP,
        Template.ESCALATED,
        Template.WARNED,
        Template.BREACHED,
        Template.OVERDUE,
    )
    of = case(path=(BANNER,), assignment=assignment(1, GRID))
    assert all(GRID.name in render(each, of, MORNING).text for each in named)
