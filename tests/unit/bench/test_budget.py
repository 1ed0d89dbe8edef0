"""The budget of the hops: it is kept in units of a fixed job, and a hop that grows is named."""

from dataclasses import replace

from bench.budget import GROWTH, exceeded, lines
from bench.hops import PARTS, Hop

HOP = Hop(parts=dict.fromkeys(PARTS, 20.0), records=1, writes=1, past=2, published=2)
FIXED = 25_000.0


def test_a_hop_may_cost_15_per_cent_more_of_the_fixed_job_and_no_more() -> None:
    kept = {"intake": HOP.total / FIXED, "gis": HOP.total / FIXED}
    same = {"intake": HOP, "gis": HOP}
    assert exceeded(same, FIXED, kept) == []
    dearer = replace(HOP, parts={**HOP.parts, "decide": 20 + HOP.total * (GROWTH - 1) + 0.1})
    (told,) = exceeded(same | {"gis": dearer}, FIXED, kept)
    assert told.startswith("gis: ")
    assert "+15%" in told


def test_a_machine_that_is_half_as_fast_exceeds_nothing() -> None:
    kept = {"gis": HOP.total / FIXED}
    slow = replace(HOP, parts={name: 2 * took for name, took in HOP.parts.items()})
    assert exceeded({"gis": slow}, 2 * FIXED, kept) == []
    assert exceeded({"gis": slow}, FIXED, kept) != []


def test_the_budget_says_each_part_of_each_hop() -> None:
    head, row = lines({"gis": HOP}, FIXED)
    assert head.split()[: len(PARTS) + 2] == ["hop", *PARTS, "all"]
    assert row.split()[: len(PARTS) + 3] == ["gis", *["20"] * len(PARTS), "100", "0.40%"]
