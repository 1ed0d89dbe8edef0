"""The committed routing table, small ones of a test's own, and a classified report to try them on."""

from functools import partial
from pathlib import Path
from typing import Any

from contracts.categories import named
from contracts.report import Classification, ClassifiedBy
from services.chassis.values import Context, Decision, Input, Tick
from services.routing import domain
from services.routing.app import service
from services.routing.rules import Rules, read
from services.routing.state import State
from services.routing.table import Table, compiled
from services.routing.validate import load

TABLE = load()
SERVICE = service(TABLE)
decide = partial(domain.decide, TABLE)


def settled(state: State | None, one: Input[Any], known: Context) -> Decision[State]:
    """What comes of an input before which everything is read: a breach that waits for that is answered by a tick."""
    decision = decide(state, one, known)
    waits = decision.state and decision.state.breaches
    return decide(decision.state, Tick(known.now), known) if waits else decision


HEAD = 'version = "test"\n'
LAST = '[[rule]]\nname = "last"\nzh = "其他"\nthen = { level = "grid" }\n'


def row(name: str, when: str = "", then: str = 'level = "grid"', more: str = "") -> str:
    """A row of a table, as text; ``more`` are further lines of it."""
    return f'[[rule]]\nname = "{name}"\nzh = "规则{name}"\nwhen = {{ {when} }}\nthen = {{ {then} }}\n{more}\n'


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    """A table's file."""
    file = folder / "rules.toml"
    file.write_text("\n".join((head, *rows)), encoding="utf-8")
    return file


def rules(folder: Path, *rows: str, head: str = HEAD) -> Rules:
    """What stands in such a file."""
    return read(written(folder, *rows, head=head))


def table(folder: Path, *rows: str, head: str = HEAD) -> Table:
    """The table of such a file, not proven."""
    return compiled(rules(folder, *rows, head=head))


def classified(code: str | None) -> Classification:
    """The category as intake gives it to a report."""
    by = ClassifiedBy.CODE if code else ClassifiedBy.UNDECIDED
    return Classification(code=code, zh=named(code), by=by, confidence=1.0 if code else 0.0, version="2026.1")
