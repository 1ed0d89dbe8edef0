"""A service that ends by SIGKILL at the n-th passing of a named point: ``dying routing after_write 3``.

It is composed by its own composition root; only here are the adapters of the chassis replaced by ones that can die.
With ``STOP`` behind it stops as by SIGSTOP, and goes on from that very point when it is continued. ``FAULTS_NOTES``
names a file in which it notes what it was handed, ``FAULTS_CLOCK`` one with the seconds that its clock is ahead.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Final, Self

from contracts.wire import Message
from services.chassis import mongo
from services.chassis import run as chassis
from services.chassis.effects import Calls
from services.chassis.kafka import KafkaStream, OnRecords, OnRelease
from services.chassis.mongo import MongoStore
from services.chassis.ports import Change, Channel, Clock, Document, Partition
from services.chassis.values import Record
from yiwang.services import ROOTS

NEVER: Final = "never"
"""No point at all: for a member that is to note, or to have a wrong clock, and to live."""
STREAM = ("after_poll", "mid_publish", "after_publish", "before_commit", "after_commit")
"""What every service passes."""
STORE = ("after_load", "before_write", "after_write", "after_record")
"""What a service with documents passes as well."""
TIMERS = ("after_intend",)
"""What only timers and ends of calls pass."""
CALLS = ("after_call",)
"""What only calls to the outside pass: made, and its end not yet written down."""


def points(service: str) -> tuple[str, ...]:
    """The points that a service passes when reports flow."""
    return {
        "gis": STREAM,
        "notification": (*STREAM, *STORE, *TIMERS, *CALLS),
    }.get(service, (*STREAM, *STORE))


class Fuse:
    """Counts the passings of one point, and signals this very process at the last of them."""

    def __init__(self, point: str, passings: int, ending: signal.Signals = signal.SIGKILL) -> None:
        self.point, self.left, self.ending = point, passings, ending

    def burns(self, point: str) -> bool:
        """Whether this passing is the last; it counts."""
        self.left -= point == self.point
        return point == self.point and self.left == 0

    def blow(self) -> None:
        """Kill -9: nothing after it happens, no handler runs. Or stop here until someone says to go on."""
        os.kill(os.getpid(), self.ending)

    def __call__(self, point: str) -> None:
        if self.burns(point):
            self.blow()


def store(fuse: Fuse) -> type[MongoStore]:
    """Documents whose member dies at the store's points."""

    class DyingStore(MongoStore):
        async def load(self, subjects: Sequence[str]) -> Mapping[str, Document]:
            found = await super().load(subjects)
            fuse("after_load")
            return found

        async def write(self, changes: Sequence[Change]) -> frozenset[str]:
            fuse("before_write")
            doubtful = await super().write(changes)
            fuse("after_write")
            return doubtful

        async def record(self, past: Sequence[tuple[str, Message]]) -> None:
            await super().record(past)
            fuse("after_record")

        async def intend(self, revs: Mapping[int, Mapping[str, int]]) -> Sequence[str]:
            noted = await super().intend(revs)
            fuse("after_intend")
            return noted

    return DyingStore


def stream(fuse: Fuse) -> type[KafkaStream]:
    """A member of the group that dies at the stream's points."""

    class DyingStream(KafkaStream):
        async def start(self, on_records: OnRecords, on_release: OnRelease) -> None:
            async def polled(records: Sequence[Record]) -> None:
                note(records)
                fuse("after_poll")
                await on_records(records)

            await super().start(polled, on_release)

        async def publish(self, messages: Sequence[Message]) -> None:
            if messages and fuse.burns("mid_publish"):
                await super().publish(messages[: (len(messages) + 1) // 2])
                fuse.blow()
            await super().publish(messages)
            fuse("after_publish")

        async def commit(self, after: Mapping[Partition, int]) -> None:
            fuse("before_commit")
            await super().commit(after)
            fuse("after_commit")

    return DyingStream


class DyingChannel:
    """A way to the outside whose caller dies when the call has been made."""

    def __init__(self, channel: Channel, fuse: Fuse) -> None:
        self.name, self.capacity, self.honours_key = channel.name, channel.capacity, channel.honours_key
        self._channel, self._fuse = channel, fuse

    async def call(self, key: str, payload: Mapping[str, Any]) -> None:
        await self._channel.call(key, payload)
        self._fuse("after_call")

    async def close(self) -> None:
        await self._channel.close()


def calls(fuse: Fuse) -> type[Calls]:
    """Calls whose member dies before their end is known to it."""

    class DyingCalls(Calls):
        def __init__(self, channels: Mapping[str, Channel], clock: Clock) -> None:
            super().__init__({name: DyingChannel(one, fuse) for name, one in channels.items()}, clock)

    return DyingCalls


def note(records: Sequence[Record]) -> None:
    """Write down which records a batch has, by partition: one line a batch, whole or not at all."""
    if file := os.environ.get("FAULTS_NOTES"):
        offsets: dict[str, list[int]] = {}
        for record in records:
            offsets.setdefault(f"{record.topic}/{record.partition}", []).append(record.offset)
        with Path(file).open("a") as output:
            output.write(json.dumps(offsets) + "\n")


class WrongTime(datetime):
    """What this machine's clock says if it is off: the chassis asks it in one place, of the database's clock."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        ahead = Path(os.environ["FAULTS_CLOCK"]).read_text()
        return super().now(tz) + timedelta(seconds=float(ahead))


def main(service: str, point: str, passings: int, ending: str = "KILL") -> None:
    """Run the service until it dies, or like any other until it is told to stop."""
    fuse = Fuse(point, passings, signal.Signals[f"SIG{ending}"])
    vars(chassis).update(MongoStore=store(fuse), KafkaStream=stream(fuse), Calls=calls(fuse))
    if "FAULTS_CLOCK" in os.environ:
        vars(mongo).update(datetime=WrongTime)
    root = ROOTS[service]
    chassis.run(root.compose, root.settings)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
