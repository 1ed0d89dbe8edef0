"""Reads the tables that stand beside the service, and refuses one that cannot be used."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data"


class BrokenDataError(ValueError):
    """A data file that cannot be used: names the file, the place in it, what was found and what is right."""

    def __init__(self, file: str, place: str, found: str, right: str) -> None:
        """Put the four into one line."""
        super().__init__(f"{file}, {place}: found {found}; right is {right}")


def rows(folder: Path, file: str, columns: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each row of a CSV table with exactly these columns, and where it stands ("line 2").

    Raises BrokenDataError, and OSError if the file is missing.
    """
    try:
        text = (folder / file).read_text(encoding="utf-8-sig")  # office programs put a mark at the beginning
    except UnicodeDecodeError as error:
        raise BrokenDataError(file, "encoding", str(error), "UTF-8") from error
    reader = csv.reader(text.splitlines())
    if tuple(head := next(reader, [])) != columns:
        raise BrokenDataError(file, "line 1", f"columns {head}", ",".join(columns))
    for row in filter(None, reader):  # empty lines say nothing
        place = f"line {reader.line_num}"
        if len(row) != len(columns):
            raise BrokenDataError(file, place, f"{len(row)} fields", f"{len(columns)}: {','.join(columns)}")
        yield place, dict(zip(columns, row, strict=True))
