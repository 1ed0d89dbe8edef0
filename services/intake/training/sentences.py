"""Reads what the classifier learns from: sentences with their category, and the words typical of each."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from contracts.categories import LEAVES

DATA: Final = Path(__file__).parents[1] / "data"
SENTENCES: Final = DATA / "sentences.tsv"
TERMS: Final = DATA / "terms.tsv"
NO_CATEGORY: Final = DATA / "no_category.txt"
"""Sentences that are about nothing; never trained on, they check that what says nothing stays undecided."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text and the leaf it belongs to."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Lessons:
    """All there is to learn from: only the sentences are ever held out for measuring, the terms never."""

    sentences: tuple[Lesson, ...]
    terms: tuple[Lesson, ...]

    @classmethod
    def load(cls, sentences: Path = SENTENCES, terms: Path = TERMS) -> Self:
        """Raises ValueError naming file and line of a category that is no leaf of the tree."""
        return cls(_read(sentences), tuple(part for row in _read(terms) for part in _parts(row)))


def _read(file: Path) -> tuple[Lesson, ...]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(rows, 2):
        if row.get("code") not in LEAVES or not row.get("text"):
            raise ValueError(f"{file}:{number}: {row.get('code')}; a leaf's code, a tab and a text are right")
    return tuple(Lesson(row["code"], row["text"]) for row in rows)


def _parts(row: Lesson) -> list[Lesson]:
    return [row, *(Lesson(row.code, term) for term in row.text.split())]


def digest(*files: Path) -> str:
    """The SHA-256 of the files' bytes one after the other, in hexadecimal digits."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def without_category(file: Path = NO_CATEGORY) -> tuple[str, ...]:
    """The sentences that are about nothing, one a line."""
    return tuple(file.read_text(encoding="utf-8").splitlines())
