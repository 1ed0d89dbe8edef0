"""What physically reached people in a local run, as the receivers have written it down."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

INBOXES: Final[Mapping[str, str]] = {
    # the channel, and its file     under which name the key stands there
    "mail":                         "message_id",
    "webhook":                      "idempotency_key",
    "sms":                          "idempotency_key",
}  # fmt: skip
FRAME: Final = ("<", "@")
"""What stands around the key in a mail's Message-ID."""


def receipts(folder: Path) -> Iterator[tuple[str, str]]:
    """Each message that came, as its channel and its key; a line that is being written is left out."""
    for channel, name in INBOXES.items():
        file = folder / f"{channel}.jsonl"
        if not file.exists():
            continue
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                if line.endswith("\n"):
                    yield channel, _key(str(json.loads(line).get(name, "")))


def _key(written: str) -> str:
    before, after = FRAME
    return written.removeprefix(before).partition(after)[0]
