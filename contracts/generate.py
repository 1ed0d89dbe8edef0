"""Writes what follows from the registry: schemas, AsyncAPI, examples, and the lists of topics and categories.

``python -m contracts.generate`` brings ``contracts/generated`` up to date; with ``--check`` it changes nothing, prints
one line for each file that has drifted, and exits 1 if there is one.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel

from contracts.asyncapi import Json, document, schema_name
from contracts.categories import CATEGORIES
from contracts.examples import BY_HAND, examples, recorded
from contracts.report import Open
from contracts.topics import TOPICS
from contracts.wire import Body, Topic, schema_of, settings

FOLDER = Path(__file__).parent / "generated"


def example_json(example: BaseModel) -> Json:
    """The example as its sender writes it: a hand-written one with what was set, an event as the wire has it."""
    if isinstance(example, Open):
        return example.model_dump(mode="json", exclude_unset=True)
    return example.model_dump(mode="json", exclude_none=True)


def event_type(topic: Topic, example: BaseModel) -> str:
    """The event type of an example: an event knows it, for a hand-written one the topic does."""
    return example.type if isinstance(example, Body) else topic.types[0]


def files() -> Mapping[str, str]:
    """Every generated file: its text, by its path below ``FOLDER``."""
    return {path: json.dumps(content, ensure_ascii=False, indent=2) + "\n" for path, content in sorted(_contents())}


def drift(folder: Path) -> Mapping[str, str]:
    """What is wrong with the files in ``folder``, by path: missing, different, or belonging to nothing."""
    expected = files()
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    wrong = dict.fromkeys(found - expected.keys(), "belongs to nothing in the registry")
    wrong |= dict.fromkeys(expected.keys() - found, "is missing")
    both = expected.keys() & found
    wrong |= {path: "differs" for path in both if (folder / path).read_bytes() != expected[path].encode()}
    return dict(sorted(wrong.items()))


def write(folder: Path) -> None:
    """Bring ``folder`` up to date; files that belong to nothing are removed."""
    expected = files()
    for name in drift(folder):
        path = folder / name
        if name not in expected:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(expected[name].encode())


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Write or check; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m contracts.generate", description="writes contracts/generated")
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if a file has drifted")
    if not parser.parse_args(arguments).check:
        write(folder)
        return 0
    wrong = drift(folder)
    for path, why in wrong.items():
        sys.stdout.write(f"{folder.parent.name}/{folder.name}/{path} {why}; run python -m contracts.generate\n")
    return 1 if wrong else 0


def _contents() -> Iterator[tuple[str, Json | Sequence[Json]]]:
    yield "asyncapi.json", document(_examples_by_type())
    yield "topics.json", [_row(topic) for topic in sorted(TOPICS, key=lambda topic: topic.name)]
    yield "categories.json", [{"code": code, "zh": zh} for code, zh in CATEGORIES.items()]
    yield from {f"schemas/{schema_name(topic)}.json": schema_of(topic) for topic in TOPICS}.items()
    for schema, by_hand in BY_HAND.items():
        for name, value in by_hand.items():
            yield f"examples/{schema}/{name}.json", example_json(value)
    for schema in {schema_name(topic) for topic in TOPICS} - BY_HAND.keys():
        for name, text in recorded(schema).items():
            yield f"examples/{schema}/{name}.json", json.loads(text)


def _examples_by_type() -> Mapping[str, Mapping[str, Json]]:
    by_type: dict[str, dict[str, Json]] = {}
    for topic in TOPICS:
        for name, value in examples(schema_name(topic), topic).items():
            by_type.setdefault(event_type(topic, value), {})[name] = example_json(value)
    return by_type


def _row(topic: Topic) -> Json:
    return {
        "name": topic.name,
        "schema": f"schemas/{schema_name(topic)}.json",
        "types": topic.types,
        "producers": topic.producers,
        "consumers": topic.consumers,
        "key": topic.key,
        "partitions": topic.partitions,
        "max_bytes": topic.max_bytes,
        "settings": settings(topic),
    }


if __name__ == "__main__":
    raise SystemExit(main())
