"""Tries the finished model on texts that others have labelled, through a map from our codes to their labels."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.intake.classify import Classifier
from services.intake.training.measures import accuracy, macro_f1


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the label that its own people gave it."""

    text: str
    label: str


def labelled(file: Path) -> list[Labelled]:
    """Read JSON lines with title, text and category; raises ValueError naming the line that is none."""
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            rows.append(Labelled(f"{row['title']}\n{row['text']}", row["category"]))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file}:{number}: {error!r}; an object with title, text, category is right") from error
    if not rows:
        raise ValueError(f"{file}: no lines; JSON lines with title, text, category are right")
    return rows


def labels(file: Path) -> dict[str, str]:
    """Read a CSV of code,label; raises ValueError if its columns are others."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if reader.fieldnames != ["code", "label"]:
            raise ValueError(f"{file}: columns {reader.fieldnames}; code,label is right")
        return {row["code"]: row["label"] for row in reader}


def label(code: str | None, by_code: Mapping[str, str]) -> str | None:
    """The label of the longest part of the code that has one."""
    parts = (code[:digits] for digits in range(len(code), 0, -1)) if code else ()
    return next((by_code[part] for part in parts if part in by_code), None)


def trial(model: Classifier, rows: Sequence[Labelled], by_code: Mapping[str, str]) -> Iterator[str]:
    """Lines on how often the model's answer, and its likeliest label if it had to answer, is theirs."""
    true = [row.label for row in rows]
    forced = [_likeliest(model, row.text, by_code) for row in rows]
    said = [label(model.classify(row.text).code, by_code) for row in rows]
    decided = [(one, other) for one, other in zip(true, said, strict=True) if other]
    right = accuracy([one for one, _ in decided], [other for _, other in decided])
    yield f"{len(rows)} texts, {len(set(true))} labels"
    yield f"likeliest label:  accuracy {accuracy(true, forced):.1%}, macro-F1 {macro_f1(true, forced):.1%}"
    yield f"answer if sure:   undecided {1 - len(decided) / len(rows):.1%}, right if decided {right:.1%}"
    yield f"undecided a miss: accuracy {accuracy(true, said):.1%}, macro-F1 {macro_f1(true, said):.1%}"


def _likeliest(model: Classifier, text: str, by_code: Mapping[str, str]) -> str | None:
    """The label whose leaves are together the likeliest, whether sure or not; no label competes as well."""
    leaf = model.levels[0]
    sums: dict[str | None, float] = defaultdict(float)
    for code, chance in zip(leaf.codes, leaf.probabilities(model.scores(text)).tolist(), strict=True):
        sums[label(code, by_code)] += chance
    return max(sums, key=lambda each: sums[each])
