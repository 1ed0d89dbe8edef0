"""Where this thread's processor time goes: seconds by the name of a part, each moment counted to the innermost one."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from time import thread_time
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Stopwatch:
    """Parts may contain each other: what an inner one takes is not the outer one's."""

    def __init__(self) -> None:
        """Nothing has been timed."""
        self.seconds: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time what is done in the context."""
        self._inner.append(0.0)
        began = thread_time()
        try:
            yield
        finally:
            took = thread_time() - began
            self.seconds[name] += took - self._inner.pop()
            self._inner[-1] += took

    def timed(self, name: str, work: Callable[P, R]) -> Callable[P, R]:
        """The same function, timed as this part."""

        @wraps(work)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.part(name):
                return work(*args, **kwargs)

        return timed
