"""One run per folder: a lock that the kernel releases even after kill -9."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.errors import OperatorError


@contextmanager
def sole_run(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; raises OperatorError naming the process that holds it already."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(folder: Path) -> int | None:
    """The process that holds the folder's lock; None if no run is alive, 0 if it is only just starting."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return _pid(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def runs_already(pid: int) -> OperatorError:
    """The refusal of a second run."""
    return OperatorError(f"Yiwang runs here already (process {pid}): stop it with Ctrl-C there, or with `make down`")


def _take(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise runs_already(_pid(descriptor)) from error


def _pid(descriptor: int) -> int:
    return int(os.pread(descriptor, 20, 0) or b"0")
