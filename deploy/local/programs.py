"""The programs of a local run: engines first, then the services and the people's end."""

import sys
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

import aiohttp

from deploy.local.documents import Documents
from deploy.local.engines import Engine
from deploy.local.jars import class_path
from deploy.local.kafka import Kafka
from deploy.local.keeper import Program
from deploy.local.place import RUN, SERVICES, Place
from deploy.local.processes import Command

ENGINE_GRACE_S = 20.0
PATIENCE = aiohttp.ClientTimeout(total=2)


def engines(place: Place) -> list[Engine]:
    """The engines to start here: those that no variable replaces by a server from outside."""
    own: list[Engine] = []
    if not place.outside_kafka:
        own.append(_kafka(place))
    if not place.outside_mongo:
        own.append(Documents(folder=place.folder / "documents", port=place.ports["YIWANG_MONGO_PORT"]))
    return own


def engine_program(place: Place, engine: Engine) -> Program:
    """An engine under supervision."""
    command = Command(argv=engine.argv(), log=place.logs / f"{engine.name}.log")
    return Program(name=engine.name, command=command, ready=engine.answers, grace_s=ENGINE_GRACE_S)


def services(place: Place) -> list[Program]:
    """The five services and the people's end."""
    people = _program(place, "people", "deploy.local.people", place.url("webhook"), {})
    return [*(_service(place, name) for name in SERVICES), people]


def step(place: Place, name: str, *arguments: str) -> Command:
    """A step that ends by itself: one call of the operator's command line."""
    return Command(argv=[sys.executable, "-m", "yiwang", *arguments], log=place.logs / f"{name}.log", env=place.env())


def _kafka(place: Place) -> Kafka:
    return Kafka(
        folder=place.folder / "kafka",
        port=place.ports["YIWANG_KAFKA_PORT"],
        controller_port=place.ports["YIWANG_KAFKA_CONTROLLER_PORT"],
        class_path=class_path(RUN),
    )


def _service(place: Place, name: str) -> Program:
    port = {"YIWANG_HTTP_PORT": str(place.ports[f"YIWANG_{name.upper()}_PORT"])}
    return _program(place, name, f"services.{name}.app", place.url(name), port)


def _program(place: Place, name: str, module: str, url: str, env: dict[str, str]) -> Program:
    argv = [sys.executable, "-m", module]
    command = Command(argv=argv, log=place.logs / f"{name}.log", env={**place.env(), **env})
    return Program(name=name, command=command, ready=_ready(url))


def _ready(url: str) -> Callable[[], Awaitable[bool]]:
    return partial(says_ready, f"{url}/readyz")


async def says_ready(url: str) -> bool:
    """Whether a GET of this address is answered with 200."""
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as client, client.get(url) as answer:
            return answer.status == HTTPStatus.OK
    except (aiohttp.ClientError, TimeoutError):
        return False
