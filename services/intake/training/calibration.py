"""Holds sentences out, and from what the model says of them sets how sure it may call itself."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from contracts.categories import LEAVES
from services.intake.classify import Figures, Level, Numbers, logit
from services.intake.training.fitting import DIGITS, classifier, library
from services.intake.training.sentences import Lesson, Lessons

PRECISION: Final = 0.85
"""Of the answers that a level gives, at least this share is right."""
FOLDS: Final = 5
SEED: Final = 1
TEMPERATURES: Final = tuple(float(each) for each in np.round(np.arange(0.5, 3.05, 0.05), 2))
FEWEST: Final = 20
"""A threshold that fewer held-out answers reach says nothing of its precision."""

Progress = Callable[[str], None]
Places = npt.NDArray[np.intp]
Truths = npt.NDArray[np.bool_]


def folds(sentences: Sequence[Lesson]) -> list[tuple[Places, Places]]:
    """What to learn from and what is held out, each leaf in the same share."""
    splitter = library("sklearn.model_selection").StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    return list(splitter.split(np.zeros(len(sentences)), [each.code for each in sentences]))


def held_out(lessons: Lessons, progress: Progress) -> Numbers:
    """Scores (sentences × leaves) of each sentence by a model that has not seen it."""
    scores = np.zeros((len(lessons.sentences), len(LEAVES)))
    for number, (seen, unseen) in enumerate(folds(lessons.sentences), 1):
        progress(f"fold {number} of {FOLDS}: {len(seen)} sentences to learn from, {len(unseen)} held out")
        model = classifier([*(lessons.sentences[at] for at in seen), *lessons.terms])
        scores[unseen] = [model.scores(lessons.sentences[at].text) for at in unseen]
    return scores


def levels(scores: Numbers, codes: Sequence[str]) -> tuple[Level, ...]:
    """Each level's figures and threshold, deepest first, that fit these held-out scores and true leaves.

    A level's precision counts only the texts that no deeper level has answered already.
    """
    chosen: list[Level] = []
    left = np.ones(len(codes), bool)
    for digits in DIGITS:
        true = [code[:digits] for code in codes]
        figures = _figures(digits, scores, true)
        sure, right = _outcomes(Level.over(LEAVES, digits, figures), scores, true)
        threshold = _threshold(sure[left], right[left])
        chosen.append(Level.over(LEAVES, digits, figures, threshold))
        left &= sure < threshold
    return tuple(chosen)


def _figures(digits: int, scores: Numbers, true: list[str]) -> Figures:
    """The temperature under which the true codes are likeliest; slope and offset from its best codes' outcomes."""

    def surprise(temperature: float) -> float:
        level = Level.over(LEAVES, digits, Figures(temperature))
        at = [level.codes.index(code) for code in true]
        return float(-np.log(level.probabilities(scores)[np.arange(len(at)), at] + 1e-12).mean())

    temperature = min(TEMPERATURES, key=surprise)
    level = Level.over(LEAVES, digits, Figures(temperature))
    return Figures(temperature, *_line(*_outcomes(level, scores, true)))


def _line(sure: Numbers, right: Truths) -> tuple[float, float]:
    """Slope and offset that make logits of probabilities into those of hit rates; none if all or nothing is right."""
    if right.all() or not right.any():
        return 1.0, 0.0
    model = library("sklearn.linear_model").LogisticRegression(C=1e6)
    model.fit([[logit(each)] for each in sure], right)
    return round(float(model.coef_[0, 0]), 3), round(float(model.intercept_[0]), 3)


def _outcomes(level: Level, scores: Numbers, true: list[str]) -> tuple[Numbers, Truths]:
    """For each text how sure the level is of its best code, and whether that is right."""
    best = [level.best(each, 1)[0] for each in scores]
    return np.array([sure for _, sure in best]), np.array([code for code, _ in best]) == np.array(true)


def _threshold(sure: Numbers, right: Truths) -> float:
    """The least confidence from which on the answers are precise enough; over 1, never reached, if there is none."""
    for candidate in np.unique(sure):
        reached = right[sure >= candidate]
        if len(reached) >= FEWEST and reached.mean() >= PRECISION:
            return float(candidate)
    return 1.001
