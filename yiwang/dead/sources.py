"""Who sent a parked record: a department by its topic, the sender of an action, else the service that wrote it."""

import re
from collections.abc import Mapping
from typing import Final

from pydantic_core import from_json

from contracts.topics import ACTIONS, SUBMITTED
from contracts.wire import text_headers
from services.chassis.values import Record
from yiwang.dead.words import plain

DEPARTMENTS: Final[Mapping[str, str]] = {topic.name: code for code, topic in SUBMITTED.items()}
NOBODY: Final = "-"
"""Where the record says nothing, or nothing that could be a name."""
NAME: Final = re.compile(r"[a-z0-9][a-z0-9./-]{0,62}")


def source_of(record: Record) -> str:
    """The source's code, sender or service; what is no name of one is not repeated."""
    if record.topic in DEPARTMENTS:
        return DEPARTMENTS[record.topic]
    found = _sender(record.value) if record.topic == ACTIONS.name else text_headers(record.headers).get("ce_source")
    return plain(found) if isinstance(found, str) and NAME.fullmatch(found) else NOBODY


def _sender(raw: bytes | None) -> object:
    try:
        body = from_json(raw or b"", allow_partial=True)
    except ValueError:
        return None
    return body.get("sender") if isinstance(body, dict) else None
