"""The demo: `python -m deploy.local.demo --seed 1 --days 21`; its own engines on free ports, ended when it is over."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

from deploy.local.documents import Documents
from deploy.local.errors import OperatorError
from deploy.local.keeper import Fleet, Program
from deploy.local.lock import sole_run
from deploy.local.place import PORTS, Place, from_environment
from deploy.local.ports import free_ports
from deploy.local.programs import engine_program, engines, services, step
from deploy.local.run import INIT_S, Run
from deploy.local.steps import run_step, run_visibly

INTERRUPTED = 130
GRACE_S = 0.5
QUICK_JAVA = "-XX:TieredStopAtLevel=1"
"""Without the second compiler, which pays only in longer runs: 5 s less of processor time."""
TIMED = {"routing": "0.5", "escalation": "0.5", "notification": "0.5"}
"""The services with timers, and every how many seconds they look for what is due when no step makes them look."""
STEPPED = {
    "YIWANG_TIMELINE": "true",
    "YIWANG_LOG_LEVEL": "WARNING",
    # Nobody waits for a free line: how many calls fit in at once would hang on the machine's speed.
    "YIWANG_WEBHOOK_CAPACITY": "1000",
    "YIWANG_MAIL_CAPACITY": "1000",
    "YIWANG_SMS_CAPACITY": "1000",
    "YIWANG_CONSOLE_CAPACITY": "1000",
}


def place(environ: Mapping[str, str]) -> Place:
    """The demo's place: the folder `demo` in the run's, free ports, and a namespace of its own on given servers."""
    given = from_environment(environ)
    folder = given.folder / "demo"
    space = {"YIWANG_NAMESPACE": f"demo-{uuid4().hex[:8]}."} if given.outside_kafka or given.outside_mongo else {}
    ports = MappingProxyType(dict(zip(PORTS, free_ports(len(PORTS)), strict=True)))
    more = {**STEPPED, "YIWANG_ROSTER": str(folder / "roster"), **space}
    return replace(given, folder=folder, ports=ports, more=more)


async def play(where: Place, arguments: Sequence[str]) -> int:
    """Start everything, run the driver on this terminal to its end, and stop everything; the driver's exit code."""
    stopped, run = asyncio.Event(), Run(where)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    driving = asyncio.create_task(_drive(run, arguments))
    wish = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({driving, wish}, return_when=asyncio.FIRST_COMPLETED)
        return await driving if driving.done() else INTERRUPTED
    finally:
        driving.cancel()
        await asyncio.gather(driving, return_exceptions=True)
        await _stop(run.fleet)


async def _drive(run: Run, arguments: Sequence[str]) -> int:
    where = run.place
    run.write_state()
    run.write_tokens_and_env()
    await run.start("engines", await asyncio.to_thread(_engines, where))
    await run_step(step(where, "prepare", "demo", "--prepare", *arguments), INIT_S)
    await run.start("services", [_ticking(program) for program in services(where)])
    return await run_visibly(step(where, "demo", "demo", "--folder", str(where.folder), *arguments))


def _engines(where: Place) -> list[Program]:
    """The engines, prepared; documents need not outlive a loss of power, as they are deleted before the next run."""
    own = [replace(each, synced=False) if isinstance(each, Documents) else each for each in engines(where)]
    for engine in own:
        engine.prepare()
    return [engine_program(where, engine) for engine in own]


async def _stop(fleet: Fleet) -> None:
    """End all at once and without ceremony: what they still hold is deleted before the next run."""
    for keeper in fleet.keepers:
        keeper.program = replace(keeper.program, grace_s=GRACE_S)
    await fleet.stop(keeper.program.name for keeper in fleet.keepers)


def _ticking(program: Program) -> Program:
    seconds = {"YIWANG_TICK_SECONDS": TIMED[program.name]} if program.name in TIMED else {}
    return replace(program, command=replace(program.command, env={**program.command.env, **seconds}))


def clear(folder: Path) -> None:
    """Nothing of an earlier run stays but the lock, which this one holds."""
    for each in folder.iterdir():
        if each.is_dir():
            shutil.rmtree(each)
        elif each.name != "lock":
            each.unlink()


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 if nothing was lost and nothing happened twice, 2 with one line for what can be put right."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.demo", description="Run the virtual banner.")
    for name in ("seed", "days", "tail", "volume"):
        parser.add_argument(f"--{name}", type=int)
    asked = vars(parser.parse_args(arguments))
    given = [word for name, value in asked.items() if value is not None for word in (f"--{name}", str(value))]
    os.environ.setdefault("JDK_JAVA_OPTIONS", QUICK_JAVA)
    try:
        where = place(os.environ)
        with sole_run(where.folder):
            clear(where.folder)
            return asyncio.run(play(where, given))
    except OperatorError as error:
        sys.stderr.write(f"{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
