"""Reads actions: a bare JSON body is enough, and its own identity tells a repeat, whoever delivers it."""

from typing import Final
from uuid import UUID

from contracts.case import CaseAction
from contracts.topics import ACTIONS
from services.chassis.readers import parse_json
from services.chassis.values import Reader, Record


def _cause(_record: Record, asked: CaseAction) -> UUID:
    return asked.cause


def _case(asked: CaseAction, _id: UUID) -> str:
    return asked.subject


ACTION_READER: Final = Reader(topic=ACTIONS, parse=parse_json(ACTIONS), identify=_cause, subject=_case)
"""Ignores headers; a body that is no action raises Invalid with each fault."""
