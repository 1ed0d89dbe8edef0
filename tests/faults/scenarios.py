"""Every fault as a scenario: strike a platform under load, let it come to rest, and have it judged."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from tests.faults.clocks import backlog, wrong_clocks
from tests.faults.disk import full_disk, small_disk
from tests.faults.judge import Judgement, judge
from tests.faults.members import named_points, notes, repeated, rolling_restart, start_noting, zombies
from tests.faults.outages import KILLS, NETWORK, Outage
from tests.faults.recovery import recovery, steady
from tests.faults.rig import Rig, rig
from tests.faults.scale import Scale
from tests.faults.stage import Stage
from tests.faults.stage import stage as on
from tests.pipeline import SERVICES

Scenario = Callable[[Stage, Scale], Awaitable[list[str]]]
"""Answers what was seen, line by line; an AssertionError says what was not as promised."""
QUIET_SECONDS: Final = 300.0
MEMBERS: Final = 3
"""Of each service, in a rolling restart."""


async def judged(found: Rig) -> Judgement:
    """The verdict, once all has come to rest."""
    await found.stop_feeding()
    await found.quiet(QUIET_SECONDS)
    judgement = await judge(found)
    assert judgement.ok, "\n".join((*judgement.said, *judgement.wrong))
    return judgement


async def outage(strike: Outage, stage: Stage, scale: Scale, *, proxied: bool) -> list[str]:
    """A server goes away and comes back."""
    async with rig(stage, rate=scale.rate, seed=scale.seed, acted=scale.acted, proxied=proxied) as found:
        recovery = await strike(found, scale.away)
        judgement = await judged(found)
    assert recovery.within(scale.slack, scale.lag), f"{recovery.line()}\n{judgement.line()}"
    assert not scale.exact or recovery.rate == scale.rate, (
        f"the machine does not hold {scale.rate}/s: {recovery.line()}"
    )
    return [recovery.line(), judgement.line()]


async def points(stage: Stage, scale: Scale) -> list[str]:
    """Kill -9 of each service after poll, load, write, publish, before and after commit, and wherever else it hurts."""
    async with rig(stage, rate=scale.rate, seed=scale.seed, acted=scale.acted) as found:
        deaths = await named_points(found, scale.rounds)
        judgement = await judged(found)
    return [f"{deaths.total()} deaths at {len(deaths)} named points of five services", judgement.line()]


async def zombie(stage: Stage, scale: Scale) -> list[str]:
    """SIGSTOP for longer than the session timeout, in mid-batch; another member takes over; SIGCONT."""
    async with rig(stage, rate=scale.rate, seed=scale.seed, acted=scale.acted, members=2) as found:
        seen = await zombies(found, scale.stopped)
        judgement = await judged(found)
    return [*seen, judgement.line()]


async def rolling(stage: Stage, scale: Scale) -> list[str]:
    """Each of three members a service is stopped and started again, one after the other, under load."""
    async with rig(
        stage, rate=scale.rate, seed=scale.seed, acted=scale.acted, members=MEMBERS, start=start_noting
    ) as found:
        await rolling_restart(found)
        judgement = await judged(found)
        seen = {service: repeated(notes(found.pipeline, service).open()) for service in SERVICES}
    for service, batches in seen.items():
        most = max(batches.values(), default=0)
        assert most <= MEMBERS, f"{service}: {most} redelivered batches of one partition in {MEMBERS} restarts"
    told = ", ".join(f"{service} {batches.total()}" for service, batches in seen.items())
    return [f"{len(SERVICES) * MEMBERS} restarts; redelivered batches of all partitions: {told}", judgement.line()]


async def disk(stage: Stage, scale: Scale) -> list[str]:
    """The disk of the broker's log fills up under load; the broker dies; the space is given back."""
    with small_disk(stage.folder / "disk") as small:
        (stage.folder / "small").mkdir()
        async with (
            on(stage.folder / "small", small / "kafka") as own,
            rig(own, rate=scale.rate, seed=scale.seed, acted=scale.acted) as found,
        ):
            await steady(found)
            before = found.feeder.reports
            died = await full_disk(found, small, scale.away)
            recovered = await recovery(found, f"full disk, broker dead after {died:.0f} s, away for {scale.away:g} s")
            judgement = await judged(found)
    assert recovered.within(scale.slack, scale.lag), f"{recovered.line()}\n{judgement.line()}"
    return [recovered.line(), f"{before} acknowledged before, all of them there", judgement.line()]


async def clocks(stage: Stage, scale: Scale) -> list[str]:
    """One member of each service has a wrong clock: five minutes off, or jumping by a day while it runs."""
    async with rig(stage, rate=scale.rate, seed=scale.seed, acted=scale.acted, members=2) as found:
        seen = await wrong_clocks(found, faketime=scale.faketime)
        judgement = await judged(found)
    assert judgement.figures["breaches"] == 0, "a breach, though no case is older than this run"
    return [*seen, judgement.line()]


async def hour(stage: Stage, scale: Scale) -> list[str]:
    """An hour's backlog of timely work before escalation starts."""
    async with rig(stage, rate=0, seed=scale.seed, settings={"YIWANG_TIMELINE": "true"}) as found:
        return await backlog(found, scale.rounds * 10)


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "named-points": points,
    **{name: partial(outage, strike, proxied=False) for name, strike in KILLS.items()},
    **{name: partial(outage, strike, proxied=True) for name, strike in NETWORK.items()},
    "zombie": zombie,
    "rolling-restart": rolling,
    "full-disk": disk,
    "clocks": clocks,
    "backlog": hour,
}
