"""The HTTP door: who may come in, health, metrics, and problems as one form."""

from hashlib import sha256

import httpx
import pytest
from prometheus_client import CollectorRegistry
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.chassis.http import Health, HttpProblem, Token, application, authoriser
from services.chassis.metrics import Metrics
from services.chassis.tokens import Tokens
from services.chassis.values import Unavailable

TOKENS = Tokens({sha256(b"clear").hexdigest(): Token("desk", "officer")})
FINE = Health(live=True, ready=True)


def door(health: Health = FINE, registry: CollectorRegistry | None = None) -> httpx.AsyncClient:
    authorise = authoriser(TOKENS)

    async def mine(request: Request) -> Response:
        return JSONResponse({"name": authorise(request, "officer").name})

    async def theirs(request: Request) -> Response:
        return JSONResponse({"name": authorise(request, "operator", "department").name})

    routes = [Route("/mine", mine), Route("/theirs", theirs), *map(failing, FAULTS)]
    app = application(routes, lambda: health, registry or CollectorRegistry())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://door")


FAULTS: dict[str, Exception] = {
    "/away": Unavailable("secret address"),
    "/broken": ZeroDivisionError("secret detail"),
    "/full": HttpProblem(409, "Full", "no room", room=0),
}


def failing(path: str) -> Route:
    async def fail(_request: Request) -> Response:
        raise FAULTS[path]

    return Route(path, fail)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": token}


async def test_a_known_token_with_the_role_is_let_in() -> None:
    async with door() as http:
        answer = await http.get("/mine", headers=bearer("bearer clear"))
    assert answer.json() == {"name": "desk"}


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic clear", "clear"])
async def test_without_a_known_bearer_token_the_answer_is_401(token: str) -> None:
    async with door() as http:
        answer = await http.get("/mine", headers=bearer(token))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_another_role_gets_403_and_hears_which_ones_may() -> None:
    async with door() as http:
        answer = await http.get("/theirs", headers=bearer("Bearer clear"))
    assert answer.status_code == 403
    assert "operator, department" in answer.json()["detail"]


@pytest.mark.parametrize(("path", "status"), [("/away", 503), ("/broken", 500), ("/full", 409), ("/nothing", 404)])
async def test_every_failure_is_a_problem_in_one_form_and_tells_no_secret(path: str, status: int) -> None:
    async with door() as http:
        answer = await http.get(path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


async def test_a_problem_says_more_where_it_can() -> None:
    async with door() as http:
        assert (await http.get("/full")).json()["room"] == 0
        assert (await http.get("/away")).headers["retry-after"] == "5"


async def test_liveness_and_readiness_are_two_questions() -> None:
    async with door(Health(live=True, ready=False, why=("paused",))) as http:
        assert (await http.get("/livez")).status_code == 200
        answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["why"]) == (503, ["paused"])
    async with door(Health(live=False, ready=True)) as http:
        assert (await http.get("/livez")).status_code == 503


async def test_metrics_are_those_of_the_services_own_registry() -> None:
    async with door(registry=Metrics("toy").registry) as http:
        assert 'yiwang_service_info{service="toy"} 1.0' in (await http.get("/metrics")).text
        some = (await http.get("/metrics", params={"name[]": "yiwang_service_info"})).text
        assert [line for line in some.splitlines() if line[0] != "#"] == ['yiwang_service_info{service="toy"} 1.0']
