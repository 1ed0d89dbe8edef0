"""A case lives through anything, with routing and escalation together, as the reference model has it."""

import os
from dataclasses import replace

import pytest
from hypothesis import Phase, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import run_state_machine_as_test

from contracts.case import Action, CaseEventKind
from contracts.deadline import DeadlineKind
from tests.lives import rows
from tests.lives.bugs import IN_DAYS, IN_LIVES
from tests.lives.machine import MET, Lives, LivesTogether
from tests.lives.planting import planted
from tests.seeds.bugs import Bug

NEW = int(os.environ.get("LIVES", "0"))
LIVES = settings(max_examples=NEW or 500, stateful_step_count=50, derandomize=not NEW)
"""Each time the same 500, or as many new ones as are asked for: ``LIVES=3000 pytest tests/service/test_lives.py``."""
FOUND = settings(LIVES, max_examples=1_000, phases=[Phase.generate], derandomize=True, database=None)
"""Until a bug is found, which need not be made small."""


@pytest.fixture(autouse=True)
def lives_do_not_depend_on_what_else_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis draws constants from all modules of ours that are loaded; other tests would make other lives."""
    monkeypatch.setattr(providers, "_get_local_constants", Constants)


TOGETHER = {"link", "unlink", "split", "join", "linked", "joined", "gathered", "related"}
"""What has to do with other cases."""


@pytest.mark.parametrize("machine", [Lives, LivesTogether])
def test_no_life_of_50_steps_is_unlawful_and_every_clock_is_the_models(machine: type[Lives]) -> None:
    MET.clear()
    run_state_machine_as_test(machine, settings=LIVES)
    alone = set() if machine is LivesTogether else TOGETHER
    assert {action for _, action, became in MET if became == "done"} >= {each.value for each in Action} - alone
    assert {action for _, action, became in MET if became == "refused"} == {each.value for each in Action}
    assert {kind for word, kind, _ in MET if word == "told"} >= {each.value for each in CaseEventKind} - alone
    assert {kind for word, kind, _ in MET if word == "said"} == {each.value for each in DeadlineKind}


@pytest.mark.parametrize("bug", IN_LIVES, ids=lambda bug: bug.name)
def test_a_bug_in_a_decider_is_met_by_some_life(bug: Bug) -> None:
    with planted(bug, "tests.lives.machine") as machine, pytest.raises(AssertionError):
        run_state_machine_as_test(machine.Lives, settings=FOUND)


@pytest.mark.parametrize(("met_by", "bug"), IN_DAYS, ids=lambda each: getattr(each, "name", None))
def test_a_bug_in_reckoning_with_days_is_met_by_a_property(met_by: str, bug: Bug) -> None:
    with planted(bug, "tests.unit.escalation.test_days") as days, pytest.raises(AssertionError):
        FOUND(getattr(days, f"test_{met_by}"))()


def test_without_a_bug_what_is_loaded_anew_lives_as_well() -> None:
    with planted(_none(IN_LIVES[0]), "tests.lives.machine") as machine:
        run_state_machine_as_test(machine.Lives, settings=settings(FOUND, max_examples=20))


@pytest.mark.parametrize("met_by", sorted({met_by for met_by, _ in IN_DAYS}))
def test_without_a_bug_a_property_of_days_that_is_loaded_anew_holds(met_by: str) -> None:
    with planted(_none(IN_DAYS[0][1]), "tests.unit.escalation.test_days") as days:
        settings(FOUND, max_examples=20)(getattr(days, f"test_{met_by}"))()


def _none(bug: Bug) -> Bug:
    """The edit that leaves the code as it is."""
    return replace(bug, new=bug.old)


def test_a_word_that_the_model_does_not_know_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rows.strangers() == []
    monkeypatch.setitem(rows.KNOWN, Action, rows.KNOWN[Action] - {"resume"})
    [said] = rows.strangers()
    assert said.startswith("Action 'resume' has no row in tests/lives")
    with pytest.raises(AssertionError, match="Action 'resume' has no row in tests/lives"):
        Lives()
