"""A small disk of its own for the broker's log, which can be filled to the last byte and given back."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.rig import Rig
from tests.pipeline import eventually

MEGABYTES = 400
CHUNK = b"\0" * 65536


class NoMount(Exception):
    """This machine does not let us mount: the scenario cannot be played, and that is a failure, not a pass."""


@contextmanager
def small_disk(folder: Path, megabytes: int = MEGABYTES) -> Iterator[Path]:
    """A file system in memory at the folder, for as long as the context lasts."""
    folder.mkdir(parents=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode:
        raise NoMount(f"a full disk needs the right to mount one (root, or CAP_SYS_ADMIN): {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all space that is left; answers the file to delete."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as output:
        try:
            while output.write(CHUNK):
                pass
        except OSError:
            pass
    return ballast


async def full_disk(rig: Rig, disk: Path, away: float) -> float:
    """Fill the broker's disk until the broker dies of it, give the space back, start it again.

    Answers after how many seconds it died; the moment of return is when this returns.
    """
    clock = asyncio.get_running_loop().time
    began, ballast = clock(), await asyncio.to_thread(fill, disk)

    async def died() -> bool:
        return rig.stage.kafka.process.poll() is not None

    await eventually(died, "the broker dies of its full disk", seconds=120)
    took = clock() - began
    await asyncio.sleep(away)
    ballast.unlink()
    await rig.stage.kafka.start_again()
    return took
