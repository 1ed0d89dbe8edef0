"""What judges a run of poison fails where something does not hold."""

import os
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contracts.deadletter import DeadLetter, Reason
from contracts.topics import CASES, DEAD
from services.chassis.letters import letter
from services.chassis.values import Park, Record
from tests.builders import MORNING
from tests.pipeline import SERVICES
from tests.poison.feeding import BYTES, portions
from tests.poison.flow import RIGHT, Sent, flow, heap
from tests.poison.kept import Kept, differences
from tests.poison.kinds import kinds
from tests.poison.sample import Sample
from tests.poison.town import five, seen
from tests.poison.verdict import answered, untidy
from tests.poison.watch import CORES, Look, Stands, busy, family, worked
from yiwang.check.values import Offence

PLACE = (CASES.name, 3)
CASE = next(kind for kind in kinds() if kind.name == "every field null")
SENT = Sent(CASES, CASE, "1-0")


def look(at: int, end: int, time: float, foreign: float = 0.0) -> Look:
    return Look({"escalation": {PLACE: at}}, {PLACE: end}, time, time + 0.1, foreign)


def test_a_partition_stands_still_only_while_something_is_unread_and_nothing_is_settled() -> None:
    stands = Stands()
    for each in (look(0, 0, 0), look(0, 5, 10), look(5, 5, 11), look(5, 9, 20), look(7, 9, 20.5), look(7, 9, 23)):
        stands.look(each)
    still = stands.longest["escalation", PLACE]
    assert (still.offset, round(still.seconds, 2)) == (7, 2.6)


def test_what_the_machine_did_for_others_meanwhile_is_no_stand_still_of_ours() -> None:
    stands = Stands()
    stands.look(look(0, 5, 10, foreign=100))
    stands.look(look(0, 5, 13.9, foreign=100 + 3 * CORES))
    still = stands.longest["escalation", PLACE]
    assert (round(still.foreign, 2), round(still.own, 2)) == (0.75, 1.0)


def test_what_this_process_works_is_not_foreign() -> None:
    before = busy() - worked(os.getpid()), worked(os.getpid())
    while worked(os.getpid()) - before[1] < 0.3:
        sum(range(10_000))
    assert os.getpid() in family()
    assert busy() - worked(os.getpid()) >= before[0] - 0.05


def record(sample: Sample) -> Record:
    headers = seen(sample)
    return Record(
        topic=CASES.name, partition=3, offset=7, key=sample.key, value=sample.value, headers=headers, time=MORNING
    )


def parked(sample: Sample) -> DeadLetter:
    service = next(each for each in five() if each.name == "escalation")
    message = letter(service, record(sample), Park(reason=Reason.INVALID, problems=()))
    return DeadLetter.model_validate_json(message.value)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_letter_keeps_each_kind_of_poison_byte_for_byte_or_says_what_it_cut(kind: Any) -> None:
    sample = kind.of(CASES, 1)
    assert differences(parked(sample), sample) == []


def test_a_letter_with_another_byte_anywhere_is_found_out() -> None:
    sample = Sample(b"k", b"v", (("n", b"x"),))
    found = parked(sample)
    other = b64encode(b"?").decode()
    assert differences(found.model_copy(update={"raw_value": other}), sample) == ["another value"]
    assert differences(found.model_copy(update={"raw_key": None}), sample) == ["another key"]
    assert differences(found.model_copy(update={"raw_headers": (("n", None),)}), sample) == ["other headers"]
    large = Sample(b"k", bytes(3_000_000), (("n", b"x" * 100_000),))
    cut = parked(large)
    assert {each.part for each in cut.cut} == {"value", "headers"}
    wrong = tuple(each.model_copy(update={"sha256": "0"}) for each in cut.cut)
    assert differences(cut.model_copy(update={"cut": wrong}), large) == ["another value", "other headers"]


def taken(sent: Sent, reason: Reason = Reason.INVALID) -> Kept:
    kept = Kept({PLACE: {7: sent}})
    service = next(each for each in five() if each.name == "escalation")
    problems = ()
    told = letter(service, record(sent.sample), Park(reason=reason, problems=problems))
    kept._take(
        Record(
            topic=DEAD["escalation"].name, partition=0, offset=0, key=None, value=told.value, headers=(), time=MORNING
        )
    )
    return kept


def test_a_right_record_that_is_parked_is_wrong_and_so_is_a_letter_without_a_reason_or_of_a_hole() -> None:
    assert taken(SENT).wrong == [f"{CASES.name}/3/7 was parked for no reason"]
    assert "which was right" in taken(Sent(CASES, RIGHT, "1-0")).wrong[0]


def test_a_log_with_a_fault_a_flood_or_what_is_personal_is_found_out(tmp_path: Path) -> None:
    lines = {
        "intake": '{"event": "record parked by our own fault", "level": "error"}\n',
        "gis": '{"event": "x", "level": "warning"}\n' * 1000,
        "routing": '{"event": "started", "level": "info", "x": "15000000001"}\n',
        "escalation": '{"event": "paused", "level": "warning", "reason": "breaker: 20 exceptions"}\n',
        "notification": '{"event": "started", "level": "info"}\n',
    }
    for name in SERVICES:
        (tmp_path / f"{name}.log").write_text(lines[name])
    pipeline: Any = SimpleNamespace(folder=tmp_path)
    assert [line.split()[0].removesuffix("'s") for line in untidy(pipeline, 10)] == [
        "intake", "gis", "routing", "escalation",
    ]  # fmt: skip


def test_where_strangers_wrote_services_answer_for_records_and_for_what_came_from_outside() -> None:
    uncaused = Offence("event-uncaused", None, "a", "case b has no cause")
    missing = Offence("parked-missing", None, "a", "case b has no letter")
    assert answered(uncaused, frozenset("b"))
    assert not answered(uncaused, frozenset("c"))
    assert answered(missing, frozenset("c"))


def test_a_flow_has_every_kind_with_right_ones_between_and_behind() -> None:
    sent = list(flow(CASES, 1, len(kinds())))
    assert {one.kind.name for one in sent} == {RIGHT.name, *(kind.name for kind in kinds())}
    assert [one.kind for one in sent[-20:]] == [RIGHT] * 20
    assert len({one.seed for one in sent}) == len(sent)


def test_large_records_are_sent_in_portions() -> None:
    parts = list(portions(list(heap(CASES, 1, 20))))
    assert [len(part) for part in parts] == [4] * 5
    assert BYTES == 4_000_000
