"""The MongoDB-compatible server of a local run: its command line and whether it answers."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from deploy.local.ports import HOST

PROGRAM: Final = "YIWANG_DOCUMENTS"
"""Names the program of SecantusDB's sibling in Rust, for measuring; without it the Python package serves."""
MEASURED: Final = ("SECANTUS_WT_CONFIG_EXTRA=transaction_sync=(enabled=true,method=none)", "SECANTUS_DISABLE_OPLOG=1")
"""The sibling's own settings. What is committed goes to the operating system at once, and to the disk in its time: what
a killed server has acknowledged is there, after a power cut it may not be. Synced, it waits for the disk once an update
of a bulk, where MongoDB waits once a bulk. Nobody reads its oplog."""


@dataclass(frozen=True, kw_only=True)
class Documents:
    """A server that speaks MongoDB's wire protocol, in a process of its own; a commit outlives it unless told not to.

    Which of the two siblings it is, the environment says: they take the same options, and the data of their own alone.
    """

    folder: Path
    port: int
    name: str = "documents"
    synced: bool = True

    @property
    def uri(self) -> str:
        """What clients connect to."""
        return f"mongodb://{HOST}:{self.port}"

    def argv(self) -> list[str]:
        """The server's command line; naming a configuration keeps it from picking up the machine's own."""
        folder = self.folder.resolve()
        program = ["env", *MEASURED, fast] if (fast := os.environ.get(PROGRAM)) else [sys.executable, "-m", "secantus"]
        config = ["--config", str(folder / "secantusd.toml")]
        place = ["--host", HOST, "--port", str(self.port), "--storage-path", str(folder / "data")]
        synced = ["--sync-on-commit"] if self.synced else []
        return [*program, *config, *place, *synced, "--cache-size", "256M", "--log-level", "WARNING"]

    def prepare(self) -> None:
        """Make the folder and an empty configuration."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "secantusd.toml").touch()

    async def answers(self) -> bool:
        """Whether it answers `hello`."""
        return await documents_answer(self.uri)


async def documents_answer(uri: str) -> bool:
    """Whether a MongoDB at this address answers `hello`."""
    client: AsyncMongoClient[dict[str, object]] = AsyncMongoClient(uri, serverSelectionTimeoutMS=1000)
    try:
        return bool(await client.admin.command("hello"))
    except (PyMongoError, OSError):
        return False
    finally:
        await client.close()
