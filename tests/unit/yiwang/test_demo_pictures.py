"""The demo's summary, pictures and page: well formed, in Chinese, and true to the book."""

from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from contracts.case import CaseEventKind, Status
from contracts.deadline import DeadlineKind
from contracts.territory import Level
from services.gis.boundaries import Boundaries
from tests.builders import DAY, MORNING, VILLAGE, case
from tests.unit.yiwang.demo_scene import STAFF, Scene, account, given, neglected, opened
from yiwang.demo import climb, phones, story, territory
from yiwang.demo.latency import to_first_alert
from yiwang.demo.page import draw_all
from yiwang.demo.run import summary
from yiwang.demo.svg import extent, wrapped
from yiwang.demo.tables import cut, padded, table, width

COLUMNS = 120


@pytest.fixture(scope="module")
def boundaries() -> Boundaries:
    return Boundaries.load()


def texts(picture: str) -> list[str]:
    return ["".join(found.itertext()) for found in fromstring(picture).iter() if _kind(found) == "text"]  # noqa: S314 - our own


def _kind(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def test_a_chinese_character_is_two_columns_wide() -> None:
    assert (width("网格 grid"), padded("网格", 6), padded("7", 3, right=True)) == (9, "网格  ", "  7")


def test_a_table_lines_up_whatever_its_script() -> None:
    lines = table(("层级", "件"), [("嘎查村/社区", 12), ("旗", 3)])

    assert lines == ["层级         件", "嘎查村/社区  12", "旗            3"]
    assert len({width(line) for line in lines}) == 1


def test_a_text_is_cut_to_its_columns() -> None:
    assert cut("上海庙镇特布德嘎查", 9) == "上海庙镇…"
    assert cut("昂素镇", 6) == "昂素镇"


def test_a_line_breaks_before_no_closing_sign_and_in_no_number() -> None:
    lines = wrapped("请于今日24:00前（本日）办结。", 5 * 13, 13)

    assert "".join(lines) == "请于今日24:00前（本日）办结。"
    assert any("24:00" in line for line in lines)
    assert not any(line.startswith(("。", "）")) or line.endswith("（") for line in lines)
    assert max(extent(line.rstrip("。）"), 13) for line in lines) <= 5 * 13


def test_the_neglected_case_is_told_level_by_level() -> None:
    found = story.neglected(neglected().book)

    assert found
    assert [stay.unit.level.zh for stay in found.stays] == ["网格", "嘎查村/社区", "苏木镇", "旗"]
    assert [mark.what.partition("：")[0] for mark in found.events[:4]] == [
        "首次交办",
        "告知新事项",
        "时限已到，未办结",
        "超期提级",
    ]
    assert "承办 1 人" in found.events[1].told


def test_a_warning_stands_at_the_level_whose_time_ran_out_though_the_case_climbs_in_that_moment() -> None:
    scene, at = Scene(), MORNING + DAY
    held = opened(scene)
    warned, breach = (scene.clock(held, kind, at, due=at) for kind in (DeadlineKind.WARNED, DeadlineKind.BREACHED))
    climbed = case(version=2, assignment=given(2, VILLAGE, at))
    scene.happened(climbed, CaseEventKind.ASSIGNED, at, answers=breach)
    for event in (warned, scene.clock(climbed, DeadlineKind.SCHEDULED, at)):
        scene.tell(event, at=at)

    found = story.story(scene.book, held.case_id)
    assert [mark.level for mark in found.marks if mark.told and mark.at == at] == [Level.GRID, Level.VILLAGE]


def test_the_story_ends_with_how_it_was_solved() -> None:
    scene = neglected()
    last = scene.book.cases[case().case_id]
    solved = last.model_copy(update={"version": 5, "status": Status.RESOLVED})
    scene.happened(solved, CaseEventKind.RESOLVED, MORNING + 10 * DAY)

    found = story.neglected(scene.book)

    assert found
    assert (found.events[-1].what, found.stays[-1].left) == ("测试", MORNING + 10 * DAY)


def test_a_case_that_stays_where_it_is_is_not_neglected() -> None:
    scene = Scene()
    opened(scene)

    assert story.neglected(scene.book) is None


def test_the_way_to_the_banner_is_drawn_with_a_number_for_each_event() -> None:
    found = story.neglected(neglected().book)
    assert found
    words = texts(climb.draw(found))

    assert words[0] == "一件无人理会的事项如何逐级升到旗"
    assert {str(number) for number in range(1, len(found.events) + 1)} <= set(words)
    assert {"旗", "苏木镇", "嘎查村/社区", "网格"} <= set(words)


def test_the_map_has_a_dot_for_each_case_that_is_known_to_its_grid(boundaries: Boundaries) -> None:
    scene = Scene()
    for number in range(3):
        opened(scene, f"A-{number}")
    drawn = territory.draw(scene.book, boundaries)

    assert len(list(territory.places(scene.book, boundaries))) == 3
    assert {"网格办结 0", "在办 3", "昂素镇"} <= set(texts(drawn))
    assert any("示意" in word for word in texts(drawn))


def test_a_digest_is_one_message_with_the_words_that_reached_the_phone() -> None:
    scene = Scene()
    opened(scene)
    (said,) = scene.book.alerts
    digest = said.body.model_copy(update={"digest": said.body.alert_id})
    scene.book._said["notification.events.v1"][said.id] = type(said)(said.id, said.at, digest)

    (message,) = phones.messages(scene.book, {str(said.body.alert_id): "共3件事项"})[STAFF]

    assert (message.text, message.alerts) == ("共3件事项", 1)


def test_the_phones_show_what_their_owners_got() -> None:
    words = texts(phones.draw(neglected().book, {}))

    assert f"工号 {STAFF}" in words
    assert any("手机应用推送" in word for word in words)


def test_the_time_to_the_first_alert_is_real_and_counts_no_alert_that_was_held_back() -> None:
    scene = neglected()
    assert to_first_alert(scene.book, account(scene.book)) == [5.0]

    held = Scene()
    opened(held)
    for name, said in list(held.book._said["notification.events.v1"].items()):
        later = said.body.model_copy(update={"at": MORNING + DAY})
        held.book._said["notification.events.v1"][name] = type(said)(said.id, said.at, later)
    assert to_first_alert(held.book, account(held.book)) == []


@pytest.mark.parametrize("scene", [Scene(), neglected()], ids=["nothing", "a case"])
def test_the_summary_fits_a_terminal_and_says_everything(scene: Scene) -> None:
    sections = summary(scene.book, account(scene.book))
    lines = [line for section in sections for line in section.lines()]

    assert max(map(width, lines)) <= COLUMNS
    assert [line[2] for line in lines if line.startswith("■")] == list("一二三四五六七八九十")


def test_the_page_holds_all_and_needs_nothing_else(boundaries: Boundaries, tmp_path: Path) -> None:
    book = neglected().book
    sections = summary(book, account(book))
    files = draw_all(book, boundaries, sections, tmp_path / "people", tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")

    assert sorted(file.name for file in files) == ["alerts.svg", "map.svg", "report.html", "timeline.svg"]
    assert page.count("<svg") == 3
    assert "src=" not in page
    assert "href=" not in page
    assert all(section.zh in page for section in sections)
