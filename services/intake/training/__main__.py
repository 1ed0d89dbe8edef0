"""The command line: `train` writes the model, `evaluate` says how good it is."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

from services.intake.classify import MODEL, Classifier
from services.intake.training import calibration, fitting, foreign, measures
from services.intake.training.sentences import Lessons, without_category

_HOW = (
    f"{calibration.FOLDS}-fold cross-validation over the sentences: the temperature that makes the true codes "
    "likeliest; the line from the logits of the best codes to their hit rates; the least threshold from which on "
    f"{calibration.PRECISION:.0%} of the answers that stop at the level are right"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; an operator's mistake gets one line and status 2."""
    given = _parser().parse_args(arguments)
    try:
        given.run(given)
    except (OSError, ValueError, fitting.Missing) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m services.intake.training", description=__doc__)
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="fit, calibrate and write the model")
    train.add_argument("--to", type=Path, default=MODEL, help="file to write")
    train.set_defaults(run=_train)
    evaluate = commands.add_parser("evaluate", help="cross-validate, or try the model on a foreign file")
    evaluate.add_argument("file", type=Path, nargs="?", help="JSON lines with title, text, category")
    evaluate.add_argument("--map", type=Path, help="CSV of code,label from our codes to the file's categories")
    evaluate.set_defaults(run=_evaluate)
    return parser


def _train(given: Namespace) -> None:
    lessons = Lessons.load()
    scores = calibration.held_out(lessons, _progress)
    levels = calibration.levels(scores, [sentence.code for sentence in lessons.sentences])
    _progress(f"all {len(lessons.sentences)} sentences")
    fitting.write(
        fitting.calibrated(fitting.fitted([*lessons.sentences, *lessons.terms]), levels, _HOW),
        given.to,
    )
    _print([f"{given.to}: {given.to.stat().st_size} bytes"])
    _print(f"{each.digits} digits: {each.figures}, threshold {each.threshold}" for each in levels)


def _evaluate(given: Namespace) -> None:
    if given.file is None:
        _cross_validate()
    elif given.map is None:
        raise ValueError(f"{given.file}: no --map; a CSV of code,label is right")
    else:
        _print(foreign.trial(Classifier.load(), foreign.labelled(given.file), foreign.labels(given.map)))


def _cross_validate() -> None:
    lessons = Lessons.load()
    given = measures.answers(calibration.held_out(lessons, _progress), lessons.sentences)
    _print(measures.summary(given))
    _print(measures.answered(given))
    for digits in (2, 4, 6):
        _print(measures.reliability(given, digits))
    model = Classifier.load()
    nothing = [model.classify(text).code is None for text in without_category()]
    _print([f"the model in use: {sum(nothing)} of {len(nothing)} texts about nothing end undecided"])


def _print(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _progress(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
