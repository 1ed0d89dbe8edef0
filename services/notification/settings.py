"""What an operator may set for notification beyond what every service has."""

from typing import Annotated

from pydantic import Field

from services.chassis.settings import Settings

Capacity = Annotated[int, Field(ge=1, le=1000, description="calls at once, of one member")]


class NotificationSettings(Settings):
    """The ways to people; one that is not set up writes to the console instead."""

    smtp: Annotated[str | None, Field(description="host:port of the mail server", pattern=r"^[^\s:]+:\d{1,5}$")] = None
    mail_from: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] = "yiwang@yiwang.invalid"
    mail_capacity: Capacity = 64
    webhook: Annotated[
        str | None, Field(description="address that alerts are posted to", pattern=r"^https?://\S+$")
    ] = None
    webhook_capacity: Capacity = 128
    console_capacity: Capacity = 100
    resend_unknown: Annotated[
        bool, Field(description="repeat an attempt cut off by a crash though its channel cannot drop the repeat")
    ] = True
