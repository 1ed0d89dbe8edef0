"""``yiwang notify explain`` on an event in a file: the very decisions of the service, in a table that lines up."""

import io
from pathlib import Path

import pytest

from contracts.case import CaseEventKind, ClockClass
from contracts.deadline import DeadlineKind
from contracts.territory import BANNER
from contracts.wire import Body
from tests.builders import assignment, case, case_event, deadline
from tests.unit.notification.desk import at, scheduled
from yiwang.__main__ import main
from yiwang.notify import EVENTS, table


def explained(folder: Path, capsys: pytest.CaptureFixture[str], body: Body | str) -> tuple[int, list[str], str]:
    file = folder / "event.json"
    file.write_text(body if isinstance(body, str) else body.model_dump_json(exclude_none=True), encoding="utf-8")
    code = main(["notify", "explain", str(file)])
    said = capsys.readouterr()
    return code, said.out.splitlines(), said.err


def test_who_would_be_told_is_said_with_the_row_the_reason_and_the_whole_ladder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines, err = explained(tmp_path, capsys, scheduled())
    assert (code, err) == (0, "")
    assert lines[0] == "事件　指派（含时限）　03-05 09:00"
    assert lines[1] == "事项　牧区机井损坏，无法取水　编号2026-0001（水利）　待签收　普通"
    assert lines[2] == "承办　昂素镇昂素嘎查第1网格　时限今日（3月5日）24:00"
    assert "规则　承办单位：普通指派：网格员（assigned-grid）" in lines
    head = next(n for n, line in enumerate(lines) if line.startswith("工号"))
    assert [(line.split()[0], line.split()[6]) for line in lines[head + 1 :]] == [
        ("403351", "手机应用"), ("403352", "手机应用"),
        ("403351", "手机应用"), ("403352", "手机应用"),
        ("403351", "手机应用"), ("403352", "手机应用"),
        ("300701", "手机应用"),
    ]  # fmt: skip
    assert [line.split()[5] for line in lines[head + 1 :]] == ["09:00"] * 2 + ["10:00"] * 2 + ["11:00"] * 2 + ["13:00"]


def test_a_life_at_night_shows_who_is_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    body = scheduled(assignment=assignment(1, BANNER), when=at(2), clock=ClockClass.LIFE, lead="water")
    _, lines, _ = explained(tmp_path, capsys, body)
    assert sum("即时" in line for line in lines) == 9
    assert any("500081" in line and "牵头部门" in line and "邮件" in line for line in lines)


def test_what_nobody_is_told_of_is_explained_by_its_silent_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, lines, _ = explained(tmp_path, capsys, case_event(kind=CaseEventKind.RESOLVED))
    assert "规则　不通知：办结、回访确认、结案：来源由回执得知（ended-silent）" in lines
    assert lines[-1].endswith("：0条")
    _, lines, _ = explained(tmp_path, capsys, case_event(kind=CaseEventKind.REFUSED, case=None))
    assert lines[-1] == "没有事项，不通知任何人"


def test_an_event_may_come_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    body = deadline(DeadlineKind.WARNED, case=case(lead="water"))
    monkeypatch.setattr("sys.stdin", io.StringIO(body.model_dump_json(exclude_none=True)))
    assert main(["notify", "explain", "-"]) == 0
    assert capsys.readouterr().out.startswith("事件　预警　")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "found no JSON"),
        ("[]", "found list; expected a JSON object"),
        ("{}", "the event's version: found nothing; expected a value"),
        ('{"due_at": "soon"}', "the event's version: found nothing"),
    ],
)
def test_what_is_no_event_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    code, out, err = explained(tmp_path, capsys, text)
    assert (code, out, err.count("\n")) == (2, [], 1)
    assert said in err


def test_neither_an_id_nor_a_file_and_a_broken_roster_are_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notify", "explain", "nothing"]) == 2
    assert (
        capsys.readouterr().err == "nothing: found no event's id and no file; right is a ce_id, a file of JSON, or -\n"
    )
    monkeypatch.setenv("YIWANG_ROSTER", str(tmp_path))
    assert main(["notify", "explain", "-"]) == 2
    assert capsys.readouterr().err.startswith("people.csv, as a whole: found No such file")


def test_every_event_has_its_name_in_chinese() -> None:
    assert set(EVENTS) == {one.value for one in (*CaseEventKind, *DeadlineKind)}


def test_columns_line_up_where_a_chinese_character_takes_two_places() -> None:
    assert list(table(("工号", "单位"), [("1", "旗"), ("400011", "b")])) == ["工号    单位", "1       旗", "400011  b"]
