"""Whether a loop gets on, what it waits for where it does not, and the watchdog that then ends its process.

A restart cures what nobody foresaw: a consumer that died silently, a call that never returns, an endless decision.
"""

import faulthandler
import os
import sys
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import structlog

STUCK_SECONDS = 45.0
"""Without progress for so long a loop counts as stuck."""
LOOK_SECONDS = 2.0
"""How often the watchdog looks."""
NEWEST = 32
"""Answers of each side that are remembered, to know how quick it is."""
SLOW_SECONDS = 2.0
"""A step that takes longer is slow, and says what it waits for."""

log = structlog.get_logger()


class Progress:
    """Notes what a loop does, in seconds of a monotonic clock; a step is known by its name.

    Being put off on purpose is progress, a fault of our own is none: the same fault again and again ends the process.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        """Start as a loop that has just moved."""
        self._now = now
        self.moved_at = now()
        """When a step, or a part of one, last came to its end."""
        self.read_at = now()
        """When records last came or there were none to come."""
        self._failing: dict[str, float] = {}
        self._began: dict[str, float] = {}
        self._open = Counter[str]()
        self._since: dict[str, float] = {}
        self._waited = defaultdict[str, float](float)
        self._answers = defaultdict[str, list[float]](list)
        self._newest = defaultdict[str, deque[float]](partial(deque, maxlen=NEWEST))
        self._last: tuple[float, Mapping[str, float]] | None = None

    @property
    def at(self) -> float:
        """Since when the loop stands still, if it does: the oldest of all that must go on."""
        return min(self.moved_at, self.read_at, *tuple(self._failing.values()))

    def begin(self, step: str) -> None:
        """A step begins; one with records says that they come."""
        self._began[step] = self._now()
        self._waited.clear()
        self._answers.clear()

    def read(self) -> None:
        """Records have come, or there are none to come."""
        self.read_at = self._now()

    def end(self, step: str) -> None:
        """The step came to a good end."""
        self._ended(step)
        self._failing.pop(step, None)

    def put_off(self, step: str) -> None:
        """The step waits on purpose, for something that is away: what there is to read waits with it."""
        self.end(step)
        self.read()

    def fail(self, step: str) -> None:
        """The step met a fault of our own; until it comes to a good end it counts as standing still."""
        self._ended(step)
        self._failing.setdefault(step, self._now())

    @contextmanager
    def waiting(self, on: str) -> Iterator[None]:
        """A call to the other side ``on``: every answer is a step forward, however many of them a batch needs."""
        began = self._now()
        self._since.setdefault(on, began)
        self._open[on] += 1
        try:
            yield
            self.moved_at = self._now()
            if "records" in self._began:
                self.read()
        finally:
            self._answers[on].append(self._now() - began)
            self._newest[on].append(self._now() - began)
            self._open[on] -= 1
            if not self._open[on]:
                self._waited[on] += self._now() - self._since.pop(on)

    def least(self) -> float:
        """Seconds that the step under way would have waited, had each answer been as quick as its side's quickest.

        Of the newest answers to all steps, ticks among them: theirs do not grow with what a portion holds.
        """
        return sum(
            self._waited[on] * len(seconds) * min(self._newest[on]) / (sum(seconds) or 1.0)
            for on, seconds in self._answers.items()
        )

    def slow(self) -> tuple[str, ...]:
        """What takes long, and on whose account; for people, not for decisions."""
        now, found = self._now(), list[str]()
        for on, since in self._since.items():
            if (seconds := now - max(since, self.moved_at)) > SLOW_SECONDS:
                found.append(f"waiting for the {on} for {seconds:.0f} s")
        if self._last and self._last[0] > SLOW_SECONDS:
            parts = ", ".join(f"{part:.1f} s of it for the {on}" for on, part in self._last[1].items())
            found.append(f"the newest batch took {self._last[0]:.1f} s, {parts or 'waiting for nobody'}")
        return tuple(found)

    def _ended(self, step: str) -> None:
        began = self._began.pop(step, self._now())
        self.moved_at = self._now()
        if step == "records":
            self._last = (self.moved_at - began, dict(self._waited))
            self.read()


class Watchdog:
    """A thread that looks at a loop's progress, and ends the process when there is none: it needs no event loop."""

    def __init__(self, progress: Progress, limit: float = STUCK_SECONDS) -> None:
        """Take what to look at, and how many seconds it may stand still."""
        self._progress, self._limit = progress, limit
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, name="watchdog", daemon=True)

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()

    def _look(self) -> None:
        while not self._stop.wait(min(LOOK_SECONDS, self._limit / 4)):
            still = time.monotonic() - self._progress.at
            if still > self._limit:
                log.critical("no progress, the process ends", seconds=round(still), waits=self._progress.slow())
                _end()


def _end() -> None:
    """With every thread's place on standard error, then at once: what is under way is repaired like after a crash."""
    faulthandler.dump_traceback(file=sys.stderr)
    sys.stderr.flush()
    os._exit(1)
