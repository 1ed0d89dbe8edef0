"""The committed tables of terms and days, the service under them, and small tables of a test's own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from hypothesis import strategies as st

from services.chassis import tables as chassis
from services.escalation import calendar, domain, terms
from services.escalation.app import service
from services.escalation.obligation import Tables
from services.escalation.validate import load

TABLES = load()
SHEET, _ = chassis.read(calendar.FILE, calendar.Sheet)
BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
SOME_TIME = st.timedeltas(timedelta(), datetime(2060, 1, 1, tzinfo=UTC) - BEGIN).map(BEGIN.__add__)
SERVICE = service(TABLES)
decide, wake = partial(domain.decide, TABLES), domain.wake

TERMS_HEAD = """
version = "test"
[same_day]
cut_off = "{cut_off}"
least = "{least}"
[supervise]
standard = "1 day"
urgent = "1 day"
life = "1 hour"
"""


def row(name: str, within: str, when: str = "") -> str:
    """A row of a table of terms, as text."""
    return f'[[term]]\nname = "{name}"\nzh = "规则{name}，"\nwhen = {{ {when} }}\nwithin = "{within}"\n'


def written(folder: Path, *rows: str, cut_off: str = "24:00", least: str = "1 minute") -> Path:
    """A file of terms."""
    file = folder / "terms.toml"
    file.write_text("\n".join((TERMS_HEAD.format(cut_off=cut_off, least=least), *rows)), encoding="utf-8")
    return file


def tables(folder: Path, within: str, *, cut_off: str = "24:00", least: str = "1 minute") -> Tables:
    """One term for everything, and the committed calendar."""
    return Tables(terms.load(written(folder, row("all", within), cut_off=cut_off, least=least)), TABLES.calendar)


def published_up_to(year: int) -> calendar.Calendar:
    """The committed calendar as it was when this year's notice was the newest."""
    notices = [notice for notice in SHEET.notice if notice.year <= year]
    off = frozenset(day for notice in notices for day in notice.days_off)
    work = frozenset(day for notice in notices for day in notice.work)
    years = frozenset(notice.year for notice in notices)
    return replace(TABLES.calendar, version=f"{TABLES.calendar.version}-{year}", years=years, off=off, work=work)
