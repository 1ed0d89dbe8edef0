"""Shows of a reporter's contact only what tells one from another."""

from typing import Final

from services.intake.contacts import Contact

HIDDEN: Final = "***"
PHONE_LEAST: Final = 7
"""Characters that a telephone number needs before its last two may be seen."""


def mask(contact: Contact) -> Contact:
    """The contact with a name's first character and a phone's last two; of the rest what is known, and valid."""
    return Contact(
        name=_name(contact.name) if contact.name else None,
        phone=_phone(contact.phone) if contact.phone else None,
        extension=HIDDEN if contact.extension else None,
        phone_valid=contact.phone_valid,
        id_number=HIDDEN if contact.id_number else None,
        id_valid=contact.id_valid,
        address=HIDDEN if contact.address else None,
    )


def _name(name: str) -> str:
    return f"{name[0]}{HIDDEN}" if len(name) > 1 else HIDDEN


def _phone(phone: str) -> str:
    return f"{HIDDEN}{phone[-2:]}" if len(phone) >= PHONE_LEAST else HIDDEN
