"""What an operator does at a terminal: says yes, and changes a body in an editor of their own."""

import os
import shlex
import subprocess
import tempfile
from pathlib import Path

from yiwang.dead.values import Mistake


def confirm(question: str) -> bool:
    """Ask; only a plain yes is one."""
    try:
        return input(question).strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def by_hand(raw: bytes) -> bytes:
    """The bytes as ``$EDITOR`` leaves them, in a file that nobody else may read and that goes when it ends."""
    command = shlex.split(os.environ.get("EDITOR", "vi"))
    with tempfile.TemporaryDirectory(prefix="yiwang-") as folder:
        file = Path(folder) / "body.json"
        file.write_bytes(raw)
        try:
            ended = subprocess.run([*command, str(file)], check=False)  # noqa: S603 - the operator's own editor
        except OSError as fault:
            raise Mistake(f"EDITOR: {command[0]}: {fault.strerror}") from None
        if ended.returncode:
            raise Mistake(f"EDITOR: {command[0]} ended with {ended.returncode}; nothing is recorded")
        return file.read_bytes()
