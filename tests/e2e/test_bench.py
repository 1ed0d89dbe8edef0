"""The measurements run: each way carries every report to its alerts, and the floor sends as much as ours."""

from pathlib import Path

from bench.feed import Phase
from bench.ground import ground
from bench.reports import made
from bench.samples import take
from bench.trial import Run, load, trial
from bench.ways import Way, running

REPORTS = 60


async def test_each_way_carries_every_report_to_its_alerts(tmp_path: Path) -> None:
    sent, runs = list(made(1, REPORTS)), dict[Way, Run]()
    async with ground(tmp_path) as found:
        async with running(Way.OURS, found) as pipeline:
            runs[Way.OURS] = await load(Way.OURS, found, pipeline, sent, [Phase(REPORTS, 50)])
            await take(found, pipeline)
        for way in (Way.FLOOR, Way.BARE, Way.PEER):
            runs[way] = await trial(way, found, sent, [Phase(REPORTS)])
    assert runs[Way.BARE].alerts == REPORTS
    assert runs[Way.PEER].alerts == runs[Way.OURS].alerts
    assert runs[Way.FLOOR].alerts == runs[Way.OURS].alerts
    for run in runs.values():
        assert len(run.waits) == REPORTS
        assert min(run.waits) > 0
        assert run.python > 0
        assert run.rate > 0
