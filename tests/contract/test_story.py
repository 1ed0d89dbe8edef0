"""Every example of an event is, word for word, what the services write when its story is played to them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NoReturn

import pytest

from contracts.asyncapi import schema_name
from contracts.examples import EXAMPLES
from contracts.examples.answers import AGAIN, LATER, NO_DATUM, NOT_JSON, OTHER, WHOLE
from contracts.examples.cases import ACCEPT, HAND_UP, RESOLVE
from contracts.examples.reports import EVERYTHING, SUBMITTED
from contracts.examples.scene import ABROAD, ACCEPTED, ACTED, BORDER, GRID, MIDNIGHT, RECEIVED
from contracts.generate import example_json
from contracts.topics import ALERTS, CASES, DEADLINES, TOPICS
from contracts.wire import Body, Message
from services.chassis.values import Done, Effect
from services.notification.settings import NotificationSettings
from tests.contract.story import NOWHERE, Answer, Headers, Story, services, took

WRITTEN = [topic for topic in TOPICS if topic.internal]
EXAMPLE = [
    pytest.param(schema, name, id=f"{schema}/{name}")
    for schema in dict.fromkeys(schema_name(topic) for topic in WRITTEN)
    for name in EXAMPLES[schema]
]
HEADERS: Headers = (("content-type", b"application/json"), ("trace", None))
DAY = timedelta(days=1)


def sent(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def smallest(**more: Any) -> bytes:
    return sent({**example_json(SUBMITTED["smallest"]), **more})


def at(place: tuple[float, float]) -> Mapping[str, Any]:
    return {"longitude": place[0], "latitude": place[1], "datum": "WGS-84"}


def reported(*, answer: Answer = took, settings: NotificationSettings = NOWHERE) -> Story:
    """The story up to the case: all that a report can have, but that it is not solved yet."""
    story = Story(services(settings), answer)
    fields = example_json(EVERYTHING)
    story.submit(sent({name: value for name, value in fields.items() if name != "solved_on_the_spot"}), RECEIVED)
    return story


def solved_on_the_spot() -> Story:
    story = Story()
    story.submit(sent(example_json(EVERYTHING)), RECEIVED)
    return story


def without_a_place() -> Story:
    story = Story()
    story.submit(smallest(), RECEIVED)
    return story


def outside() -> Story:
    story = Story()
    story.submit(smallest(coordinates=at(ABROAD), place_code=GRID.code), RECEIVED)
    return story


def on_a_border() -> Story:
    story = Story()
    story.submit(smallest(coordinates=at(BORDER)), RECEIVED)
    return story


def resolved() -> Story:
    """Accepted and resolved; then somebody would hand it up."""
    story = reported()
    story.ask(ACCEPT, ACCEPTED)
    story.ask(RESOLVE, ACTED)
    story.ask(HAND_UP, ACTED + timedelta(minutes=5))
    return story


def handed_up() -> Story:
    """Accepted and handed up, while the breach of the first assignment is on its way."""
    story = reported()
    story.ask(ACCEPT, ACCEPTED)
    story.ask(HAND_UP, ACTED)
    (breach, *_) = of_type(climbed().written, "yiwang.deadline.breached.v1")
    story.deliver(breach, MIDNIGHT)
    return story


def climbed() -> Story:
    """Nobody does anything until the banner is overdue."""
    story = reported()
    story.wait(MIDNIGHT + 16 * DAY)
    return story


def sent_again() -> Story:
    story = Story()
    story.submit(smallest(), RECEIVED)
    story.submit(smallest(), AGAIN)
    return story


def corrected() -> Story:
    story = Story()
    story.submit(smallest(), RECEIVED)
    story.submit(sent(example_json(SUBMITTED["correction"])), LATER)
    return story


def contradicted() -> Story:
    story = Story()
    story.submit(smallest(), RECEIVED)
    story.submit(smallest(text="1"), OTHER, offset=42)
    return story


def unreadable() -> Story:
    story = Story()
    story.submit(NO_DATUM, RECEIVED, offset=40, headers=HEADERS)
    story.submit(NOT_JSON, RECEIVED, offset=41, headers=HEADERS)
    return story


def met_by_a_defect() -> Story:
    def broken(*_: object) -> NoReturn:
        raise IndexError("tuple index out of range")

    intake, *others = services()
    story = Story((replace(intake, decide=broken), *others))
    story.submit(WHOLE, RECEIVED, offset=43, headers=HEADERS)
    return story


def refused_by_the_channel() -> Story:
    def gone(effect: Effect, at: datetime) -> Done:
        return Done(effect=effect, at=at, error="HTTP 410 Gone", lasting=True)

    return reported(answer=gone)


def cut_off() -> Story:
    """The console stands in for the webhook; the member dies in the call, and no attempt may be made twice."""
    story = reported(
        answer=lambda _effect, _at: None, settings=NOWHERE.model_copy(update={"webhook": None, "resend_unknown": False})
    )
    story.wait(RECEIVED + timedelta(minutes=1))
    return story


STORIES: Sequence[Callable[[], Story]] = (
    *(solved_on_the_spot, without_a_place, outside, on_a_border),
    *(reported, resolved, handed_up, climbed),
    *(sent_again, corrected, contradicted, unreadable, met_by_a_defect),
    *(refused_by_the_channel, cut_off),
)


@pytest.fixture(scope="module")
def played() -> Mapping[str, list[Message]]:
    return {story.__name__: story().written for story in STORIES}


def of_type(messages: Sequence[Message], wanted: str) -> Iterator[Message]:
    return (message for message in messages if message.type == wanted)


def near(part: Any) -> Any:
    """The same JSON, of which degrees may be off by 0.2 m: sines differ in their last digits between machines."""
    if isinstance(part, dict):
        return {name: near(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [near(inner) for inner in part]
    return pytest.approx(part, abs=2e-6) if isinstance(part, float) else part


@pytest.mark.parametrize(("schema", "name"), EXAMPLE)
def test_an_example_is_what_a_service_writes(schema: str, name: str, played: Mapping[str, list[Message]]) -> None:
    example = EXAMPLES[schema][name]
    assert isinstance(example, Body)
    shown = near(example_json(example))
    found = [json.loads(one.value) for written in played.values() for one in of_type(written, example.type)]
    assert any(one == shown for one in found), f"shown:\n{example_json(example)}\nwritten:\n" + "\n".join(
        map(str, found)
    )


def test_all_that_the_services_write_is_of_a_type_that_has_an_example(played: Mapping[str, list[Message]]) -> None:
    written = {message.type for messages in played.values() for message in messages}
    assert written == {name for topic in WRITTEN for name in topic.types}


def test_each_message_names_the_service_that_wrote_it(played: Mapping[str, list[Message]]) -> None:
    producers = {
        topic.name: {f"yiwang/{name.removeprefix('services/')}" for name in topic.producers} for topic in TOPICS
    }
    for message in (one for messages in played.values() for one in messages):
        assert dict(message.headers)["ce_source"].decode() in producers[message.topic]


def test_the_people_of_a_grid_are_told_once_of_a_new_case_and_by_when(played: Mapping[str, list[Message]]) -> None:
    ids = [message.id for message in of_type(played["reported"], "yiwang.deadline.scheduled.v1")]
    alerts = [json.loads(one.value) for one in played["reported"] if one.topic == ALERTS.name]
    assert len(alerts) == len({one["recipient"] for one in alerts}) == 2
    assert {one["event_id"] for one in alerts} == {str(name) for name in ids}


def test_a_case_climbs_to_the_banner_and_is_kept_there(played: Mapping[str, list[Message]]) -> None:
    told = [one.type.split(".")[2] for one in played["climbed"] if one.topic in {CASES.name, DEADLINES.name}]
    rung = ["scheduled", "warned", "breached"]
    assert told == ["opened", *rung, *(["assigned", *rung] * 3), "kept", "overdue"]
