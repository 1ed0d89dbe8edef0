"""When a memory counts as flat, and when it does not."""

from tests.soak.flat import Course, Sample, plot


def course(*sizes: int, every: float = 10.0) -> Course:
    return Course("routing", [Sample(n * every, size) for n, size in enumerate(sizes)])


def test_what_fills_in_the_first_five_minutes_does_not_count() -> None:
    assert course(*range(50, 80), *[100] * 90).flat


def test_a_leak_is_not_flat_however_slow() -> None:
    assert not course(*(1000 + n for n in range(120))).flat


def test_what_shrinks_is_not_flat_either() -> None:
    assert not course(*(1000 - 2 * n for n in range(120))).flat


def test_one_spike_is_no_growth() -> None:
    assert course(*[100] * 119, 500).flat


def test_too_little_to_see_is_not_called_flat() -> None:
    assert not course(*[100] * 30).flat


def test_a_plot_shows_the_course_from_nothing_up() -> None:
    assert plot([1, 2, 4]) == "▃▅█"
    assert len(plot(range(1000))) == 60
