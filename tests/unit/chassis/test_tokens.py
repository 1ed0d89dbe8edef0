"""Bearer tokens: kept as sums, and a file that cannot be used is said in one line."""

from hashlib import sha256
from pathlib import Path

import pytest

from services.chassis.tokens import BadTokens, Token, Tokens

SUM = sha256(b"clear").hexdigest()


def file(folder: Path, text: str) -> str:
    path = folder / "tokens.toml"
    path.write_text(text)
    return str(path)


def test_a_token_is_found_by_its_clear_text_alone(tmp_path: Path) -> None:
    rows = f'[[tokens]]\nname = "desk"\nrole = "department"\nsource = "water"\nsha256 = "{SUM}"\n'
    tokens = Tokens.load(file(tmp_path, rows))
    assert tokens.find("clear") == Token("desk", "department", "water")
    assert tokens.find(SUM) is None
    assert tokens.find("") is None


def test_without_a_file_nobody_is_let_in() -> None:
    assert Tokens.load(None).find("clear") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[tokens]]\nname = "desk"\nrole = "officer"\nsha256 = "clear"\n', "tokens.0.sha256"),
        (f'[[tokens]]\nname = "A desk"\nrole = "officer"\nsha256 = "{SUM}"\n', "tokens.0.name"),
        (f'[[tokens]]\nname = "desk"\nrole = "officer"\nsha256 = "{SUM}"\nsecret = "x"\n', "tokens.0.secret"),
        ("[[tokens", "tokens.toml"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong_in_one_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(BadTokens, match=said) as found:
        Tokens.load(file(tmp_path, text))
    assert "\n" not in str(found.value)


def test_a_file_that_is_missing_is_named() -> None:
    with pytest.raises(BadTokens, match=r"no/such\.toml"):
        Tokens.load("no/such.toml")
