"""When a pipeline counts as quiet, on one made of values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import pytest

from tests.builders import MORNING
from yiwang.demo.quiet import NotQuiet, Offsets, Pipeline, settle

T = TypeVar("T")
HERE = ("case.events.v1", 0)


@dataclass
class Made:
    """A pipeline that is quiet but for what a test puts in; each look takes the next of what it is asked for."""

    ends: list[int] = field(default_factory=lambda: [3])
    settled: list[int] = field(default_factory=lambda: [3])
    timers: list[list[str]] = field(default_factory=lambda: [[]])
    calls: list[list[str]] = field(default_factory=lambda: [[]])
    asked: list[str] = field(default_factory=list)

    def pipeline(self) -> Pipeline:
        async def ends() -> Offsets:
            return {HERE: _next(self.ends)}

        async def settled() -> Offsets:
            self.asked.append("settled")
            return {HERE: _next(self.settled)}

        async def timers(_now: datetime) -> Sequence[str]:
            self.asked.append("timers")
            return _next(self.timers)

        async def calls() -> Sequence[str]:
            return _next(self.calls)

        return Pipeline(ends=ends, settled={"routing": settled}, timers={"escalation": timers}, calls=calls)


def _next(left: list[T]) -> T:
    return left.pop(0) if len(left) > 1 else left[0]


async def no_pause() -> None:
    """Nothing has to pass between looks at values."""


async def test_what_is_at_rest_is_quiet_at_the_first_look() -> None:
    assert await settle(Made().pipeline(), MORNING, no_pause) == 1


@pytest.mark.parametrize(
    ("made", "named"),
    [
        (Made(settled=[2]), "routing has read case.events.v1/0 to 2 of 3"),
        (Made(ends=[3, 4, 3], settled=[3]), "case.events.v1/0 grows"),
        (Made(timers=[["escalation: x is due"]]), "escalation: x is due"),
        (Made(calls=[["notification: mail"]]), "notification: mail"),
        (Made(calls=[[], ["notification: mail"]]), "notification: mail"),
    ],
    ids=["unread", "growing", "due", "calling", "called after the timers were looked at"],
)
async def test_what_is_not_quiet_is_named(made: Made, named: str) -> None:
    found, _ = await made.pipeline().stirring(MORNING)
    assert list(found) == [named]


async def test_it_is_looked_at_again_until_it_is_quiet() -> None:
    assert await settle(Made(settled=[0, 1, 2, 3]).pipeline(), MORNING, no_pause) == 4


async def test_while_something_stirs_nothing_else_is_asked_and_then_all_of_it() -> None:
    made = Made(settled=[0, 1, 3], timers=[["x is due"], ["x is due"], []])
    await settle(made.pipeline(), MORNING, no_pause)
    assert made.asked == ["settled"] * 4 + ["timers"] * 3 + ["settled", "timers"]


async def test_what_never_rests_ends_with_its_names() -> None:
    stirring = Made(timers=[[f"{number} is due" for number in range(7)]])
    with pytest.raises(NotQuiet, match=r"not quiet within 0 s: 0 is due; .*; 4 is due and 2 more"):
        await settle(stirring.pipeline(), MORNING, no_pause, seconds=0)
