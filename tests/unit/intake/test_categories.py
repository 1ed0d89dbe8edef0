"""Categories: the source's own code or word decides, then the text, and every row of the table is a good one."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.categories import CATEGORIES, VERSION, named
from contracts.departments import DEPARTMENTS
from contracts.report import Classification, ClassifiedBy, Guess
from services.intake.categories import EVERYONE, OWN, TABLE, TREE, Categories, key_of, words_of

TEXT = "嘎查西边的井三天没有水"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
CODES = st.sampled_from(list(CATEGORIES))


@dataclass(frozen=True)
class Guessed:
    code: str | None
    confidence: float = 0.9
    runners_up: tuple[tuple[str, float], ...] = ()


@dataclass
class Reader:
    """A classifier that always guesses the same, and remembers what it was asked."""

    guess: Guessed
    asked: list[str] = field(default_factory=list)

    def classify(self, text: str) -> Guessed:
        self.asked.append(text)
        return self.guess


def decided(
    category: str | None = None,
    code: str | None = None,
    *others: tuple[str, float],
    department: str = "water",
    sure: float = 0.9,
) -> Classification:
    return Categories.load(Reader(Guessed(code, sure, others)), "test").classify(department, category, TEXT)


def codes(guesses: Sequence[Guess]) -> list[str]:
    return [guess.code for guess in guesses]


def test_every_row_names_a_source_a_code_and_the_codes_name() -> None:
    assert ROWS
    assert {row["department"] for row in ROWS} == {EVERYONE, *(department.code for department in DEPARTMENTS)}
    assert [row for row in ROWS if CATEGORIES.get(row["code"]) != row["name"]] == []


def test_no_row_stands_twice_and_none_for_everyone_is_one_of_our_own_names() -> None:
    keys = [(row["department"], key_of(row["word"])) for row in ROWS]
    assert len(set(keys)) == len(keys)
    assert [word for department, word in keys if department == EVERYONE and word in OWN] == []


def test_every_row_is_reached() -> None:
    table = Categories.load()
    for row in ROWS:
        department = "nobody" if row["department"] == EVERYONE else row["department"]
        assert table.said(department, row["word"]) == (row["code"], ClassifiedBy.MAP), row


@pytest.mark.parametrize(
    "row", ["water,井", "water,井,020101,水泵", "water,井,999999,井", "water,井,0201,人畜饮水\nwater, 井,02,水利用水"]
)
def test_a_row_with_another_name_or_code_or_twice_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match=r"categories\.csv: found water, ?井"):
        words_of(["department,word,code,name", *row.split("\n")])


@given(CODES)
def test_our_own_codes_names_and_paths_are_themselves_for_every_source_whose_own_word_they_are_not(code: str) -> None:
    for written in (code, CATEGORIES[code], named(code), named(code).replace("/", " > ")):
        assert Categories().said("nobody", written) == (code, ClassifiedBy.CODE)


SAID = (
    # department        as the source says it          code       by
    ("hotline-12345",   "供暖投诉",                     "130301",  "code"),
    ("hotline-12345",   "城建环保/供暖/供暖问题",          "130301",  "code"),
    ("hotline-12345",   "城市供热",                     "130301",  "map"),
    ("labour",          "欠薪",                        "0601",    "map"),
    ("labour",          "欠薪线索",                     "0601",    "map"),
    ("labour",          "工程欠薪投诉",                  "060101",  "map"),
    ("water",           "农村饮水",                     "0201",    "map"),
    ("water",           "０２０１",                     "0201",    "code"),
    ("water",           "人畜饮水 / 其他",               "0201",    "code"),
    ("environment",     "噪声",                        "080103",  "map"),
    ("residents",       "噪声",                        "050302",  "map"),
    ("police",          "盗窃警情",                     "050101",  "code"),
    ("water",           "12-0201",                     None,      None),
    ("water",           "其他",                        None,      None),
    ("water",           "投诉",                        None,      None),
    ("water",           "/",                           None,      None),
)  # fmt: skip


@pytest.mark.parametrize(("department", "category", "code", "by"), SAID)
def test_what_a_source_says_is_found(department: str, category: str, code: str | None, by: str | None) -> None:
    found = Categories.load().said(department, category)
    assert found == ((code, ClassifiedBy(by)) if code and by else None)


def test_a_departments_own_row_goes_before_our_codes() -> None:
    table = Categories({("water", "0201"): "0203"})
    assert table.said("water", "0201") == ("0203", ClassifiedBy.MAP)
    assert table.said("police", "0201") == ("0201", ClassifiedBy.CODE)


def test_a_leaf_that_the_source_names_is_sure_and_the_text_is_not_read() -> None:
    reader = Reader(Guessed("130301"))
    found = Categories.load(reader).classify("water", "020101", TEXT)

    assert found == Classification(
        code="020101", zh="水利用水/人畜饮水/机井水泵损坏", by=ClassifiedBy.CODE, confidence=1.0, version=TREE
    )
    assert reader.asked == []


def test_within_a_coarse_word_the_text_may_decide_deeper() -> None:
    found = decided("农村饮水", "020103", ("020101", 0.05), sure=0.8)

    assert (found.code, found.by, found.confidence) == ("020103", ClassifiedBy.TEXT, 0.8)
    assert codes(found.runners_up) == ["020101"]
    assert found.version == f"categories/{VERSION}+model/test"


@pytest.mark.parametrize("guess", ["030101", "02", "0201", None])
def test_a_coarse_word_stands_where_the_text_says_no_deeper_one_within_it(guess: str | None) -> None:
    found = decided("农村饮水", guess, ("0202", 0.3))

    assert (found.code, found.by, found.confidence) == ("0201", ClassifiedBy.MAP, 1.0)
    assert codes(found.runners_up) == [code for code in (guess, "0202") if code in {"030101", "0202"}]
    assert found.version.startswith(f"categories/{VERSION}+map/")


def test_without_a_word_of_the_source_the_text_decides() -> None:
    for category in (None, "其他"):
        found = decided(category, "0201", ("0203", 0.2))
        assert (found.code, found.zh, found.by) == ("0201", "水利用水/人畜饮水", ClassifiedBy.TEXT)
        assert found.runners_up == (Guess(code="0203", zh="水利用水/防汛河道", confidence=0.2),)


def test_a_word_of_the_source_that_is_not_known_counts_among_the_words() -> None:
    reader = Reader(Guessed("0201"))
    for category in ("吃水难", None):
        Categories.load(reader, "test").classify("water", category, TEXT)
    assert reader.asked == [f"吃水难\n{TEXT}", TEXT]


def test_where_nothing_decides_it_is_undecided_with_what_it_may_be() -> None:
    found = decided(None, None, ("0201", 0.3), ("0203", 0.2))

    assert (found.code, found.zh, found.by, found.confidence) == (None, "未定类别", ClassifiedBy.UNDECIDED, 0.0)
    assert codes(found.runners_up) == ["0201", "0203"]
    assert Categories().classify("water", None, TEXT).by is ClassifiedBy.UNDECIDED


@given(st.sampled_from([each.code for each in DEPARTMENTS]), st.none() | st.text() | CODES, st.none() | CODES)
def test_whatever_is_said_a_category_of_the_tree_comes_of_it(
    department: str, category: str | None, guess: str | None
) -> None:
    found = decided(category, guess, department=department)

    assert found.code is None or found.code in CATEGORIES
    assert found.zh == named(found.code)
    assert found.code not in codes(found.runners_up)
    assert (found.by is ClassifiedBy.UNDECIDED) == (found.code is None)
