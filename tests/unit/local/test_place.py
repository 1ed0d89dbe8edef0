import socket
from pathlib import Path

import pytest

from deploy.local import preflight
from deploy.local.errors import OperatorError
from deploy.local.place import PORTS, from_environment
from deploy.local.ports import HOST, free_ports
from deploy.local.run import where_to_look


def with_free_ports(**more: str) -> dict[str, str]:
    return dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True)) | more


def test_without_variables_the_ports_are_the_documented_ones() -> None:
    env = from_environment({}).env()
    assert env["YIWANG_KAFKA"] == "127.0.0.1:29092"
    assert env["YIWANG_MONGO"] == "mongodb://127.0.0.1:29017"
    assert env["YIWANG_INTAKE"] == "http://127.0.0.1:18081"
    assert env["YIWANG_SMTP"] == "127.0.0.1:18025"
    assert env["YIWANG_WEBHOOK"] == "http://127.0.0.1:18026/webhook"


def test_a_variable_moves_a_port_and_the_folder(tmp_path: Path) -> None:
    place = from_environment({"YIWANG_ROUTING_PORT": "4711", "YIWANG_RUN": str(tmp_path)})
    assert place.env()["YIWANG_ROUTING"] == "http://127.0.0.1:4711"
    assert place.logs == tmp_path / "logs"


def test_servers_from_outside_take_the_place_of_ours_and_their_ports() -> None:
    place = from_environment({"YIWANG_KAFKA": "one:9092,two:9092", "YIWANG_MONGO": "mongodb://three"})
    assert place.env()["YIWANG_KAFKA"] == "one:9092,two:9092"
    assert place.env()["YIWANG_MONGO"] == "mongodb://three"
    assert not {name for name in place.used_ports() if "KAFKA" in name or "MONGO" in name}


@pytest.mark.parametrize("text", ["x", "0", "65536", "-1", "²"])
def test_a_port_that_is_none_is_refused_by_name(text: str) -> None:
    with pytest.raises(OperatorError, match=f"YIWANG_GIS_PORT={text} is no port"):
        from_environment({"YIWANG_GIS_PORT": text})


def test_a_port_given_twice_is_refused() -> None:
    with pytest.raises(OperatorError, match="YIWANG_INTAKE_PORT and YIWANG_GIS_PORT are both 18081"):
        from_environment({"YIWANG_GIS_PORT": "18081"})


async def test_a_busy_port_is_named_with_the_variable_that_changes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "PORT_S", 0)
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        place = from_environment(with_free_ports(YIWANG_GIS_PORT=str(port)))
        with pytest.raises(OperatorError, match=f"port {port} is busy: .* set YIWANG_GIS_PORT to another"):
            await preflight.refuse_busy_ports(place)


async def test_free_ports_are_no_reason_to_refuse() -> None:
    await preflight.refuse_busy_ports(from_environment(with_free_ports()))


async def test_servers_from_outside_must_answer() -> None:
    port = free_ports(1)[0]
    with pytest.raises(OperatorError, match=f"YIWANG_KAFKA=127.0.0.1:{port} does not answer"):
        await preflight.require_outside(from_environment({"YIWANG_KAFKA": f"127.0.0.1:{port}"}))


def test_the_password_of_an_outside_mongodb_is_not_shown() -> None:
    assert "secret" not in where_to_look(from_environment({"YIWANG_MONGO": "mongodb://user:secret@three"}))


def test_the_runs_own_addresses_are_not_servers_from_outside() -> None:
    own = from_environment({})
    again = from_environment({"YIWANG_KAFKA": own.kafka, "YIWANG_MONGO": own.mongo})
    assert (again.outside_kafka, again.outside_mongo) == (None, None)
