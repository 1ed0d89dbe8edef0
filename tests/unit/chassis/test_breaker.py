"""The breaker: our own faults and many sources at once open it, one source never does."""

from datetime import UTC, datetime

from services.chassis.breaker import EACH, OWN_LIMIT, SOURCES_LIMIT, WINDOW, Breaker
from services.chassis.values import Record


def at(offset: int, topic: str = "t") -> Record:
    time = datetime(2026, 3, 2, tzinfo=UTC)
    return Record(topic=topic, partition=0, offset=offset, key=None, value=None, headers=(), time=time)


def note(breaker: Breaker, count: int, *, topic: str = "t", own: bool, now: float = 0) -> None:
    for offset in range(count):
        breaker.note(now, at(offset, topic), own=own)


def test_our_own_exceptions_open_it_at_their_limit() -> None:
    breaker = Breaker()
    note(breaker, OWN_LIMIT - 1, own=True)
    assert breaker.tripped(0) is None
    note(breaker, OWN_LIMIT, own=True)
    assert "20 exceptions of our own" in (breaker.tripped(0) or "")


def test_the_same_record_again_counts_once() -> None:
    breaker = Breaker()
    for _ in range(OWN_LIMIT):
        breaker.note(0, at(1), own=True)
    assert breaker.tripped(0) is None


def test_it_closes_when_the_window_has_passed() -> None:
    breaker = Breaker()
    note(breaker, OWN_LIMIT, own=True)
    assert breaker.tripped(WINDOW) is not None
    assert breaker.tripped(WINDOW + 1) is None


def test_one_source_however_much_rubbish_it_sends_does_not_open_it() -> None:
    breaker = Breaker()
    note(breaker, 5000, own=False)
    assert breaker.tripped(0) is None


def test_many_sources_at_once_point_to_us() -> None:
    breaker = Breaker()
    for n in range(SOURCES_LIMIT - 1):
        note(breaker, EACH, topic=f"source-{n}", own=False)
    note(breaker, EACH - 1, topic="another", own=False)
    assert breaker.tripped(0) is None, "a source with few faults does not count"
    note(breaker, EACH, topic="another", own=False)
    assert "4 sources at once" in (breaker.tripped(0) or "")
