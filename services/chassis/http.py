"""The HTTP door: health, metrics, who may come in, and problems as RFC 9457 has them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Protocol, TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from contracts.problem import problems
from contracts.wire import Message
from services.chassis.ports import Store
from services.chassis.settings import Settings
from services.chassis.tokens import Token, Tokens
from services.chassis.values import Unavailable

__all__ = [
    "Door",
    "Doors",
    "Health",
    "HttpProblem",
    "Token",
    "application",
    "authoriser",
    "bad",
    "bounded_body",
    "parameters",
]

ModelT = TypeVar("ModelT", bound=BaseModel)


class HttpProblem(Exception):
    """An answer of ``application/problem+json``; extensions become members of the object."""

    def __init__(self, status: int, title: str, detail: str, **extensions: Any) -> None:
        """Take the HTTP status, a short title that never varies, and what happened this time."""
        super().__init__(detail)
        self.status, self.title, self.detail, self.extensions = status, title, detail, extensions

    def response(self) -> Response:
        """The answer."""
        body = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        headers = {"WWW-Authenticate": "Bearer"} if self.status == HTTPStatus.UNAUTHORIZED else {}
        if "retry_after" in self.extensions:
            headers["Retry-After"] = str(self.extensions["retry_after"])
        return JSONResponse(
            {**body, **self.extensions}, self.status, media_type="application/problem+json", headers=headers
        )


def bad(error: ValidationError) -> HttpProblem:
    """The answer to parameters or a body that cannot be used: each with what was found and what is right."""
    found = problems(error)
    english = "; ".join(map(str, found))
    chinese = "；".join(f"{one.path}：{one.expected_zh}" for one in found)
    return HttpProblem(400, "Bad request", f"{english} / {chinese}", problems=[one.model_dump() for one in found])


def parameters(model: type[ModelT], request: Request) -> ModelT:
    """The parameters of a query by this model; raises HttpProblem 400."""
    try:
        return model.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise bad(error) from None


class Authorise(Protocol):
    """Who is asking, if one of these roles; raises HttpProblem 401 or 403."""

    def __call__(self, request: Request, *roles: str) -> Token:
        """Answer the token."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What a service's routes may use: they read its store and publish to topics, and change nothing by themselves."""

    store: Store | None
    publish: Callable[[Sequence[Message]], Awaitable[None]]
    authorise: Authorise
    settings: Settings
    registry: CollectorRegistry
    now: Callable[[], datetime]
    """The time for what an answer shows; decisions go by the time of their record."""


Door = Callable[[Doors], Sequence[BaseRoute]]


@dataclass(frozen=True, slots=True)
class Health:
    """How the loop is; ``why`` says what is missing for readiness, ``slow`` what delays work that goes on."""

    live: bool
    ready: bool
    why: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()


def authoriser(tokens: Tokens) -> Authorise:
    """The check that routes ask."""

    def authorise(request: Request, *roles: str) -> Token:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = tokens.find(bearer.strip()) if scheme.lower() == "bearer" and bearer else None
        if token is None:
            raise HttpProblem(401, "Not authenticated", "a known bearer token is needed / 需要有效的访问令牌")
        if token.role not in roles:
            needed = ", ".join(roles)
            raise HttpProblem(
                403, "Not allowed", f"the role {token.role!r} may not do this; allowed: {needed} / 无此权限"
            )
        return token

    return authorise


async def bounded_body(request: Request, limit: int) -> bytes:
    """The body, read no further than ``limit`` bytes; raises HttpProblem 413 for a longer one."""
    excess = HttpProblem(413, "Too large", f"the body has at most {limit} bytes / 内容不得超过{limit}字节")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise excess
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > limit:
            raise excess
    return bytes(raw)


def application(routes: Sequence[BaseRoute], health: Callable[[], Health], registry: CollectorRegistry) -> Starlette:
    """The whole door: the service's routes beside ``/livez``, ``/readyz`` and ``/metrics``."""

    async def livez(_request: Request) -> Response:
        found = health()
        return PlainTextResponse("live" if found.live else "not live", 200 if found.live else 503)

    async def readyz(_request: Request) -> Response:
        found = health()
        body = {"ready": found.ready, "why": found.why, "slow": found.slow}
        return JSONResponse(body, 200 if found.ready else 503)

    async def metrics(request: Request) -> Response:
        names = request.query_params.getlist("name[]")
        wanted = registry.restricted_registry(names) if names else registry
        return Response(generate_latest(wanted), media_type=CONTENT_TYPE_LATEST)

    own = [Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)]
    handlers: Any = {HttpProblem: _problem, HTTPException: _http, Unavailable: _unavailable, Exception: _fault}
    return Starlette(routes=[*own, *routes], exception_handlers=handlers)


async def _problem(_request: Request, fault: Any) -> Response:
    response: Response = fault.response()
    return response


async def _http(_request: Request, fault: Any) -> Response:
    return HttpProblem(fault.status_code, fault.detail, fault.detail).response()


async def _unavailable(_request: Request, _fault: Any) -> Response:
    detail = "a server is away; try again with the same identity, it counts once / 服务暂不可用，请稍后以相同编号重试"
    return HttpProblem(503, "Unavailable", detail, retry_after=5).response()


async def _fault(_request: Request, _fault: Any) -> Response:
    return HttpProblem(500, "Internal error", "a fault of the service; it has been logged / 服务内部错误").response()
