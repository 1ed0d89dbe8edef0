"""Virtual time under asyncio: nothing is waited for, the clock jumps to the next timer; and lives, which end."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, NoReturn, TypeVar

EPOCH: Final = datetime(2026, 3, 1, 16, tzinfo=UTC)
"""What virtual seconds count from: the first moment of a Monday in the banner."""
MILLISECOND: Final = timedelta(milliseconds=1)

T = TypeVar("T")


class Standstill(Exception):
    """Nothing is left that could happen: everything waits for something else."""


class _Sleepless(selectors.SelectSelector):
    """Answers at once, and says how long it would have slept."""

    def __init__(self, slept: Callable[[float], None]) -> None:
        super().__init__()
        self._slept = slept

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """See the selector: no file is ever ready, for nothing here does real input or output."""
        if timeout is None:
            raise Standstill
        self._slept(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only by its timers; tasks belong to the life that starts them."""

    def __init__(self, start: float) -> None:
        """Begin at this second after ``EPOCH``."""
        super().__init__(_Sleepless(self._pass))
        self._seconds = start
        self.set_task_factory(_lively)

    def time(self) -> float:
        """Virtual seconds since ``EPOCH``."""
        return self._seconds

    def _pass(self, seconds: float) -> None:
        self._seconds += max(0.0, seconds)


def now() -> datetime:
    """The virtual time (aware), in whole milliseconds as servers give it."""
    seconds = asyncio.get_running_loop().time()
    return EPOCH + timedelta(milliseconds=int(seconds * 1000))


def run(main: Coroutine[Any, Any, T], start: float = 0.0) -> T:
    """What ``main`` answers, on a loop of its own that begins ``start`` seconds after ``EPOCH``."""
    with asyncio.Runner(loop_factory=partial(VirtualLoop, start)) as runner:
        return runner.run(main)


class Life:
    """One process: its tasks end together, in the middle of whatever they do, and nothing of it happens afterwards."""

    def __init__(self, name: str) -> None:
        """Take a name for the trace."""
        self.name, self.alive = name, True
        self.over = asyncio.Event()
        self.broken: BaseException | None = None
        """What one of its tasks raised, which none of them should."""
        self.met = 0
        """Defects that its decisions have met, said or not yet said."""
        self._tasks: dict[asyncio.Task[Any], None] = {}

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let this run as a part of the process; so does whatever it starts."""
        token = _LIFE.set(self)
        try:
            asyncio.get_running_loop().create_task(work)
        finally:
            _LIFE.reset(token)

    def end(self) -> None:
        """Kill it."""
        self.alive = False
        for task in list(self._tasks):
            task.cancel()
        self.over.set()

    async def die(self) -> NoReturn:
        """Kill it from within: the caller, one of its tasks, goes no further."""
        self.end()
        await asyncio.get_running_loop().create_future()
        raise AssertionError

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Count a task as one of the process."""
        self._tasks[task] = None
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        del self._tasks[task]
        if not task.cancelled() and (fault := task.exception()):
            self.broken = self.broken or fault
            self.end()


_LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


def living() -> Life | None:
    """Whose task runs now."""
    return _LIFE.get()


def _lively(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **more: Any
) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
    if life := _LIFE.get():
        life.adopt(task)
    return task
