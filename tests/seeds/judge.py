"""What must hold after a run, beside what the checker sees: it rests, nothing broke, stores and topics agree."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from contracts.case import CaseEvent
from contracts.topics import CASES, OUTCOMES
from simulation.kit import PARTITIONS
from simulation.member import Shop
from simulation.store import past_of
from simulation.world import World
from yiwang.check.checker import Checker


def offences(world: World) -> Iterator[str]:
    """Each broken rule in one line."""
    if world.left:
        yield f"unrest: hours after all faults ceased there is still something to do: {'; '.join(world.left)}"
    for told in world.unmeant:
        yield f"defect: {told}"
    for fault in world.broken:
        yield f"defect: a process died of {type(fault).__name__}: {fault}"
    yield from _checked(world)
    for name, shop in world.shops.items():
        yield from _unrecorded(world, name, shop)
    yield from _called_twice(world)
    yield from _disagreements(world)


def _checked(world: World) -> Iterator[str]:
    """What the checker says of all records, documents and histories; after peace nothing may be pending either."""
    checker = Checker()
    for (group, place), offset in world.broker.offsets.items():
        checker.settle(group, {place: offset})
    checker.begin(dict.fromkeys(world.broker.logs, 0))
    for record in chain.from_iterable(world.broker.logs.values()):
        checker.hear(record)
    for name, shop in world.shops.items():
        _look(checker, name, shop)
    for channel, key, _ in world.phones.received:
        checker.receive(channel, key)
    verdict = checker.verdict()
    for offence in verdict.offences:
        yield offence.line()
    if verdict.figures["pending"]:
        yield f"pending: {verdict.figures['pending']} reports have no end though all is read"


def _look(checker: Checker, name: str, shop: Shop) -> None:
    for row in shop.store.rows.values():
        checker.keep(name, row.document)
    for intent in shop.store.noted(range(PARTITIONS)):
        checker.note(name, intent)
    for subject, message in shop.store.past.values():
        checker.remember(name, subject, past_of(message))
    if shop.service.state:
        checker.whole(name)


def _unrecorded(world: World, name: str, shop: Shop) -> Iterator[str]:
    """The history has what was told of documents; of a record that was parked unread it has nothing."""
    told = {(message.topic, str(message.id).encode()) for _, message in shop.store.past.values()}
    unread = {shop.service.dead.name, OUTCOMES.name}
    for record in chain.from_iterable(world.broker.logs.values()) if shop.service.state else ():
        headers = dict(record.headers)
        mine = headers.get("ce_source") == f"yiwang/{name}".encode() and record.topic not in unread
        if mine and (record.topic, headers["ce_id"]) not in told:
            yield f"unrecorded: {name} has sent {record.position}, which is not in its history"


def _called_twice(world: World) -> Iterator[str]:
    """Law 7: an attempt is written before its call, so no attempt is made twice, whoever dies."""
    for call, times in Counter(world.phones.received).items():
        if times > 1:
            channel, key, attempt = call
            yield f"called-twice (law 7): attempt {attempt} of {key} has reached {channel} {times} times"


def _disagreements(world: World) -> Iterator[str]:
    """Each case stands everywhere as routing told of it last."""
    newest: dict[str, CaseEvent] = {}
    for record in world.broker.read(CASES.name):
        event = CaseEvent.model_validate_json(record.value or b"")
        if event.version > (newest[str(event.case_id)].version if str(event.case_id) in newest else 0):
            newest[str(event.case_id)] = event
    for case, event in newest.items():
        routed = _state(world, "routing", case)
        if (
            routed is None
            or routed.version != event.version
            or (routed.case and _bare(routed.case) != _bare(event.case))
        ):
            yield f"stores: routing's {case} is not as version {event.version} told of it"
        ledger = _state(world, "escalation", case)
        if event.case and (ledger is None or ledger.case.version != event.case.version):
            yield f"stores: escalation's {case} is not at version {event.case.version}"
        state = _state(world, "notification", case)
        watch = state.watch if state else None
        if watch and event.case and watch.case.version != event.case.version:
            yield f"stores: notification's {case} is not at version {event.case.version}"


def _bare(case: Any) -> Any:
    """A case without its due time, which routing takes from escalation without telling."""
    return case and case.model_copy(update={"due_at": None})


def _state(world: World, service: str, subject: str) -> Any:
    shop = world.shops[service]
    row = shop.store.rows.get(subject)
    state = row.document.state if row else None
    return shop.service.state.model_validate_json(state) if state and shop.service.state else None
