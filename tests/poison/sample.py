"""Records as bytes before anybody has read them, and the valid ones that poison is made from."""

import json
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from itertools import chain
from random import Random
from typing import Any
from uuid import UUID

from contracts.examples import FOLDER
from contracts.examples.scene import MEMBER, REFERENCE, REPORT_ID
from contracts.examples.scene import PATH as SCENE
from contracts.identity import event_id, name_id, report_id
from contracts.territory import Path
from contracts.topics import RELATIONS, SUBMITTED, TOPICS
from contracts.wire import Topic
from services.gis.boundaries import Boundaries
from services.gis.registers import read_members
from tests.raw import Header

SOURCE = "strangers/poison"
"""Who says in a header that he wrote it, where he may: a service's own name counts against its breaker."""

CONSUMED = tuple(
    topic
    for topic in TOPICS
    if any(reader.startswith("services/") for reader in topic.consumers) and not topic.name.startswith("replay.")
)
"""Every topic that a service reads."""

_SUBMITTED = frozenset(topic.name for topic in SUBMITTED.values())


@dataclass(frozen=True, slots=True)
class Sample:
    """Key, value and headers of one record to be sent."""

    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of it."""
        parts = chain((self.key, self.value), *((name.encode(), raw) for name, raw in self.headers))
        return sum(len(part or b"") for part in parts)


@cache
def texts(topic: Topic) -> tuple[str, ...]:
    """The committed valid examples of a topic, as JSON text."""
    folder = FOLDER / ("report.submitted.v1" if topic.name in _SUBMITTED else topic.name)
    found = tuple(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.json")))
    assert found, f"no examples in {folder}"
    return found


@cache
def _members() -> Sequence[tuple[str, Path]]:
    """Every grid member by staff number, with the path to the grid."""
    found = read_members(Boundaries.load().paths).items()
    return [(staff, path) for staff, path in found if len(path) == len(SCENE)]


def _elsewhere(text: str, staff: str, path: Path) -> str:
    """The example in another grid, with its member: what is told of all these is not all told to the same people."""
    text = text.replace(MEMBER, staff)
    for here, there in reversed(list(zip(SCENE, path, strict=True))):
        text = text.replace(f'"{here.code}"', f'"{there.code}"').replace(here.name, there.name)
    return text


def department(topic: Topic) -> str:
    """Whose topic of reports it is; empty for any other topic."""
    return next((code for code, own in SUBMITTED.items() if own.name == topic.name), "")


def named(topic: Topic, name: str) -> UUID:
    """The report or case that a sample of this name is about."""
    return report_id(department(topic), name) if topic.name in _SUBMITTED else name_id(f"poison/{topic.name}/{name}")


def name_of(seed: object) -> str:
    """What a record is named for; no bit that is flipped in it makes it another one's name."""
    return f"P-{b32encode(sha256(f'{seed}'.encode()).digest()[:10]).decode().lower()}"


def valid(topic: Topic, chance: Random, name: str) -> Sample:
    """A valid record about a report or case of its own, which follows from ``name``."""
    reference = name if topic.name in _SUBMITTED else f"{topic.name}/{name}"
    text = _owned(chance.choice(texts(topic)), topic, name).replace(REFERENCE, reference)
    body = json.loads(_elsewhere(text, *chance.choice(_members())))
    if "alert_id" in body:
        event = name_id(f"poison/told/{topic.name}/{name}")
        body |= {"event_id": str(event), "alert_id": str(event_id(event, "yiwang.alert.v1"))}
    value = json.dumps(body, ensure_ascii=False, indent=chance.choice((None, 2))).encode()
    key = name
    if topic.name not in _SUBMITTED:
        told: Any = topic.model.model_validate_json(value)
        key = told.key
    return Sample(key.encode(), value, tuple(headers(topic, name, body.get("kind"))))


def _owned(text: str, topic: Topic, name: str) -> str:
    """The example about a case of this name: that of the scene, or the other one that it is about or that hears it."""
    body = json.loads(text)
    about = str(body.get("to" if topic is RELATIONS else "case_id") or REPORT_ID)
    if about == str(REPORT_ID) or about.startswith("cell/"):
        return text.replace(str(REPORT_ID), str(named(topic, name)))
    beside = name_id(f"poison/beside/{topic.name}/{name}")
    return text.replace(about, str(named(topic, name))).replace(str(REPORT_ID), str(beside))


def headers(topic: Topic, name: str, kind: str | None) -> Sequence[Header]:
    """What a service would write beside the body; of reports and actions nothing, as people write them."""
    if not topic.internal:
        return ()
    type_ = next((each for each in topic.types if kind and f".{kind}." in each), topic.types[0])
    told = {
        "ce_specversion": "1.0",
        "ce_id": str(name_id(f"poison/event/{topic.name}/{name}")),
        "ce_type": type_,
        "ce_source": SOURCE,
        "ce_time": "2026-03-05T06:30:40Z",
        "ce_subject": str(named(topic, name)),
        "ce_subjectversion": "1",
        "ce_traceparent": f"00-{name_id(name).hex}-{name_id(name).hex[:16]}-00",
        "content-type": "application/json",
    }
    return [(header, text.encode()) for header, text in told.items()]
