"""What the commands must be told: the servers, the calendar in force, and who acts."""

from typing import Annotated

from pydantic import Field

from services.escalation.settings import EscalationSettings


class TermsSettings(EscalationSettings):
    """As escalation has them, and the operator whose name is recorded."""

    operator: Annotated[str | None, Field(description="who has decided it where --by does not say so")] = None
