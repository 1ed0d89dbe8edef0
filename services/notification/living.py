"""Keeps the rules up to date: a roster that changes in its folder is read again, a broken one refused and said so."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from services.notification.reading import FILES, BrokenRosterError, load
from services.notification.roster import Roster

EVERY: Final = 10.0
"""Seconds between looks at the files."""

log = structlog.get_logger()

Stamp = tuple[tuple[int, int], ...]
"""When each file was written, and how long it is."""


class LivingRoster:
    """The roster of a folder as it is now; asking costs nothing between two looks."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.monotonic) -> None:
        """Read it for the first time; raises BrokenRosterError."""
        self._folder, self._now = folder, now
        self._stamp = _stamp(folder)
        self._roster = load(folder)
        self._look_at = now() + EVERY

    def __call__(self) -> Roster:
        """The newest version that could be used."""
        if self._now() >= self._look_at:
            self._look_at = self._now() + EVERY
            if (stamp := _stamp(self._folder)) != self._stamp:
                self._stamp = stamp
                self._read()
        return self._roster

    def _read(self) -> None:
        try:
            self._roster = load(self._folder)
        except BrokenRosterError as fault:
            log.error("roster refused, the old one stays", reason=str(fault), version=self._roster.version)  # noqa: TRY400 - one line for the operator
        else:
            log.info("roster read again", version=self._roster.version, people=len(self._roster.people))


def _stamp(folder: Path) -> Stamp:
    return tuple(_file_stamp(folder / name) for name in FILES)


def _file_stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
