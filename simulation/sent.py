"""What the virtual banner sends, with what is true about it and what must become of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.outcome import OutcomeKind

CASE: Final = "case"
REPEAT: Final = "repeat"
PARKED: Final = "parked"
"""What becomes of a record: it opens a case (or corrects or withdraws one), it was known before, or it is put aside."""

RECEIVED: Final = (OutcomeKind.RECEIVED,)
OPENED: Final = (OutcomeKind.RECEIVED, OutcomeKind.OPENED)
SOLVED: Final = (OutcomeKind.RECEIVED, OutcomeKind.OPENED, OutcomeKind.RESOLVED)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true about a report, whatever its source managed to say of it.

    ``unit`` is the code of the true grid (15 digits; empty where it happened outside the banner), ``tells`` that of the
    deepest unit that the record lets anyone know (6 digits if nothing), ``leaf`` the true category, ``happened_at`` the
    moment as exact as it was written, ``placed`` and ``notation`` how place and time were written, ``echo_of`` the
    reference under which another source told of the same matter before.
    """

    unit: str
    tells: str
    leaf: str
    placed: str
    notation: str
    happened_at: datetime
    datum: str | None = None
    about: str | None = None
    echo_of: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One record for a department's topic; ``expect`` is what must become of it: case, repeat or parked.

    ``reference`` and ``revision`` are those that the source meant, also where the body is broken; ``outcomes`` the
    kinds that its source must see at once, in order (nobody has to act for them). ``truth`` is missing where the body
    cannot be read, or conflicts with what was sent before. ``shape`` says which kind of record it is.
    """

    department: str
    body: bytes
    expect: str
    reference: str
    revision: int = 1
    truth: Truth | None = None
    outcomes: tuple[OutcomeKind, ...] = RECEIVED
    shape: str = ""
