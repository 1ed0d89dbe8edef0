"""What an operator may set for escalation beyond what every service has."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.chassis.settings import Settings
from services.escalation import calendar, terms


class EscalationSettings(Settings):
    """Where the tables that officials keep lie."""

    terms: Annotated[Path, Field(description="the table of how long things may take (TOML)")] = terms.FILE
    calendar: Annotated[Path, Field(description="the working calendar (TOML)")] = calendar.FILE
