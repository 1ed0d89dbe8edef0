"""People's units and the departments' offices: what is there is lawful, and what is broken is refused."""

import shutil
from pathlib import Path

import pytest

from contracts.departments import DEPARTMENTS
from contracts.territory import Level
from services.gis.atlas import Atlas
from services.gis.boundaries import Boundaries
from services.gis.tables import DATA, BrokenDataError

ATLAS, BOUNDARIES = Atlas.load(), Boundaries.load()


def test_every_grid_has_a_member_and_every_member_a_unit() -> None:
    members = [path[-1] for path in ATLAS.members.values() if path[-1].level is Level.GRID]
    assert {grid.code for grid in members} == {grid.code for grid in BOUNDARIES.grids}
    assert len(members) == 474


def test_every_department_with_an_office_has_one_in_the_banners_seat() -> None:
    offices = {office.department: office for office in ATLAS.offices}
    at_home = {"grid-members", "residents"}
    assert offices.keys() - {"*"} == {department.code for department in DEPARTMENTS} - at_home
    for department, office in offices.items():
        ((_, town, *_),) = BOUNDARIES.fits(office.longitude, office.latitude)
        assert department == "*" or town.name == "敖勒召其镇"


def copied(folder: Path, file: str, text: str) -> Path:
    for each in ("divisions.csv", "grids.geojson", "members.csv", "offices.csv"):
        shutil.copy(DATA / each, folder)
    (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("members.csv", "staff,unit\n400011,150623\n"),
        ("offices.csv", "department,longitude,latitude,radius_m\n"),
    ],
)
def test_the_version_changes_with_what_was_read(tmp_path: Path, file: str, text: str) -> None:
    changed = Atlas.load(copied(tmp_path, file, text))
    assert changed.version != ATLAS.version
    assert changed.version.startswith(BOUNDARIES.version)


OFFICE = "department,longitude,latitude,radius_m\n"
BROKEN = (
    # file, its text, what the message must say
    ("members.csv", "staff\n", "members.csv, line 1: .*right is staff,unit"),
    ("members.csv", "staff,unit\n400011\n", "members.csv, line 2: found 1 fields; right is 2"),
    ("members.csv", "staff,unit\n4x,150623\n", "members.csv, line 2: found staff '4x'; right is .*4 to 18 digits"),
    ("members.csv", "staff,unit\n400011,150624\n", "members.csv, line 2: found unit '150624'; right is .*known unit"),
    ("members.csv", "staff,unit\n400011,150623\n400011,150623\n", "members.csv, line 3: .*second time"),
    ("offices.csv", "department\n", "offices.csv, line 1"),
    ("offices.csv", OFFICE + "moon,107,38,30\n", "offices.csv, line 2: found department 'moon'"),
    ("offices.csv", OFFICE + "water,east,38,30\n", "offices.csv, line 2: .*right is WGS-84 degrees"),
    ("offices.csv", OFFICE + "water,38,107,30\n", "offices.csv, line 2: .*longitude first"),
    ("offices.csv", OFFICE + "water,107,38,0\n", "offices.csv, line 2: .*1 to 1000 metres"),
    ("offices.csv", OFFICE + "water,nan,38,30\n", "offices.csv, line 2: .*longitude first"),
)


@pytest.mark.parametrize(("file", "text", "says"), BROKEN)
def test_broken_registers_are_refused_with_file_line_and_what_is_right(
    tmp_path: Path, file: str, text: str, says: str
) -> None:
    with pytest.raises(BrokenDataError, match=says):
        Atlas.load(copied(tmp_path, file, text))


def test_a_missing_register_is_an_error_of_the_system(tmp_path: Path) -> None:
    folder = copied(tmp_path, "members.csv", "")
    (folder / "offices.csv").unlink()
    with pytest.raises(OSError, match=r"offices\.csv"):
        Atlas.load(folder)
