"""Shows of a reporter's contact only what tells one from another."""

from contracts.wire import Value

HIDDEN = "***"
PHONE_LEAST = 7
"""Characters that a telephone number needs before its last two may be seen."""


class Contact(Value):
    """Who reported and how to reach them; stays in intake."""

    name: str | None = None
    phone: str | None = None
    id_number: str | None = None
    address: str | None = None


def mask(contact: Contact) -> Contact:
    """The contact with a name's first character and a phone's last two; of the rest only whether it is known."""
    return Contact(
        name=_name(contact.name) if contact.name else None,
        phone=_phone(contact.phone) if contact.phone else None,
        id_number=HIDDEN if contact.id_number else None,
        address=HIDDEN if contact.address else None,
    )


def _name(name: str) -> str:
    return f"{name[0]}{HIDDEN}" if len(name) > 1 else HIDDEN


def _phone(phone: str) -> str:
    return f"{HIDDEN}{phone[-2:]}" if len(phone) >= PHONE_LEAST else HIDDEN
