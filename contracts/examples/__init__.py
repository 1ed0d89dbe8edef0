"""Examples of every event type: of what others write by hand, of what Yiwang's services write as it was recorded.

The recorded ones stand in ``contracts/generated/examples``: ``python -m tests.contract.record`` plays stories to the
services' decisions and writes down what they say. A change of them is read in the difference, like any other.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel

from contracts.examples.actions import ACTIONS
from contracts.examples.letters import DISPOSITIONS, REPLAYS
from contracts.examples.orders import ORDERS
from contracts.examples.reports import SUBMITTED
from contracts.wire import Topic

FOLDER = Path(__file__).parents[1] / "generated" / "examples"
BY_HAND: Mapping[str, Mapping[str, BaseModel]] = {
    "report.submitted.v1": SUBMITTED,
    "case.actions.v1": ACTIONS,
    "deadline.orders.v1": ORDERS,
    "replay.v1": REPLAYS,
    "dead.dispositions.v1": DISPOSITIONS,
}
"""Example values by schema, then by file name without ``.json``."""


def recorded(schema: str, folder: Path = FOLDER) -> Mapping[str, str]:
    """The text of each recorded example of a schema, by name; empty where nothing was recorded yet."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / schema).glob("*.json"))}


@cache
def examples(schema: str, topic: Topic) -> Mapping[str, BaseModel]:
    """The examples of a schema as values of its topic's model."""
    if schema in BY_HAND:
        return BY_HAND[schema]
    texts = recorded(schema)
    return MappingProxyType({name: topic.model.model_validate(json.loads(text)) for name, text in texts.items()})
