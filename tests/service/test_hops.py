"""The harness of the hops' budget goes through all that services do, and its counts are those of the real thing."""

from datetime import UTC, datetime
from pathlib import Path

from bench.hops import PARTS, measure
from bench.reports import made
from tests.pipeline import SERVICES
from tests.telling import plain_policy

REPORTS = 40


async def test_each_report_goes_through_all_hops_to_its_alerts(tmp_path: Path) -> None:
    hops = await measure(list(made(1, REPORTS)), str(plain_policy(tmp_path, datetime.now(UTC))))
    assert list(hops) == list(SERVICES)
    assert [hops[name].records for name in ("intake", "gis")] == [1, 1]
    assert (hops["intake"].published, hops["intake"].writes) == (2, 1)
    assert hops["gis"].writes == 0
    assert hops["routing"].records >= 2, "located, and when it is due"
    assert hops["escalation"].published >= 1
    assert hops["notification"].published > 2, "a notice, and an alert for each channel"
    assert all(hop.parts[part] > 0 for hop in hops.values() for part in PARTS if part != "rows")
    assert all(hops[name].parts["rows"] > 0 for name in SERVICES if name != "gis")
