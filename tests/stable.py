"""A stable of warm interpreters: a member starts as a fork of a process that has imported everything and done nothing.

Importing costs 1.5 s of processor time a start, which is most of it. What is forked has opened nothing and composed
nothing: a member still composes, connects, works and dies as a process of its own.
"""

import ctypes
import json
import os
import runpy
import signal
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from deploy.local.processes import bound

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
WARM: Final = ("yiwang.services", "tests.faults.dying")
LOOK_SECONDS: Final = 0.01


class Running(Protocol):
    """What is needed of ``subprocess.Popen``."""

    pid: int
    returncode: int | None

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def kill(self) -> None: ...

    def send_signal(self, sig: int) -> None: ...


@dataclass(slots=True)
class Fork:
    """A member that was forked, and then became this process's own child."""

    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, found = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(found) if pid else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        limit = time.monotonic() + (3600 if timeout is None else timeout)
        while (code := self.poll()) is None:
            if time.monotonic() > limit:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            time.sleep(LOOK_SECONDS)
        return code

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)


class Stable:
    """The harness's end: ``start`` is ``python -m module arguments`` without the imports."""

    def __init__(self, root: Path, log: Path) -> None:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
        argv = bound([sys.executable, "-m", "tests.stable", str(os.getpid())])
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                argv, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output
            )

    def start(self, module: str, arguments: Sequence[str], env: Mapping[str, str], log: Path) -> Fork:
        order = {"module": module, "arguments": list(arguments), "env": dict(env), "log": str(log)}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()
        return Fork(int(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def serve(keeper: int) -> None:
    """Fork a member for each order; it becomes a child of ``keeper``, and ends with it."""
    for name in WARM:
        __import__(name)
    told, tell = os.pipe()
    for line in sys.stdin:
        between = os.fork()
        if between == 0:
            member = os.fork()
            if member == 0:
                become(keeper, **json.loads(line))
            os.write(tell, member.to_bytes(8))
            os._exit(0)
        member = int.from_bytes(os.read(told, 8))
        os.waitpid(between, 0)  # from now on the member is its keeper's child
        os.write(1, f"{member}\n".encode())


def become(keeper: int, module: str, arguments: Sequence[str], env: Mapping[str, str], log: str) -> None:
    """Be the member, and nothing afterwards."""
    while os.getppid() != keeper:
        time.sleep(0.001)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    output, nothing = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644), os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = [module, *arguments]
    warnings.simplefilter("ignore", RuntimeWarning)  # runpy warns that the module was imported before
    code: object = 1
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - as an interpreter does with what nobody caught
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
