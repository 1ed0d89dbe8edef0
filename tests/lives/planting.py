"""The lives, and the properties of days, over deciders with a bug in them: modules of a test's own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

from tests.seeds.bugs import Bug
from tests.seeds.plant import Planting

AFRESH = ("services.routing", "services.escalation", "tests.lives", "tests.unit.escalation")
"""What is loaded anew; contracts and chassis stay, so values of both are the same ones."""


@contextmanager
def planted(bug: Bug, name: str) -> Iterator[ModuleType]:
    """The module of this name, and all that it loads of these, with the bug in it; nothing else sees it."""
    known = {each: sys.modules.pop(each) for each in list(sys.modules) if each.startswith(AFRESH)}
    finder = Planting(bug)
    sys.meta_path.insert(0, finder)
    try:
        yield import_module(name)
    finally:
        sys.meta_path.remove(finder)
        for each in [each for each in sys.modules if each.startswith(AFRESH)]:
            del sys.modules[each]
        sys.modules.update(known)
        for each, module in known.items():
            above, _, last = each.rpartition(".")
            if above in sys.modules:
                setattr(sys.modules[above], last, module)
