"""One part of the summary: a heading, a table and remarks, for the terminal and for the page alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from yiwang.demo.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table in Chinese under a heading in both languages; the first ``texts`` columns are words."""

    zh: str
    en: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    texts: int = 1
    remarks: Sequence[str] = ()

    def lines(self) -> list[str]:
        """For a terminal: heading, table, remarks, and an empty line before."""
        body = table(self.head, self.rows, texts=self.texts) if self.rows else []
        return ["", f"■ {self.zh}（{self.en}）", *(f"  {line}" for line in (*body, *self.remarks))]
