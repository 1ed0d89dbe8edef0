"""The simulation is begun before the first test, whichever that is, lived beside all of them, and looked at last."""

from contextlib import ExitStack

import pytest

from tests.seeds.beside import LAST, Beside
from tests.seeds.beside import beside as living

BEGUN = pytest.StashKey[Beside]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is lived beside all others is looked at last."""
    items.sort(key=lambda item: item.path.name in LAST)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin with what the tests want that will be run."""
    if session.config.option.collectonly:
        return
    items = (item for item in session.items if isinstance(item, pytest.Function))
    wanted = {item.path.name for item in items if "beside" in item.fixturenames}
    stack = ExitStack()
    session.config.stash[BEGUN] = stack.enter_context(living(wanted))
    session.config.add_cleanup(stack.close)


@pytest.fixture(scope="session")
def beside(pytestconfig: pytest.Config) -> Beside:
    """What is lived beside all other tests."""
    return pytestconfig.stash[BEGUN]
