"""Every kind of poison for every service, on real servers: each record is processed or parked, nobody stands still."""

from pathlib import Path

import pytest

from contracts.topics import CASES, LOCATED, NORMALISED, SUBMITTED
from tests.poison.feeding import Plan
from tests.poison.kinds import kinds
from tests.poison.run import run
from tests.servers import Servers

TOPICS = (SUBMITTED["water"], NORMALISED, LOCATED, CASES)
"""One for each service, the last for two; `make poison` takes all, and thirty times as many records."""

STILL = 10.0
"""Seconds: the machine may be doing other things than this test; `make poison` holds to one."""


@pytest.mark.slow
async def test_each_record_of_poison_is_processed_or_parked_whole_and_holds_nobody_up(
    servers: Servers, tmp_path: Path
) -> None:
    one = await run(Plan(TOPICS, len(kinds()), large=30, mended=150, still=STILL), servers, tmp_path, print)
    assert one.wrong == [], "\n".join(one.wrong)
    assert sum(row.sent for row in one.rows) > len(TOPICS) * len(kinds())
    assert one.sender.refused.total() >= len(TOPICS), "what is larger than the broker takes"
