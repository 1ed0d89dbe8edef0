"""The one shared fixture: real servers, started when the first test asks for them."""

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings

from tests.servers import Servers
from tests.servers import servers as running_servers

settings.register_profile("busy", deadline=None)  # a busy machine is slow, not wrong
settings.register_profile("same", deadline=None, derandomize=True)  # each run the same, where nobody looks for news
settings.register_profile(
    "seen",  # by `make mutants`: a change is seen or not, and need not be made small
    settings.get_profile("same"),
    max_examples=20,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("same" if "CI" in os.environ else "busy")
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)  # structlog's own choice draws every frame's values, half a second for each exception


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with running_servers(tmp_path_factory.mktemp("servers")) as found:
        yield found
