"""The one shared fixture: real servers, started when the first test asks for them."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers import Servers
from tests.servers import servers as running_servers

settings.register_profile("busy", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("busy")


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers")) as found:
        yield found
