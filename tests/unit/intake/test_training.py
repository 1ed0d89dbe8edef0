"""The data are whole, the model is theirs, and what training measures is measured right."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from contracts.categories import LEAVES, VERSION
from services.intake.classify import Classifier, Guess
from services.intake.training import calibration, fitting, foreign, measures
from services.intake.training.__main__ import main
from services.intake.training.sentences import SENTENCES, TERMS, Lesson, Lessons, digest, without_category


@cache
def lessons() -> Lessons:
    return Lessons.load()


def small() -> list[Lesson]:
    """Enough to fit in a moment: every leaf by all its terms, and by one of them once more."""
    terms = lessons().terms
    return [
        lesson for before, lesson in zip(terms[-1:] + terms, terms, strict=False) if " " in before.text + lesson.text
    ]


def held_out_scores(right: int, wrong: int) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], list[str]]:
    """Sure and right about the first leaf, then less sure and wrong about the second."""
    scores = np.zeros((right + wrong, len(LEAVES)))
    scores[:right, 0] = 12
    scores[right:, 1] = 7
    return scores, [LEAVES[0]] * right + [LEAVES[-1]] * wrong


def test_every_leaf_has_at_least_ten_sentences() -> None:
    counts = Counter(lesson.code for lesson in lessons().sentences)
    assert {leaf for leaf in LEAVES if counts[leaf] < 10} == set()


def test_no_sentence_stands_twice() -> None:
    texts = Counter(lesson.text for lesson in lessons().sentences)
    assert [text for text, count in texts.items() if count > 1] == []


def test_every_leaf_has_its_terms_once() -> None:
    assert [lesson.code for lesson in lessons().terms if " " in lesson.text] == list(LEAVES)


def test_no_sentence_holds_anything_like_a_number_to_call() -> None:
    digits = (sum(char.isdigit() for char in word) for lesson in lessons().sentences for word in lesson.text.split())
    assert max(digits) < 11


def test_an_unknown_category_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "sentences.tsv"
    file.write_text("code\ttext\n010101\t草\n999999\t水\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"sentences\.tsv:3: 999999; a leaf's code"):
        Lessons.load(file)


def test_the_model_belongs_to_these_sentences_and_this_tree() -> None:
    about = Classifier.load().about
    assert (about["lessons"], about["tree"]) == (digest(SENTENCES, TERMS), VERSION)


def test_the_model_knows_most_of_its_own_sentences() -> None:
    model = Classifier.load()
    leaf = model.levels[0]
    right = [leaf.best(model.scores(lesson.text), 1)[0][0] == lesson.code for lesson in lessons().sentences]
    assert np.mean(right) > 0.95


def test_of_sixty_texts_that_say_nothing_at_most_two_are_decided_on() -> None:
    model = Classifier.load()
    assert len(without_category()) >= 60
    assert len({text: code for text in without_category() if (code := model.classify(text).code)}) <= 2


def test_the_same_lessons_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        fitting.write(fitting.fitted(small()), tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_fitted_model_can_be_loaded_again(tmp_path: Path) -> None:
    arrays = fitting.fitted(small())
    fitting.write(arrays, tmp_path / "model.npz")
    text = lessons().sentences[0].text
    assert Classifier.load(tmp_path / "model.npz").classify(text) == Classifier.unpacked(arrays).classify(text)


@pytest.mark.slow
def test_training_again_gives_the_same_predictions() -> None:
    committed = Classifier.load()
    arrays = fitting.fitted([*lessons().sentences, *lessons().terms])
    again = Classifier.unpacked(fitting.calibrated(arrays, committed.levels, ""))
    texts = [lesson.text for lesson in lessons().sentences]
    differing = [text for text in texts if again.classify(text).code != committed.classify(text).code]
    assert len(differing) <= len(texts) // 200


def test_a_library_that_is_missing_is_named_in_one_line() -> None:
    with pytest.raises(fitting.Missing, match=r"no_such_library.*; training needs scikit-learn"):
        fitting.library("no_such_library")


def test_each_sentence_is_held_out_once() -> None:
    held = np.concatenate([unseen for _, unseen in calibration.folds(lessons().sentences)])
    assert sorted(held.tolist()) == list(range(len(lessons().sentences)))


def test_a_threshold_stands_where_the_answers_become_precise_enough() -> None:
    scores, codes = held_out_scores(right=60, wrong=40)
    leaf = calibration.levels(scores, codes)[0]
    reached = [leaf.best(each, 1)[0][1] >= leaf.threshold for each in scores]
    assert reached == [True] * 60 + [False] * 40


def test_a_level_that_is_never_precise_enough_never_answers() -> None:
    scores, codes = held_out_scores(right=0, wrong=40)
    assert min(level.threshold for level in calibration.levels(scores, codes)) > 1


def test_f1_is_the_mean_over_labels_and_undecided_is_a_miss() -> None:
    true, said = ["a", "a", "b", "b"], ["a", None, "b", "a"]
    assert measures.accuracy(true, said) == 0.5
    assert measures.macro_f1(true, said) == pytest.approx((0.5 + 2 / 3) / 2)


def answer(true: str, code: str | None, confidence: float) -> measures.Answer:
    likeliest = {digits: ("010101"[:digits], confidence) for digits in (2, 4, 6)}
    return measures.Answer(true, likeliest, Guess(code, confidence, ()))


def test_the_summary_counts_the_undecided_apart() -> None:
    given = [answer("010101", "010101", 0.9), answer("010102", "0101", 0.8), answer("020101", None, 0.3)]
    first, second, leaf = [line.split()[-4:] for line in measures.summary(given)][1:]
    assert (first[0], first[2:]) == ("66.7%", ["33.3%", "100.0%"])
    assert (second[2:], leaf[2:]) == (["33.3%", "100.0%"], ["66.7%", "100.0%"])


def test_the_reliability_table_holds_the_stated_against_the_right() -> None:
    given = [answer("010101", None, 0.95), answer("020101", None, 0.95), answer("010102", None, 0.31)]
    lines = [line.split() for line in measures.reliability(given, 2)][1:]
    assert lines == [["0.3-0.4", "1", "31.0%", "100.0%"], ["0.9-1.0", "2", "95.0%", "50.0%"]]


def test_the_longest_part_of_a_code_finds_its_label() -> None:
    by_code = {"03": "road", "0303": "transport"}
    assert [foreign.label(code, by_code) for code in ("030301", "0301", "03", "04", None)] == [
        "transport", "road", "road", None, None,
    ]  # fmt: skip


def foreign_files(folder: Path) -> tuple[Path, Path]:
    texts, names = folder / "texts.jsonl", folder / "map.csv"
    rows = [
        {"title": "讨薪", "text": "包工头欠农民工工钱，工地干活不给钱", "category": "labour"},
        {"title": "丢牛", "text": "三头牛走失两天了，牲畜找不到", "category": "herds"},
    ]
    texts.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    names.write_text("code,label\n06,labour\n01,herds\n", encoding="utf-8")
    return texts, names


def test_a_foreign_file_is_tried_through_the_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts, names = foreign_files(tmp_path)
    assert main(["evaluate", str(texts), "--map", str(names)]) == 0
    assert "2 texts, 2 labels\nlikeliest label:  accuracy 100.0%" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [("{}\n", "KeyError('title')"), ("[1]\n", "TypeError"), ("", "no lines"), ("no json\n", "JSONDecodeError")],
)
def test_a_line_that_is_no_report_gets_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    texts, names = foreign_files(tmp_path)
    texts.write_text(content, encoding="utf-8")
    assert main(["evaluate", str(texts), "--map", str(names)]) == 2
    told = capsys.readouterr().err
    assert (told.count("\n"), said in told, "texts.jsonl" in told) == (1, True, True)


def test_a_map_with_other_columns_gets_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts, names = foreign_files(tmp_path)
    names.write_text("a,b\n", encoding="utf-8")
    assert main(["evaluate", str(texts), "--map", str(names)]) == 2
    assert "columns ['a', 'b']; code,label is right" in capsys.readouterr().err


def test_a_foreign_file_without_a_map_gets_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tmp_path / "texts.jsonl")]) == 2
    assert "no --map" in capsys.readouterr().err
