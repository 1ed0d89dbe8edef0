"""Text: one plain form, and doing it twice changes nothing."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.intake.text import normalise

CASES = (
    # what it shows               as sent                       as kept
    ("full-width letters",        "ＡＢＣ１２３，（一）",          "ABC123,(一)"),
    ("ligatures and units",       "ﬁre ㎡",                     "fire m2"),
    ("ideographic blank",         "昂素　　嘎查",                 "昂素 嘎查"),
    ("tabs and runs of blanks",   "a \t\u00a0 b",               "a b"),
    ("zero-width characters",     "水\u200b井\ufeff坏\u200d了",   "水井坏了"),
    ("direction marks",           "\u202eabc\u202c\u2066d",     "abcd"),
    ("control characters",        "a\x00b\x07c\x1bd\x7fe\x9f",  "abcde"),
    ("line ends of all kinds",    "a\r\nb\rc\u2028d\x85e\vf",   "a\nb\nc\nd\ne\nf"),
    ("blanks at line edges",      " a \n b ",                   "a\nb"),
    ("many empty lines",          "a\n\n \n\t\n\nb",            "a\n\nb"),
    ("one empty line",            "a\n\nb",                     "a\n\nb"),
    ("an unpaired high surrogate", "a\ud800b",                  "a\ufffdb"),
    ("an unpaired low surrogate", "a\udc00",                    "a\ufffd"),
    ("an unpaired one at the end", "a\ud83d",                   "a\ufffd"),
    ("a pair in two halves",      "\ud83d\udd25",               "\U0001f525"),
    ("an emoji",                  "着火\U0001f525",              "着火\U0001f525"),
    ("a Mongolian vowel separator", "ᠴᠠᠭ\u180eᠠ",               "ᠴᠠᠭ\u180eᠠ"),
    ("an accent behind a zero-width", "e\u200b\u0301",          "é"),
    ("nothing visible",           "\u200b \n\t\x00",            ""),
)  # fmt: skip


@pytest.mark.parametrize(("sent", "kept"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_text_is_brought_into_its_plain_form(sent: str, kept: str) -> None:
    assert normalise(sent) == kept


ANY_CHARACTER = st.characters(codec=None, exclude_categories=())
TRICKY = st.sampled_from(" \n\t\r\u200b\u0301¨\u3000\u2028\x00\x1c\ud800\udc00\u180e\u1161\u1100\ufeffﷺa水")
ANY_TEXT = st.one_of(st.text(ANY_CHARACTER), st.text(TRICKY))


@given(ANY_TEXT)
@example("¨")
@example("\n¨\n")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(ANY_TEXT)
def test_the_plain_form_can_be_sent_and_hides_nothing(text: str) -> None:
    plain = normalise(text)
    assert plain.encode("utf-8").decode("utf-8") == plain
    assert unicodedata.is_normalized("NFKC", plain)
    assert all(char in "\n\u180e" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"} for char in plain)
    assert plain == plain.strip()
    assert "  " not in plain
    assert "\n\n\n" not in plain
    assert " \n" not in plain
    assert "\n " not in plain
