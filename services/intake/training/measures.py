"""How good answers are, as lines of text: right, undecided, and whether stated confidence keeps its word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.intake.classify import Guess, Level, Numbers, decided
from services.intake.training.calibration import folds, levels
from services.intake.training.sentences import Lesson

NAMES: Final = {2: "first level", 4: "second level", 6: "leaf"}
BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What was true, the likeliest code of each level whether sure or not, and the answer given."""

    true: str
    likeliest: dict[int, tuple[str, float]]
    guess: Guess


def answers(scores: Numbers, sentences: Sequence[Lesson]) -> list[Answer]:
    """Each held-out sentence's, with levels calibrated on the other folds alone."""
    given: dict[int, Answer] = {}
    codes = [sentence.code for sentence in sentences]
    for others, own in folds(sentences):
        calibrated = levels(scores[others], [codes[at] for at in others])
        given |= {int(at): answer(calibrated, scores[at], codes[at]) for at in own}
    return [given[at] for at in range(len(sentences))]


def answer(calibrated: tuple[Level, ...], scores: Numbers, true: str) -> Answer:
    """One text's, by levels and its scores."""
    likeliest = {level.digits: level.best(scores, 1)[0] for level in calibrated}
    return Answer(true, likeliest, decided(calibrated, scores))


def summary(given: Sequence[Answer]) -> Iterator[str]:
    """A line for each level: accuracy and macro-F1 of the likeliest code, then the answers sure enough."""
    yield f"{'':12} {'accuracy':>8} {'macro-F1':>8} {'undecided':>9} {'right if decided':>16}"
    for digits in (2, 4, 6):
        true = [each.true[:digits] for each in given]
        said = [each.likeliest[digits][0] for each in given]
        sure = [(each.guess.code or "", each.true) for each in given if len(each.guess.code or "") >= digits]
        right = _share([code[:digits] == leaf[:digits] for code, leaf in sure])
        undecided = 1 - len(sure) / len(given)
        yield (
            f"{NAMES[digits]:12} {accuracy(true, said):8.1%} {macro_f1(true, said):8.1%} {undecided:9.1%} {right:16.1%}"
        )


def answered(given: Sequence[Answer]) -> Iterator[str]:
    """A line for each level on which answers stopped: their share, and how many are right."""
    for digits in (6, 4, 2):
        here = [each for each in given if len(each.guess.code or "") == digits]
        right = _share([each.true.startswith(each.guess.code or "") for each in here])
        yield f"answered on {NAMES[digits]:12} {len(here) / len(given):6.1%}, of these right {right:6.1%}"
    yield f"undecided altogether     {_share([each.guess.code is None for each in given]):6.1%}"


def reliability(given: Sequence[Answer], digits: int) -> Iterator[str]:
    """A line for each tenth of confidence: how many, what was stated on average, what was right."""
    yield f"{NAMES[digits]}: confidence, texts, stated, right"
    for tenth in range(BINS):
        inside = [each for each in given if min(int(each.likeliest[digits][1] * BINS), BINS - 1) == tenth]
        if inside:
            stated = _share([each.likeliest[digits][1] for each in inside])
            right = _share([each.true.startswith(each.likeliest[digits][0]) for each in inside])
            yield f"  {tenth / BINS:.1f}-{(tenth + 1) / BINS:.1f} {len(inside):6} {stated:7.1%} {right:7.1%}"


def accuracy(true: Sequence[str], said: Sequence[str | None]) -> float:
    """The share that is right."""
    return _share([one == other for one, other in zip(true, said, strict=True)])


def macro_f1(true: Sequence[str], said: Sequence[str | None]) -> float:
    """The mean over the true labels of the harmonic mean of precision and recall; an answer None is a miss."""
    return _share([_f1(label, true, said) for label in sorted(set(true))])


def _f1(label: str, true: Sequence[str], said: Sequence[str | None]) -> float:
    hits = sum(one == other == label for one, other in zip(true, said, strict=True))
    return 2 * hits / (sum(one == label for one in true) + sum(one == label for one in said))


def _share(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
