"""Tables for a terminal in which a Chinese character is two columns wide."""

from collections.abc import Sequence
from datetime import datetime
from unicodedata import combining, east_asian_width

from contracts.territory import SHANGHAI

GAP = "  "
WIDE = frozenset("WF")


def minute(moment: datetime) -> str:
    """The moment (aware) as the banner's clocks have it, to the minute."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def width(text: str) -> int:
    """Columns that the text takes; what is ambiguous counts as one, as terminals outside East Asia have it."""
    return sum(0 if combining(sign) else 1 + (east_asian_width(sign) in WIDE) for sign in text)


def cut(text: str, columns: int) -> str:
    """The text in at most so many columns, an ellipsis where something is left out."""
    if width(text) <= columns:
        return text
    kept = ""
    for sign in text:
        if width(kept + sign) > columns - 1:
            break
        kept += sign
    return kept + "…"


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """The text filled up with blanks, to the right or, for figures, to the left."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def table(head: Sequence[str], rows: Sequence[Sequence[object]], *, texts: int = 1) -> list[str]:
    """Lines under a headline; the first ``texts`` columns and those whose cells are no figures are set to the left."""
    cells = [[str(cell) for cell in row] for row in rows]
    columns = range(len(head))
    widths = [max(width(row[at]) for row in [list(head), *cells]) for at in columns]
    right = [at >= texts and all(_figure(row[at]) for row in cells) for at in columns]
    return [
        GAP.join(padded(row[at], widths[at], right=right[at]) for at in columns).rstrip()
        for row in [list(head), *cells]
    ]


def share(part: int, whole: int) -> str:
    """A share in per cent with one decimal; a dash where there is nothing to share."""
    return f"{part / whole:.1%}" if whole else "-"


def _figure(cell: str) -> bool:
    return not cell.strip("0123456789.,%+- ") or cell.endswith(" ms")
