"""Steps of a run that end by themselves."""

import asyncio

from deploy.local.errors import OperatorError
from deploy.local.processes import Command, end, spawn, tail


async def run_step(command: Command, deadline_s: float) -> None:
    """Run a command to its end; raises OperatorError with its last log lines if it fails or is too slow."""
    process = await spawn(command)
    try:
        code = await asyncio.wait_for(process.wait(), deadline_s)
    except TimeoutError:
        code = None
    finally:
        await end(process, 2)
    if code != 0:
        what = f"ended with {code}" if code is not None else f"was not done within {deadline_s:g} s"
        raise OperatorError(
            f"`python {' '.join(command.argv[1:])}` {what}; {command.log} ends with:\n{tail(command.log)}"
        )


async def run_visibly(command: Command) -> int:
    """Run a command with its output on this terminal; its exit code. It is ended if this task is cancelled."""
    process = await spawn(command, visible=True)
    try:
        return await process.wait()
    finally:
        await end(process, 2)
