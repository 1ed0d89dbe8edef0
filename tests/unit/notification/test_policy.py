"""The policy table: whole over every input, each row of use, and a broken one says where it is broken."""

from itertools import product
from pathlib import Path

import pytest

from contracts.case import AssignedBecause, CaseEventKind, ClockClass
from contracts.deadline import DeadlineKind
from contracts.territory import Level
from services.chassis.tables import BrokenTableError
from services.notification.policy import DIMENSIONS, FILE, Policy, load
from services.notification.row import Happened, Role
from services.notification.templates import ASSIGNED, Template
from services.notification.validate import faults, main

POLICY = load()
TEXT = FILE.read_text(encoding="utf-8")
HEAD = TEXT[: TEXT.index("[[row]]")]
ANY = 'event = ["{}"]'.format('", "'.join(Happened))


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    file = folder / "policy.toml"
    file.write_text(head + "".join(f"[[row]]\n{row}\n" for row in rows), encoding="utf-8")
    return file


def row(name: str, *lines: str) -> str:
    return "\n".join((f'name = "{name}"', 'zh = "测试"', *lines))


def told(policy: Policy, event: Happened) -> set[tuple[Level, ClockClass, Role]]:
    found = {key: one for key, one in policy.table.items() if key[0] is event and one.channels}
    return {(level, clock, role) for _, level, clock, _, role in found}


def test_every_input_has_its_row_and_every_row_its_input() -> None:
    assert faults(POLICY) == []
    assert len(POLICY.table) == len(Happened) * 4 * 3 * len(AssignedBecause) * 7 == len(list(product(*DIMENSIONS)))


def test_every_event_that_there_is_stands_in_the_table() -> None:
    assert {one.value for one in Happened} == {one.value for one in (*CaseEventKind, *DeadlineKind)}
    assert len(Happened) == len(CaseEventKind) + len(DeadlineKind)


def test_every_reason_for_an_assignment_has_its_words_and_every_template_its_row() -> None:
    assert set(ASSIGNED) == set(AssignedBecause)
    ladder = {Template.REMINDER, Template.DEPUTY, Template.SUPERIOR}
    rows = {one.template for one in POLICY.rows if one.template}
    assert (rows - {Template.ASSIGNED}) | set(ASSIGNED.values()) | ladder == set(Template) - {Template.ASSIGNED}


def test_what_people_are_told_of_is_what_they_do_not_see_anyway() -> None:
    assert {one.value for one in POLICY.told} == {
        "scheduled",
        "rescheduled",
        "warned",
        "pressing",
        "breached",
        "overdue",
        "corrected",
        "withdrawn",
        "cancelled",
        "linked",
        "joined",
        "gathered",
        "requested",
        "led",
        "declined",
        "suspended",
    }


def test_who_has_a_case_hears_of_everything_that_is_told_but_supervision() -> None:
    for event in POLICY.told - {Happened.OVERDUE, Happened.PRESSING, Happened.REQUESTED, Happened.LED}:
        assert {(level, clock) for level, clock, role in told(POLICY, event) if role is Role.IN_CHARGE} == set(
            product(Level, ClockClass)
        )
    assert {role for *_, role in told(POLICY, Happened.OVERDUE)} == {Role.BANNER, Role.LEAD}


def test_that_time_is_short_is_told_to_whoever_is_above() -> None:
    below = [level for level in Level if level is not Level.BANNER]
    assert told(POLICY, Happened.PRESSING) == {(*one, Role.SUPERIOR) for one in product(below, ClockClass)}


def test_a_life_at_the_banner_is_told_to_its_grid_and_town_too() -> None:
    informed = {one for one in told(POLICY, Happened.SCHEDULED) if one[2] is Role.INFORMED}
    assert informed == {(Level.BANNER, ClockClass.LIFE, Role.INFORMED)}


def test_what_is_urgent_to_those_in_charge_is_exactly_what_has_a_short_clock() -> None:
    for (_, _, clock, _, role), one in POLICY.table.items():
        if one.channels and role is Role.IN_CHARGE:
            assert one.urgent is (clock is not ClockClass.STANDARD)
            assert ("sms" in one.channels) is one.urgent


def test_every_assignment_has_a_ladder_and_life_the_shortest() -> None:
    ladders = {
        (level, clock): POLICY.table[Happened.SCHEDULED, level, clock, AssignedBecause.OPENED, Role.IN_CHARGE].steps
        for level, clock in product(Level, ClockClass)
    }
    assert all(
        [kind for kind, _, _ in steps] == ["remind", "remind", "deputy", "superior"] for steps in ladders.values()
    )
    for level in Level:
        ends = [ladders[level, clock][-1][2] for clock in (ClockClass.LIFE, ClockClass.URGENT, ClockClass.STANDARD)]
        assert ends == sorted(set(ends))


def test_of_rows_that_fit_the_first_counts(tmp_path: Path) -> None:
    policy = load(written(tmp_path, row("life", ANY, 'clock = "life"'), row("all", ANY)))
    assert faults(policy) == []
    assert {key[2] for key, one in policy.table.items() if one.name == "life"} == {ClockClass.LIFE}


def test_a_row_behind_others_that_take_all_it_fits_is_found(tmp_path: Path) -> None:
    halves = (row("low", ANY, 'level = ["grid", "village"]'), row("high", ANY, 'level = ["town", "banner"]'))
    policy = load(written(tmp_path, *halves, row("life", ANY, 'clock = "life"')))
    assert faults(policy) == ["row life never applies: rows above it take all that it fits"]


def test_inputs_without_a_row_are_found(tmp_path: Path) -> None:
    but = [
        row("most", 'event = ["{}"]'.format('", "'.join(set(Happened) - {Happened.MOOT}))),
        row("moot", 'event = "moot"', 'role = ["{}"]'.format('", "'.join(set(Role) - {Role.LEAD}))),
    ]
    found = faults(load(written(tmp_path, *but)))
    assert found[0] == "no row fits moot grid standard opened lead"
    assert found[-1] == f"… and {4 * 3 * len(AssignedBecause) - 20} more inputs without a row"


SPEAKING = ('event = "warned"', 'role = "in_charge"', 'channels = ["mail"]', 'template = "warned"')


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (row("Warned", ANY), "row Warned: name: found 'Warned'; right is"),
        (row("warned", 'event = "sneezed"'), "row warned: event.0: found 'sneezed'; right is input should be"),
        (row("warned", ANY, 'level = "village "'), "row warned: level.0: found 'village '; right is input should be"),
        (row("warned", ANY, "loud = true"), "row warned: loud: found True; right is"),
        (
            row("warned", *SPEAKING[:2], 'channels = ["fax"]', 'template = "warned"'),
            "row warned: found channel 'fax'; right is webhook",
        ),
        (row("warned", *SPEAKING[:3]), "right is both or neither"),
        (row("warned", ANY, 'template = "warned"'), "right is both or neither"),
        (row("warned", ANY, "urgent = true"), "urgent in a silent row; right is none"),
        (row("warned", *SPEAKING, "deputy_after = 5"), "a ladder; right is only where event = scheduled"),
        (
            row("assigned", 'event = "scheduled"', *SPEAKING[1:], "deputy_after = 9", "superior_after = 5"),
            "a ladder out of order; right is reminders, then deputy_after, then superior_after",
        ),
        (row("opened", 'event = ["assigned", "opened"]', *SPEAKING[1:]), "channels for opened; right is scheduled"),
        (
            row("warned", *SPEAKING, "delay = -1"),
            "row warned: delay: found -1; right is input should be greater than or equal to 0",
        ),
        ("name", "right is TOML"),
        (f"{row('one', ANY)}\n[[row]]\n{row('one', ANY)}", "row one: found this name a second time"),
    ],
)
def test_a_broken_table_is_said_in_one_line(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(BrokenTableError) as error:
        load(written(tmp_path, wrong))
    assert str(error.value).startswith("policy.toml, ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_hours_of_quiet_that_never_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenTableError, match="from equals to"):
        load(written(tmp_path, row("all", ANY), head=HEAD.replace("07:00", "22:00")))


def test_the_command_says_that_all_is_well_or_each_fault_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    inputs = len(list(product(*DIMENSIONS)))
    each = f"each of {inputs} inputs has its row, each row its input"
    assert capsys.readouterr().out == f"{len(POLICY.rows)} rows; {each}\n"
    assert main([str(written(tmp_path, row("all", ANY), row("life", ANY, 'clock = "life"')))]) == 1
    assert capsys.readouterr().err == "row life never applies: rows above it take all that it fits\n"
    assert main([str(written(tmp_path, "name"))]) == 2
    assert main([str(tmp_path / "none.toml")]) == 2
