"""Which records most likely make their document: a first revision, an opening, the clock of a first assignment."""

from dataclasses import replace

import pytest

from contracts.case import CaseEventKind
from contracts.deadline import DeadlineKind
from services.escalation.domain import opens as opens_ledger
from services.intake.reading import READERS
from services.notification.watching import opens as opens_watch
from services.routing.domain import opens as opens_case
from tests import builders


@pytest.mark.parametrize("revision", [1, 2, 3])
def test_the_first_revision_of_a_report_makes_its_case(revision: int) -> None:
    assert opens_case(builders.located(builders.report(revision=revision))) == (revision == 1)


@pytest.mark.parametrize("kind", CaseEventKind)
def test_an_opening_makes_the_ledger(kind: CaseEventKind) -> None:
    assert opens_ledger(builders.case_event(kind=kind)) == (kind is CaseEventKind.OPENED)


@pytest.mark.parametrize("kind", DeadlineKind)
@pytest.mark.parametrize("assignment", [1, 2])
def test_the_clock_of_the_first_assignment_makes_the_watch(kind: DeadlineKind, assignment: int) -> None:
    first = kind is DeadlineKind.SCHEDULED and assignment == 1
    assert opens_watch(builders.deadline(kind, assignment)) == first


def test_the_first_revision_that_a_department_sends_is_not_looked_for() -> None:
    for reader in READERS:
        sent = b'{"reference": "1", "occurred_at": "2026-03-05T09:00:00+08:00", "text": "x", "revision": %d}'
        record = replace(builders.record(builders.located()), topic=reader.topic.name)
        found = [reader.opens(reader.parse(replace(record, value=sent % revision))) for revision in (1, 2)]
        assert found == [True, False]
