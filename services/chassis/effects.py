"""Calls to the outside beside the loop: a few at once on each channel, so that a slow one delays itself alone."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence

from services.chassis.pace import rest
from services.chassis.ports import Channel, Clock, Ended, Refused
from services.chassis.values import Done, Effect

BATCH = 100
"""Ends are handed back to the loop together until they weigh so much."""
SLOW_SECONDS = 10.0
"""A call that is under way for longer makes its channel slow."""
GATHER_SECONDS = 0.005
"""How long the first of them waits for others: each batch costs the same calls, be it of one end or of many."""

OnDone = Callable[[Sequence[Ended]], Awaitable[None]]


class Calls:
    """The performer: it never holds more calls than a channel's capacity, and hands every end back to the loop."""

    def __init__(self, channels: Mapping[str, Channel], clock: Clock) -> None:
        """Take the channels by name."""
        self._channels, self._clock = channels, clock
        self._running: Counter[str] = Counter()
        self._unsettled: Counter[str] = Counter()
        self._began: dict[asyncio.Task[None], tuple[str, float]] = {}
        self._ended: asyncio.Queue[Ended] = asyncio.Queue()

    def free(self) -> Mapping[str, int]:
        """See the port."""
        return {name: channel.capacity - self._running[name] for name, channel in self._channels.items()}

    def under_way(self, channel: str) -> int:
        """How many calls were begun on a channel whose ends the loop has not yet settled."""
        return self._unsettled[channel]

    def slow(self) -> tuple[str, ...]:
        """The channels that keep their callers waiting, with how long the oldest call has waited."""
        now, oldest = self._clock.monotonic(), dict[str, float]()
        for channel, began in self._began.values():
            oldest[channel] = max(oldest.get(channel, 0.0), now - began)
        return tuple(
            f"channel {name}: {self._running[name]} calls under way, the oldest for {seconds:.0f} s"
            for name, seconds in sorted(oldest.items())
            if seconds > SLOW_SECONDS
        )

    def start(self, subject: str, effects: Sequence[Effect]) -> None:
        """See the port."""
        for effect in effects:
            self._running[effect.channel] += 1
            self._unsettled[effect.channel] += 1
            task = asyncio.create_task(self._call(subject, effect))
            self._began[task] = (effect.channel, self._clock.monotonic())
            task.add_done_callback(self._began.pop)

    async def hand_back(self, on_done: OnDone) -> None:
        """For ever: wait for ends, and give them to the loop in batches."""
        while True:
            ended = [await self._ended.get()]
            await asyncio.sleep(GATHER_SECONDS)
            weight = ended[0][1].effect.weight
            while weight < BATCH and not self._ended.empty():
                ended.append(self._ended.get_nowait())
                weight += ended[-1][1].effect.weight
            began = self._clock.monotonic()
            try:
                await on_done(ended)
            finally:
                for _, done in ended:
                    self._unsettled[done.effect.channel] -= 1
                    self._ended.task_done()
            if weight < BATCH:
                await asyncio.sleep(rest(self._clock.monotonic() - began))

    async def close(self) -> None:
        """Let the channels go."""
        await asyncio.gather(*(channel.close() for channel in self._channels.values()))

    async def drain(self, seconds: float) -> None:
        """Let the calls under way end, for a while, and ``hand_back`` take what ended."""
        if self._began:
            await asyncio.wait(self._began, timeout=seconds)
        await self._ended.join()

    async def _call(self, subject: str, effect: Effect) -> None:
        error, lasting = None, False
        try:
            await self._channels[effect.channel].call(effect.key, effect.payload)
        except Refused as fault:
            error, lasting = str(fault), True
        except Exception as fault:  # noqa: BLE001 - whatever a channel raises, the send did not surely happen
            error = f"{type(fault).__name__}: {fault}"
        finally:
            self._running[effect.channel] -= 1
        self._ended.put_nowait((subject, Done(effect=effect, at=self._clock.wall(), error=error, lasting=lasting)))
