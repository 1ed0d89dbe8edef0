"""What mutmut has found, module by module."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SURVIVED, UNTESTED = {0}, {5, 33}
"""Mutmut's exit codes of a change that all tests passed, and of one in what no test runs; None is one not tried."""


@dataclass(frozen=True, slots=True)
class Module:
    """The changes that were tried in one module, and the names of those that no test saw."""

    file: str
    tried: int
    unseen: tuple[str, ...]

    @property
    def seen(self) -> int:
        """How many some test saw: it failed, or did not end."""
        return self.tried - len(self.unseen)

    @property
    def share(self) -> float:
        """The part that was seen."""
        return self.seen / self.tried


def modules(folder: Path) -> list[Module]:
    """The modules of a run, by name; those of which nothing was tried are left out."""
    found = [_module(file, folder) for file in sorted(folder.rglob("*.py.meta"))]
    return [module for module in found if module.tried]


def _module(file: Path, folder: Path) -> Module:
    codes: dict[str, int | None] = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    unseen = tuple(name for name, code in codes.items() if code in SURVIVED | UNTESTED)
    tried = sum(code is not None for code in codes.values())
    return Module(str(file.relative_to(folder)).removesuffix(".meta"), tried, unseen)


def table(found: Sequence[Module]) -> str:
    """The same as a table, in Markdown."""
    rows = [f"| `{one.file}` | {one.tried:,} | {one.seen:,} | {one.share:.1%} |" for one in found]
    tried, seen = sum(one.tried for one in found), sum(one.seen for one in found)
    whole = [f"| all | {tried:,} | {seen:,} | {seen / tried:.1%} |"] if tried else []
    return "\n".join(("| module | changes | seen | share |", "| --- | --- | --- | --- |", *rows, *whole))
