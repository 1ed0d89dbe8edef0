"""What each hop takes for a report, part by part, in this run and in units of a fixed job: a budget that is kept."""

import asyncio
import json
import logging
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from bench.figures import Figure
from bench.hops import PARTS, Hop, measure
from bench.machine import calibration
from bench.plan import Plan
from bench.reports import made
from tests.long import say
from tests.telling import plain_policy

REPORTS: Final = 2_000
ROUNDS: Final = 3
GROWTH: Final = 1.15
"""So many times its share of the fixed job may a hop's cost be, of what is stored."""
FILE: Final = Path(__file__).parent / "results" / "budget.json"


def budget(plan: Plan) -> list[Figure]:
    """The parts of every hop, of the round in which it took least: nothing but disturbance makes a round longer."""
    hops, fixed = best(plan.seed)
    for line in lines(hops, fixed):
        say(f"  {line}")
    return [
        *(
            Figure(f"hop {name}: {part}", "µs/report", [hop.parts[part]])
            for name, hop in hops.items()
            for part in PARTS
        ),
        *(Figure(f"hop {name}", "µs/report", [hop.total]) for name, hop in hops.items()),
        Figure("hops, all", "µs/report", [sum(hop.total for hop in hops.values())]),
        Figure("fixed job", "µs", [fixed]),
    ]


def best(seed: int) -> tuple[dict[str, Hop], float]:
    """Of several rounds each hop's least cost, and the fixed job's."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        policy = str(plain_policy(Path(folder), datetime.now(UTC)))
        rounds, fixed = list[Mapping[str, Hop]](), list[float]()
        for _ in range(ROUNDS):
            fixed.append(calibration())
            rounds.append(asyncio.run(measure(list(made(seed, REPORTS)), policy)))
    hops = {name: min((each[name] for each in rounds), key=lambda hop: hop.total) for name in rounds[0]}
    return hops, min(fixed)


def lines(hops: Mapping[str, Hop], fixed: float) -> list[str]:
    """The budget as a table."""
    rows: list[tuple[str, ...]] = [("hop", *PARTS, "all", "of the fixed job", "records", "writes", "events")]
    for name, hop in hops.items():
        parts = (f"{hop.parts[part]:.0f}" for part in PARTS)
        share = f"{hop.total / fixed:.2%}"
        rows.append(
            (name, *parts, f"{hop.total:.0f}", share, f"{hop.records:.2f}", f"{hop.writes:.2f}", f"{hop.published:.2f}")
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def keep(hops: Mapping[str, Hop], fixed: float) -> None:
    """Store the hops' costs in units of the fixed job, for ``check`` to compare with."""
    FILE.parent.mkdir(exist_ok=True)
    shares = {name: round(hop.total / fixed, 5) for name, hop in hops.items()}
    FILE.write_text(json.dumps(shares, indent=1) + "\n", encoding="utf-8")


def exceeded(hops: Mapping[str, Hop], fixed: float, kept: Mapping[str, float]) -> list[str]:
    """The hops that cost more than is stored of them allows, each with by how much."""
    return [
        f"{name}: {hop.total / fixed:.2%} of the fixed job, {hop.total / fixed / kept[name] - 1:+.0%}; "
        f"allowed is {GROWTH - 1:+.0%}"
        for name, hop in hops.items()
        if hop.total / fixed > kept[name] * GROWTH
    ]


def stored() -> dict[str, float]:
    """What is stored of each hop; nothing where nothing was."""
    if not FILE.exists():
        return {}
    found: dict[str, float] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
