"""Reads a table that officials keep in a TOML file: checked by its model, versioned by its text, faults in one line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from contracts.problem import shorten

TableT = TypeVar("TableT", bound=BaseModel)


class Part(BaseModel):
    """A part of such a table; what it does not know is a fault, or a misspelt condition would hold always."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BrokenTableError(ValueError):
    """A table that cannot be used: names file and place, what was found and what is right."""

    def __init__(self, file: Path, place: str, found: str, right: str) -> None:
        """Put the four into one line."""
        super().__init__(f"{file.name}, {place}: found {found}; right is {right}")


def read(file: Path, model: type[TableT]) -> tuple[TableT, str]:
    """The table, and the first eight digits of the SHA-256 of its text; raises BrokenTableError.

    The rows of a list have names of their own, if they have any.
    """
    try:
        raw = file.read_bytes()
    except OSError as fault:
        raise BrokenTableError(file, "as a whole", str(fault.strerror), "a file to read") from None
    try:
        given = tomllib.loads(raw.decode())
        table = model.model_validate(given)
    except UnicodeDecodeError as fault:
        raise BrokenTableError(file, f"byte {fault.start}", "what is no UTF-8", "text in UTF-8") from None
    except tomllib.TOMLDecodeError as fault:
        raise BrokenTableError(file, _where(fault), str(fault), "TOML") from None
    except ValidationError as fault:
        raise _broken(file, given, fault) from None
    for place in _twice(given):
        raise BrokenTableError(file, place, "this name a second time", "a name of its own for each row")
    return table, sha256(raw).hexdigest()[:8]


def _where(fault: tomllib.TOMLDecodeError) -> str:
    line = re.search(r"line (\d+)", str(fault))
    return f"line {line[1]}" if line else "at its end"


def _twice(given: Mapping[str, Any]) -> Iterator[str]:
    for key, rows in given.items():
        names = [row["name"] for row in rows if "name" in row] if _are_rows(rows) else []
        yield from (f"{key} {name}" for n, name in enumerate(names) if name in names[:n])


def _broken(file: Path, given: Mapping[str, Any], error: ValidationError) -> BrokenTableError:
    first = error.errors(include_url=False)[0]
    found = "nothing" if first["type"] == "missing" else shorten(first["input"])
    # of several fields that do not fit together, the message says what was found, too
    said, _, right = first["msg"].removeprefix("Value error, ").partition("; right is ")
    if right:
        return BrokenTableError(file, _place(given, first["loc"]), said, right)
    return BrokenTableError(file, _place(given, first["loc"]), found, said[:1].lower() + said[1:])


def _place(given: Mapping[str, Any], loc: tuple[int | str, ...]) -> str:
    """Where in the file: rows by name, or counted from 1 where they have none."""
    if len(loc) > 1 and isinstance(loc[1], int) and _are_rows(given[str(loc[0])]):
        row, rest = given[str(loc[0])][loc[1]], ".".join(map(str, loc[2:]))
        return ": ".join(filter(None, (f"{loc[0]} {row.get('name', loc[1] + 1)}", rest)))
    return ".".join(map(str, loc)) or "the file"


def _are_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)
