"""``yiwang dead replay``: sends letters back to the service that parked them, and tells what became of each."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Final

from contracts.deadletter import DeadLetter, DispositionKind
from contracts.topics import REPLAYS
from contracts.wire import MIB, Message
from yiwang.dead.acts import replayed
from yiwang.dead.choice import chosen, confirmed, signed
from yiwang.dead.desk import Desk, Signed
from yiwang.dead.fates import Fates, Sent, before, follow
from yiwang.dead.values import Item, Mistake, short
from yiwang.dead.whole import whole

SLICE_BYTES: Final = 8 * MIB
"""Bytes of replays that are under way to the broker at once, and how many of them there may be."""
SLICE: Final = 200
TOLD: Final = 20
"""Replays that were taken are named one by one if they are no more than these."""


async def replay(desk: Desk, asked: Namespace, operator: str | None) -> int:
    """Replay what is chosen; exit code 0 if each was sent and, if waited for, taken; raises Mistake."""
    sign = Signed(by="nobody", why="-") if asked.dry_run else signed(asked, operator)
    items = await chosen(asked, desk)
    for item in items:
        if item.parked.of.topic == REPLAYS[item.parked.service].name:
            raise Mistake(
                f"{item.parked.id} is a replay that could not be read; discard it, replay the letter it was of"
            )
    if not asked.dry_run and not confirmed(asked, desk, items, "replay"):
        return 1
    fates = {} if asked.dry_run else await before(desk.logs, sorted({item.parked.service for item in items}))
    run = Run(desk, sign, dry=asked.dry_run)
    await run.send(items)
    if asked.dry_run:
        return int(bool(run.failed))
    if asked.wait > 0 and run.sent:
        await follow(desk.logs, fates, run.sent, asked.wait)
        return int(bool(run.failed) or not _told(desk, fates, run.sent))
    desk.say(f"{len(run.sent)} replays sent")
    return int(bool(run.failed))


class Run:
    """One run of the command: what is ready to be sent, what was sent, and how many letters could not be."""

    def __init__(self, desk: Desk, sign: Signed, *, dry: bool) -> None:
        """Begin with nothing; ``dry`` sends nothing."""
        self._desk, self._sign, self._dry = desk, sign, dry
        self._ready: list[tuple[Item, Message]] = []
        self.sent: list[Sent] = []
        self.failed = 0

    async def send(self, items: Sequence[Item]) -> None:
        """Send all of these, slice by slice."""
        digits, gone = short([item.parked.id for item in items]), {item.parked.at: item for item in items}
        async for item, letter in self._desk.letters(items):
            del gone[item.parked.at]
            try:
                self._ready.append((item, await self._message(item, letter, digits)))
            except Mistake as fault:
                self._desk.warn(f"{item.parked.id.hex[:digits]}  {fault}")
                self.failed += 1
            if len(self._ready) >= SLICE or sum(len(out.value) for _, out in self._ready) >= SLICE_BYTES:
                await self._flush()
        await self._flush()
        for item in gone.values():
            self._desk.warn(f"{item.parked.id.hex[:digits]}  it stands no more at {item.parked.at}")
        self.failed += len(gone)

    async def _message(self, item: Item, letter: DeadLetter, digits: int) -> Message:
        record = await whole(self._desk.logs, item, letter)
        if self._dry:
            how = f"as edited by {item.edit.by}" if item.edit else "whole, from its log" if letter.cut else "as it was"
            self._desk.say(f"{item.parked.id.hex[:digits]}  would be sent to {item.parked.service} {how}")
        return replayed(item, letter, record, by=self._sign.by, at=self._desk.now())

    async def _flush(self) -> None:
        """Publish, then record: see ``acts``."""
        ready, self._ready = self._ready, []
        if not ready or self._dry:
            return
        places = await self._desk.logs.publish([(out, item.parked.of.partition) for item, out in ready])
        kind = DispositionKind.REPLAYED
        await self._desk.logs.publish([self._desk.disposition(item, kind, self._sign) for item, _ in ready])
        self.sent += [Sent(item, item.replay, place) for (item, _), place in zip(ready, places, strict=True)]


def _told(desk: Desk, fates: Mapping[str, Fates], sent: Sequence[Sent]) -> bool:
    """Say what became of each; answers whether all were taken."""
    digits = short([one.item.parked.id for one in sent])
    taken = [one for one in sent if fates[one.item.parked.service].taken(one)]
    for one in sent:
        if len(sent) <= TOLD or one not in taken:
            desk.say(f"{one.item.parked.id.hex[:digits]}  {fates[one.item.parked.service].tell(one)}")
    desk.say(f"{len(taken)} of {len(sent)} replays taken")
    return len(taken) == len(sent)
