"""What an operator may set for notification beyond what every service has."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.chassis.settings import Settings
from services.notification.policy import FILE
from services.notification.reading import DATA

Capacity = Annotated[int, Field(ge=1, le=1000, description="calls at once, of one member")]
Address = Annotated[str | None, Field(description="address that is posted to", pattern=r"^https?://\S+$")]


class NotificationSettings(Settings):
    """The ways to people; one that is not set up writes to the console instead."""

    batch_records: Annotated[int, Field(ge=1, le=10_000)] = 125
    """Fewer than elsewhere: each brings about several notices, and the largest batch decides on the memory."""
    smtp: Annotated[str | None, Field(description="host:port of the mail server", pattern=r"^[^\s:]+:\d{1,5}$")] = None
    mail_from: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")] = "yiwang@yiwang.invalid"
    mail_capacity: Capacity = 64
    webhook: Address = None
    webhook_capacity: Capacity = 128
    sms: Address = None
    sms_capacity: Capacity = 64
    console_capacity: Capacity = 100
    resend_unknown: Annotated[
        bool, Field(description="repeat an attempt cut off by a crash though its channel cannot drop the repeat")
    ] = True
    policy: Annotated[Path, Field(description="the table of who is told of what (TOML)")] = FILE
    roster: Annotated[Path, Field(description="folder with people.csv, duty.toml and leave.csv")] = DATA
