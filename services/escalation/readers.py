"""Reads orders: a bare JSON body is enough, and its own identity tells a repeat, whoever delivers it."""

from typing import Final
from uuid import UUID

from contracts.order import TermsOrder
from contracts.topics import ORDERS
from services.chassis.readers import parse_json
from services.chassis.values import Reader, Record


def _cause(_record: Record, order: TermsOrder) -> UUID:
    return order.cause


def _case(order: TermsOrder, _id: UUID) -> str:
    return order.subject


ORDER_READER: Final = Reader(topic=ORDERS, parse=parse_json(ORDERS), identify=_cause, subject=_case)
"""Ignores headers; a body that is no order raises Invalid with each fault."""
