"""One run: poison to each topic in turn on real servers, then everything that must hold is looked at."""

from collections.abc import Sequence
from pathlib import Path

from contracts.wire import Topic
from services.chassis.values import Service
from tests.contract.story import NOWHERE
from tests.contract.story import services as composed
from tests.faults.offsets import looking
from tests.pipeline import SERVICES, Pipeline, pipeline
from tests.poison.feeding import MEMORY_MB, SETTINGS, TELLING, Plan, Run, Say, load
from tests.poison.flow import flow, heap
from tests.poison.kept import Kept
from tests.poison.mending import mendable, replay, unmended, waves
from tests.poison.sender import sender
from tests.poison.verdict import unanswered, untidy
from tests.poison.watch import memory, watching
from tests.servers import Servers
from yiwang.check.broker import Broker


async def run(plan: Plan, servers: Servers, folder: Path, say: Say) -> Run:
    """Send all of it and look at everything; ``wrong`` of the answer is what did not hold.

    First what departments and people send, of which the checker judges everything; then what strangers write to topics
    of ours, who keep to no rule but have their records parked, or processed, like everybody.
    """
    async with (
        pipeline(servers, folder, **SETTINGS) as found,
        sender(servers.brokers, found.space) as sending,
        looking(servers.brokers, found.space) as offsets,
        watching(found, offsets) as watch,
    ):
        one = Run(plan, found, sending, watch, say)
        pids = {name: found.processes[name].pid for name in SERVICES}
        for internal in (False, True):
            await stage(one, [topic for topic in plan.topics if topic.internal is internal], strict=not internal)
        memories(one, pids)
        table(one)
    return one


async def stage(one: Run, topics: Sequence[Topic], *, strict: bool) -> None:
    """Feed these topics, and look at letters, outcomes, what comes back mended, logs, and what the checker says."""
    if not topics:
        return
    for topic in topics:
        await one.feed(topic, flow(topic, one.plan.seed, one.plan.count), load(topic))
    if strict and one.plan.large:
        await one.feed(topics[0], heap(topics[0], one.plan.seed, one.plan.large), one.plan.large)
    await one.quiet()
    standing(one, topics)
    five = services(one.pipeline)
    kept, broker = Kept(one.sender.stands), Broker(one.pipeline.servers.brokers, one.pipeline.space)
    async with broker.connected():
        await kept.read(broker)
        mended = mendable(kept.letters, one.sender, {topic.name for topic in topics}, one.plan.mended)
        for wave in waves(mended):
            for at in range(0, len(wave), TELLING):
                await replay(wave[at : at + TELLING], one.sender)
                await one.read({}, TELLING)
            await one.quiet()
        one.wrong += await unmended(mended, five, broker)
    one.say(
        f"{len(mended)} of {kept.parked.total()} parked records came back mended, of {len(kept.kinds)} kinds in all"
    )
    one.wrong += kept.wrong + untidy(one.pipeline, kept.parked.total())
    async with one.watch.looking:  # beside the judging, which takes all of this process, a look would count as lost
        one.wrong += await unanswered(one.pipeline, five, one.sender.stands, strict=strict)
    one.parked = kept.parked


def standing(one: Run, topics: Sequence[Topic]) -> None:
    """No partition may have stood still for long while these were fed."""
    for row in map(one.row, topics):
        row.still = one.watch.stands.of(row.topic)[1]
        if row.still.own > one.plan.still:
            one.wrong.append(f"{row.topic}: {one.told(row.topic)}")


def memories(one: Run, pids: dict[str, int]) -> None:
    """The same processes as at first, each of a sensible size."""
    for name, pid in pids.items():
        now, most = memory(pid)
        one.say(f"{name}: {now} MB now, {most} MB at the most")
        if most > MEMORY_MB:
            one.wrong.append(f"{name} had {most} MB")
        if one.pipeline.processes[name].pid != pid:
            one.wrong.append(f"{name} was started again")


def services(found: Pipeline) -> Sequence[Service]:
    """The five as they are set up here, composed but not run."""
    return composed(NOWHERE.model_copy(update={"policy": found.policy}))


def table(one: Run) -> None:
    """A row for each topic; of the longest stand-still the seconds of the clock, and on a machine of its own."""
    one.say(
        f"{'topic':38}{'sent':>7}{'refused':>8}{'right':>7}{'still':>7}{'own':>6}{'MB':>5}  parked by reader, reason"
    )
    for row in one.rows:
        mine = {key[1:]: count for key, count in one.parked.items() if key[0] == row.topic}
        parked = ", ".join(f"{service} {count} {reason}" for (service, reason), count in sorted(mine.items()))
        counts = f"{row.sent:7}{one.sender.refused[row.topic]:8}{row.right:7}"
        one.say(f"{row.topic:38}{counts}{row.still.seconds:7.2f}{row.still.own:6.2f}{row.memory:5}  {parked}")
