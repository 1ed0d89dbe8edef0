"""``yiwang demo``: runs the virtual banner on the services that run here, and says what became of everything."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from aiohttp import ClientError
from aiokafka.errors import KafkaError

from services.chassis.mongo import Steps, client
from services.chassis.settings import Settings
from services.chassis.topics import create_topics
from services.chassis.values import Service, Unavailable
from services.gis.boundaries import Boundaries
from yiwang.check.values import End
from yiwang.demo import arrivals, handling, story, turns
from yiwang.demo.account import ENDS, Account, account
from yiwang.demo.book import Book
from yiwang.demo.broker import TOPICS
from yiwang.demo.driver import Driver
from yiwang.demo.latency import to_first_alert
from yiwang.demo.page import draw_all
from yiwang.demo.plan import START, Plan, banner, lasts
from yiwang.demo.progress import Progress
from yiwang.demo.quiet import NotQuiet
from yiwang.demo.section import Section
from yiwang.demo.servers import Servers
from yiwang.init import init

Say = Callable[[str], None]

OFFENDERS = 20
"""Of what is wrong, how much is named."""


def tell(line: str) -> None:
    """Print at once: somebody watches."""
    print(line, flush=True)


async def prepare(settings: Settings, services: Mapping[str, Service]) -> None:
    """Make topics, indexes and the first step of the banner's time: before any service starts."""
    await create_topics(settings.brokers, settings.namespace, TOPICS, replication=1)
    await init(settings, services, replication=1)
    steps = Steps(client(settings.mongo), settings.database("timeline"))
    await steps.prepare()
    await steps.step(START)


async def demo(
    settings: Settings,
    services: Mapping[str, Service],
    doors: Mapping[str, str],
    plan: Plan,
    people: Path,
    folder: Path,
    *,
    say: Say = tell,
) -> int:
    """Run the plan to its end, say what became of it, and draw it in ``folder``; 0 if nothing is lost or doubled.

    ``doors`` are the services' addresses over HTTP, ``people`` the folder with what reached people. Raises Unavailable.
    """
    boundaries, began = Boundaries.load(), time.monotonic()
    made, hall = banner(plan, boundaries)
    moments = list(plan.moments(made))
    servers = Servers(settings, services, doors)
    say(f"虚拟旗：种子 {plan.seed}，{START:%Y-%m-%d} 起报送 {plan.days} 天，其后 {plan.tail} 天只办理不报送")
    driver = Driver(servers, hall, made.reports, Progress(say, lasts(moments)))
    try:
        async with servers.connected():
            book = await driver.run(moments)
    except (NotQuiet, KafkaError, ClientError, TimeoutError) as fault:
        raise Unavailable(f"the demo was broken off: {str(fault) or type(fault).__name__}") from fault
    found = await account(settings, services, people)
    sections = summary(book, found)
    files = [f"  {file}" for file in draw_all(book, boundaries, sections, people, folder)]
    parts = (*(section.lines() for section in sections), _costs(driver, time.monotonic() - began), files)
    for line in (line for part in parts for line in part):
        say(line)
    say(found.line())
    return int(not found.balanced)


def summary(book: Book, found: Account) -> list[Section]:
    """Everything that there is to say, in order."""
    return [
        arrivals.sources(book, found),
        arrivals.located(book),
        arrivals.classified(book),
        handling.levels(book),
        handling.terms(book),
        turns.section(book),
        handling.alerts(book, to_first_alert(book, found)),
        arrivals.parked(book),
        story.section(story.neglected(book)),
        conservation(book, found),
    ]


def conservation(book: Book, found: Account) -> Section:
    """The account: what was sent is what came of it, nothing is missing and nothing happened twice."""
    counts = {end: found.count(end) for end in ENDS}
    unexpected = sum(_unlike(one.sent.expect, found.ends.get(one.position)) for one in book.delivered)
    ends = (
        f"报送 {found.sent} 条 = 成为事项 {counts[End.CASE]}",
        f"更正撤回（归入原事项）{counts[End.REVISION]}",
        f"重复 {counts[End.REPEAT]}",
        f"暂存 {counts[End.PARKED]}",
    )
    faults = (
        f"下落不明 {len(found.verdict.lost)}",
        f"重复生效 {len(found.verdict.duplicated)}",
        f"不合规则 {len(found.verdict.unlawful)}",
        f"与模拟所预期不同 {unexpected}",
        f"重发而被消费者按编号忽略的消息 {found.verdict.figures['redelivered']}",
    )
    offenders = [one.line() for one in found.offences[:OFFENDERS]]
    return Section(zh="十、守恒核对", en="conservation", remarks=[" + ".join(ends), "；".join(faults), *offenders])


def _unlike(expected: str, end: End | None) -> bool:
    return expected != ("case" if end is End.REVISION else end)


def _costs(driver: Driver, seconds: float) -> list[str]:
    looks = f"{driver.steps} 次推进时间，{driver.looks} 次查看是否静止"
    return ["", f"运行 {seconds:.1f} 秒，{looks}；图在："]
