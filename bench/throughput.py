"""How many reports a second go through, all guarantees on: ours beside the floors and the usual way, by turns."""

from bench.feed import Phase
from bench.figures import Figure
from bench.ground import Ground
from bench.plan import Plan
from bench.reports import made
from bench.trial import Run, trial
from bench.ways import Way
from tests.long import say

PEER_SHARE = 25
"""Of the reports one in so many goes the usual way: it is that much slower."""


async def throughput(found: Ground, plan: Plan) -> list[Figure]:
    """By turns, so that the machine's own changes of pace fall on all alike."""
    sent = list(made(plan.seed, plan.reports))
    runs: dict[Way, list[Run]] = {way: [] for way in Way}
    for number in range(plan.runs):
        for way in (Way.OURS, Way.FLOOR, Way.BARE, Way.PEER):
            some = sent[: len(sent) // PEER_SHARE] if way is Way.PEER else sent
            run = await trial(way, found, some, [Phase(len(some))])
            runs[way].append(run)
            say(f"  {number + 1}. {way.value:6} {run.rate:6.0f}/s  {run.alerts / run.reports:.2f} alerts a report")
    rates = {way: [run.rate for run in mine] for way, mine in runs.items()}
    return [
        *(Figure(f"rate {way}", "reports/s", found) for way, found in rates.items()),
        Figure("rate ours / floor", "", _over(rates, Way.FLOOR), least=0.6),
        Figure("rate ours / bare floor", "", _over(rates, Way.BARE)),
        Figure("rate ours / usual way", "", _over(rates, Way.PEER), least=5),
        Figure("alerts a report", "", [run.alerts / run.reports for run in runs[Way.OURS]]),
        Figure("processor python", "ms/report", [run.python for run in runs[Way.OURS]], most=0.5),
        *(
            Figure(f"processor {name}", "ms/report", [run.processor[name] for run in runs[Way.OURS]])
            for name in runs[Way.OURS][0].processor
        ),
        *(
            Figure(f"processor {way} python", "ms/report", [run.python for run in runs[way]])
            for way in (Way.FLOOR, Way.BARE, Way.PEER)
        ),
        *(
            Figure(f"memory {name} after {plan.reports}", "MiB", [run.memory[name] for run in runs[Way.OURS]], most=120)
            for name in runs[Way.OURS][0].memory
            if name not in found.pids
        ),
    ]


def _over(rates: dict[Way, list[float]], other: Way) -> list[float]:
    return [mine / theirs for mine, theirs in zip(rates[Way.OURS], rates[other], strict=True)]
