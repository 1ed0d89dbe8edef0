"""What the commands must be told: the brokers, and who acts; they need no documents."""

from typing import Annotated

from pydantic import Field

from services.chassis.settings import Settings


class DeadSettings(Settings):
    """Kafka, the namespace, and the operator whose name is recorded."""

    mongo: str = ""
    operator: Annotated[str | None, Field(description="who acts where --by does not say it")] = None
