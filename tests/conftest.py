"""The shared fixtures: real servers, started when the first test asks for them, and the simulation beside all tests."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.seeds.beside import LAST, Beside
from tests.seeds.beside import beside as living
from tests.servers import Servers
from tests.servers import servers as running_servers

settings.register_profile("busy", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("busy")
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)  # structlog's own choice draws every frame's values, half a second for each exception


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is lived beside all others is looked at last."""
    items.sort(key=lambda item: item.path.name in LAST)


@pytest.fixture(scope="session", autouse=True)
def _begun(request: pytest.FixtureRequest) -> Iterator[Beside]:
    """Before the first test, where any test wants it."""
    items = (item for item in request.session.items if isinstance(item, pytest.Function))
    with living({item.path.name for item in items if "beside" in item.fixturenames}) as found:
        yield found


@pytest.fixture(scope="session")
def beside(_begun: Beside) -> Beside:
    """What is lived beside all other tests."""
    return _begun


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers")) as found:
        yield found
