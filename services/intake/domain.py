"""Decides what a sent report is: a first or newer revision, a repeat, a late one, or a conflict."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeAlias

from pydantic import AwareDatetime

from contracts.deadletter import Reason
from contracts.problem import Problem
from contracts.report import Classification, Report, ReportNormalised
from contracts.territory import SHANGHAI
from contracts.topics import NORMALISED
from contracts.wire import Value, event
from services.chassis.values import Context, Decision, Done, Input, Outcome, Park, Record, Tick
from services.intake import told
from services.intake.categories import Categories
from services.intake.contacts import Contact, contact_of
from services.intake.submitted import Submitted, extras_of, report_of, words_of

REVISIONS_KEPT: Final = 100
"""Newest revisions whose digests are remembered; an older one that comes again counts as late."""
CONFLICTS_KEPT: Final = 100
"""Newest conflicting contents of a revision that are remembered, so that each is told once."""

Classify: TypeAlias = Callable[[str, str | None, str], Classification]
"""The category of a report, from its department, what that calls it, and its words."""
OWN_NAMES: Final[Classify] = Categories().classify


class Revision(Value):
    """One revision that came; ``told`` once its source knows of a repeat, ``conflicts`` the other contents' digests."""

    revision: int
    digest: str
    received_at: AwareDatetime
    told: bool = False
    conflicts: tuple[str, ...] = ()


class Intake(Value):
    """All revisions of one report, by number, with the newest one's report, contact and unknown fields.

    ``extras`` is JSON text that nothing reads into: it may be personal, so it never leaves this document.
    """

    version: int
    department: str
    reference: str
    revision: int
    revisions: tuple[Revision, ...]
    report: Report
    contact: Contact | None = None
    extras: str = "{}"

    def known(self, revision: int) -> Revision | None:
        """The revision of this number, if it came."""
        return next((one for one in self.revisions if one.revision == revision), None)

    def noting(self, changed: Revision) -> "Intake":
        """The next version of this state, in which ``changed`` is what is known of its revision."""
        return self.model_copy(update={"version": self.version + 1, "revisions": _with(self.revisions, changed)})


def decide(
    state: Intake | None, step: Input[Any] | Tick | Done, context: Context, classify: Classify = OWN_NAMES
) -> Decision[Intake]:
    """What becomes of one sent report; of the same content again its source is told once, however often it comes."""
    if not isinstance(step, Input):
        return Decision(outcome=Outcome.NOTHING)
    sent: Submitted = step.body
    if state is None or sent.version > state.revision:
        return _take(state, sent, step.record, context.now, classify)
    known = state.known(sent.version)
    if known is None:
        return _late(state, sent, step.record, context.now)
    if known.digest == sent.digest:
        return _repeat(state, sent, known, context.now)
    return _conflict(state, sent, known, step.record)


def _take(state: Intake | None, sent: Submitted, record: Record, now: datetime, classify: Classify) -> Decision[Intake]:
    version = state.version + 1 if state else 1
    revision = Revision(revision=sent.version, digest=sent.digest, received_at=now)
    reporter = sent.submission.reporter
    contact = contact_of(reporter, now.astimezone(SHANGHAI).date()) if reporter else None
    taken = Intake(
        version=version,
        department=sent.department,
        reference=sent.reference,
        revision=sent.version,
        revisions=_with(state.revisions if state else (), revision),
        report=report_of(sent, now, classify(sent.department, sent.category, words_of(sent))),
        contact=contact,
        extras=extras_of(sent.submission),
    )
    normalised = event(NORMALISED, ReportNormalised(version=version, report=taken.report), cause=sent.cause)
    said = told.taken(sent, state.report if state else None, contact, version, now)
    return Decision(state=taken, events=(normalised, said), keep=record.value)


def _late(state: Intake, sent: Submitted, record: Record, now: datetime) -> Decision[Intake]:
    noted = state.noting(Revision(revision=sent.version, digest=sent.digest, received_at=now, told=True))
    said = told.late(sent, state.revision, noted.version, now)
    return Decision(state=noted, events=(said,), keep=record.value)


def _repeat(state: Intake, sent: Submitted, known: Revision, now: datetime) -> Decision[Intake]:
    if known.told:
        return Decision(outcome=Outcome.NOTHING)
    noted = state.noting(known.model_copy(update={"told": True}))
    return Decision(state=noted, events=(told.repeated(sent, noted.version, now),))


def _conflict(state: Intake, sent: Submitted, known: Revision, record: Record) -> Decision[Intake]:
    problem = _other_content(state, known)
    park = Park(reason=Reason.CONFLICT, problems=(problem,))
    if sent.digest in known.conflicts:
        return Decision(park=park, outcome=Outcome.PARKED)
    conflicts = (*known.conflicts, sent.digest)[-CONFLICTS_KEPT:]
    noted = state.noting(known.model_copy(update={"conflicts": conflicts}))
    said = told.conflicting(sent, state.revision, noted.version, record, problem)
    return Decision(state=noted, events=(said,), park=park, outcome=Outcome.PARKED)


def _other_content(state: Intake, known: Revision) -> Problem:
    higher = state.revision + 1
    return Problem(
        path="revision",
        found=f"{known.revision}, known since {known.received_at.isoformat()} with other content",
        expected=f"the same content again, or a correction with revision {higher} or higher",
        expected_zh=f"应与已收到的第{known.revision}版内容相同，或以第{higher}版或更高的版本号报送更正",
    )


def _with(revisions: tuple[Revision, ...], changed: Revision) -> tuple[Revision, ...]:
    others = (one for one in revisions if one.revision != changed.revision)
    return tuple(sorted((*others, changed), key=lambda one: one.revision))[-REVISIONS_KEPT:]
