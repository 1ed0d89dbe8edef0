"""The breaker: our own faults and many failing sources at once open it; one source, or a few bad records, never do."""

from datetime import UTC, datetime, timedelta

from services.chassis.breaker import AT_ONCE, OWN_LIMIT, OWN_WINDOW, SOURCE_FAULTS, SOURCES_LIMIT, Breaker
from services.chassis.values import Record

START = datetime(2026, 3, 2, tzinfo=UTC)


def at(offset: int, topic: str = "t", time: datetime = START) -> Record:
    return Record(topic=topic, partition=0, offset=offset, key=None, value=None, headers=(), time=time)


def bad(breaker: Breaker, count: int, *, topic: str = "t", internal: bool) -> None:
    for offset in range(count):
        breaker.bad(at(offset, topic), internal=internal)


def test_our_own_exceptions_open_it_at_their_limit() -> None:
    breaker = Breaker()
    bad(breaker, OWN_LIMIT - 1, internal=True)
    assert breaker.tripped() is None
    bad(breaker, OWN_LIMIT, internal=True)
    assert "20 exceptions of our own" in (breaker.tripped() or "")


def test_the_same_record_again_counts_once() -> None:
    breaker = Breaker()
    for _ in range(OWN_LIMIT):
        breaker.bad(at(1), internal=True)
    assert breaker.tripped() is None


def test_it_closes_when_enough_good_records_have_followed() -> None:
    breaker = Breaker()
    bad(breaker, OWN_LIMIT, internal=True)
    for offset in range(OWN_LIMIT, OWN_WINDOW + 1):
        breaker.good(at(offset), internal=True)
    assert breaker.tripped() is None


def test_one_source_however_much_rubbish_it_sends_does_not_open_it() -> None:
    breaker = Breaker()
    bad(breaker, 5000, internal=False)
    assert breaker.tripped() is None


def test_many_failing_sources_at_once_point_to_us() -> None:
    breaker = Breaker()
    for n in range(SOURCES_LIMIT - 1):
        bad(breaker, SOURCE_FAULTS, topic=f"source-{n}", internal=False)
    bad(breaker, SOURCE_FAULTS - 1, topic="another", internal=False)
    assert breaker.tripped() is None, "a source with few faults does not count"
    bad(breaker, SOURCE_FAULTS, topic="another", internal=False)
    assert "4 sources at once" in (breaker.tripped() or "")


def test_sources_whose_records_are_mostly_good_are_not_failing() -> None:
    breaker = Breaker()
    for topic in "abcdefgh":
        for offset in range(1000):
            (breaker.good if offset % 5 else breaker.bad)(at(offset, topic), internal=False)
    assert breaker.tripped() is None


def test_sources_that_failed_one_after_the_other_and_then_fell_silent_do_not_open_it() -> None:
    breaker = Breaker()
    for n in range(3 * SOURCES_LIMIT):
        for offset in range(SOURCE_FAULTS):
            breaker.bad(at(offset, f"source-{n}", START + n * AT_ONCE / (SOURCES_LIMIT - 1)), internal=False)
        assert breaker.tripped() is None
    for n in range(SOURCES_LIMIT):
        for offset in range(SOURCE_FAULTS):
            breaker.bad(at(offset, f"other-{n}", START + timedelta(days=9)), internal=False)
    assert "4 sources at once" in (breaker.tripped() or "")
