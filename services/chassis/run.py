"""The composition of any service: ports, loop and HTTP door together, from the first line of log to a drained end."""

import asyncio
import ctypes
import gc
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import structlog
import uvicorn
import uvloop
from pydantic import ValidationError

from services.chassis.effects import Calls
from services.chassis.http import Door, Doors, Health, application, authoriser
from services.chassis.kafka import KafkaStream, Lost
from services.chassis.logs import configure
from services.chassis.loop import Loop
from services.chassis.metrics import Figure, Metrics
from services.chassis.mongo import DatabaseClock, MongoStore, Steps, client
from services.chassis.ports import Channel, Clock
from services.chassis.progress import STUCK_SECONDS, Watchdog
from services.chassis.settings import Settings
from services.chassis.timeline import SteppedClock, dated, follow
from services.chassis.tokens import BadTokens, Tokens
from services.chassis.topics import missing_topics
from services.chassis.values import Service, Unavailable

START_SECONDS = 20.0
"""How long a service waits for its servers before it exits and leaves starting again to the platform."""
SKEW_SECONDS = 1.0
"""A clock further off than this makes a member not ready."""
BREATH = 0.1
"""Between two ticks lies at least this part of a turn, however much is wanted."""
STOP_SECONDS, CALLS_SECONDS, LEAVE_SECONDS = 6.0, 4.0, 2.0
"""After a stop was asked for: how long what is under way may take to end, calls to the outside, leaving the group."""

COLLECT: tuple[int, int, int] = (10_000, 20, 20)
"""Objects before the youngest are looked through, and how many times more for the older: most die without help."""
MALLOC = {-8: 1, -3: 128 * 1024, -1: 1024 * 1024}
"""For glibc's mallopt: one heap (M_ARENA_MAX); from which size on a piece is mapped by itself (M_MMAP_THRESHOLD), and
how much may lie free at the heap's end (M_TRIM_THRESHOLD), in bytes."""
CONNECTIONS = 200
"""HTTP connections at once; each may hold a body while the broker is slow."""

log = structlog.get_logger()
SettingsT = TypeVar("SettingsT", bound=Settings)


def _no_routes(_doors: Doors) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What a service brings: itself, its routes, its ways to the outside by name, and figures of its own."""

    service: Service
    routes: Door = _no_routes
    channels: Mapping[str, Channel] = field(default_factory=dict)
    figures: Sequence[Figure] = ()


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handling: the process has one place for that."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(compose: Callable[[SettingsT], Composition], settings_type: type[SettingsT]) -> None:
    """Run a service until it is told to stop; an operator's mistake ends it with one line and exit code 2."""
    try:
        settings = settings_type()
        tokens = Tokens.load(settings.tokens)
    except ValidationError as fault:
        for error in fault.errors():
            name = "YIWANG_" + "_".join(map(str, error["loc"])).upper()
            print(f"{name}: {error['msg']}", file=sys.stderr)  # noqa: T201 - for the operator, before there is a log
        sys.exit(2)
    except BadTokens as fault:
        print(f"YIWANG_TOKENS: {fault}", file=sys.stderr)  # noqa: T201 - as above
        sys.exit(2)
    configure(settings.log_level)
    _one_heap()
    try:
        composition = compose(settings)
    except ValueError as fault:  # data that a service comes with or was given
        print(fault, file=sys.stderr)  # noqa: T201 - as above
        sys.exit(2)
    structlog.contextvars.bind_contextvars(service=composition.service.name)
    _spare_what_stays()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.exit(runner.run(Process(composition, settings, tokens).run()))


def _one_heap() -> None:
    """Have the C library give back what is free.

    It has a heap for each of the driver's threads, and lets its own threshold grow with what was freed, so that large
    documents, read and written over and over, left holes everywhere. Another C library than glibc is left as it is.
    """
    with suppress(OSError, AttributeError):
        tune = ctypes.CDLL(None).mallopt
        for option, value in MALLOC.items():
            tune(option, value)


def _spare_what_stays() -> None:
    """Take what is there by now, and stays, out of the collector's sight, which walked all of it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


class Process:
    """One member of one service."""

    def __init__(self, composition: Composition, settings: Settings, tokens: Tokens) -> None:
        """Take the service and its settings; nothing is opened yet."""
        self._composition, self._settings, self._tokens = composition, settings, tokens
        self._service = composition.service
        self._metrics = Metrics(self._service.name)
        self._stop = asyncio.Event()

    async def run(self) -> int:
        """Work until stopped; answers the exit code: 0 asked to stop, 1 could not start or must not go on."""
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, self._stop.set)
        async with AsyncExitStack() as stack:
            try:
                return await self._run(stack)
            except Unavailable as fault:
                log.error("cannot start", reason=str(fault))  # noqa: TRY400 - one line for the operator
            except Lost as fault:
                log.critical("must not go on", reason=str(fault))
        return 1

    async def _run(self, stack: AsyncExitStack) -> int:
        await self._await_servers()
        self._open()
        watchdog = Watchdog(self._loop.progress)
        watchdog.start()
        stack.callback(watchdog.stop)
        server = asyncio.create_task(self._serve())
        stack.push_async_callback(_ended, server)
        await self._stream.start(self._loop.on_records, self._loop.released)
        self._ticking = asyncio.create_task(self._tick())
        work = [self._ticking, asyncio.create_task(self._calls.hand_back(self._loop.on_done))]
        if self._steps and self._service.wake:
            work.append(asyncio.create_task(follow(self._steps, self._loop.wanted.set, self._clock)))
        log.info("started", http=f"{self._settings.http_host}:{self._settings.http_port}")
        stop = asyncio.create_task(self._stop.wait())
        ends: list[asyncio.Future[Any]] = [stop, server, self._stream.lost, *work]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        failed = not self._stop.is_set()
        self._stop.set()
        for ended in (server, *work):
            if ended.done() and not ended.cancelled() and (fault := ended.exception()):
                log.error("a part of the process has ended", exc_info=fault)
        await self._drain(work)
        if self._stream.lost.done():
            self._stream.lost.result()
        return int(failed)

    async def _await_servers(self) -> None:
        """Return once brokers with all topics and the database answer; raise if they do not."""
        motor = client(self._settings.mongo)
        self._store = MongoStore(motor, self._settings.database(self._service.name), self._service)
        self._clock, self._steps = self._time(motor)
        try:
            async with asyncio.timeout(START_SECONDS):
                await self._clock.now()
                needed = {*self._service.topics, *self._service.writes}
                missing = await missing_topics(self._settings.brokers, self._settings.namespace, list(needed))
        except TimeoutError:
            raise Unavailable(f"no answer from {self._settings.kafka} within {START_SECONDS:.0f} s") from None
        if missing:
            raise Unavailable(f"topics are missing, run 'yiwang init' first: {', '.join(missing[:3])} …")

    def _time(self, motor: Any) -> tuple[Clock, Steps | None]:
        """The clock, and the steps that it goes by: the database's and none, unless a demonstration steps the time."""
        clock = DatabaseClock(motor, self._stop)
        if not self._settings.timeline:
            return clock, None
        database = self._settings.database("timeline")
        log.warning("time is stepped: YIWANG_TIMELINE is for demonstrations, never for production", database=database)
        steps = Steps(motor, database)
        return SteppedClock(clock, steps), steps

    def _open(self) -> None:
        service, settings = self._service, self._settings
        quotas = {reader.topic.name: reader.quota for reader in service.readers if reader.quota}
        self._calls = Calls(self._composition.channels, self._clock)
        self._stream = KafkaStream(
            settings.brokers,
            namespace=settings.namespace,
            group=service.name,
            topics=service.topics,
            writes=service.writes,
            member=settings.member,
            batch=settings.batch_records,
            quotas=quotas,
            dated=dated(self._steps) if self._steps else None,
        )
        self._loop = Loop(
            service,
            stream=self._stream,
            clock=self._clock,
            metrics=self._metrics,
            store=self._store if service.state else None,
            performer=self._calls,
        )
        for figure in self._composition.figures:
            self._metrics.show(figure, self._clock.wall)
        for topic in quotas:
            self._metrics.held.labels(topic).set_function(partial(self._stream.held, topic))
        for name in self._composition.channels:
            self._metrics.under_way.labels(name).set_function(partial(self._calls.under_way, name))

    async def _tick(self) -> None:
        """At each turn a tick; one that is wanted comes sooner, after a breath."""
        turn = self._settings.tick_seconds
        while not self._stop.is_set():
            await self._loop.on_tick()
            self._metrics.ready.set(self._health().ready)
            await self._clock.sleep(turn * BREATH)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._loop.wanted.wait(), turn * (1 - BREATH))

    async def _serve(self) -> None:
        doors = Doors(
            store=self._store if self._service.state else None,
            publish=self._stream.publish,
            authorise=authoriser(self._tokens),
            settings=self._settings,
            registry=self._metrics.registry,
            now=self._clock.wall,
        )
        app = application(self._composition.routes(doors), self._health, self._metrics.registry)
        config = uvicorn.Config(
            app,
            host=self._settings.http_host,
            port=self._settings.http_port,
            log_config=None,
            access_log=False,
            http="h11",  # it bounds a request's headers, which uvicorn's other parser does not
            limit_concurrency=CONNECTIONS,
        )
        self._server = _Server(config)
        await self._server.serve()

    def _health(self) -> Health:
        skew = self._clock.skew()
        why = [
            *(["the group has not been joined yet"] if not self._stream.joined else []),
            *([f"paused: {self._loop.paused}"] if self._loop.paused else []),
            *([f"this machine's clock is {skew:+.1f} s off the database's"] if abs(skew) > SKEW_SECONDS else []),
            *(["stopping"] if self._stop.is_set() else []),
        ]
        live = self._clock.monotonic() - self._loop.progress.at < STUCK_SECONDS
        slow = (*self._loop.progress.slow(), *self._calls.slow())
        return Health(live=live, ready=not why, why=tuple(why), slow=slow)

    async def _drain(self, work: list[asyncio.Task[None]]) -> None:
        """Take no more, end the step under way, let calls end, leave the group: under ten seconds in all.

        What does not end in time is repaired after the next start, like after a crash.
        """
        log.info("draining")
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._loop.close()
                await asyncio.wait([self._ticking])
                await self._calls.drain(CALLS_SECONDS)
        except TimeoutError:
            log.warning("not all has ended", seconds=STOP_SECONDS)
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
        await self._calls.close()
        self._server.should_exit = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stream.stop(), LEAVE_SECONDS)
        log.info("stopped")


async def _ended(server: asyncio.Task[None]) -> None:
    await asyncio.wait([server], timeout=2)
    server.cancel()
