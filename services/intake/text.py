"""Brings text that people typed or systems sent into one plain form."""

import re
import unicodedata
from typing import Final

# Cc: control, Cf: zero-width and direction marks. The Mongolian vowel separator is in Cf, but part of the spelling.
INVISIBLE: Final = frozenset({"Cc", "Cf"})
KEPT: Final = frozenset({"\n", "\u180e"})

_LINE_END: Final = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINE_EDGE: Final = re.compile(" ?\n ?")
_EMPTY_LINES: Final = re.compile("\n{3,}")


def normalise(text: str) -> str:
    """Return the text as NFKC with nothing invisible in it; doing it twice changes nothing.

    Line ends become newlines, tabs blanks; control and zero-width characters go; surrogates without a partner become
    U+FFFD; runs of blanks become one, and none stands at the edge of a line; at most one line in a row is empty.
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    lines = _LINE_END.sub("\n", whole).replace("\t", " ")
    hidden = {ord(char): None for char in set(lines) - KEPT if unicodedata.category(char) in INVISIBLE}
    seen = lines.translate(hidden) if hidden else lines
    blanks = _BLANKS.sub(" ", unicodedata.normalize("NFKC", seen))
    return _EMPTY_LINES.sub("\n\n", _LINE_EDGE.sub("\n", blanks)).strip()
