"""What an operator may set for intake beyond what every service has."""

from typing import Annotated

from pydantic import Field

from services.chassis.settings import Settings


class IntakeSettings(Settings):
    """How much each source may bring in, so that one that floods delays itself alone; nothing is refused or lost."""

    quota_rate: Annotated[float, Field(ge=0.1, le=10_000, description="records/s of a source, for each member")] = 20.0
    quota_burst: Annotated[int, Field(ge=1, le=1_000_000, description="records at once before the rate counts")] = 1000
