"""The book of dead letters: letters and what was done about them, folded; and which of them a filter means."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from contracts.deadletter import DeadLetter, Disposition, DispositionKind, Reason
from contracts.identity import record_cause, replay_cause
from contracts.topics import CASES, DEAD, DISPOSITIONS
from contracts.wire import Body
from services.chassis.values import Record
from tests.unit.yiwang.dead_office import OPERATOR, letter
from yiwang.dead.book import Book
from yiwang.dead.filters import Filter, moment, named, prefix
from yiwang.dead.listing import as_json, counts, listed
from yiwang.dead.values import Item, Mistake, State, short

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
FIRST = letter().id
KINDS = {kind.value: kind for kind in DispositionKind}


def record(body: Body | bytes, topic: str = DISPOSITIONS.name, at: datetime = NOON, offset: int = 0) -> Record:
    value = body if isinstance(body, bytes) else body.model_dump_json().encode()
    return Record(topic=topic, partition=0, offset=offset, key=None, value=value, headers=(), time=at)


def parked(told: DeadLetter, minutes: int = 0) -> Record:
    return record(told, DEAD[told.service].name, NOON + timedelta(minutes=minutes))


def act(kind: str, version: int, of: DeadLetter | None = None, **fields: Any) -> Disposition:
    of = of or letter()
    replay = replay_cause(of.id, version) if kind == "replayed" else None
    usual = {"letter": of.id, "service": of.service, "by": OPERATOR, "why": "x", "at": NOON, "replay": replay}
    return Disposition.model_validate({"kind": kind, "version": version} | usual | fields)


def book(*records: Record, wanted: Filter | None = None) -> Book:
    found = Book(wanted or Filter())
    for each in records:
        found.hear(each)
    return found


def items(*records: Record, wanted: Filter | None = None) -> list[Item]:
    return list(book(*records, wanted=wanted).items())


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), "open"),
        (("revealed", "edited"), "open"),
        (("replayed",), "replayed"),
        (("replayed", "edited", "revealed"), "replayed"),
        (("discarded",), "discarded"),
        (("discarded", "replayed"), "replayed"),
        (("replayed", "discarded"), "discarded"),
    ],
)
def test_the_newest_act_that_decides_says_how_a_letter_stands(kinds: Sequence[str], state: str) -> None:
    acts = [record(act(kind, version), offset=version) for version, kind in enumerate(kinds, 1)]
    (item,) = items(parked(letter()), *acts)
    assert item.state.value == state
    assert [one.kind.value for one in item.acts] == list(kinds)
    assert item.version == len(kinds) + 1


def test_a_letter_whose_replay_was_parked_again_stands_there_and_the_new_one_is_open() -> None:
    back = replay_cause(FIRST, 1)
    first, second = items(parked(letter()), parked(letter(id=back, replay=back), 1), record(act("replayed", 1)))
    assert (first.state, first.again) == (State.PARKED_AGAIN, back)
    assert (second.parked.id, second.state) == (back, State.OPEN)


def test_the_order_in_which_the_topics_letters_are_read_does_not_matter() -> None:
    back = replay_cause(FIRST, 1)
    other = letter(offset=9)
    letters = [parked(letter()), parked(letter(id=back, replay=back), 1), parked(other, 2)]
    acts = [record(act("replayed", 1)), record(act("discarded", 1, other))]
    found = {tuple(items(*order, *acts)) for order in permutations(letters)}
    assert len(found) == 1


def test_a_replay_that_came_back_and_was_never_recorded_is_seen_and_its_number_is_not_used_again() -> None:
    back = replay_cause(FIRST, 1)
    first, second = items(parked(letter()), parked(letter(id=back, replay=back), 1))
    assert (first.state, first.again, second.state) == (State.PARKED_AGAIN, back, State.OPEN)
    assert first.version == 2
    assert first.replay != back


def test_a_replay_that_was_sent_and_not_recorded_is_sent_again_under_its_id() -> None:
    (before,) = items(parked(letter()))
    (after,) = items(parked(letter()))
    assert before.replay == after.replay
    (edited,) = items(parked(letter()), record(act("edited", 1, raw_value="e30=")))
    assert edited.replay != before.replay, "what another body was sent under is another replay"


def test_a_later_replay_of_what_was_parked_again_counts_until_it_comes_back_too() -> None:
    backs = [replay_cause(FIRST, version) for version in (1, 2)]
    letters = [parked(letter(id=back, replay=back), n) for n, back in enumerate(backs, 1)]
    acts = [record(act("replayed", version), offset=version) for version in (1, 2)]
    assert items(parked(letter()), letters[0], *acts)[0].state is State.REPLAYED
    assert items(parked(letter()), *letters, *acts)[0].again == backs[1]


def test_the_same_letter_and_the_same_act_again_change_nothing() -> None:
    records = [parked(letter()), parked(letter(), 5), record(act("discarded", 1)), record(act("discarded", 1))]
    (item,) = items(*records)
    assert item.parked.parked_at == NOON, "it has been parked since the first time"
    assert len(item.acts) == 1


def test_two_services_that_park_one_record_have_two_letters() -> None:
    fields = {"topic": CASES.name, "partition": 2, "offset": 7}
    both = [letter(service=service, **fields) for service in ("escalation", "notification")]
    assert both[0].id == both[1].id == record_cause(CASES.name, 2, 7)
    found = items(*map(parked, both), record(act("discarded", 1, both[0])))
    assert {item.parked.service: item.state.value for item in found} == {
        "escalation": "discarded",
        "notification": "open",
    }


@pytest.mark.parametrize(
    "rubbish",
    [
        record(b"\xff", DEAD["intake"].name),
        record(b"{}", DEAD["intake"].name),
        record(b"{}"),
        record(letter(raw_value="no base64!"), DEAD["intake"].name),
        record(letter(service="gis"), DEAD["intake"].name),
        record(act("edited", 1, raw_value="no base64!")),
        record(letter()),
    ],
)
def test_what_is_no_letter_and_no_disposition_is_counted_and_passed_over(rubbish: Record) -> None:
    found = book(parked(letter()), rubbish)
    assert found.strange == 1
    assert [item.state for item in found.items()] == [State.OPEN]


def test_a_null_where_a_letter_should_stand_is_passed_over() -> None:
    assert book(dataclasses.replace(record(b""), topic=DEAD["gis"].name, value=None)).strange == 1


def test_nothing_of_a_bodys_bytes_is_kept() -> None:
    long = "QUFB" * 100_000
    (item,) = items(parked(letter(raw_value=long)), record(act("edited", 1, raw_value=long)))
    assert len(repr(item)) < 2_000


@pytest.mark.parametrize(
    ("wanted", "lets"),
    [
        (Filter(), True),
        (Filter(service="intake", reason=Reason.INVALID, source="water"), True),
        (Filter(service="gis"), False),
        (Filter(reason=Reason.CONFLICT), False),
        (Filter(source="police"), False),
        (Filter(since=NOON), True),
        (Filter(since=NOON + timedelta(seconds=1)), False),
        (Filter(until=NOON), False),
        (Filter(until=NOON + timedelta(seconds=1)), True),
        (Filter(state=State.OPEN), True),
        (Filter(state=State.REPLAYED), False),
        (Filter(prefixes=(FIRST.hex[:4],)), True),
        (Filter(prefixes=("0000", FIRST.hex)), True),
        (Filter(prefixes=("0000",)), False),
    ],
)
def test_a_filter_lets_through_what_is_like_all_that_it_names(wanted: Filter, lets: bool) -> None:
    assert bool(items(parked(letter()), wanted=wanted)) == lets


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("30m", NOON - timedelta(minutes=30)),
        ("3h", NOON - timedelta(hours=3)),
        ("2d", NOON - timedelta(days=2)),
        ("1w", NOON - timedelta(weeks=1)),
        ("2026-03-02T12:00", NOON),
        ("2026-03-02T04:00Z", NOON),
        ("2026-03-02", NOON - timedelta(hours=12)),
    ],
)
def test_a_moment_is_iso_in_local_time_or_so_long_ago(text: str, found: datetime) -> None:
    assert moment(text, NOON) == found


@pytest.mark.parametrize("text", ["yesterday", "3x", "-3h", "", "2026-13-01", "99999w"])
def test_what_is_no_moment_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(Mistake, match=r"right is a moment such as .* or 2d$"):
        moment(text, NOON)


def test_an_id_is_found_by_any_beginning_that_no_other_has() -> None:
    assert prefix(str(FIRST).upper()) == FIRST.hex
    named("abcd", [FIRST])
    with pytest.raises(Mistake, match="no dead letter"):
        named("abcd", [])
    with pytest.raises(Mistake, match=r"2 dead letters have ids that begin so .*; write more digits"):
        named("abcd", [FIRST, replay_cause(FIRST, 1)])
    for wrong in ("abc", "xyzw", "", "0" * 33):
        with pytest.raises(Mistake, match="at least its first 4 digits"):
            prefix(wrong)


def test_an_id_is_as_short_as_it_can_be_told_from_others() -> None:
    same = [FIRST, type(FIRST)(hex=FIRST.hex[:20] + "0" * 12)]
    assert [short([]), short([FIRST]), short([FIRST, FIRST]), short(same)] == [8, 8, 8, 21]


def test_the_list_has_the_longest_parked_first_and_says_what_it_leaves_out() -> None:
    letters = [parked(letter(offset=n), minutes=-n) for n in range(3)]
    lines = list(listed(items(*letters), 2))
    assert [line.split()[4] for line in lines[1:3]] == [f"report.submitted.water.v1/0/{n}" for n in (2, 1)]
    assert lines[3:] == ["… and 1 more; --limit 0 lists them all", "3 dead letters: intake 3 (invalid 3)"]
    assert len(list(listed(items(*letters), 0))) == 5


def test_counts_are_by_service_and_reason_the_most_first() -> None:
    several = [letter(offset=n, reason=Reason.CONFLICT if n else Reason.INVALID) for n in range(3)]
    found = items(*map(parked, [*several, letter(service="gis", offset=9)]))
    assert counts(found) == "4 dead letters: intake 3 (conflict 2, invalid 1), gis 1 (invalid 1)"
    assert counts(found[:1]).startswith("1 dead letter:")
    assert counts([]) == "0 dead letters"


def test_the_list_for_machines_has_whole_ids_and_what_was_done() -> None:
    text = as_json(items(parked(letter()), record(act("discarded", 1))), 0, 3)
    assert f'"id": "{FIRST}"' in text
    assert '"kind": "discarded"' in text
    assert '"unreadable": 3' in text
