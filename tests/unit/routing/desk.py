"""A service's own HTTP door over a store in memory, with the service itself behind the publish."""

from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import httpx
from prometheus_client import CollectorRegistry
from starlette.routing import BaseRoute

from contracts.wire import Body, Message
from services.chassis.fold import fold
from services.chassis.http import Doors, Health, Token, application, authoriser
from services.chassis.settings import Settings
from services.chassis.tokens import Tokens
from services.chassis.values import Input, Service
from simulation.store import MemoryStore
from tests.builders import MORNING, arrived, record

OFFICER, OPERATOR, SOURCE = "officer-1", "operator-1", "source-1"
TOKENS = Tokens({sha256(name.encode()).hexdigest(): Token(name, name[:-2]) for name in (OFFICER, OPERATOR, SOURCE)})
SETTINGS = Settings(kafka="nowhere:0", mongo="mongodb://nowhere")

Sleep = Callable[[float], Any]
Routes = Callable[[Doors, Sleep], Sequence[BaseRoute]]


class Desk:
    """Store, service and door; ``behind`` is how many pauses pass before the service reads what was published."""

    def __init__(self, service: Service, routes: Routes, behind: int = 0) -> None:
        self.service, self.behind = service, behind
        self.store = MemoryStore()
        self.published: list[Message] = []
        self.slept: list[float] = []
        self._unread: list[Message] = []
        doors = Doors(self.store, self._publish, authoriser(TOKENS), SETTINGS, CollectorRegistry(), lambda: MORNING)
        app = application(routes(doors, self._sleep), lambda: Health(live=True, ready=True), doors.registry)
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk")

    async def take(self, *bodies: Body) -> None:
        """Let the service take these as its loop would."""
        for body in bodies:
            await self._fold(arrived(body, subject=body.subject))

    async def get(self, path: str, token: str = OFFICER, **params: str | int) -> httpx.Response:
        return await self._http.get(path, params=params, headers={"Authorization": f"Bearer {token}"})

    async def post(
        self, path: str, body: object, token: str = OFFICER, key: str | None = None, seen: str | None = None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
        headers |= {"If-Match": seen} if seen else {}
        if isinstance(body, bytes):
            return await self._http.post(path, content=body, headers=headers)
        return await self._http.post(path, json=body, headers=headers)

    async def _fold(self, one: Input[Any]) -> None:
        found = (await self.store.load([one.subject])).get(one.subject)
        draft = fold(self.service, [one], found, Counter())
        assert not draft.faults
        change = draft.change("desk")
        if change:
            await self.store.write([change])
            await self.store.record([(one.subject, message) for message in draft.messages])

    async def _publish(self, messages: Sequence[Message]) -> None:
        self.published.extend(messages)
        self._unread.extend(messages)
        await self._read()

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await self._read()

    async def _read(self) -> None:
        if len(self.slept) < self.behind:
            return
        while self._unread:
            sent = self._unread.pop(0)
            reader = next(reader for reader in self.service.readers if reader.topic.name == sent.topic)
            raw = record(sent.value, reader.topic, headers=sent.headers, time=MORNING)
            body = reader.parse(raw)
            cause = reader.identify(raw, body)
            await self._fold(Input(id=cause, subject=reader.subject(body, cause), body=body, record=raw))
