"""Examples of actions: what people ask to be done with the case of the well."""

from collections.abc import Mapping
from typing import Any

from contracts.case import Action, Capacity, CaseAction, Destination, Piece
from contracts.examples.scene import DEPARTMENT, MEMBER, PATH, PICTURE, REPAIRED, REPORT_ID, SECOND_GRID, WELL
from contracts.identity import report_id
from contracts.report import Coordinates, Datum


def _action(action: Action, number: int, note: str | None = None, **more: Any) -> CaseAction:
    return CaseAction(
        case_id=REPORT_ID,
        action=action,
        sender="app",
        action_id=f"{MEMBER}-{number:04}",
        actor=MEMBER,
        assignment=1,
        note=note,
        **more,
    )


ACCEPT = _action(Action.ACCEPT, 1)
HAND_UP = _action(Action.HAND_UP, 2, "水泵须由嘎查统一采购")
RESOLVE = _action(Action.RESOLVE, 3, REPAIRED)

PROVEN = _action(
    Action.RESOLVE,
    4,
    REPAIRED,
    attachments=(PICTURE,),
    place=Coordinates(longitude=WELL[Datum.WGS84][0], latitude=WELL[Datum.WGS84][1], datum=Datum.WGS84),
)
HAND_BACK = _action(Action.HAND_BACK, 5, "机井属林场管护，不在本网格")
TRANSFER = _action(
    Action.TRANSFER,
    6,
    "机井在第2网格",
    capacity=Capacity.SUPERIOR,
    unit=PATH[2].code,
    to=tuple(Destination(code=unit.code, name=unit.name) for unit in (*PATH[:3], SECOND_GRID)),
)
EXTEND = _action(Action.EXTEND, 8, "须从旗里调配件", minutes=240)
APPROVE = _action(Action.APPROVE, 9, "同意", capacity=Capacity.SUPERIOR, unit=PATH[2].code, minutes=240)
LINK = _action(Action.LINK, 10, "同一机井", capacity=Capacity.CENTRE, other=report_id(DEPARTMENT, "SL-2026-000318"))
SPLIT = _action(
    Action.SPLIT,
    11,
    "须两处同时办理",
    pieces=(Piece(summary="更换水泵"), Piece(summary="修复道路", department="transport")),
)
REOPEN = _action(Action.REOPEN, 7, "第二天又不出水", capacity=Capacity.REPORTER)

ACTIONS: Mapping[str, CaseAction] = {
    "accept": ACCEPT,
    "hand-up": HAND_UP,
    "resolve": RESOLVE,
    "resolve-with-proof": PROVEN,
    "hand-back": HAND_BACK,
    "transfer": TRANSFER,
    "extend": EXTEND,
    "approve": APPROVE,
    "link": LINK,
    "split": SPLIT,
    "reopen": REOPEN,
}
