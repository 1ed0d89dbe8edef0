"""Pages of a list: the one word that gives a document its place by a time and its id, and the next page's cursor."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

PLACE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/[0-9a-f-]{36}")
LAST: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for a time where there is none (yet), so that such documents come behind all others."""


def place(time: datetime, subject: object) -> str:
    """The document's place in the order by this time (aware), then by its id, a UUID.

    One word instead of two fields, so that a page begins at a plain bound, which any index serves.
    """
    return f"{stamp(time)}/{subject}"


def stamp(time: datetime) -> str:
    """The time (aware) as text that sorts as times do: UTC, milliseconds, one width."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def cursor(word: str) -> str:
    """A place in the order as an opaque word for a URL."""
    return urlsafe_b64encode(word.encode()).decode()


def _place(word: str) -> str:
    try:
        found = urlsafe_b64decode(word.encode()).decode()
    except ValueError:
        found = ""
    if not PLACE.fullmatch(found):
        raise PydanticCustomError("cursor", "the `next` of an earlier answer")
    return found


Cursor = Annotated[str, BeforeValidator(_place)]
"""A parameter that continues a list; the place behind which it goes on."""
