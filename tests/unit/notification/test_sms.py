"""Segments of text messages, against the lengths that the standard gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notification.sms import BASIC, EXTENDED, fitted, segments

EMOJI = "\N{SHEEP}"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        # 153 septets hold 76 escaped characters, none of which is split
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("a" + "€" * 152, 2),
        ("请" * 70, 1),
        ("请" * 71, 2),
        ("请" * 134, 2),
        ("请" * 135, 3),
        ("a" * 69 + "请", 1),
        ("a" * 70 + "请", 2),
        (EMOJI * 35, 1),
        (EMOJI * 36, 2),
        # 67 units hold 33 pairs, none of which is split
        (EMOJI * 66, 2),
        (EMOJI * 67, 3),
        ("请" + EMOJI * 66, 2),
        ("ç" * 71, 2),
        ("à" * 160, 1),
    ],
)
def test_a_text_takes_so_many_segments(text: str, count: int) -> None:
    assert segments(text) == count


def test_the_alphabet_has_the_standards_127_characters_and_its_extension_10() -> None:
    assert len(BASIC) == 127
    assert len(EXTENDED) == 10


@given(part=st.text(max_size=300), most=st.integers(1, 4))
def test_what_has_to_fit_fits_and_loses_no_more_than_it_must(part: str, most: int) -> None:
    def compose(cut: str) -> str:
        return f"【一网】{cut}，3月5日24:00前办结。"

    text = fitted(compose, part, most)
    assert segments(text) <= most
    if segments(compose(part)) <= most:
        assert text == compose(part)
    else:
        kept = text.removeprefix("【一网】").removesuffix("，3月5日24:00前办结。").removesuffix("…")
        assert part.startswith(kept)
        assert segments(compose(f"{part[: len(kept) + 1]}…")) > most


def test_what_cannot_fit_is_said_without_the_part() -> None:
    assert fitted(lambda cut: cut + "请" * 100, "昂素镇", 1) == "请" * 100
