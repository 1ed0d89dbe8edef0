"""Who has to be told of what in a test: the services' own policy, without the night's quiet and long storms."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from contracts.deadline import DeadlineEvent, DeadlineKind
from contracts.territory import SHANGHAI
from services.notification import policy, reading
from services.notification.plan import plan
from services.notification.row import Happened
from services.notification.rules import Rules

Told = tuple[str, str, str]
"""An event's id, who is told of it, and over which channel."""


NO_STORM: Final = 1000
"""So many messages a minute go out one by one, the most that a policy allows: no test of a few sends so many."""


def plain_policy(folder: Path, now: datetime, at_once: int | None = NO_STORM) -> Path:
    """The policy with its quiet hour half a day away and storms of a minute: nothing goes by the hour of the test.

    Without ``at_once`` digests begin where they do for the services.
    """
    away = now.astimezone(SHANGHAI) + timedelta(hours=12)
    text = policy.FILE.read_text(encoding="utf-8")
    text = re.sub(r'^from = ".*?"', f'from = "{away:%H:%M}"', text, count=1, flags=re.MULTILINE)
    text = re.sub(r'^to = ".*?"', f'to = "{away + timedelta(minutes=1):%H:%M}"', text, count=1, flags=re.MULTILINE)
    text = re.sub(r"^minutes = \d+", "minutes = 1", text, count=1, flags=re.MULTILINE)
    if at_once is not None:
        text = re.sub(r"^at_once = \d+", f"at_once = {at_once}", text, count=1, flags=re.MULTILINE)
    file = folder / "policy.toml"
    file.write_text(text, encoding="utf-8")
    return file


def told_of_assignments(clocks: Mapping[str, DeadlineEvent], file: Path) -> set[Told]:
    """Every alert that these clocks' beginnings must bring about, under the policy in the file."""
    rules = Rules(reading.load(), policy.load(file), frozenset())
    return {
        (name, each.chosen.person.staff, channel)
        for name, one in clocks.items()
        if one.kind is DeadlineKind.SCHEDULED and one.case.status.open
        for each in plan(rules, Happened.SCHEDULED, one.case, one.at)
        for channel in each.channels
    }
