"""Within a version of a topic there are only additions, and the gate that holds this bites."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from jsoncompat import check_compat
from pydantic import Field, create_model

from contracts.asyncapi import schema_name
from contracts.case import Action
from contracts.generate import FOLDER
from contracts.topics import ACTIONS, CASES, DEAD, OUTCOMES, SUBMITTED, TOPICS
from contracts.wire import Topic, Value, schema_of
from tests.contract.gate import GIT, Role, Schema, broken, closed, committed, role_of

REPOSITORY = FOLDER.parents[1]
SCHEMAS = f"{FOLDER.relative_to(REPOSITORY).as_posix()}/schemas"
BY_SCHEMA = {schema_name(topic): topic for topic in TOPICS}

FIELDS: Mapping[str, Any] = {
    "reference": (str, ...),
    "kind": (Literal["a", "b"], ...),
    "note": (str | None, None),
    "place": (Annotated[str, Field(max_length=9)], "here"),
    "code": (Annotated[str, Field(pattern="^1")], "1"),
    "count": (int, 1),
}
R, W, B = Role.READ, Role.WRITE, Role.BOTH
NOBODY, EVERYBODY = set[Role](), {R, W, B}

# what changes                        the fields that change                             who may do it
CHANGES: tuple[tuple[str, Mapping[str, Any], set[Role]], ...] = (
    ("nothing",                       {},                                                EVERYBODY),
    ("a description is added",        {"count": (Annotated[int, Field(description="n")], 1)}, EVERYBODY),
    ("an optional field is added",    {"new": (str | None, None)},                       EVERYBODY),
    ("a field with a default added",  {"new": (int, 7)},                                 EVERYBODY),
    ("a required field is added",     {"new": (str, ...)},                               {W}),
    ("an optional field is removed",  {"note": None},                                    NOBODY),
    ("a required field is removed",   {"reference": None},                               NOBODY),
    ("optional becomes required",     {"count": (int, ...)},                             NOBODY),
    ("required becomes optional",     {"reference": (str, "")},                          {R}),
    ("an enum is narrowed",           {"kind": (Literal["a"], ...)},                     NOBODY),
    ("an enum is widened",            {"kind": (Literal["a", "b", "c"], ...)},           EVERYBODY),
    ("a type changes",                {"count": (str, "1")},                             NOBODY),
    ("a type is widened",             {"count": (float, 1)},                             {R}),
    ("null is no longer allowed",     {"note": (str, ...)},                              NOBODY),
    ("a text may be longer",          {"place": (Annotated[str, Field(max_length=10)], "here")}, {R}),
    ("a text must be shorter",        {"place": (Annotated[str, Field(max_length=8)], "here")},  {W}),
    ("a pattern is added",            {"reference": (Annotated[str, Field(pattern="^a")], ...)}, {W}),
    ("a pattern is removed",          {"code": (str, "1")},                              {R}),
    ("a pattern changes",             {"code": (Annotated[str, Field(pattern="^[12]")], "1")},   NOBODY),
    ("a format is added",             {"reference": (UUID, ...)},                        {W}),
    ("a default changes",             {"count": (int, 2)},                               NOBODY),
)  # fmt: skip

# What jsoncompat lets through, whatever the role, although a reader or a reader's meaning breaks: why there are facts.
UNSEEN = ("a pattern is added", "a pattern changes", "a format is added", "a default changes")


def thing(changes: Mapping[str, Any]) -> Schema:
    fields = {name: field for name, field in ({**FIELDS, **changes}).items() if field}
    return create_model("Thing", __base__=Value, **fields).model_json_schema()


@pytest.fixture(scope="module")
def past() -> Mapping[str, tuple[Schema, ...]]:
    return committed(REPOSITORY, SCHEMAS)


@pytest.mark.parametrize("name", BY_SCHEMA)
def test_a_schema_breaks_nothing_of_any_that_was_committed(name: str, past: Mapping[str, tuple[Schema, ...]]) -> None:
    new = json.loads((FOLDER / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    role = role_of(BY_SCHEMA[name])
    assert [said for old in past.get(f"{name}.json", ()) for said in broken(old, new, role)] == []


def test_a_committed_schema_does_not_vanish(past: Mapping[str, tuple[Schema, ...]]) -> None:
    assert set(past) <= {f"{name}.json" for name in BY_SCHEMA}


def test_a_code_of_a_category_does_not_vanish() -> None:
    name = "categories.json"
    now = {row["code"] for row in json.loads((FOLDER / name).read_bytes())}
    past: Any = committed(REPOSITORY, f"{FOLDER.relative_to(REPOSITORY).as_posix()}/{name}").get(name, ())
    for rows in past:
        assert {row["code"] for row in rows} <= now


def test_a_schema_without_a_committed_one_is_new_and_breaks_nothing() -> None:
    assert broken(None, thing({}), Role.BOTH) == ()


@pytest.mark.parametrize(("changes", "allowed"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_each_role_may_make_only_the_changes_that_its_other_end_survives(
    changes: Mapping[str, Any], allowed: set[Role]
) -> None:
    assert {role for role in Role if not broken(thing({}), thing(changes), role)} == allowed


@pytest.mark.parametrize("name", UNSEEN)
def test_jsoncompat_alone_does_not_see_patterns_formats_and_defaults(name: str) -> None:
    changes = {row[0]: row[1] for row in CHANGES}[name]
    assert check_compat(json.dumps(thing({})), json.dumps(thing(changes)), "both")


def test_jsoncompat_alone_refuses_a_reader_an_optional_field_because_schemas_are_open() -> None:
    old, new = thing({}), thing({"new": (str | None, None)})
    assert not check_compat(json.dumps(old), json.dumps(new), "deserializer")
    assert check_compat(json.dumps(closed(old)), json.dumps(new), "deserializer")


@pytest.mark.parametrize("topic", BY_SCHEMA.values(), ids=BY_SCHEMA)
def test_the_gate_refuses_to_lose_any_field_of_any_schema(topic: Topic) -> None:
    old = schema_of(topic)
    for name in old["properties"]:
        rest = {other: part for other, part in old["properties"].items() if other != name}
        new = old | {"properties": rest, "required": [other for other in old["required"] if other != name]}
        assert f"$.{name}: the field is gone" in broken(old, new, role_of(topic))


@pytest.mark.parametrize("topic", BY_SCHEMA.values(), ids=BY_SCHEMA)
def test_the_gate_lets_an_optional_field_into_any_schema(topic: Topic) -> None:
    old = schema_of(topic)
    added = {"satisfaction": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}}
    assert broken(old, old | {"properties": old["properties"] | added}, role_of(topic)) == ()


def test_a_lost_word_deep_inside_is_named_with_its_path() -> None:
    old = schema_of(ACTIONS)
    new = json.loads(json.dumps(old))
    new["$defs"]["Action"]["enum"].remove("hand_up")
    assert '$.action: the word "hand_up" is gone' in broken(old, new, Role.READ)


def test_what_yiwang_writes_has_open_vocabularies_and_what_others_write_closed_ones() -> None:
    assert "x-words" in schema_of(OUTCOMES)["$defs"]["OutcomeKind"]
    assert schema_of(ACTIONS)["$defs"]["Action"]["enum"] == [action.value for action in Action]


def test_a_word_of_what_yiwang_writes_may_come_and_not_go() -> None:
    old = schema_of(OUTCOMES)
    new = json.loads(json.dumps(old))
    new["$defs"]["OutcomeKind"]["x-words"].append("reopened")
    assert broken(old, new, Role.WRITE) == ()
    assert broken(new, old, Role.WRITE) == ('$.kind: the word "reopened" is gone',)


def test_we_read_what_others_write_and_write_what_others_read() -> None:
    assert {role_of(topic) for topic in SUBMITTED.values()} == {Role.READ}
    assert role_of(ACTIONS) is Role.READ
    assert role_of(OUTCOMES) is Role.WRITE
    assert {role_of(topic) for topic in (CASES, *DEAD.values())} == {Role.BOTH}


def test_before_the_first_commit_nothing_is_committed(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert committed(tmp_path, "schemas") == {}


def test_what_was_committed_is_found_though_the_file_has_changed_since(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "schemas").mkdir()
    for kind in ("string", "number"):
        (tmp_path / "schemas" / "a.json").write_text(json.dumps({"type": kind}))
        git(tmp_path, "add", ".")
        git(tmp_path, "-c", "user.name=1", "-c", "user.email=1@example.invalid", "commit", "--quiet", "--message=1")
    (tmp_path / "schemas" / "a.json").write_text("{}")
    assert committed(tmp_path, "schemas") == {"a.json": ({"type": "number"}, {"type": "string"})}


def git(folder: Path, *arguments: str) -> None:
    subprocess.run([GIT, "-C", str(folder), *arguments], check=True)
