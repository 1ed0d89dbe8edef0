"""Examples of what an operator writes about a dead letter: a report without its datum is mended and replayed."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta

from contracts.deadletter import Disposition, DispositionKind, Replay
from contracts.examples.scene import RECEIVED, REFERENCE
from contracts.identity import record_cause, replay_cause
from contracts.topics import SUBMITTED

TOPIC, PARTITION, OFFSET = SUBMITTED["water"].name, 3, 317
LETTER = record_cause(TOPIC, PARTITION, OFFSET)
OPERATOR = "900017"
SEEN = RECEIVED + timedelta(minutes=30)
MENDED = (
    '{"reference": "SL-2026-000317", "occurred_at": "2026-03-05 14:30", "text": "机井水泵损坏", '
    '"coordinates": {"longitude": 107.407334, "latitude": 38.458799, "datum": "WGS-84"}}'
).encode()
FIRST = replay_cause(LETTER, 1)

REPLAYS: Mapping[str, Replay] = {
    "mended": Replay(
        id=FIRST,
        letter=LETTER,
        service="intake",
        topic=TOPIC,
        partition=PARTITION,
        offset=OFFSET,
        appended_at=RECEIVED,
        raw_headers=(("content-type", b64encode(b"application/json").decode()), ("trace", None)),
        raw_key=b64encode(REFERENCE.encode()).decode(),
        raw_value=b64encode(MENDED).decode(),
        by=OPERATOR,
        at=SEEN + timedelta(minutes=4),
    )
}


def _disposition(version: int, kind: DispositionKind, why: str, **more: object) -> Disposition:
    fields = {"raw_value": None, "replay": None, **more}
    at = SEEN + timedelta(minutes=version)
    return Disposition.model_validate(
        {"version": version, "letter": LETTER, "service": "intake", "kind": kind, "by": OPERATOR, "why": why, "at": at}
        | fields
    )


DISPOSITIONS: Mapping[str, Disposition] = {
    "revealed": _disposition(1, DispositionKind.REVEALED, "来源来电核对坐标"),
    "edited": _disposition(2, DispositionKind.EDITED, "补充坐标系", raw_value=b64encode(MENDED).decode()),
    "replayed": _disposition(3, DispositionKind.REPLAYED, "已补充，重新处理", replay=FIRST),
    "discarded": _disposition(4, DispositionKind.DISCARDED, "来源已另行报送"),
}
