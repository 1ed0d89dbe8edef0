"""What docs/dead-letters.md tells operators is there: each command and option, each reason and state, and no others."""

import re
from argparse import ArgumentParser, _SubParsersAction
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from contracts.deadletter import Reason
from contracts.topics import DEAD
from services.chassis.values import Record
from tests.unit.yiwang.dead_office import letter
from yiwang.dead import options
from yiwang.dead.fates import Fates, Sent
from yiwang.dead.reading import parked_of
from yiwang.dead.values import Item, Place, State

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PAGE = (Path(__file__).parents[3] / "docs" / "dead-letters.md").read_text(encoding="utf-8")


def commands() -> dict[str, ArgumentParser]:
    root = ArgumentParser()
    options.add(root)
    (found,) = (action for action in root._actions if isinstance(action, _SubParsersAction))
    return dict(found.choices)


def test_every_command_and_option_is_on_the_page_and_no_other() -> None:
    told = {text for parser in commands().values() for action in parser._actions for text in action.option_strings}
    assert set(re.findall(r"--[a-z][a-z-]*", PAGE)) == told - {"-h", "--help"}
    assert set(re.findall(r"yiwang dead ([a-z]+)", PAGE)) == set(commands())


@pytest.mark.parametrize("word", [*Reason, *State])
def test_every_reason_and_state_is_on_the_page(word: str) -> None:
    assert f"`{word}`" in PAGE


def test_what_a_replay_came_to_is_said_in_the_pages_words() -> None:
    told = letter()
    place = Place(told.topic, told.partition, told.offset)
    record = Record(topic=DEAD["intake"].name, partition=0, offset=0, key=None, value=None, headers=(), time=NOON)
    parked = parked_of(told, record)
    sent = Sent(Item(parked), UUID(int=1), place)
    said = [Fates("intake", {}, read, again).tell(sent) for read, again in (
        ({sent.replay}, {}), ({sent.replay}, {sent.replay: parked}), (set[UUID](), {}),
    )]  # fmt: skip
    words = [re.split(r" as |:", each)[0] for each in said]
    assert words == ["taken", "parked again", "not read yet"]
    assert [word for word in words if f"| `{word}" not in PAGE] == []
