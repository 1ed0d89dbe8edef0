"""Deterministic identities: the same cause has the same id on every machine, today and after every crash.

A cause is what happened outside or before: (department, reference, revision) for a report, (sender, action id) for an
action, (document, assignment, kind, n) for a timer. An event's id follows from its cause, its type and a discriminator.
"""

from hashlib import sha1
from uuid import UUID

NAMESPACE = UUID("c8015bf4-b4d8-5e05-9e81-8ba5cfdd51f5")
_SPACE = NAMESPACE.bytes


def name_id(name: str) -> UUID:
    """UUIDv5 of ``name`` in Yiwang's namespace; lone surrogates are hashed as they stand."""
    digest = sha1(_SPACE + name.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=5)


def report_id(department: str, reference: str) -> UUID:
    """The report's (and later its case's) id: all revisions of one reference share it."""
    return name_id(f"report/{department}/{reference}")


def report_cause(department: str, reference: str, revision: int) -> UUID:
    """The cause of everything that one revision of a report brings about."""
    return name_id(f"submission/{department}/{revision}/{reference}")


def action_cause(sender: str, case: UUID, action_id: str) -> UUID:
    """The cause of everything that one action brings about at one case; ``sender`` is a slug without a slash.

    A sender that gives one action id to several cases has acted on each of them.
    """
    return name_id(f"action/{sender}/{case}/{action_id}")


def timer_cause(document: str, assignment: int, kind: str, n: int) -> UUID:
    """The cause of what the ``n``-th timer of ``kind`` for an assignment brings about."""
    return name_id(f"timer/{document}/{assignment}/{kind}/{n}")


def record_cause(topic: str, partition: int, offset: int) -> UUID:
    """The cause of what a record brings about that names nothing itself, because nobody can read it."""
    return name_id(f"record/{topic}/{partition}/{offset}")


def replay_cause(letter: UUID, n: int) -> UUID:
    """The ``n``-th replay of a dead letter."""
    return name_id(f"replay/{letter}/{n}")


def disposition_cause(letter: UUID, by: str, n: int) -> UUID:
    """What somebody did about a dead letter as the ``n``-th thing that was done about it."""
    return name_id(f"disposition/{letter}/{by}/{n}")


def application_id(table: str, by: str, why: str, at: str) -> UUID:
    """One decision to apply a table to what runs already; ``at`` is its time in ISO 8601."""
    return name_id(f"application/{table}/{by}/{at}/{why}")


def order_cause(application: UUID, case: UUID, assignment: int) -> UUID:
    """The cause of what such a decision brings about at one assignment of a case."""
    return name_id(f"order/{application}/{case}/{assignment}")


def event_id(cause: UUID, event_type: str, discriminator: str = "") -> UUID:
    """The id of the event of ``event_type`` that ``cause`` brings about."""
    return name_id(f"{cause}/{event_type}/{discriminator}")
