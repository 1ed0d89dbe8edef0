"""Where the time of the running services goes: samples of who holds the interpreter, by package and by function."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.feed import Phase
from bench.figures import Figure
from bench.ground import Ground
from bench.plan import Plan
from bench.reports import made
from bench.trial import load
from bench.ways import Way, running
from tests.long import say
from tests.pipeline import SERVICES

FILE: Final = Path(__file__).parent / "results" / "profile.txt"
WARM, REPORTS, RATE = 500, 6_000, 100
SECONDS, HERTZ = 40, 100
SHOWN: Final = 20
OURS: Final = frozenset({"services", "contracts"})


@dataclass(frozen=True, slots=True)
class Profile:
    """Of all samples of one service, how many were in which package, and in or below which of our functions."""

    samples: int
    packages: Mapping[str, int]
    functions: Mapping[str, int]

    def lines(self, name: str) -> list[str]:
        """The profile as text."""
        by_package = ", ".join(f"{package} {self.share(count):.0f} %" for package, count in _most(self.packages))
        rows = [f"  {self.share(count):5.1f} %  {function}" for function, count in _most(self.functions)]
        return [f"{name}: {self.samples} samples; {by_package}", *rows, ""]

    def share(self, count: int) -> float:
        """Per cent of all samples."""
        return 100 * count / max(1, self.samples)


def read(folded: Iterable[str]) -> Profile:
    """What py-spy has sampled, in its raw form: frames from the outermost to the innermost, then how often."""
    samples, packages, functions = 0, Counter[str](), Counter[str]()
    for line in folded:
        stack, _, count = line.rpartition(" ")
        frames = [frame.rpartition(":")[0] for frame in stack.split(";")]
        samples += int(count)
        packages[_package(frames[-1])] += int(count)
        for function in {f"{frame})" for frame in frames if _package(frame) in OURS}:
            functions[function] += int(count)
    return Profile(samples, packages, functions)


def _package(frame: str) -> str:
    """The first part of the file's name that a frame such as ``publish (services/chassis/kafka.py`` is of."""
    return frame.rpartition("(")[2].partition("/")[0].removesuffix(".py")


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return Counter(counts).most_common(SHOWN)


async def profile(found: Ground, plan: Plan) -> list[Figure]:
    """All five services at once, under a load that they hold."""
    sent = list(made(plan.seed, WARM + REPORTS))
    async with running(Way.OURS, found) as pipeline:
        await load(Way.OURS, found, pipeline, sent[:WARM], [Phase(WARM)])
        files = {name: pipeline.folder / f"{name}.folded" for name in SERVICES}
        spies = [await _spy(pipeline.processes[name].pid, file) for name, file in files.items()]
        await load(Way.OURS, found, pipeline, sent[WARM:], [Phase(REPORTS, RATE)])
        await asyncio.gather(*(spy.wait() for spy in spies))
        profiles = {name: read(file.read_text(encoding="utf-8").splitlines()) for name, file in files.items()}
    lines = [line for name, one in profiles.items() for line in one.lines(name)]
    FILE.write_text("\n".join(lines), encoding="utf-8")
    say(f"  written: bench/results/{FILE.name}")
    return [
        Figure(f"{name}: in {package}", "% of samples", [one.share(count)])
        for name, one in profiles.items()
        for package, count in Counter(one.packages).most_common(5)
    ]


async def _spy(pid: int, file: Path) -> asyncio.subprocess.Process:
    program = Path(sys.executable).parent / "py-spy"
    said = ["record", "--gil", "--format", "raw", "--rate", str(HERTZ), "--duration", str(SECONDS)]
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        program, *said, "--output", str(file), "--pid", str(pid), stdout=quiet, stderr=quiet
    )
