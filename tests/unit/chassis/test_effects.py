"""Calls beside the loop: bounded by each channel's capacity, and every end is handed back."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis.effects import Calls
from services.chassis.ports import Ended, Refused
from services.chassis.values import Effect
from simulation.clock import MemoryClock


class Door:
    """A channel that keeps its callers waiting until it is opened, and then answers as it was told to."""

    honours_key = True

    def __init__(self, name: str, answer: Exception | None = None, *, opened: bool = True, capacity: int = 2) -> None:
        self.name, self.answer, self.capacity = name, answer, capacity
        self.open = asyncio.Event()
        if opened:
            self.open.set()

    async def call(self, _key: str, _payload: Mapping[str, Any]) -> None:
        await self.open.wait()
        if self.answer:
            raise self.answer

    async def close(self) -> None:
        """Nothing is open."""


class Ends:
    """The loop's side: it notes what is handed back."""

    def __init__(self) -> None:
        self.ended: list[Ended] = []
        self.came = asyncio.Event()

    async def take(self, ended: Sequence[Ended]) -> None:
        self.ended.extend(ended)
        self.came.set()


def calls(*doors: Door) -> Calls:
    return Calls({door.name: door for door in doors}, MemoryClock())


async def drained(performer: Calls, ends: Ends, seconds: float) -> None:
    """As a process that was asked to stop: ends are handed back while it drains."""
    handing = asyncio.create_task(performer.hand_back(ends.take))
    await performer.drain(seconds)
    handing.cancel()


def effect(channel: str, key: str = "k") -> Effect:
    return Effect(channel=channel, key=key, payload={})


async def ends_of(door: Door) -> Ended:
    ends, performer = Ends(), calls(door)
    performer.start("a", [effect(door.name)])
    await drained(performer, ends, 5)
    (one,) = ends.ended
    return one


async def test_a_call_that_is_taken_ends_without_an_error() -> None:
    subject, done = await ends_of(Door("bell"))
    assert (subject, done.error, done.lasting) == ("a", None, False)


async def test_a_refusal_is_lasting_and_any_other_error_is_not() -> None:
    _, refused = await ends_of(Door("bell", Refused("never")))
    assert (refused.error, refused.lasting) == ("never", True)
    _, failed = await ends_of(Door("bell", OSError("away")))
    assert (failed.error, failed.lasting) == ("OSError: away", False)


async def test_a_slow_channel_takes_no_room_from_another_one() -> None:
    slow, fast = Door("slow", opened=False), Door("fast")
    ends, performer = Ends(), calls(slow, fast)
    performer.start("a", [effect("slow"), effect("slow"), effect("fast")])
    assert performer.free() == {"slow": 0, "fast": 1}
    await drained(performer, ends, 0.01)
    assert [done.effect.channel for _, done in ends.ended] == ["fast"]
    assert performer.free() == {"slow": 0, "fast": 2}
    slow.open.set()
    await drained(performer, ends, 5)
    assert len(ends.ended) == 3
    assert performer.free() == {"slow": 2, "fast": 2}


async def test_a_call_is_under_way_until_the_loop_has_settled_its_end() -> None:
    performer, taken, settled = calls(Door("bell"), Door("other")), asyncio.Event(), asyncio.Event()

    async def settle(_ended: Sequence[Ended]) -> None:
        taken.set()
        await settled.wait()

    performer.start("a", [effect("bell"), effect("bell")])
    assert (performer.under_way("bell"), performer.under_way("other")) == (2, 0)
    handing = asyncio.create_task(performer.hand_back(settle))
    await asyncio.wait_for(taken.wait(), 5)
    assert performer.free()["bell"] > 0, "the call itself is over"
    assert performer.under_way("bell") == 2
    settled.set()
    await performer.drain(5)
    assert performer.under_way("bell") == 0
    handing.cancel()


async def test_ends_that_come_close_together_are_handed_back_in_one_batch() -> None:
    batches, performer = list[int](), calls(Door("bell"), Door("other"))

    async def take(ended: Sequence[Ended]) -> None:
        batches.append(len(ended))

    handing = asyncio.create_task(performer.hand_back(take))
    performer.start("a", [effect("bell")])
    await asyncio.sleep(0)  # the first end is there, and hand_back has seen it
    performer.start("b", [effect("other"), effect("other")])
    await performer.drain(5)
    handing.cancel()
    assert batches == [3]


async def test_ends_that_bring_much_about_come_in_smaller_batches() -> None:
    batches, performer = list[int](), calls(Door("bell", capacity=10))

    async def take(ended: Sequence[Ended]) -> None:
        batches.append(len(ended))

    performer.start("a", [Effect(channel="bell", key=str(n), payload={}, weight=40) for n in range(7)])
    handing = asyncio.create_task(performer.hand_back(take))
    await performer.drain(5)
    handing.cancel()
    assert batches == [3, 3, 1]


async def test_ends_come_back_to_the_loop_while_it_works() -> None:
    ends, performer = Ends(), calls(Door("bell"))
    handing = asyncio.create_task(performer.hand_back(ends.take))
    performer.start("a", [effect("bell")])
    await asyncio.wait_for(ends.came.wait(), 5)
    handing.cancel()
    assert [subject for subject, _ in ends.ended] == ["a"]
