"""Fits the classifier's weights and writes them as a file.

Three multinomial logistic regressions, one for each level of the tree, are added up: a leaf's score is its own, its
parent's and its grandparent's. Cross-validation chose this (first level 74 % right) over a regression of the leaves
alone (69 %) and naive Bayes (64 %); pairs do as well as triples, at less size.
"""

import importlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from contracts.categories import LEAVES, VERSION
from services.intake.classify import Classifier, Figures, Level, Numbers, grams, weighed
from services.intake.training.sentences import SENTENCES, TERMS, Lesson, digest

DIGITS: Final = (6, 4, 2)
FEWEST: Final = 2
"""A gram that stands in fewer lessons is left out."""
INVERSE_PENALTY: Final = 20.0

Arrays = Mapping[str, npt.NDArray[Any]]


class Missing(Exception):
    """A library that only training needs is not installed."""


def library(name: str) -> Any:
    """A module of scikit-learn or of what comes with it, looked for only when it is needed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Missing(f"{error}; training needs scikit-learn, which requirements-dev.txt installs") from error


def fitted(lessons: Sequence[Lesson]) -> Arrays:
    """The arrays of a model of these lessons whose levels are not calibrated yet; the same lessons, the same arrays."""
    counted = [grams(lesson.text) for lesson in lessons]
    spread = Counter(gram for counts in counted for gram in counts)
    known = sorted(gram for gram, lessons_with in spread.items() if lessons_with >= FEWEST)
    rarity = np.array([1 + np.log((1 + len(lessons)) / (1 + spread[gram])) for gram in known])
    table = _table(counted, known, rarity)
    parts = [_regression(table, [lesson.code[:digits] for lesson in lessons], digits) for digits in DIGITS]
    weights, scale = _squeezed(np.sum([weights for weights, _ in parts], axis=0))
    return {
        "grams": np.frombuffer("\n".join(known).encode(), np.uint8),
        "rarity": rarity.astype(np.float32),
        "weights": weights,
        "scale": scale,
        "bias": np.sum([bias for _, bias in parts], axis=0).astype(np.float32),
        "leaves": np.array(LEAVES, "S6"),
        "levels": np.array([(digits, *Figures(), 1.0) for digits in DIGITS]),
        "about": _bytes({"tree": VERSION, "lessons": digest(SENTENCES, TERMS)}),
    }


def _table(counted: Sequence[Counter[str]], known: Sequence[str], rarity: Numbers) -> Any:
    """A sparse row of weights for each text."""
    place = {gram: at for at, gram in enumerate(known)}
    columns = [np.array([place[gram] for gram in counts if gram in place], int) for counts in counted]
    values = [
        weighed(np.array([count for gram, count in counts.items() if gram in place], float), rarity[at])
        for counts, at in zip(counted, columns, strict=True)
    ]
    starts = np.cumsum([0, *(len(at) for at in columns)])
    shape = (len(counted), len(known))
    return library("scipy.sparse").csr_array((np.concatenate(values), np.concatenate(columns), starts), shape=shape)


def _regression(table: Any, codes: list[str], digits: int) -> tuple[Numbers, Numbers]:
    """Weights (grams × leaves) and bias (leaves) of one level, spread over its leaves."""
    model = library("sklearn.linear_model").LogisticRegression(C=INVERSE_PENALTY, tol=1e-3, max_iter=200)
    with library("threadpoolctl").threadpool_limits(1):  # the sums' order, and so their last bits, stay the same
        model.fit(table, codes)
    row = {code: at for at, code in enumerate(model.classes_)}
    rows = [row[leaf[:digits]] for leaf in LEAVES]
    return model.coef_[rows].T, model.intercept_[rows]


def _squeezed(weights: Numbers) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Each leaf's weights in 255 steps, and the size of a step."""
    scale = np.abs(weights).max(axis=0) / 127
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


def calibrated(arrays: Arrays, levels: Sequence[Level], how: str) -> Arrays:
    """The model with these levels' figures, and a word on how they were chosen."""
    figures = np.array([(each.digits, *each.figures, each.threshold) for each in levels])
    about = json.loads(arrays["about"].tobytes()) | {"levels": how}
    return {**arrays, "levels": figures, "about": _bytes(about)}


def _bytes(about: Mapping[str, str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(json.dumps(about, ensure_ascii=False, sort_keys=True).encode(), np.uint8)


def write(arrays: Arrays, file: Path) -> None:
    """The same arrays give the same bytes: the archive's members carry no time."""
    np.savez_compressed(file, allow_pickle=False, **arrays)


def classifier(lessons: Sequence[Lesson]) -> Classifier:
    """A classifier of these lessons, as squeezed as its file would be, not calibrated yet."""
    return Classifier.unpacked(fitted(lessons))
