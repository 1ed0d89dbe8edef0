"""A real member of escalation on real servers, with a hundred thousand open deadlines, of which some fall due."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from contracts.topics import DEADLINES
from services.chassis.mongo import DatabaseClock, MongoStore, client
from services.chassis.ports import Change
from tests.deadlines.ledgers import SERVICE, TERM, TOLD, case_of, copies, ledger, load
from tests.deadlines.rung import Rings, percentile, spread
from tests.faults.clocks import set_clock, start_wrong, told_of_clock
from tests.faults.members import owns_some
from tests.faults.rig import clear
from tests.faults.stage import Stage
from tests.pipeline import Pipeline, eventually

PUBLISHED: Final = "yiwang_published_total"
LIMIT_SECONDS: Final = 600.0
"""How long all may take to ring."""
LEAD: Final = timedelta(seconds=4)
"""So long before the first falls due they are stored, and a second for each thousand of them."""
TEMPLATES, APART = 20, timedelta(hours=2.6)
"""So many different due times of those that do not fall due, and how far they lie apart: the first warns in 5 hours."""
WRONG: Final = (300, -300)
"""Seconds by which a member's clock is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """So many ledgers ``stored``, of which so many fall ``due`` within ``seconds``; and how late, at the most, 99 of a
    hundred of them may ring.
    """

    stored: int
    due: int
    seconds: float
    late: float


@dataclass(slots=True)
class Field:
    """The engines, the member's place on them, and its documents."""

    pipeline: Pipeline
    store: MongoStore
    clock: DatabaseClock


@asynccontextmanager
async def field(stage: Stage, stored: int, members: int = 1) -> AsyncIterator[Field]:
    """Topics, and so many open ledgers of which none falls due today; nobody runs yet."""
    pipeline = Pipeline(stage.straight, stage.folder, members=members)
    pipeline.folder = stage.folder / pipeline.space.strip(".")
    await asyncio.to_thread(pipeline.prepare)
    motor = client(stage.straight.mongo)
    store = MongoStore(motor, f"{pipeline.space}yiwang-escalation".replace(".", "-"), SERVICE)
    found = Field(pipeline, store, DatabaseClock(motor, asyncio.Event()))
    try:
        await load(store, open_ledgers(stored, await found.clock.now()))
        yield found
    finally:
        pipeline.end()
        motor.close()
        await clear(stage, pipeline.space)


def open_ledgers(count: int, now: datetime) -> Iterable[Change]:
    """Ledgers whose clocks run, and say nothing for hours."""
    each = -(-count // TEMPLATES)
    for number in range(TEMPLATES):
        of = ledger(f"open-{number}", now + TERM - number * APART)
        first = number * each
        yield from copies(of, (f"open-{number}-{n}" for n in range(first, min(count, first + each))))


async def spread_out(stage: Stage, plan: Plan) -> list[str]:
    """They fall due one after the other, within the time."""
    async with field(stage, plan.stored) as found:
        await _start(found, "escalation")
        rings = await _rung(found, await _spread(found, plan, "due", plan.due), plan)
    said = f"{plan.due} of {plan.stored} due over {plan.seconds:g} s: {_lateness(rings)}"
    late = percentile([one.late for one in rings.breaches()], 0.99)
    assert late <= plan.late, f"{said}; promised is p99 {plan.late:g} s"
    return [said]


async def at_once(stage: Stage, plan: Plan) -> list[str]:
    """They fall due at the same second."""
    async with field(stage, plan.stored) as found:
        await _start(found, "escalation")
        moment = (await found.clock.now() + _lead(plan)).replace(microsecond=0)
        rings = await _rung(found, {f"due-{n}": moment for n in range(plan.due)}, plan)
    return [f"{plan.due} of {plan.stored} due at one second: {_rate(rings, moment)}; {_lateness(rings)}"]


async def after_outage(stage: Stage, plan: Plan) -> list[str]:
    """All that they had to say, their warnings too, fell due while nobody ran."""
    async with field(stage, plan.stored) as found:
        now = await found.clock.now()
        dues = {f"due-{n}": now - timedelta(minutes=1) for n in range(plan.due)}
        await load(found.store, (ledger(name, due) for name, due in dues.items()))
        await _start(found, "escalation")
        rings = await _all_rung(found, dues, plan, now)
    events = [one for one in rings.events.values() if one.said.n == 1]
    took = max(one.at for one in events) - min(one.at for one in events)
    rate = len(events) / max(0.001, took.total_seconds())
    said = f"{plan.due} of {plan.stored} with three things to say each"
    return [f"{said}, after an outage: {len(events)} said in {took.total_seconds():.1f} s, {rate:.0f} a second"]


async def wrong_clock(stage: Stage, plan: Plan) -> list[str]:
    """A second member, whose clock is off, joins while half of them fall due; then the rest does, to both."""
    told = []
    for ahead in WRONG:
        async with field(stage, plan.stored, members=2) as found:
            await _start(found, "escalation")
            dues = await _spread(found, plan, "first", plan.due // 2)
            now = await _store(found, dues)
            start_wrong(found.pipeline, "escalation.1", ahead, faketime=False)
            await eventually(partial(owns_some, found.pipeline, "escalation.1"), "the second member has its share")
            said = await told_of_clock(found.pipeline, "escalation.1")
            others = await _spread(found, plan, "then", plan.due - len(dues))
            await _store(found, others)
            await _all_rung(found, dues | others, plan, now)
            shares = [int(await found.pipeline.metric(name, PUBLISHED)) for name in ("escalation", "escalation.1")]
            assert min(shares) > 0, f"only one of the two has said anything: {shares}"
            set_clock(found.pipeline, "escalation.1", 0, faketime=False)
            await found.pipeline.ready("escalation.1")
        told.append(f"{said}; {plan.due} due, each once, none early, said by the two: {shares[0]} and {shares[1]}")
    return told


Scenario = Callable[[Stage, Plan], Awaitable[list[str]]]
"""Answers what was seen; an AssertionError says what was not as promised."""

SCENARIOS: Final[Mapping[str, Scenario]] = {
    "spread": spread_out,
    "at-once": at_once,
    "after-outage": after_outage,
    "wrong-clock": wrong_clock,
}


async def _start(found: Field, name: str) -> None:
    found.pipeline.start(name)
    await found.pipeline.ready(name)
    await eventually(lambda: owns_some(found.pipeline, name), f"{name} has its partitions")


async def _spread(found: Field, plan: Plan, name: str, count: int) -> dict[str, datetime]:
    """So many that fall due one after the other, soon."""
    first, step = await found.clock.now() + _lead(plan), timedelta(seconds=plan.seconds) / count
    return {f"{name}-{n}": first + n * step for n in range(count)}


def _lead(plan: Plan) -> timedelta:
    return LEAD + plan.due / 1000 * timedelta(seconds=4)


async def _store(found: Field, dues: Mapping[str, datetime]) -> datetime:
    """Store what is to fall due; answers the time by then, which is sooner than all of them."""
    await load(found.store, (ledger(name, due, due - TOLD) for name, due in dues.items()))
    now = await found.clock.now()
    assert now < min(dues.values()), "storing took longer than there was time for"
    return now


async def _rung(found: Field, dues: Mapping[str, datetime], plan: Plan) -> Rings:
    """Store what is to fall due, and wait until it has rung; raises AssertionError unless as it should."""
    return await _all_rung(found, dues, plan, await _store(found, dues))


async def _all_rung(found: Field, dues: Mapping[str, datetime], plan: Plan, since: datetime) -> Rings:
    due = {case_of(name): at for name, at in dues.items()}
    await eventually(
        partial(_has_rung, found, set(due), since), f"all {plan.due} have rung", seconds=LIMIT_SECONDS + plan.seconds
    )
    rings = await _read(found, since)
    wrong = list(rings.wrong(due))
    assert not wrong, "\n".join((f"{len(wrong)} wrong, such as", *wrong[:10]))
    return rings


async def _has_rung(found: Field, due: set[UUID], since: datetime) -> bool:
    """Whether all breaches are there; the topic is read only when enough was said, for reading it takes its time."""
    await asyncio.sleep(1)
    names = [name for name in found.pipeline.names if name in found.pipeline.processes]
    said = sum([await found.pipeline.metric(name, PUBLISHED) for name in names])
    if said < len(due):
        return False
    return {one.said.case_id for one in (await _read(found, since)).breaches()} >= due


async def _read(found: Field, since: datetime) -> Rings:
    return Rings.of(await found.pipeline.read(DEADLINES), since)


def _lateness(rings: Rings) -> str:
    return spread([one.late for one in rings.breaches()])


def _rate(rings: Rings, moment: datetime) -> str:
    rung = rings.breaches()
    took = (rung[-1].at - moment).total_seconds()
    return f"drained in {took:.1f} s, {len(rung) / took:.0f} a second"
