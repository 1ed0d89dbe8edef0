"""The roster: everybody counted, every unit reaches somebody, and a broken table says where it is broken."""

from collections import Counter
from pathlib import Path

import pytest

from contracts.territory import BANNER
from services.gis.boundaries import Boundaries
from services.notification.roster import ADDRESSES, FILE, BrokenRosterError, Recipient, Roster
from simulation.roster import draw, largest, square_measure

BOUNDARIES = Boundaries.load()
ROSTER = Roster.load()
HEAD = "staff,unit,channel,address\n"


def people(unit: str) -> set[str]:
    return {one.staff for one in ROSTER.units[unit]}


def channels(unit: str) -> set[str]:
    return {one.channel for one in ROSTER.units[unit]}


def test_the_committed_roster_is_what_the_program_draws() -> None:
    assert FILE.read_text(encoding="utf-8") == draw(BOUNDARIES)


def test_474_grid_members_serve_401_grids_and_the_73_largest_have_two() -> None:
    members = {grid.code: len(people(grid.code)) for grid in BOUNDARIES.grids}
    assert Counter(members.values()) == {1: 401 - 73, 2: 73}
    assert sum(members.values()) == 474
    doubles = {code for code, count in members.items() if count == 2}
    land = square_measure(BOUNDARIES)
    assert min(land[code] for code in doubles) > max(land[code] for code in members if code not in doubles)


def test_24_centres_have_two_on_duty_and_the_other_villages_a_cadre() -> None:
    offices = (BANNER, *BOUNDARIES.towns, *BOUNDARIES.villages)
    centres = {unit.code for unit in offices if len(people(unit.code)) == 2}
    assert len(centres) == 24
    assert {BANNER.code, *(town.code for town in BOUNDARIES.towns)} < centres
    assert all(len(people(unit.code)) == 1 for unit in offices if unit.code not in centres)
    villages = largest(BOUNDARIES.villages, square_measure(BOUNDARIES), 18)
    assert {code for code in centres if len(code) == 12} == villages


def test_each_kind_of_office_is_reached_over_its_channels() -> None:
    assert all(channels(grid.code) == {"webhook"} for grid in BOUNDARIES.grids)
    for office in (BANNER, *BOUNDARIES.towns, *BOUNDARIES.villages):
        assert channels(office.code) == ({"mail", "webhook"} if len(people(office.code)) == 2 else {"mail"})


def test_every_unit_of_every_level_has_people_of_its_own() -> None:
    units = (BANNER, *BOUNDARIES.towns, *BOUNDARIES.villages, *BOUNDARIES.grids)
    assert {unit.code for unit in units} == set(ROSTER.units)
    everybody = [staff for unit in units for staff in people(unit.code)]
    assert len(everybody) == len(set(everybody))


def test_people_are_made_of_digits() -> None:
    everybody = [one for unit in ROSTER.units for one in ROSTER.staff(unit)]
    assert all(one.staff.isdigit() for one in everybody)
    assert all(one.address in (one.staff, f"{one.staff}@grid.invalid") for one in everybody)


def test_a_unit_that_the_roster_lacks_is_served_by_the_nearest_above_it() -> None:
    roster = Roster({"150623": (Recipient("1001", "console", "-"),), "150623103": (Recipient("2001", "console", "-"),)})
    assert [one.staff for one in roster.staff("150623103200001")] == ["2001"]
    assert [one.staff for one in roster.staff("150623999")] == ["1001"]
    assert [one.staff for one in roster.staff("150624")] == ["1001"]


def test_every_channel_can_be_in_a_roster(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(
        f"{HEAD}1001,150623,mail,1001@grid.invalid\n1001,150623,webhook,1001\n1001,150623,console,-\n", encoding="utf-8"
    )
    assert {one.channel for one in Roster.load(file).staff("150623")} == set(ADDRESSES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: found columns none; right is staff,unit,channel,address"),
        ("staff,unit\n", "line 1: found columns staff,unit; right is staff,unit,channel,address"),
        (f"{HEAD}1001,150623,console\n", "line 2: found 3 fields; right is 4: staff,unit,channel,address"),
        (f"{HEAD}12a4,150623,console,-\n", "line 2: found staff '12a4'; right is a staff number of 4 to 18 digits"),
        (f"{HEAD}1001,1506,console,-\n", "line 2: found unit '1506'; right is a unit's code of 6, 9, 12 or 15 digits"),
        (f"{HEAD}1001,150623,fax,-\n", "line 2: found channel 'fax'; right is mail or webhook or console"),
        (f"{HEAD}1001,150623,mail,1001\n", "line 2: found address '1001'; right is a mail address"),
        (f"{HEAD}1001,150623,mail,a@b\r\n\n", "line 3: found 0 fields; right is 4"),
        (f"{HEAD}1001,150623,console,-\n" * 2, "line 3: found staff 'staff'"),
        (f"{HEAD}1001,150623103,console,-\n", "found nobody for the banner, 150623"),
        (
            f"{HEAD}1001,150623,console,-\n1001,150623,console,-\n",
            "line 3: found staff 1001 on channel console a second time; right is each person once",
        ),
    ],
)
def test_a_broken_roster_names_line_found_and_right(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(text, encoding="utf-8", newline="")
    with pytest.raises(BrokenRosterError) as error:
        Roster.load(file)
    assert str(error.value).startswith("roster.csv, line ")
    assert said in str(error.value)
