"""The roster: everybody counted, duty, leave and deputies by the moment, and a broken file says where it is broken."""

import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from contracts.departments import DEPARTMENTS
from contracts.territory import BANNER
from services.gis.boundaries import Boundaries
from services.notification.reading import DATA, FILES, BrokenRosterError, load
from services.notification.roster import Post
from tests.builders import DAY, GRID, MORNING, TOWN, VILLAGE
from tests.unit.notification.desk import (
    CADRE,
    CENTRE,
    EARLY,
    LATE,
    MEMBER,
    NEIGHBOUR,
    at,
    away,
    person,
    roster,
)

BOUNDARIES = Boundaries.load()
ROSTER = load()
HEAD = "staff,unit,role,deputy,duty,app,sms,mail\n"
BOSS = "1001,150623,centre,,always,1001,,\n"
ALWAYS = '[always]\nzh = "昼夜"\nshifts = [{ days = [1, 2, 3, 4, 5, 6, 7], from = "08:00", to = "08:00" }]\n'


def posts(unit: str) -> Counter[Post]:
    return Counter(one.post for one in ROSTER.units[unit])


def test_474_grid_members_serve_401_grids_and_73_of_them_have_two() -> None:
    members = {grid.code: posts(grid.code)[Post.MEMBER] for grid in BOUNDARIES.grids}
    assert Counter(members.values()) == {1: 401 - 73, 2: 73}
    assert sum(members.values()) == 474


def test_24_centres_have_two_people_and_the_other_villages_a_cadre() -> None:
    offices = (BANNER, *BOUNDARIES.towns, *BOUNDARIES.villages)
    centres = {unit.code for unit in offices if posts(unit.code) == {Post.CENTRE: 2}}
    assert len(centres) == 24
    assert {BANNER.code, *(town.code for town in BOUNDARIES.towns)} < centres
    assert all(posts(unit.code) == {Post.CADRE: 1} for unit in offices if unit.code not in centres)


def test_each_of_the_23_departments_that_can_be_in_the_lead_has_a_liaison() -> None:
    liaisons = [one for one in ROSTER.people.values() if one.post is Post.LIAISON]
    sources = {"grid-members", "residents", "hotline-12345"}
    assert {one.unit for one in liaisons} == {department.code for department in DEPARTMENTS} - sources
    assert len(liaisons) == 23
    assert all(set(one.addresses) == {"mail"} for one in liaisons)


def test_everybody_but_a_liaison_has_a_deputy_nearby() -> None:
    for one in ROSTER.people.values():
        if one.post is Post.LIAISON:
            assert one.deputy is None
            continue
        deputy = ROSTER.people[one.deputy or ""]
        assert deputy.unit.startswith(one.unit[:12]) or deputy.unit == one.unit[:-3]


@pytest.mark.parametrize("hour", range(0, 24, 3))
@pytest.mark.parametrize("day", range(2, 9))
def test_at_any_hour_of_the_week_exactly_one_has_the_banners_duty(day: int, hour: int) -> None:
    assert len(ROSTER.on_duty(BANNER.code, at(hour, day=day))) == 1


@pytest.mark.parametrize("day", range(2, 9))
def test_between_seven_and_ten_at_night_every_centre_and_grid_has_somebody_on_duty(day: int) -> None:
    centres = [code for code, people in ROSTER.units.items() if people[0].post is Post.CENTRE]
    for hour in (7, 14, 21):
        assert all(ROSTER.on_duty(code, at(hour, 59, day)) for code in (*centres, *(g.code for g in BOUNDARIES.grids)))


def test_telephone_numbers_and_addresses_lead_nowhere() -> None:
    for one in ROSTER.people.values():
        assert one.addresses.get("sms", "00000").startswith("00000")
        assert one.addresses.get("mail", "@grid.invalid").endswith("@grid.invalid")


def test_who_is_on_duty_depends_on_the_moment() -> None:
    found = [[one.staff for one in roster().on_duty(TOWN.code, at(hour))] for hour in (6, 9, 14, 20, 23)]
    assert found == [[], [EARLY], [EARLY, LATE], [LATE], []]


def test_a_unit_without_people_of_its_own_is_served_by_the_nearest_above_it() -> None:
    few = roster(person("1001", BANNER.code, "always"), person("2001", TOWN.code, "day"))
    assert [one.staff for one in few.staff(GRID.code)] == ["2001"]
    assert [one.staff for one in few.staff("150623999")] == ["1001"]
    assert [one.staff for one in few.on_duty(VILLAGE.code, MORNING)] == ["2001"]


@pytest.mark.parametrize(
    ("gone", "reached"),
    [
        ((), MEMBER),
        ((MEMBER,), NEIGHBOUR),
        ((MEMBER, NEIGHBOUR), CADRE),
        ((MEMBER, NEIGHBOUR, CADRE), None),
        ((NEIGHBOUR,), MEMBER),
    ],
)
def test_while_somebody_is_away_the_deputy_is_reached_and_three_in_a_row_at_most(
    gone: tuple[str, ...], reached: str | None
) -> None:
    found = roster(leave=away(*gone)).reachable(MEMBER, MORNING)
    assert (found.staff if found else None) == reached


def test_leave_ends_with_its_last_day() -> None:
    some = roster(leave=away(MEMBER))
    days = [some.on_leave(MEMBER, moment) for moment in (at(23, 59, 4), at(0), at(23, 59, 6), at(0, day=7))]
    assert days == [False, True, True, False]


def test_two_who_stand_in_for_each_other_and_are_both_away_reach_nobody() -> None:
    assert roster(leave=away(EARLY, LATE)).reachable(EARLY, MORNING) is None


def test_a_deputy_is_somebody_else() -> None:
    found = roster().deputy(EARLY, MORNING)
    assert found is not None
    assert found.staff == LATE
    assert roster(leave=away(LATE)).deputy(EARLY, MORNING) is None
    assert roster().deputy(CENTRE, MORNING) is None
    assert roster().deputy("999999", MORNING) is None


def test_a_version_follows_from_the_files(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    assert load(tmp_path / "data").version == ROSTER.version
    with (tmp_path / "data" / "leave.csv").open("a", encoding="utf-8") as file:
        file.write(f"{MEMBER},2026-05-01,2026-05-01\n")
    changed = load(tmp_path / "data")
    assert changed.version != ROSTER.version
    assert changed.on_leave(MEMBER, datetime.fromisoformat("2026-05-01T12:00:00+08:00"))
    assert not changed.on_leave(MEMBER, datetime.fromisoformat("2026-05-01T12:00:00+08:00") + DAY)


def written(folder: Path, people: str = HEAD + BOSS, duty: str = ALWAYS, leave: str = "staff,from,to\n") -> Path:
    for name, text in zip(FILES, (people, duty, leave), strict=True):
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return folder


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ("", f"people.csv, line 1: found columns none; right is {HEAD.strip()}"),
        (f"{HEAD}1001,150623\n", f"people.csv, line 2: found 2 fields; right is 8: {HEAD.strip()}"),
        (
            f"{HEAD}12a4,150623,centre,,always,1001,,\n",
            "line 2: found staff '12a4'; right is a staff number of 4 to 18",
        ),
        (f"{HEAD}1001,1506,centre,,always,1001,,\n", "line 2: found unit '1506'; right is a unit's code of 6, 9, 12"),
        (f"{HEAD}1001,150623,boss,,always,1001,,\n", "line 2: found role 'boss'; right is member or centre or cadre"),
        (f"{HEAD}{BOSS}5001,150623,liaison,,always,,,a@b\n", "line 3: found unit '150623'; right is for a liaison the"),
        (
            f"{HEAD}1001,150623,centre,,never,1001,,\n",
            "line 2: found duty 'never'; right is a class of duty.toml: always",
        ),
        (f"{HEAD}1001,150623,centre,,always,x,,\n", "line 2: found app 'x'; right is a staff number, by which the app"),
        (f"{HEAD}1001,150623,centre,,always,,12,\n", "line 2: found sms '12'; right is a telephone number of 5 to 15"),
        (f"{HEAD}1001,150623,centre,,always,,,x\n", "line 2: found mail 'x'; right is a mail address, or nothing"),
        (f"{HEAD}1001,150623,centre,,always,,,\n", "line 2: found no address; right is at least one of app, sms and"),
        (f"{HEAD}{BOSS}{BOSS}", "line 3: found staff 1001 a second time; right is each person once"),
        (
            f"{HEAD}1001,150623,centre,1002,always,1001,,\n",
            "staff 1001: found deputy '1002' of 1001; right is the staff",
        ),
        (
            f"{HEAD}1001,150623,centre,1001,always,1001,,\n",
            "staff 1001: found deputy '1001' of 1001; right is the staff",
        ),
        (f"{HEAD}1001,150623103,centre,,always,1001,,\n", "found nobody for the banner, 150623; right is at least one"),
    ],
)
def test_broken_people_are_said_in_one_line(tmp_path: Path, people: str, said: str) -> None:
    with pytest.raises(BrokenRosterError) as error:
        load(written(tmp_path, people))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


SHIFT = 'zh = "班"\nshifts = [{ days = [1], from = "07:00", to = "22:00" }]'


@pytest.mark.parametrize(
    ("duty", "said"),
    [
        ("[always", "duty.toml, as a whole: found no TOML"),
        ("always = 1\n", "duty.toml, [always]: found no zh or no shifts; right is zh, and a list of shifts"),
        (f"[always]\n{SHIFT.replace('[1]', '[0]')}", "[always]: found the shift {'days': [0]"),
        (f"[always]\n{SHIFT.replace('07:00', '7:00')}", "right is days = [1 … 7], from ="),
        (f"[always]\n{SHIFT.replace('days', 'day')}", "right is days = [1 … 7], from ="),
    ],
)
def test_a_broken_duty_class_is_said_in_one_line(tmp_path: Path, duty: str, said: str) -> None:
    with pytest.raises(BrokenRosterError) as error:
        load(written(tmp_path, duty=duty))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("leave", "said"),
    [
        ("staff\n", "leave.csv, line 1: found columns staff; right is staff,from,to"),
        ("staff,from,to\n2001,2026-03-05,2026-03-05\n", "leave.csv, line 2: found staff '2001'; right is somebody of"),
        ("staff,from,to\n1001,5.3.2026,2026-03-05\n", "line 2: found '5.3.2026'; right is a day as 2026-03-05"),
        ("staff,from,to\n1001,2026-03-05,2026-03-04\n", "line 2: found 2026-03-05 to 2026-03-04; right is a last day"),
    ],
)
def test_broken_leave_is_said_in_one_line(tmp_path: Path, leave: str, said: str) -> None:
    with pytest.raises(BrokenRosterError) as error:
        load(written(tmp_path, leave=leave))
    assert said in str(error.value)


def test_a_file_that_is_missing_or_no_text_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BrokenRosterError, match=r"people.csv, as a whole: found No such file"):
        load(tmp_path)
    written(tmp_path).joinpath("leave.csv").write_bytes(b"\xff")
    with pytest.raises(BrokenRosterError, match=r"leave.csv, byte 0: found no UTF-8"):
        load(tmp_path)


def test_a_spreadsheets_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert set(load(written(tmp_path, "\ufeff" + HEAD + BOSS)).people) == {"1001"}
