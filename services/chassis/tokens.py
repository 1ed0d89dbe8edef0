"""Bearer tokens: kept as SHA-256 sums in a settings file, each with a name, a role and the source it speaks for."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Row(BaseModel):
    """One ``[[tokens]]`` table of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    role: Annotated[str, Field(pattern=r"^[a-z][a-z-]*$")]
    source: str | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class File(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Token:
    """Who is asking: known from the token, never from a field."""

    name: str
    role: str
    source: str | None = None


class BadTokens(Exception):
    """The tokens' file cannot be used."""


class Tokens:
    """The tokens that are accepted, looked up by their sum, so that no clear token is ever compared or kept."""

    def __init__(self, rows: Mapping[str, Token]) -> None:
        """Take the tokens by the SHA-256 sum in hex."""
        self._rows = dict(rows)

    @staticmethod
    def load(path: str | None) -> "Tokens":
        """The file's tokens; without a file nobody is let in. Raises BadTokens with one line."""
        if path is None:
            return Tokens({})
        try:
            file = File.model_validate(tomllib.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, tomllib.TOMLDecodeError) as fault:
            raise BadTokens(f"{path}: {fault}") from None
        except ValidationError as fault:
            first = fault.errors()[0]
            raise BadTokens(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        return Tokens({row.sha256: Token(row.name, row.role, row.source) for row in file.tokens})

    def find(self, bearer: str) -> Token | None:
        """Whose token this is."""
        return self._rows.get(sha256(bearer.encode()).hexdigest())
