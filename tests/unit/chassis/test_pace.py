"""How long things gather: not at all where a service is calm, never for long."""

import pytest

from services.chassis.pace import LEAST, MOST, TIMES, rest


@pytest.mark.parametrize("took", [0.0, 0.001, LEAST / TIMES / 2])
def test_after_a_quick_batch_nothing_waits(took: float) -> None:
    assert rest(took) == 0.0


@pytest.mark.parametrize("took", [0.02, 0.05, MOST / TIMES])
def test_after_a_slow_batch_things_gather_for_a_few_times_as_long(took: float) -> None:
    assert rest(took) == pytest.approx(took * TIMES)


@pytest.mark.parametrize("took", [1.0, 60.0])
def test_nothing_gathers_for_longer_than_people_would_notice(took: float) -> None:
    assert rest(took) == MOST
