"""Escalation's door: the clocks of a case for those who may see them."""

import pytest

from contracts.case import CaseEventKind
from services.escalation.app import routes
from tests.builders import CASE_ID, VILLAGE, assignment, case, case_event
from tests.unit.escalation.timebook import SERVICE
from tests.unit.routing.desk import OFFICER, OPERATOR, SOURCE, Desk

CLOCKS = f"/v1/deadlines/{CASE_ID}"


def desk() -> Desk:
    return Desk(SERVICE, lambda doors, _sleep: routes(doors))


async def test_the_clocks_of_a_case_are_shown_with_their_due_times() -> None:
    at = desk()
    await at.take(case_event(), case_event(case(2, assignment=assignment(2, VILLAGE)), CaseEventKind.ASSIGNED))
    shown = (await at.get(CLOCKS)).json()
    assert (shown["case_id"], shown["version"]) == (str(CASE_ID), 2)
    first, second = shown["clocks"]
    assert (first["unit"]["level"], first["due_at"], first["ended_how"]) == (
        "grid",
        "2026-03-05T16:00:00Z",
        "handed_up",
    )
    assert (second["unit"]["code"], second["due_at"], second["ended_at"]) == (
        VILLAGE.code,
        "2026-03-08T01:00:00Z",
        None,
    )
    assert first["light"] == "green"
    assert second["light"] in {"green", "amber", "red"}


@pytest.mark.parametrize(("token", "status"), [(OFFICER, 200), (OPERATOR, 200), (SOURCE, 403), ("nobody", 401)])
async def test_only_officers_and_operators_see_clocks(token: str, status: int) -> None:
    at = desk()
    await at.take(case_event())
    assert (await at.get(CLOCKS, token)).status_code == status


async def test_a_case_never_heard_of_has_no_clocks() -> None:
    at = desk()
    await at.take(case_event(kind=CaseEventKind.MOOT, case=None))
    assert (await at.get(CLOCKS)).status_code == 404
