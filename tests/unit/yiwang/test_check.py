"""The checker: a healthy run is healthy to it."""

from tests.unit.yiwang.check_world import lived


async def test_a_run_in_which_everything_went_well_is_ok() -> None:
    evidence = await lived()
    verdict = evidence.verdict()

    assert [one.line() for one in verdict.offences] == []
    assert verdict.line() == (
        "check: reports=9 cases=5 repeats=2 parked=2 pending=0 breaches=4 alerts=787 "
        "lost=0 duplicated=0 unlawful=0 redelivered=0 resent=0 unknown=0"
    )
