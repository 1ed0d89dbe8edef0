"""Guesses a report's category from its words: a linear model over single characters and pairs of them."""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from operator import add
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from contracts.categories import CATEGORIES
from services.intake.text import normalise

MODEL: Final = Path(__file__).parent / "data" / "model.npz"

MOST: Final = 2000
"""Characters of a text that are read; what a report is about stands at its beginning."""

SHORTEST: Final = 20.0
"""Weights whose length is less are taken to be this long, so that a few words are less sure; cross-validation chose."""

FEWEST: Final = 4
"""Known grams, at least; two known characters alone say nothing."""

_RUN: Final = re.compile(r"[^\W_]+")
_DIGITS: Final = re.compile(r"\d+")

Numbers = npt.NDArray[np.float64]


def grams(text: str) -> Counter[str]:
    """How often each character and each pair of neighbours occurs; a number counts as one 0, punctuation parts."""
    runs: list[str] = _RUN.findall(_DIGITS.sub("0", normalise(text[:MOST]).lower()))
    return Counter(gram for run in runs for gram in (*run, *map(add, run, run[1:])))


def weighed(counts: Numbers, rarity: Numbers) -> Numbers:
    """The weights of one text's grams: dampened counts times rarity, together of length 1, or less if very few."""
    weights: Numbers = (1 + np.log(counts)) * rarity
    return weights / max(float(np.sqrt(weights @ weights)), SHORTEST)


def logit(probability: float) -> float:
    """The logarithm of the odds, kept finite."""
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))


@dataclass(frozen=True, slots=True)
class Guess:
    """What the words say.

    code: of 2, 4 or 6 digits, the deepest level that is sure enough; None if not even the first level is.
    confidence: how often such an answer is right, 0 to 1; when undecided, that of the likeliest first level.
    runners_up: at most two next best (code, confidence) of the same level; when undecided, the first levels likeliest.
    """

    code: str | None
    confidence: float
    runners_up: tuple[tuple[str, float], ...]


class Figures(NamedTuple):
    """What turns scores into confidence.

    temperature: what scores are divided by; slope and offset: what turns the logit of the best code's probability into
    that of how often it is right.
    """

    temperature: float = 1.0
    slope: float = 1.0
    offset: float = 0.0


_AS_IS: Final = Figures()


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """How one level of the tree is decided on: from the threshold on it answers; cross-validation sets the figures."""

    digits: int
    figures: Figures
    threshold: float
    codes: tuple[str, ...]
    starts: npt.NDArray[np.intp]

    @classmethod
    def over(cls, leaves: tuple[str, ...], digits: int, figures: Figures = _AS_IS, threshold: float = 1.0) -> Self:
        """The level of so many digits over these leaves, which must be sorted."""
        codes, starts = np.unique(np.array([leaf[:digits] for leaf in leaves]), return_index=True)
        return cls(digits, figures, threshold, tuple(codes.tolist()), starts)

    def probabilities(self, scores: Numbers) -> Numbers:
        """Of each code of this level, from scores whose last axis is the leaves."""
        powers = np.exp((scores - scores.max(axis=-1, keepdims=True)) / self.figures.temperature)
        sums: Numbers = np.add.reduceat(powers / powers.sum(axis=-1, keepdims=True), self.starts, axis=-1)
        return sums

    def best(self, scores: Numbers, many: int = 3) -> tuple[tuple[str, float], ...]:
        """The likeliest codes with their confidence to three decimals, best first, equal ones by code."""
        chances = self.probabilities(scores)
        order = np.argsort(-chances, kind="stable")[:many].tolist()
        first = float(chances[order[0]])
        sure = self.confidence(first)
        rest = (1 - sure) / (1 - first) if first < 1 else 0.0
        said = (sure, *(float(chances[at]) * rest for at in order[1:]))
        return tuple((self.codes[at], round(chance, 3)) for at, chance in zip(order, said, strict=True))

    def confidence(self, probability: float) -> float:
        """How often a best code of this probability is right."""
        return 1 / (1 + math.exp(-(self.figures.slope * logit(probability) + self.figures.offset)))


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A trained model: a row of weights over the leaves for each known gram, and the levels deepest first."""

    known: Mapping[str, int]
    rarity: Numbers
    weights: npt.NDArray[np.float32]
    bias: Numbers
    leaves: tuple[str, ...]
    levels: tuple[Level, ...]
    about: Mapping[str, Any]

    @classmethod
    def load(cls, file: Path = MODEL) -> Self:
        """Read a model that the training has written; raises ValueError with one line for anything else."""
        try:
            with np.load(file, allow_pickle=False) as arrays:
                return cls.unpacked(dict(arrays))
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            raise ValueError(f"{file}: {error}; a model that services.intake.training wrote is right") from error

    @classmethod
    def unpacked(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """The model in the arrays of its file."""
        leaves = tuple(arrays["leaves"].astype(str).tolist())
        if strange := set(leaves) - CATEGORIES.keys():
            raise ValueError(f"{min(strange)} is no category of the tree")
        known = arrays["grams"].tobytes().decode().split("\n")
        return cls(
            known={gram: at for at, gram in enumerate(known)},
            rarity=arrays["rarity"].astype(np.float64),
            weights=arrays["weights"] * arrays["scale"],
            bias=arrays["bias"].astype(np.float64),
            leaves=leaves,
            levels=tuple(_level(leaves, *row) for row in arrays["levels"].tolist()),
            about=json.loads(arrays["about"].tobytes()),
        )

    def scores(self, text: str) -> Numbers:
        """One score for each leaf, the same for all texts with too few known grams; the levels know what they mean."""
        found = [(self.known[gram], count) for gram, count in grams(text).items() if gram in self.known]
        if len(found) < FEWEST:
            return self.bias
        rows, counts = (np.array(column) for column in zip(*found, strict=True))
        weights = weighed(counts.astype(np.float64), self.rarity[rows])
        scores: Numbers = self.bias + weights.astype(np.float32) @ self.weights[rows]
        return scores

    def classify(self, text: str) -> Guess:
        """The deepest code that is sure enough; never raises, whatever the text."""
        return decided(self.levels, self.scores(text))


def _level(leaves: tuple[str, ...], digits: float, *figures: float) -> Level:
    return Level.over(leaves, int(digits), Figures(*figures[:-1]), figures[-1])


def decided(levels: tuple[Level, ...], scores: Numbers) -> Guess:
    """The answer of the first of these levels, deepest first, whose best code reaches its threshold."""
    best: tuple[tuple[str, float], ...] = ()
    for level in levels:
        best = level.best(scores)
        code, confidence = best[0]
        if confidence >= level.threshold:
            return Guess(code, confidence, best[1:])
    return Guess(None, best[0][1], best[:2])
