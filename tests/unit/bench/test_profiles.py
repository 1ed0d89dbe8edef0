"""Samples of a profiler become shares of packages, and of our functions with all that they call."""

from bench.profiles import read

FOLDED = [
    "<module> (services/gis/app.py:29);run (services/chassis/run.py:9);dumps (pydantic/main.py:5) 6",
    "<module> (services/gis/app.py:29);run (services/chassis/run.py:12);run (services/chassis/run.py:9) 3",
    "<module> (services/gis/app.py:29);<lambda> (contracts/wire.py:1);uuid5 (uuid.py:7) 1",
]


def test_a_package_has_the_samples_that_end_in_it() -> None:
    found = read(FOLDED)
    assert found.samples == 10
    assert dict(found.packages) == {"pydantic": 6, "services": 3, "uuid": 1}


def test_a_function_has_each_sample_once_that_it_is_in_and_others_functions_are_not_listed() -> None:
    found = read(FOLDED)
    assert dict(found.functions) == {
        "<module> (services/gis/app.py)": 10,
        "run (services/chassis/run.py)": 9,
        "<lambda> (contracts/wire.py)": 1,
    }
    head, first, *_ = found.lines("gis")
    assert head == "gis: 10 samples; pydantic 60 %, services 30 %, uuid 10 %"
    assert first.split() == ["100.0", "%", "<module>", "(services/gis/app.py)"]
