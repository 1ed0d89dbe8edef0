"""One revision of a report, as the checker knows it."""

from dataclasses import dataclass, field
from uuid import UUID

from contracts.identity import report_cause, report_id
from yiwang.check.log import Moment, Name, Ref


@dataclass(slots=True)
class Revision:
    """One revision of a report: the records that brought it and what was said of it, each distinct event counted."""

    department: str
    reference: str
    number: int
    sent: list[Ref] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    conflicts: list[tuple[Ref, Name]] = field(default_factory=list)
    received: int = 0
    repeats: int = 0
    told: Ref | None = None
    received_at: Moment | None = None
    normalised: Name | None = None
    located: Name | None = None

    def __str__(self) -> str:
        """The source's own words for it."""
        return f"{self.department} {self.reference}, revision {self.number}"

    @property
    def cause(self) -> UUID:
        """The cause of everything that it brings about."""
        return report_cause(self.department, self.reference, self.number)

    @property
    def report(self) -> UUID:
        """The report's id, and its case's."""
        return report_id(self.department, self.reference)
