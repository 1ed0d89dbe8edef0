"""Examples of actions: what people ask to be done with the case of the well."""

from collections.abc import Mapping

from contracts.case import Action, CaseAction
from contracts.examples.scene import MEMBER, REPAIRED, REPORT_ID


def _action(action: Action, number: int, note: str | None = None) -> CaseAction:
    return CaseAction(
        case_id=REPORT_ID,
        action=action,
        sender="app",
        action_id=f"{MEMBER}-{number:04}",
        actor=MEMBER,
        assignment=1,
        note=note,
    )


ACCEPT = _action(Action.ACCEPT, 1)
HAND_UP = _action(Action.HAND_UP, 2, "水泵须由嘎查统一采购")
RESOLVE = _action(Action.RESOLVE, 3, REPAIRED)

ACTIONS: Mapping[str, CaseAction] = {"accept": ACCEPT, "hand-up": HAND_UP, "resolve": RESOLVE}
