"""A roster that changes while the service runs is read again; a broken one is refused, and the old one stays."""

import os
import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.notification.living import EVERY, LivingRoster
from services.notification.reading import DATA, LEAVE, BrokenRosterError
from tests.builders import MORNING

MEMBER = "403371"


class Watched:
    """A folder with the real roster, a clock, and the roster that lives on both."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.time = folder / "roster", 0.0
        shutil.copytree(DATA, self.folder)
        self.roster = LivingRoster(self.folder, lambda: self.time)

    def write(self, text: str) -> None:
        file = self.folder / LEAVE
        file.write_text(text, encoding="utf-8")
        written = file.stat().st_mtime_ns + int(self.time * 1e9) + 1
        os.utime(file, ns=(written, written))

    def away(self) -> bool:
        return self.roster().on_leave(MEMBER, MORNING)


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_change_counts_at_the_next_look(watched: Watched) -> None:
    watched.write(f"staff,from,to\n{MEMBER},2026-03-05,2026-03-05\n")
    watched.time = EVERY - 1
    assert not watched.away()
    watched.time = EVERY
    assert watched.away()


def test_a_broken_version_is_refused_once_in_one_line_and_the_old_one_stays(watched: Watched) -> None:
    before = watched.roster()
    watched.write("staff,from,to\n1,2,3\n")
    with capture_logs() as lines:
        for _ in range(3):
            watched.time += EVERY
            assert watched.roster() is before
    ((line, reason),) = ((line["log_level"], line["reason"]) for line in lines)
    assert (line, reason) == ("error", "leave.csv, line 2: found staff '1'; right is somebody of people.csv")
    watched.write(f"staff,from,to\n{MEMBER},2026-03-05,2026-03-05\n")
    watched.time += EVERY
    assert watched.away()


def test_a_file_that_is_gone_is_refused_too(watched: Watched) -> None:
    before = watched.roster()
    (watched.folder / LEAVE).unlink()
    watched.time = EVERY
    with capture_logs() as lines:
        assert watched.roster() is before
    assert lines[0]["reason"].startswith("leave.csv, as a whole: found No such file")


def test_while_nothing_changes_nothing_is_read(watched: Watched) -> None:
    before = watched.roster()
    watched.time = 5 * EVERY
    assert watched.roster() is before


def test_a_folder_without_a_roster_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(BrokenRosterError):
        LivingRoster(tmp_path)
