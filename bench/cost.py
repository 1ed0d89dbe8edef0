"""What processes have used, as the kernel counts it: processor time and memory."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

TICK: Final = os.sysconf("SC_CLK_TCK")
PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def processor(pids: Mapping[str, int]) -> dict[str, float]:
    """Seconds of processor time that each has used until now, with all its threads."""
    return {name: _ticks(pid) / TICK for name, pid in pids.items()}


def used(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Seconds between two looks."""
    return {name: after[name] - before[name] for name in before}


def memory(pid: int) -> int:
    """Bytes that a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
