"""The marks on records of the log: what stores say of them, in one byte each."""

from collections.abc import Mapping
from typing import Final

INBOX: Final = {"intake": 1, "routing": 2, "escalation": 4, "notification": 8}
"""The mark on a record that stands in the inbox of a service's document."""
REMEMBERED: Final = 16
"""The mark on an event that stands in a history."""
UNRECORDED: Final = 32
"""The mark on an event about nothing that has a document: it has no history."""
NEEDLESS: Final = {"escalation": 64, "notification": 128, "routing": 256}
"""The mark on a record of which a service may make nothing at all, not even an entry in an inbox."""
UNREAD: Final[Mapping[str, int]] = {
    # type of an event              who may settle it unread, whatever else the record is
    "yiwang.case.opened.v1":        NEEDLESS["notification"],
    "yiwang.deadline.warned.v1":    NEEDLESS["routing"],
    "yiwang.deadline.pressing.v1":  NEEDLESS["routing"],
    "yiwang.deadline.overdue.v1":   NEEDLESS["routing"],
}  # fmt: skip
"""Each of these has another reader, who parks what cannot be read."""
