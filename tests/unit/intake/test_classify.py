"""What the classifier says of texts: how deep, how sure, and that no text upsets it."""

import ast
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.categories import CATEGORIES, LEAVES, VERSION, within
from services.intake import classify
from services.intake.classify import Classifier, Figures, Level, decided, grams

LEAF = ("010101", "010102", "010201", "020101")


@cache
def model() -> Classifier:
    return Classifier.load()


def levels(*thresholds: float) -> tuple[Level, ...]:
    return tuple(
        Level.over(LEAF, digits, threshold=threshold) for digits, threshold in zip((6, 4, 2), thresholds, strict=True)
    )


def scores(*chances: float) -> classify.Numbers:
    logs: classify.Numbers = np.log(np.array(chances))
    return logs


def test_the_deepest_level_that_is_sure_answers() -> None:
    assert decided(levels(0.5, 0.5, 0.5), scores(0.7, 0.1, 0.1, 0.1)).code == "010101"


def test_two_leaves_of_one_parent_make_the_parent_sure() -> None:
    guess = decided(levels(0.5, 0.8, 0.8), scores(0.45, 0.4, 0.1, 0.05))
    assert (guess.code, guess.confidence) == ("0101", 0.85)
    assert guess.runners_up == (("0102", 0.1), ("0201", 0.05))


def test_what_only_the_first_level_is_sure_of_has_two_digits() -> None:
    guess = decided(levels(0.9, 0.9, 0.9), scores(0.4, 0.3, 0.25, 0.05))
    assert (guess.code, guess.confidence, guess.runners_up) == ("01", 0.95, (("02", 0.05),))


def test_who_is_not_sure_is_undecided_and_names_the_likeliest_first_levels() -> None:
    guess = decided(levels(0.9, 0.9, 0.9), scores(0.2, 0.2, 0.2, 0.4))
    assert (guess.code, guess.confidence, guess.runners_up) == (None, 0.6, (("01", 0.6), ("02", 0.4)))


def test_a_high_temperature_makes_less_sure() -> None:
    cold, warm = (
        Level.over(LEAF, 6, Figures(temperature)).best(scores(0.7, 0.1, 0.1, 0.1))[0][1] for temperature in (1, 2)
    )
    assert warm < cold


def test_a_slope_below_one_is_sure_of_less_and_leaves_the_rest_to_the_others() -> None:
    best = Level.over(LEAF, 6, Figures(slope=0.5)).best(scores(0.9, 0.05, 0.04, 0.01))
    assert best == (("010101", 0.75), ("010102", 0.125), ("010201", 0.1))


def test_equal_chances_are_named_in_the_order_of_the_codes() -> None:
    assert [code for code, _ in Level.over(LEAF, 6).best(scores(1, 1, 1, 1))] == ["010101", "010102", "010201"]


def test_a_text_is_its_characters_and_pairs_of_neighbours() -> None:
    assert grams("水井,水") == {"水": 2, "井": 1, "水井": 1}


def test_numbers_widths_and_cases_do_not_matter() -> None:
    assert grams("ＡＢ 120米") == grams("ab 7米")


def test_what_stands_far_behind_is_not_read() -> None:
    assert grams("水" * classify.MOST + "井") == grams("水" * classify.MOST)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("包工头欠我们工钱不给，工地上二十多个农民工等着讨薪", "060101"),
        ("牲口丢了，三头牛走失两天找不到，请大家帮忙寻找", "010301"),
        ("暖气不热，供热公司来了也没解决，家里冷", "130301"),
        ("小区里狗不拴绳，遛狗的人不听劝", "050304"),
    ],
)
def test_a_plain_report_finds_its_place(text: str, code: str) -> None:
    guess = model().classify(text)
    assert guess.code is not None
    assert within(code, guess.code)


def test_the_model_says_how_it_was_made() -> None:
    assert model().about["tree"] == VERSION
    assert "85%" in model().about["levels"]
    assert model().leaves == LEAVES


def test_the_model_answers_the_deepest_level_first() -> None:
    assert [level.digits for level in model().levels] == [6, 4, 2]


@pytest.mark.parametrize(
    "text", ["", " ", "\ud800", "\x00\x07", "a\udfff水", "水" * 20_000, "，。！", "🐑" * 50, "\ufdfa" * 99]
)
def test_no_text_upsets_it(text: str) -> None:
    assert 0 <= model().classify(text).confidence <= 1


@pytest.mark.parametrize("text", ["", "，。！", "\x00", "🐑"])
def test_a_text_without_a_known_word_is_undecided(text: str) -> None:
    assert model().classify(text).code is None


@given(
    st.text(
        st.characters() | st.characters(categories=["Cs"]) | st.sampled_from("水井草场工资小区电暖气"), max_size=300
    )
)
def test_every_guess_is_in_the_tree_and_fits_itself(text: str) -> None:
    guess = model().classify(text)
    digits = len(guess.code or "01")
    named = [guess.code] if guess.code else []
    assert {*named, *(code for code, _ in guess.runners_up)} <= CATEGORIES.keys()
    assert {len(code) for code, _ in guess.runners_up} <= {digits}
    chances = [guess.confidence, *(chance for _, chance in guess.runners_up)]
    assert chances == sorted(chances, reverse=True)
    assert all(0 <= chance <= 1 and chance == round(chance, 3) for chance in chances)
    assert model().classify(text) == guess


def test_a_file_that_is_no_model_is_named(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    file.write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"model\.npz: .*; a model that services\.intake\.training wrote is right"):
        Classifier.load(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.npz: .*No such file"):
        Classifier.load(tmp_path / "none.npz")


def test_a_model_of_another_tree_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.npz"
    about = np.frombuffer(json.dumps({}).encode(), np.uint8)
    np.savez(file, leaves=np.array(["990101"], "S6"), about=about)
    with pytest.raises(ValueError, match="990101 is no category of the tree"):
        Classifier.load(file)


def test_the_running_part_imports_nothing_of_the_training() -> None:
    source = ast.parse(Path(classify.__file__).read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(source) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(source) if isinstance(node, ast.Import) for name in node.names}
    assert not any(name.startswith(("sklearn", "scipy", "services.intake.training")) for name in imported)
