"""The documents that this process wrote last, as they stand in the store, so that the next input need not ask for them.

Whether another member has written one since is not known here: whoever goes by one must write it, and see that it won.
"""

from typing import Final

from pydantic import BaseModel

from contracts.wire import MIB
from services.chassis.ports import Change, Document, Inbox

ROOM: Final = 8 * MIB
"""Bytes of memory that all of them may take, about."""
MODEL: Final = 10
"""So many bytes of memory a state takes for each character of its JSON: 9 to 13 were measured."""
BARE: Final = 1000
"""Bytes of memory that a document takes beside its state and inbox."""


class Recent:
    """Documents by subject; when there is no room for all, those that were written first go first."""

    def __init__(self, room: int = ROOM) -> None:
        """Remember nothing; ``room`` are bytes."""
        self._documents: dict[str, Document] = {}
        self._room = self._free = room

    def keep(self, document: Document) -> None:
        """Remember it instead of any earlier form of it; its messages must be known to be sent."""
        self.take(document.subject)
        self._documents[document.subject] = document
        self._free -= weight(document)
        while self._free < 0:
            self.take(next(iter(self._documents)))

    def take(self, subject: str) -> Document | None:
        """Give the document away: it is forgotten until it is kept anew."""
        document = self._documents.pop(subject, None)
        if document:
            self._free += weight(document)
        return document

    def forget(self) -> None:
        """Forget all of them."""
        self._documents.clear()
        self._free = self._room


def weight(document: Document) -> int:
    """Bytes of memory that it takes, about."""
    return BARE + MODEL * len(document.state or "") + len(document.inbox.raw)


def stored(change: Change, before: Document | None, state: BaseModel | None) -> Document:
    """What the store has once the change has won, but for the outbox, which counts no more once it is sent."""
    text, known = change.state or "", before.inbox if before else Inbox()
    inbox = known if change.inbox is None else change.inbox
    kept = before.size - len((before.state or "").encode()) - len(known.raw) if before else 0
    return Document(
        subject=change.subject,
        rev=change.rev + 1,
        by=change.by,
        schema=change.schema,
        partition=change.partition,
        state=change.state,
        inbox=inbox,
        size=len(text.encode()) + len(inbox.raw) + kept + sum(map(len, change.kept.values())),
        known=state,
    )
