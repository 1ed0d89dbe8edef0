"""Files of a run that other programs read: written whole or not at all."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path


def write_private(file: Path, text: str) -> None:
    """Replace a file in one step; only its owner can read it."""
    new = file.with_name(file.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)
    new.replace(file)


def exports(env: Mapping[str, str]) -> str:
    """Variables as lines that a shell can source."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in env.items())
