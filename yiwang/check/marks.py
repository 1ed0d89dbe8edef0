"""The marks on records of the log: what stores say of them, in one byte each."""

from typing import Final

INBOX: Final = {"intake": 1, "routing": 2, "escalation": 4, "notification": 8}
"""The mark on a record that stands in the inbox of a service's document."""
REMEMBERED: Final = 16
"""The mark on an event that stands in a history."""
UNRECORDED: Final = 32
"""The mark on an event about nothing that has a document: it has no history."""
NEEDLESS: Final = {"escalation": 64, "notification": 128}
"""The mark on a record of which a service may make nothing at all, not even an entry in an inbox."""
