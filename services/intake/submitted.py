"""One revision of a report as intake has read it, and what of it goes on to other services."""

import hashlib
import json
from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime

from contracts.identity import report_cause, report_id
from contracts.report import Classification, Point, Report, Submission, Urgency
from contracts.wire import Body
from services.intake import amounts


class Submitted(Body):
    """One revision of a report as it was read; ``version`` is the revision, ``digest`` the SHA-256 of its content.

    Words are normalised, moments aware, the point in WGS-84. Contact and unknown fields stand only in ``submission``.
    """

    department: str
    submission: Submission
    digest: str
    occurred_at: AwareDatetime
    text: str
    title: str | None
    place_name: str | None
    place_code: str | None
    category: str | None
    point: Point | None
    solved: str | None
    solved_at: AwareDatetime | None
    withdrawn: str | None = None

    @property
    def type(self) -> str:
        """See ``Body``."""
        return "yiwang.report.submitted.v1"

    @property
    def subject(self) -> str:
        """The report's id, which all its revisions share."""
        return str(self.report_id)

    @property
    def key(self) -> str:
        """The source's own reference."""
        return self.reference

    @property
    def reference(self) -> str:
        """The source's own reference."""
        return self.submission.reference

    @property
    def report_id(self) -> UUID:
        """The identity that follows from department and reference."""
        return report_id(self.department, self.reference)

    @property
    def cause(self) -> UUID:
        """The cause of everything that this revision brings about."""
        return report_cause(self.department, self.reference, self.version)


def digest(submission: Submission) -> str:
    """SHA-256, in hex, of the content: blanks between fields and their order make no other report of it.

    Nor do fields that the contract gets later and that it does not have: what is not said is left out.
    """
    content = json.dumps(submission.model_dump(mode="json", exclude_none=True), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def report_of(sent: Submitted, received_at: datetime, classified: Classification | None = None) -> Report:
    """The report as later services read it: of the contact a reference alone, of unknown fields nothing.

    Money and the size of a group are what the source's fields say, else what its words do.
    """
    submission, words = sent.submission, words_of(sent)
    return Report(
        report_id=sent.report_id,
        department=sent.department,
        reference=sent.reference,
        revision=sent.version,
        occurred_at=sent.occurred_at,
        received_at=received_at,
        text=sent.text,
        title=sent.title,
        point=sent.point,
        place_name=sent.place_name,
        place_code=sent.place_code,
        category=sent.category,
        urgency=submission.urgency or Urgency.ORDINARY,
        reporter=f"reporter/{sent.report_id}" if submission.reporter else None,
        solved=sent.solved,
        solved_at=sent.solved_at,
        attachments=submission.attachments,
        classified=classified,
        people=submission.people,
        staff=submission.staff,
        about_unit=submission.about_unit,
        about_staff=submission.about_staff,
        same_as=report_id(sent.department, submission.same_as) if submission.same_as else None,
        withdrawn=sent.withdrawn,
        money=amounts.money(words) if submission.money is None else int(submission.money),
        group=amounts.group(words) if submission.group is None else submission.group,
    )


def words_of(sent: Submitted) -> str:
    """What was said of the matter, title and text, for whoever guesses its category."""
    return f"{sent.title}\n{sent.text}" if sent.title else sent.text


def extras_of(submission: Submission) -> str:
    """The fields that the contract does not know, each where it stood, as JSON text."""
    parts = {
        "coordinates": submission.coordinates,
        "reporter": submission.reporter,
        "solved_on_the_spot": submission.solved_on_the_spot,
    }
    inner = {name: part.model_extra for name, part in parts.items() if part and part.model_extra}
    return json.dumps({**(submission.model_extra or {}), **inner}, ensure_ascii=False)
