"""One supervised run from start to stop: engines, init, services, feed, and the way back."""

import asyncio
import json
import os
import signal
import time
from dataclasses import dataclass, field

from deploy.local.console import say
from deploy.local.files import exports, write_private
from deploy.local.keeper import Fleet, Keeper, Program
from deploy.local.place import SERVICES, Place
from deploy.local.preflight import refuse_busy_ports, require_outside
from deploy.local.programs import engine_program, engines, services, step
from deploy.local.steps import run_step, run_visibly
from deploy.local.tokens import load_or_make, table

READY_S = 120.0
INIT_S = 60.0
FEED = ("feed", "--reports", "300")


@dataclass
class Run:
    """A run in progress: its place, its programs, and whether all of them have served."""

    place: Place
    fleet: Fleet = field(default_factory=Fleet)
    ready: bool = False

    def __post_init__(self) -> None:
        """Tell other programs of every change."""
        self.fleet.changed = self.write_state

    async def bring_up(self, *, feed: bool) -> None:
        """Start everything in order; returns when all serve and, if wanted, the reports are fed."""
        await refuse_busy_ports(self.place)
        await require_outside(self.place)
        self.write_state()
        self.write_tokens_and_env()
        await self.start_engines()
        await run_step(step(self.place, "init", "init"), INIT_S)
        say("topics and indexes are there")
        await self.start("services", services(self.place))
        self.ready = True
        self.write_state()
        if feed:
            await self.feed()
        say(where_to_look(self.place))

    async def start_engines(self) -> None:
        """Prepare and start our own engines."""
        own = await asyncio.to_thread(engines, self.place)
        for engine in own:
            await asyncio.to_thread(engine.prepare)
        await self.start("engines", [engine_program(self.place, engine) for engine in own])

    async def start(self, what: str, programs: list[Program]) -> None:
        """Start programs together, and say how long it took until they served."""
        began = time.monotonic()
        await self.fleet.add(programs, READY_S)
        names = ", ".join(program.name for program in programs) or "none of our own"
        say(f"{what} ready after {time.monotonic() - began:.1f} s: {names}")

    async def feed(self) -> None:
        """Feed reports with progress and summary on the terminal; a feed that fails leaves the run up."""
        code = await run_visibly(step(self.place, "feed", *FEED))
        if code:
            say(f"feeding ended with {code}; everything stays up, see {self.place.logs}")

    async def stop(self) -> None:
        """Services first, as they still have offsets to commit; then the engines."""
        self.ready = False
        if self.fleet.keepers:
            say("stopping")
        await self.fleet.stop([*SERVICES, "people"])
        await self.fleet.stop(["kafka", "documents"])

    def write_tokens_and_env(self) -> None:
        """`.run/env` has the addresses and the clear tokens; the services get digests only."""
        tokens = load_or_make(self.place.folder / "secrets.json")
        write_private(self.place.folder / "tokens.toml", table(tokens))
        clear = {f"YIWANG_TOKEN_{role.upper()}": token for role, token in tokens.items()}
        write_private(self.place.folder / "env", exports(self.place.env() | clear))

    def write_state(self) -> None:
        """`.run/state.json`: this process, whether all is ready, and every program's process and deaths."""
        programs = {keeper.program.name: _state(keeper) for keeper in self.fleet.keepers}
        state = {"pid": os.getpid(), "ready": self.ready, "programs": programs}
        write_private(self.place.folder / "state.json", json.dumps(state, indent=1))


def _state(keeper: Keeper) -> dict[str, int | None]:
    return {"pid": keeper.process.pid if keeper.process else None, "deaths": keeper.deaths}


async def serve(place: Place, *, feed: bool) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP; 0 after an orderly stop. Raises OperatorError if the start fails."""
    stopped, run = asyncio.Event(), Run(place)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    up = asyncio.create_task(run.bring_up(feed=feed))
    wish = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({up, wish}, return_when=asyncio.FIRST_COMPLETED)
        if up.done():
            await up
            await wish
    finally:
        up.cancel()
        await asyncio.gather(up, return_exceptions=True)
        await run.stop()
    return 0


def where_to_look(place: Place) -> str:
    """What a newcomer can open next."""
    rows = [(service, place.url(service)) for service in SERVICES]
    rows += [("Kafka", place.kafka), ("MongoDB", "as YIWANG_MONGO says" if place.outside_mongo else place.mongo)]
    rows += [("people's inbox", str(place.people)), ("logs", str(place.logs))]
    rows += [("addresses and tokens", f". {place.folder / 'env'}"), ("stop", "`make down`, or Ctrl-C where it runs")]
    return "\n".join(["where to look:", *(f"  {name:<22}{value}" for name, value in rows)])
