"""A service whose first life comes to a stand in a named way: ``stuck.py intake decision MARKER``; later ones work.

It is composed by its own composition root; the watchdog looks after it as always, only with less patience.
"""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from services.chassis import run as chassis
from services.chassis.kafka import KafkaStream, OnRecords, OnRelease
from services.chassis.mongo import MongoStore
from services.chassis.ports import Change
from services.chassis.progress import Watchdog
from services.chassis.run import Composition
from services.chassis.values import Record
from yiwang.services import ROOTS

PATIENCE = 4.0
"""Seconds without progress that the watchdog allows here."""


class Unanswered(MongoStore):
    """Documents of which nobody ever hears whether they were written."""

    async def write(self, changes: Sequence[Change]) -> frozenset[str]:
        await asyncio.Event().wait()
        return await super().write(changes)


class Deaf(KafkaStream):
    """A member that stops to fetch when the first records come, and knows nothing of it."""

    async def start(self, on_records: OnRecords, on_release: OnRelease) -> None:
        async def heard(records: Sequence[Record]) -> None:
            self.rewind({(record.topic, record.partition): record.offset for record in reversed(records)})
            self._consumer.pause(*(self._wire(place) for place in self.owned()))
            await on_records(())

        await super().start(heard, on_release)


def never(*_given: Any) -> Any:
    """A decision that does not end."""
    while True:
        pass


def undecided(composition: Composition) -> Composition:
    """The service with that decision."""
    return replace(composition, service=replace(composition.service, decide=never))


def main(service: str, way: str, marker: Path) -> None:
    """Run the service, in its first life with its fault."""
    root = ROOTS[service]
    vars(chassis).update(Watchdog=partial(Watchdog, limit=PATIENCE))
    if marker.exists():
        chassis.run(root.compose, root.settings)
        return
    marker.touch()
    if way == "decision":
        chassis.run(lambda settings: undecided(root.compose(settings)), root.settings)
        return
    name, adapter = {"answer": ("MongoStore", Unanswered), "consumer": ("KafkaStream", Deaf)}[way]
    setattr(chassis, name, adapter)
    chassis.run(root.compose, root.settings)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
