"""Names whoever has a case, as officials call them."""

from typing import Final

from contracts.case import Case
from contracts.territory import full_name

CENTRE: Final = "旗综治中心"
"""The banner's centre: at the top an office acts, not the banner."""


def in_charge(case: Case) -> str:
    """The unit that has the case, with its town; at the banner its centre."""
    path = case.path_in_charge()
    return full_name(path) if len(path) > 1 else CENTRE
