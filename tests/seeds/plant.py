"""Lives seeds through with a bug in the code, which is edited as it is imported: `python -m tests.seeds.plant NAME`."""

import runpy
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

from tests.seeds.bugs import BUGS, Bug


class _Edited(SourceFileLoader):
    """Loads a module with a bug in it; nothing on disk changes, compiled or not."""

    bug: Bug

    def get_code(self, _fullname: str) -> CodeType:
        return compile(self.bug.planted(), self.path, "exec")


class Planting(MetaPathFinder):
    """Finds one module, and leaves all others to the finders behind it."""

    def __init__(self, bug: Bug) -> None:
        self._bug = bug

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        found = PathFinder.find_spec(name, path, target) if name == self._bug.module else None
        if found and found.origin:
            loader = _Edited(name, found.origin)
            loader.bug = self._bug
            found.loader = loader
        return found


def plant(bug: Bug, module: str, words: Sequence[str]) -> None:
    """Plant the bug, then do what the module does as a program, within this process."""
    sys.meta_path.insert(0, Planting(bug))
    sys.argv = [module, "--processes", "0", *words]
    runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    plant(next(bug for bug in BUGS if bug.name == sys.argv[1]), "tests.seeds", sys.argv[2:])
