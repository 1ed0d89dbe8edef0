"""Reads a roster from its files; what is wrong in one is said in a line with what was found and what is right."""

import csv
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from contracts.departments import DEPARTMENTS
from contracts.territory import BANNER
from services.notification.hours import Hours, Shift
from services.notification.roster import Duty, Leave, Person, Post, Roster

DATA: Final = Path(__file__).parent / "data"
PEOPLE: Final = "people.csv"
DUTY: Final = "duty.toml"
LEAVE: Final = "leave.csv"
FILES: Final = (PEOPLE, DUTY, LEAVE)

PEOPLE_COLUMNS: Final = ("staff", "unit", "role", "deputy", "duty", "app", "sms", "mail")
LEAVE_COLUMNS: Final = ("staff", "from", "to")

# column → the channel that it is an address of, how an address looks, as a pattern and in words; all may be empty
ADDRESSES: Final[Mapping[str, tuple[str, str, str]]] = {
    "app":  ("webhook", r"\d{4,18}",         "a staff number, by which the app knows its user, or nothing"),
    "sms":  ("sms",     r"\+?\d{5,15}",      "a telephone number of 5 to 15 digits, or nothing"),
    "mail": ("mail",    r"[^@\s,]+@[^@\s,]+", "a mail address, or nothing"),
}  # fmt: skip
STAFF: Final = (r"\d{4,18}", "a staff number of 4 to 18 digits")
UNIT: Final = (r"\d{6}(\d{3}){0,3}", "a unit's code of 6, 9, 12 or 15 digits")
POST: Final = ("|".join(Post), " or ".join(Post))
CODES: Final = frozenset(department.code for department in DEPARTMENTS)
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class BrokenRosterError(ValueError):
    """A roster that cannot be used: names file and place, what was found and what is right."""

    def __init__(self, file: str, place: str, found: str, right: str) -> None:
        """Put the four into one line."""
        super().__init__(f"{file}, {place}: found {found}; right is {right}")


def load(folder: Path = DATA) -> Roster:
    """The roster in this folder; raises BrokenRosterError."""
    raw = {name: _raw(folder, name) for name in FILES}
    version = hashlib.sha256(b"\0".join(raw.values())).hexdigest()[:8]
    duties = dict(_duties(_toml(DUTY, raw[DUTY])))
    people: dict[str, Person] = {}
    for line, row in _rows(PEOPLE, raw[PEOPLE], PEOPLE_COLUMNS):
        one = _person(row, f"line {line}", duties)
        if one.staff in people:
            raise BrokenRosterError(PEOPLE, f"line {line}", f"staff {one.staff} a second time", "each person once")
        people[one.staff] = one
    _check(people)
    return Roster.of(people.values(), MappingProxyType(duties), _leave(raw[LEAVE], people), version)


def _raw(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        found = f"{error.strerror} in {folder}"
        raise BrokenRosterError(name, "as a whole", found, "a file that can be read") from error


def _text(file: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenRosterError(file, f"byte {error.start}", "no UTF-8", "text in UTF-8") from error


def _toml(file: str, raw: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(file, raw))
    except tomllib.TOMLDecodeError as error:
        raise BrokenRosterError(file, "as a whole", f"no TOML ({error})", "a table for each duty class") from error


def _rows(file: str, raw: bytes, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with its line, by column."""
    rows = csv.reader(_text(file, raw).splitlines())
    if (head := tuple(next(rows, ()))) != columns:
        raise BrokenRosterError(file, "line 1", f"columns {','.join(head) or 'none'}", ",".join(columns))
    for row in rows:
        if len(row) != len(columns):
            right = f"{len(columns)}: {','.join(columns)}"
            raise BrokenRosterError(file, f"line {rows.line_num}", f"{len(row)} fields", right)
        yield rows.line_num, dict(zip(columns, row, strict=True))


def _person(row: Mapping[str, str], place: str, duties: Mapping[str, Duty]) -> Person:
    for column, (pattern, right) in (("staff", STAFF), ("role", POST)):
        _fits(PEOPLE, place, column, row[column], pattern, right)
    post = Post(row["role"])
    if post is not Post.LIAISON:
        _fits(PEOPLE, place, "unit", row["unit"], *UNIT)
    elif row["unit"] not in CODES:
        raise BrokenRosterError(PEOPLE, place, f"unit {row['unit']!r}", "for a liaison the code of a department")
    if row["duty"] not in duties:
        raise BrokenRosterError(PEOPLE, place, f"duty {row['duty']!r}", f"a class of {DUTY}: {', '.join(duties)}")
    return Person(row["staff"], row["unit"], post, row["duty"], _addresses(row, place), row["deputy"] or None)


def _addresses(row: Mapping[str, str], place: str) -> Mapping[str, str]:
    for column, (_, pattern, right) in ADDRESSES.items():
        _fits(PEOPLE, place, column, row[column], f"({pattern})?", right)
    found = {channel: row[column] for column, (channel, _, _) in ADDRESSES.items() if row[column]}
    if not found:
        raise BrokenRosterError(PEOPLE, place, "no address", "at least one of app, sms and mail")
    return MappingProxyType(found)


def _fits(file: str, place: str, column: str, text: str, pattern: str, right: str) -> None:
    if not re.fullmatch(pattern, text, re.ASCII):
        raise BrokenRosterError(file, place, f"{column} {text!r}", right)


def _check(people: Mapping[str, Person]) -> None:
    """What can be said only of all together: every deputy is somebody else in it, and the banner has its people."""
    for one in people.values():
        if one.deputy and (one.deputy not in people or one.deputy == one.staff):
            found = f"deputy {one.deputy!r} of {one.staff}"
            raise BrokenRosterError(PEOPLE, f"staff {one.staff}", found, "the staff number of somebody else here")
    if not any(one.unit == BANNER.code for one in people.values()):
        right = "at least one row of its centre"
        raise BrokenRosterError(PEOPLE, "as a whole", f"nobody for the banner, {BANNER.code}", right)


def _duties(table: Mapping[str, Any]) -> Iterator[tuple[str, Duty]]:
    for name, found in table.items():
        shifts = found.get("shifts") if isinstance(found, dict) else None
        if not isinstance(shifts, list) or not shifts or not isinstance(found.get("zh"), str):
            raise BrokenRosterError(DUTY, f"[{name}]", "no zh or no shifts", "zh, and a list of shifts")
        yield name, Duty(found["zh"], tuple(_shift(name, shift) for shift in shifts))


def _shift(name: str, shift: object) -> Shift:
    match shift:
        case {"days": [*days], "from": str(start), "to": str(end), **rest} if days and not rest:
            if all(day in range(1, 8) for day in days) and CLOCK.fullmatch(start) and CLOCK.fullmatch(end):
                return Shift(frozenset(days), Hours(time.fromisoformat(start), time.fromisoformat(end)))
    raise BrokenRosterError(DUTY, f"[{name}]", f"the shift {shift}", 'days = [1 … 7], from = "07:00", to = "22:00"')


def _leave(raw: bytes, people: Mapping[str, Person]) -> Mapping[str, tuple[Leave, ...]]:
    leave: dict[str, tuple[Leave, ...]] = {}
    for line, row in _rows(LEAVE, raw, LEAVE_COLUMNS):
        staff, place = row["staff"], f"line {line}"
        if staff not in people:
            raise BrokenRosterError(LEAVE, place, f"staff {staff!r}", f"somebody of {PEOPLE}")
        first, last = (_day(row[column], place) for column in ("from", "to"))
        if last < first:
            raise BrokenRosterError(LEAVE, place, f"{first} to {last}", "a last day that is not before the first")
        leave[staff] = (*leave.get(staff, ()), Leave(first, last))
    return MappingProxyType(leave)


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BrokenRosterError(LEAVE, place, repr(text), "a day as 2026-03-05") from None
