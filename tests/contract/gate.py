"""The gate between a committed schema and the working tree's: within a version there are only additions.

Who reads must read all that was written so far; who writes must write only what is read everywhere. ``jsoncompat``
decides that from the sets of documents, with two things to know. Schemas are open, so to it even a new optional field
narrows what was allowed; as nobody writes fields that do not exist, the writer's schema is closed before it is asked.
And it does not look at patterns, formats and defaults; ``facts`` does, and it sees that no field and no word is gone.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from jsoncompat import check_compat

from contracts.wire import Topic, opened

Schema: TypeAlias = Mapping[str, Any]
GIT = shutil.which("git") or "git"


class Role(StrEnum):
    """What Yiwang does with a topic that others are on the other end of; both, where nobody else is."""

    READ = "read"
    WRITE = "write"
    BOTH = "both"


class Fact(NamedTuple):
    """One thing that a schema says of a path, such as ``(".datum", "word", '"GCJ-02"')``."""

    path: str
    kind: str
    value: str


def role_of(topic: Topic) -> Role:
    """Departments and apps write: we read. Departments read: we write. Between our own services: both."""
    if not topic.internal:
        return Role.READ
    return Role.WRITE if topic.consumers == ("departments",) else Role.BOTH


def broken(old: Schema | None, new: Schema, role: Role) -> tuple[str, ...]:
    """What ``new`` breaks of ``old``, one sentence each; a schema without an old one is new and breaks nothing."""
    if old is None:
        return ()
    reads, writes = role is not Role.WRITE, role is not Role.READ
    if writes:  # vocabularies of what Yiwang writes are open, those committed as closed ones too (DESIGN, decision 21)
        old, new = opened(old), opened(new)
    found = []
    if reads and not check_compat(json.dumps(closed(old)), json.dumps(new), "deserializer"):
        found.append("not all that was written so far can still be read")
    if writes and not check_compat(json.dumps(old), json.dumps(closed(new)), "serializer"):
        found.append("not all that will be written can be read by who knows the old schema")
    return (*found, *_lost(facts(old), facts(new), reads=reads, writes=writes))


def _lost(old: frozenset[Fact], new: frozenset[Fact], *, reads: bool, writes: bool) -> Iterator[str]:
    for path, kind, value in sorted(old - new):
        if writes or kind not in {"pattern", "format"}:
            yield " ".join(filter(None, (f"{path}: the {kind}", value, "is gone")))
    for path, kind, value in sorted(new - old):
        if reads and kind in {"pattern", "format"} and Fact(path, "field", "") in old:
            yield f"{path}: the {kind} {value} is new"


def closed(schema: Schema) -> Schema:
    """The schema of what a writer writes: the fields that the schema names, and no others."""
    shut = {name: _closed(part) for name, part in schema.items()}
    return shut | {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else shut


def _closed(part: object) -> object:
    if isinstance(part, list):
        return [_closed(inner) for inner in part]
    return closed(part) if isinstance(part, dict) else part


def facts(schema: Schema) -> frozenset[Fact]:
    """All fields, words, patterns, formats and defaults of a schema, by path."""
    return frozenset(_facts(schema, schema.get("$defs", {}), "$"))


def _facts(node: Schema, definitions: Schema, path: str) -> Iterator[Fact]:
    if "$ref" in node:
        yield from _facts(definitions[node["$ref"].removeprefix("#/$defs/")], definitions, path)
    words = node.get("enum", node.get("x-words", [node["const"]] if "const" in node else []))
    for word in words:
        yield Fact(path, "word", json.dumps(word))
    for kind in ("pattern", "format", "default"):
        if kind in node:
            yield Fact(path, kind, json.dumps(node[kind]))
    for step, part in _parts(node):
        if step.startswith("."):
            yield Fact(path + step, "field", "")
        yield from _facts(part, definitions, path + step)


def _parts(node: Schema) -> Iterator[tuple[str, Schema]]:
    yield from ((f".{name}", part) for name, part in node.get("properties", {}).items())
    yield from (("", part) for union in ("anyOf", "oneOf", "allOf") for part in node.get(union, []))
    yield from ((f"[{place}]", part) for place, part in enumerate(node.get("prefixItems", [])))
    if isinstance(node.get("items"), dict):
        yield "[]", node["items"]


def committed(repository: Path, folder: str) -> Mapping[str, tuple[Schema, ...]]:
    """Every version of the schemas below ``folder`` that was ever committed, by file name, the newest first.

    All of them, not the last alone: on a clean clone the last one is the working tree's own.
    """
    if not _git(repository, "rev-list", "--all", "--max-count=1"):
        return {}
    blobs: dict[str, list[str]] = {}
    for line in _git(repository, "log", "--format=", "--raw", "--no-abbrev", "--no-renames", "--", folder).splitlines():
        fields, _, name = line.partition("\t")
        blob = fields.split()[3]
        if blob.strip("0") and blob not in blobs.setdefault(Path(name).name, []):
            blobs[Path(name).name].append(blob)
    return {
        name: tuple(json.loads(_git(repository, "cat-file", "blob", one)) for one in all_)
        for name, all_ in blobs.items()
    }


def _git(repository: Path, *arguments: str) -> str:
    command = [GIT, "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
