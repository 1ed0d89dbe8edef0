"""Finds a report's category in the banner's tree: by the source's own code or word, or else by its text."""

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from contracts.categories import CATEGORIES, VERSION, lineage, named, within
from contracts.report import Classification, ClassifiedBy, Guess
from services.intake.text import normalise

TABLE: Final = Path(__file__).parent / "data" / "categories.csv"
"""What sources call their matters: department (``*`` for all), word or code, our code, our name of it."""
EVERYONE: Final = "*"
TREE: Final = f"categories/{VERSION}"
LEAF: Final = 6
"""Digits of a code of the deepest level."""

_BETWEEN: Final = re.compile(r"[/\\>|→·—–_-]+")
_ENDINGS: Final = re.compile("(?:类|问题|投诉|举报|反映|求助|咨询|建议|申请|警情|事件|案件|事项)+$")

Ranked = tuple[str, float]
"""A code with how sure it is, from 0 to 1."""


class TextGuess(Protocol):
    """What a text speaks for: the deepest code that is sure, if one is, and the next ones."""

    @property
    def code(self) -> str | None:
        """The code, or None."""

    @property
    def confidence(self) -> float:
        """How sure it is, from 0 to 1."""

    @property
    def runners_up(self) -> Sequence[Ranked]:
        """What else it may be, the likeliest first."""


class TextClassifier(Protocol):
    """What guesses a category from words."""

    def classify(self, text: str, /) -> TextGuess:
        """What this text speaks for."""


@dataclass(frozen=True, slots=True)
class Categories:
    """All that decides on categories; without arguments it knows no more than the tree's own codes and names.

    ``words`` has our code for (department or ``*``, the source's word), both as ``key_of`` gives them; ``table`` and
    ``model`` are the versions of the two.
    """

    words: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    table: str = "none"
    classifier: TextClassifier | None = None
    model: str = "none"

    @classmethod
    def load(cls, classifier: TextClassifier | None = None, model: str = "none") -> "Categories":
        """The table beside this module, and a classifier with its version; raises ValueError for a bad row."""
        words = words_of(TABLE.read_text(encoding="utf-8-sig").splitlines())
        return cls(MappingProxyType(words), version_of(TABLE), classifier, model)

    def classify(self, department: str, category: str | None, words: str) -> Classification:
        """The category of a report by this department, from what the source calls it (normalised), or from its words.

        First counts the department's own row of the table, then our codes, names and paths, then a row for everyone.
        What a source says itself is sure (1.0). Where it says no more than a level above the deepest, the words may
        tell a deeper category within that one, and then decide; outside of it they are only runners-up. A word of the
        source that nobody knows is still one of the words.
        """
        said = self.said(department, category) if category else None
        if said and len(said[0]) == LEAF:
            return self._by_source(*said)
        guess = self.classifier.classify(f"{category}\n{words}" if category else words) if self.classifier else None
        ranked = _ranked(guess) if guess else ()
        if guess and guess.code and (said is None or _deeper(guess.code, said[0])):
            return self._told(guess.code, ClassifiedBy.TEXT, guess.confidence, ranked[1:])
        if said:
            return self._by_source(*said, [one for one in ranked if one[0] not in lineage(said[0])])
        return self._told(None, ClassifiedBy.UNDECIDED, 0.0, ranked)

    def said(self, department: str, category: str) -> tuple[str, ClassifiedBy] | None:
        """Our code for what the source calls it, and whether it is ours or stands in the table.

        Of a path (``城建/供暖投诉``) the deepest part that is known counts; endings such as 投诉 and 问题 do not.
        """
        whole = key_of(category)
        parts = [part for part in _BETWEEN.split(whole) if not part.isdigit()]
        for part in (whole, *reversed(parts)):
            for word in (part, _ENDINGS.sub("", part)):
                if found := self._known(department, word):
                    return found
        return None

    def _known(self, department: str, word: str) -> tuple[str, ClassifiedBy] | None:
        if code := self.words.get((department, word)):
            return code, ClassifiedBy.MAP
        if code := OWN.get(word):
            return code, ClassifiedBy.CODE
        code = self.words.get((EVERYONE, word))
        return (code, ClassifiedBy.MAP) if code else None

    def _by_source(self, code: str, by: ClassifiedBy, runners_up: Iterable[Ranked] = ()) -> Classification:
        return self._told(code, by, 1.0, runners_up)

    def _told(self, code: str | None, by: ClassifiedBy, sure: float, runners_up: Iterable[Ranked]) -> Classification:
        others = tuple(Guess(code=other, zh=named(other), confidence=chance) for other, chance in runners_up)
        return Classification(
            code=code, zh=named(code), by=by, confidence=sure, version=self._version(by), runners_up=others
        )

    def _version(self, by: ClassifiedBy) -> str:
        table = f"+map/{self.table}"
        model = f"+model/{self.model}" if self.classifier else ""
        return TREE + {"code": "", "map": table, "text": model, "undecided": table + model}[by.value]


def version_of(file: Path) -> str:
    """Eight digits that tell this file's content from any other's."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def key_of(word: str) -> str:
    """The word as it is looked up: in its plain form, without blanks, in small letters."""
    return "".join(normalise(word).split()).lower()


OWN: Final[Mapping[str, str]] = MappingProxyType(
    {key_of(key): code for code, name in CATEGORIES.items() for key in (code, name, named(code))}
)
"""Our code for each of our own codes, names and paths; each name stands in the tree once."""


def words_of(lines: Iterable[str]) -> dict[tuple[str, str], str]:
    """The table's rows by department and word; raises ValueError for a wrong code and a word that comes twice."""
    words: dict[tuple[str, str], str] = {}
    for row in filter(None, list(csv.reader(lines))[1:]):
        department, word, code, name = (*row, "", "", "", "")[:4]
        key = department, key_of(word)
        if CATEGORIES.get(code) != name or key in words:
            right = "a department and word that come once, a code of the tree, and its name there"
            raise ValueError(f"categories.csv: found {','.join(row)}; right is {right}")
        words[key] = code
    return words


def _ranked(guess: TextGuess) -> Sequence[Ranked]:
    first = ((guess.code, guess.confidence),) if guess.code else ()
    return (*first, *guess.runners_up)


def _deeper(code: str, than: str) -> bool:
    return len(code) > len(than) and within(code, than)
