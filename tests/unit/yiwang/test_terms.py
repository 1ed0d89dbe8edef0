"""``yiwang terms``: what another table would change is shown, and ordered through the service's own door."""

import json
import shlex
from argparse import ArgumentParser
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from contracts.case import CaseEventKind, Status
from contracts.identity import report_id
from contracts.order import TermsOrder
from contracts.topics import CASES, DEADLINES, ORDERS, TOPICS
from contracts.wire import Topic, event, message
from services.chassis.loop import Loop
from services.chassis.metrics import Metrics
from services.escalation import calendar, terms
from services.escalation.app import service
from services.escalation.ledger import Entry, Ledger
from services.escalation.obligation import Tables
from services.escalation.validate import load
from simulation.clock import MemoryClock
from simulation.store import MemoryStore
from simulation.stream import Broker, MemoryStream
from tests.builders import DAY, HOUR, MORNING, VILLAGE, assignment, case, case_event
from tests.unit.escalation.timebook import row, written
from tests.unit.yiwang.dead_office import MemoryLogs
from yiwang.terms import options
from yiwang.terms.desk import Desk
from yiwang.terms.run import obey

OFFICIAL, WHY = "900017", "旗综治中心会议决定"
SIGNED = f"--yes --why {WHY}"
DUE = MORNING + 3 * DAY


class Office:
    """Escalation on a broker in memory, and an official at the desk; ``deploy`` gives the service another table."""

    def __init__(self) -> None:
        self.said, self.warned = list[str](), list[str]()
        self.clock = MemoryClock()
        self.clock.time = MORNING
        self.broker = Broker(TOPICS, now=lambda: self.clock.time)
        self.store = MemoryStore()
        self.logs = MemoryLogs(self.broker)
        self.logs.serve = self.serve
        self.deploy(load())
        self.desk = Desk(
            store=self.store,
            logs=self.logs,
            calendar=calendar.FILE,
            say=self.said.append,
            warn=self.warned.append,
            now=self.clock.now,
        )

    def deploy(self, tables: Tables) -> None:
        """A new process of the service under these tables."""
        one = service(tables)
        self.stream = MemoryStream(self.broker, one.name, [topic.name for topic in one.topics])
        self.loop = Loop(one, stream=self.stream, clock=self.clock, metrics=Metrics(one.name), store=self.store)

    async def serve(self) -> None:
        """The service reads all that there is."""
        while records := self.stream.poll():
            await self.loop.on_records(records)

    async def given(self, *numbers: int, **fields: Any) -> None:
        """A village is given these cases now."""
        for number in numbers:
            usual = {"assignment": assignment(1, VILLAGE, assigned_at=self.clock.time)}
            of = case(**{"case_id": report_id("water", str(number)), **usual, **fields})
            self._publish(CASES, case_event(of, CaseEventKind.OPENED, at=self.clock.time))
        await self.serve()

    def _publish(self, topic: Topic, body: Any) -> None:
        out = message(
            event(topic, body, cause=report_id("water", f"{body.case_id}/{body.version}")),
            source="yiwang/routing",
            time=self.clock.time,
            traceparent="",
        )
        self.broker.append(topic.name, out.key, out.value, out.headers)

    async def run(self, line: str) -> int:
        """What an official types; answers the exit code."""
        parser = ArgumentParser()
        options.add(parser)
        return await obey(self.desk, parser.parse_args(shlex.split(line)), OFFICIAL)

    def entry(self, number: int) -> Entry:
        state = self.store.rows[str(report_id("water", str(number)))].document.state
        assert state
        return Ledger.model_validate_json(state).entries[-1]

    def told(self, topic: Topic) -> list[dict[str, Any]]:
        return [json.loads(record.value or b"{}") for record in self.broker.read(topic.name)]


@pytest.fixture
def office() -> Office:
    return Office()


def table(folder: Path, within: str) -> tuple[Path, Tables]:
    (folder / within).mkdir(exist_ok=True)
    file = written(folder / within, row("all", within))
    return file, Tables(terms.load(file), load().calendar)


async def test_a_preview_shows_what_would_change_and_changes_nothing(office: Office, tmp_path: Path) -> None:
    await office.given(1)
    office.clock.time = MORNING + 2 * DAY
    await office.given(2)
    before = {name: document.document for name, document in office.store.rows.items()}
    office.clock.time = MORNING + 2 * DAY + HOUR
    file, _ = table(tmp_path, "1 day")
    assert await office.run(f"preview --table '{file}'") == 0
    text = "\n".join(office.said)
    assert (
        f"{report_id('water', '2').hex[:8]}  150623103200 昂素嘎查  standard  2026-03-10 09:00  2026-03-08 10:00"
        in text
    )
    assert "2 clocks run, 0 of them suspended; 2 would be ordered anew" in text
    assert "1 of them would be over by their new term" in text
    assert {name: document.document for name, document in office.store.rows.items()} == before
    assert office.told(ORDERS) == []


async def test_what_is_ordered_is_done_by_the_service_and_told_with_whose_order_it_is(
    office: Office, tmp_path: Path
) -> None:
    await office.given(1, 2, 3)
    file, new = table(tmp_path, "5 days")
    office.deploy(new)
    assert await office.run(f"apply --table '{file}' {SIGNED}") == 0
    assert office.said[-1] == "3 ordered: 3 by the table now"
    assert [office.entry(number).due_at for number in (1, 2, 3)] == [MORNING + 5 * DAY] * 3
    told = [one for one in office.told(DEADLINES) if one["kind"] == "rescheduled"]
    assert {(one["basis"]["ordered"]["by"], one["basis"]["ordered"]["why"]) for one in told} == {(OFFICIAL, WHY)}
    assert {one["basis"]["table"] for one in told} == {new.terms.version}
    assert len({one["basis"]["ordered"]["application"] for one in told}) == 1


async def test_a_second_run_orders_nothing_and_new_cases_are_by_the_table_already(
    office: Office, tmp_path: Path
) -> None:
    await office.given(1)
    file, new = table(tmp_path, "5 days")
    office.deploy(new)
    await office.run(f"apply --table '{file}' {SIGNED}")
    await office.given(2)
    count = len(office.told(ORDERS)), len(office.told(DEADLINES))
    office.clock.time += HOUR
    assert await office.run(f"apply --table '{file}' {SIGNED}") == 0
    assert office.said[-1] == "nothing to order"
    assert (len(office.told(ORDERS)), len(office.told(DEADLINES))) == count


async def test_a_run_that_was_cut_off_is_finished_by_running_it_again(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yiwang.terms.apply.PORTION", 2)
    await office.given(*range(1, 8))
    file, new = table(tmp_path, "5 days")
    office.deploy(new)

    class CutOff(Exception):
        pass

    calls = iter(range(9))

    def cut(_topic: Topic) -> None:
        if next(calls) == 3:
            raise CutOff

    office.logs.fault = cut
    with pytest.raises(CutOff):
        await office.run(f"apply --table '{file}' {SIGNED}")
    office.logs.fault = lambda _topic: None
    office.clock.time += HOUR
    assert await office.run(f"apply --table '{file}' {SIGNED}") == 0
    assert {office.entry(number).due_at for number in range(1, 8)} == {MORNING + 5 * DAY}
    assert {office.entry(number).moved for number in range(1, 8)} == {1}


async def test_a_service_that_runs_another_table_refuses_and_no_more_is_ordered(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yiwang.terms.apply.PORTION", 2)
    await office.given(*range(1, 6))
    file, new = table(tmp_path, "5 days")
    assert await office.run(f"apply --table '{file}' {SIGNED}") == 1
    assert office.said[-1] == "2 ordered: 2 refused"
    [why] = office.warned
    assert f"escalation runs another table than {new.terms.version}; right is to deploy this one" in why
    assert {office.entry(number).due_at for number in range(1, 6)} == {DUE}
    office.deploy(new)
    office.clock.time += HOUR
    assert await office.run(f"apply --table '{file}' {SIGNED}") == 0
    assert {office.entry(number).due_at for number in range(1, 6)} == {MORNING + 5 * DAY}


async def test_what_ended_between_the_look_and_the_order_is_left_as_it_is(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.given(1, 2)
    file, new = table(tmp_path, "5 days")
    office.deploy(new)
    query = office.store.query
    looks = iter(range(99))

    async def looked(*given: Any) -> Any:
        found = await query(*given)
        if found and next(looks) == 1:
            done = {"status": Status.RESOLVED, "resolved_at": MORNING, "version": 2}
            await office.given(1, **done)
        return found

    monkeypatch.setattr(office.store, "query", looked)
    assert await office.run(f"apply --table '{file}' {SIGNED}") == 0
    assert "1 by the table now" in office.said[-1]
    assert "1 ended or over meanwhile, left as they are" in office.said[-1]
    assert (office.entry(1).due_at, office.entry(1).ended_how) == (DUE, "resolved")
    assert office.entry(2).due_at == MORNING + 5 * DAY


async def test_a_service_that_is_away_is_said_and_what_was_ordered_is_decided_when_it_is_back(
    office: Office, tmp_path: Path
) -> None:
    await office.given(1)
    file, new = table(tmp_path, "5 days")
    office.deploy(new)
    office.logs.serve = None
    assert await office.run(f"apply --table '{file}' {SIGNED} --wait 0") == 1
    assert office.said[-1] == "1 ordered: 1 not yet decided"
    assert "has not settled these orders within 0 s" in office.warned[0]
    await office.serve()
    assert office.entry(1).due_at == MORNING + 5 * DAY


async def test_a_person_is_asked_and_may_say_no(office: Office, tmp_path: Path) -> None:
    await office.given(1)
    file, new = table(tmp_path, "5 days")
    office.deploy(new)
    asked = list[str]()

    def says_no(question: str) -> bool:
        asked.append(question)
        return False

    office.desk = replace(office.desk, confirm=says_no)
    assert await office.run(f"apply --table '{file}' --why {WHY}") == 1
    assert asked == [f"order the table {new.terms.version} for 1 clocks? [y/N] "]
    assert office.told(ORDERS) == []


async def test_machines_read_a_line_for_each_change_and_the_counts_at_last(office: Office, tmp_path: Path) -> None:
    await office.given(1, 2)
    await office.given(3, assignment=assignment(1, unit=VILLAGE.model_copy(update={"code": "150623104200"})))
    file, _ = table(tmp_path, "5 days")
    assert await office.run(f"preview --table '{file}' --json --unit 150623103 --limit 1") == 0
    change, counts = map(json.loads, office.said)
    assert (change["effect"], change["would_be_due_at"]) == ("later", (MORNING + 5 * DAY).astimezone(UTC).isoformat())
    assert (counts["clocks"], counts["later"], counts["left_out"]) == (2, 2, 1)
    assert counts["levels"] == {"grid": {}, "village": {"later": 2}, "town": {}, "banner": {}}


MISTAKES = (
    ("preview --table none.toml", "none.toml, as a whole: found No such file"),
    ("preview --table {file} --limit -1", "--limit: found -1"),
    ("preview --table {file} --unit village", "--unit: found 'village'"),
    ("preview --table {file} --unit 15", "--unit: found '15'"),
    ("apply --table {file} --yes --why x --unit 1506231", "--unit: found '1506231'"),
    ("apply --table {file} --yes", "--why: found 0 characters"),
    ("apply --table {file} --yes --why x --by 张三", "--by: found"),
    ("apply --table {file} --why x", "1 clocks, and no terminal to ask at"),
)


@pytest.mark.parametrize(("line", "told"), MISTAKES)
async def test_a_mistake_is_one_line_and_nothing_is_ordered(
    office: Office, tmp_path: Path, line: str, told: str
) -> None:
    await office.given(1)
    file, _ = table(tmp_path, "5 days")
    assert await office.run(line.format(file=shlex.quote(str(file)))) == 2
    [warned] = office.warned
    assert told in warned
    assert warned.startswith("yiwang terms ")
    assert office.told(ORDERS) == []


async def test_many_clocks_are_read_page_by_page(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yiwang.terms.walk.PAGE", 3)
    await office.given(*range(20))
    file, new = table(tmp_path, "2 days")
    office.deploy(new)
    assert await office.run(f"apply --table '{file}' {SIGNED}") == 0
    assert {office.entry(number).due_at for number in range(20)} == {MORNING + 2 * DAY}
    assert len({TermsOrder.model_validate(one).cause for one in office.told(ORDERS)}) == 20
