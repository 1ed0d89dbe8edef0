"""A toy service for testing the loop: it adds numbers up, tells every sum, and rings once when a timer is asked for."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime

from contracts.deadletter import DeadLetter, Reason, Replay
from contracts.identity import name_id, timer_cause
from contracts.problem import Problem
from contracts.wire import Body, Topic, Value, event
from services.chassis.readers import parse_json
from services.chassis.values import Context, Decision, Done, Effect, Input, Outcome, Park, Reader, Record, Service, Tick


class Put(Body):
    """Add ``amount`` to the sum of ``name``; the other fields ask for what a test needs."""

    version: int = 0
    name: str
    nonce: str
    amount: int = 0
    ring_after: float | None = None
    hush: bool = False
    call: str | None = None
    misbehave: str | None = None
    pad: str = ""

    @property
    def type(self) -> str:
        return "toy.put.v1"

    @property
    def subject(self) -> str:
        return self.name


class Told(Body):
    """The sum, or that the timer rang, or that a call ended."""

    name: str
    what: str
    total: int
    pad: str = ""

    @property
    def type(self) -> str:
        return f"toy.{self.what}.v1"

    @property
    def subject(self) -> str:
        return self.name


class Sum(Value):
    """The document."""

    version: int = 0
    total: int = 0
    rings: int = 0
    ring_at: AwareDatetime | None = None
    calling: str | None = None
    called: int = 0


def topic(name: str, model: type[Body], *, producer: str = "services/toy", max_bytes: int = 1000) -> Topic:
    return Topic(
        name=name,
        model=model,
        types=("toy.v1",),
        producers=(producer,),
        consumers=("services/toy",),
        key="name",
        about="toy",
        partitions=3,
        retention=None if name.startswith("dead") else timedelta(days=1),
        max_bytes=max_bytes,
    )


IN = topic("toy.in.v1", Put)
MORE = topic("toy.more.v1", Put)
OUTSIDE = tuple(topic(f"toy.outside-{n}.v1", Put, producer="departments/x") for n in range(6))
OUT = topic("toy.out.v1", Told)
DEAD = topic("dead.toy.v1", DeadLetter, max_bytes=2_000_000)
REPLAYS = topic("replay.toy.v1", Replay, producer="ops", max_bytes=2_000_000)
TOPICS = (IN, MORE, *OUTSIDE, OUT, DEAD, REPLAYS)


def nonce_id(_record: Record, body: Any) -> UUID:
    return name_id(f"put/{body.name}/{body.nonce}")


def reader(of: Topic) -> Reader:
    return Reader(topic=of, parse=parse_json(of), identify=nonce_id, subject=lambda body, _id: body.subject)


def decide(state: Sum | None, step: Input[Put] | Tick | Done, context: Context) -> Decision[Sum]:
    before = state or Sum()
    if isinstance(step, Tick):
        return _ring(before, step, context)
    if isinstance(step, Done):
        return _called(before, step)
    return _put(before, step, context)


def _put(before: Sum, step: Input[Put], context: Context) -> Decision[Sum]:
    put = step.body
    if put.misbehave == "raise":
        raise ZeroDivisionError("toy")
    if put.misbehave == "conflict":
        problem = Problem(path="nonce", found="x", expected="y", expected_zh="是")
        return Decision(park=Park(reason=Reason.CONFLICT, problems=(problem,)))
    if put.misbehave == "nothing":
        return Decision(outcome=Outcome.NOTHING)
    after = before.model_copy(
        update={
            "version": before.version + 1,
            "total": before.total + put.amount,
            "ring_at": _ring_at(before, put, context.now),
            "calling": put.call or before.calling,
        }
    )
    told = Told(version=after.version, name=put.name, what="sum", total=after.total, pad=_pad(put))
    effects = (Effect(channel="bell", key=put.call, payload={"name": put.name}),) if put.call else ()
    return Decision(state=after, events=(event(OUT, told, cause=step.id),), effects=effects)


def _ring_at(before: Sum, put: Put, now: datetime) -> datetime | None:
    if put.hush:
        return None
    return now + timedelta(seconds=put.ring_after) if put.ring_after else before.ring_at


def _pad(put: Put) -> str:
    return "x" * 2000 if put.misbehave == "grow" else ""


def _ring(before: Sum, step: Tick, context: Context) -> Decision[Sum]:
    if before.total == 13:
        raise ZeroDivisionError("toy timer")
    if before.ring_at is None or before.ring_at > context.now:
        return Decision()
    again = before.total == 14
    after = before.model_copy(
        update={"version": before.version + 1, "rings": before.rings + 1, "ring_at": before.ring_at if again else None}
    )
    told = Told(version=after.version, name="ring", what="rang", total=after.total)
    cause = timer_cause("toy", after.rings, "ring", 1)
    return Decision(state=after, events=(event(OUT, told, cause=cause, discriminator=str(step.at)),))


def _called(before: Sum, step: Done) -> Decision[Sum]:
    if before.calling != step.effect.key:
        return Decision(outcome=Outcome.NOTHING)
    after = before.model_copy(update={"version": before.version + 1, "calling": None, "called": before.called + 1})
    told = Told(version=after.version, name=step.effect.payload["name"], what="called", total=after.total)
    return Decision(state=after, events=(event(OUT, told, cause=name_id(step.effect.key)),))


def wake(state: Sum) -> datetime | None:
    return state.ring_at


def facets(state: Sum) -> dict[str, Any]:
    return {"total": state.total, "rings": state.rings}


SERVICE = Service(
    name="toy",
    readers=tuple(map(reader, (IN, MORE, *OUTSIDE))),
    decide=decide,
    dead=DEAD,
    replays=REPLAYS,
    state=Sum,
    wake=wake,
    facets=facets,
    indexes=((("total", 1), ("_id", 1)),),
    soon=lambda _state: True,
)
