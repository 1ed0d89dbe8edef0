"""The machine that figures come from, what ran on it, and how fast it was in this very run."""

import json
import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Final

from deploy.local.documents import PROGRAM

PACKAGES: Final = ("faststream", "aiokafka", "pydantic", "motor", "pymongo", "uvloop")
ROUNDS: Final = 9


def described() -> dict[str, str]:
    """Processor, memory, system, and the versions of what a report goes through."""
    kilobytes = int(_field("/proc/meminfo", "MemTotal").split()[0])
    return {
        "processor": f"{os.cpu_count()} x {_field('/proc/cpuinfo', 'model name')}",
        "memory": f"{kilobytes / 2**20:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_version()} ({platform.python_compiler()})",
        "documents": "the fast server" if os.environ.get(PROGRAM) else "the usual server",
        **{name: version(name) for name in PACKAGES},
    }


def calibration() -> float:
    """Microseconds of processor time that a fixed job takes now, the median of nine.

    By this does a machine differ from another one, and from itself at another hour: costs are divided by it.
    """
    return 1e6 * median(_job() for _ in range(ROUNDS))


def _job() -> float:
    began = time.process_time()
    rows = [{"number": n, "text": str(n), "square": n * n % 7} for n in range(30_000)]
    json.loads(json.dumps(rows))
    return time.process_time() - began


def _field(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        key, _, found = line.partition(":")
        if key.strip() == name:
            return found.strip()
    return "0 of a kind that is not told"
