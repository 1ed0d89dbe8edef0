"""Tables in files: what is read, and a fault in one line that names place, what was found and what is right."""

from pathlib import Path

import pytest

from services.chassis.tables import BrokenTableError, Part, read


class Row(Part):
    name: str
    least: int


class Table(Part):
    version: str
    row: tuple[Row, ...] = ()
    days: tuple[int, ...] = ()


GOOD = 'version = "1"\n[[row]]\nname = "a"\nleast = 1\n'


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "table.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_a_table_comes_with_a_version_that_follows_from_its_text(tmp_path: Path) -> None:
    first, digest = read(written(tmp_path, GOOD), Table)
    second, other = read(written(tmp_path, f"{GOOD}# a remark\n"), Table)
    assert first == second == Table(version="1", row=(Row(name="a", least=1),))
    assert digest != other
    assert len(digest) == len(other) == 8


ROW = 'version = "1"\n[[row]]\n'
FAULTS = (
    # what stands in the file                    where           what is said
    ("version = = 1",                            "line 1",       "right is TOML"),
    ("[[row",                                    "at its end",   "right is TOML"),
    ('row = 1\nversion = "1"',                   "row",          "found 1"),
    ("",                                         "version",      "found nothing; right is field required"),
    ('version = "1"\nversoin = "2"',             "versoin",      "right is extra inputs are not permitted"),
    (f'{ROW}name = "b"\nleast = "much"',         "row b: least", "right is input should be a valid integer"),
    (f"{ROW}least = 1",                          "row 1: name",  "found nothing"),
    ('version = "1"\ndays = [1, "x"]',           "days.1",       "found 'x'"),
    (GOOD + '[[row]]\nname = "a"\nleast = 2\n',  "row a",        "found this name a second time"),
    (b'version = "\xc4\xe3"',                    "byte 11",      "right is text in UTF-8"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "place", "said"), FAULTS)
def test_a_fault_names_its_place_what_was_found_and_what_is_right(
    text: str | bytes, place: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(BrokenTableError) as raised:
        read(written(tmp_path, text), Table)
    told = str(raised.value)
    assert told.startswith(f"table.toml, {place}: ")
    assert said in told
    assert "\n" not in told


def test_a_file_that_is_not_there_is_an_operators_mistake_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(
        BrokenTableError, match=r"none\.toml, as a whole: found No such file or directory; right is a file"
    ):
        read(tmp_path / "none.toml", Table)
