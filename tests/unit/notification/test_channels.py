"""The channels against a real SMTP server and a small HTTP server on free ports."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import aiohttp
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.chassis.ports import Refused
from services.notification import channels
from services.notification.channels import ConsoleChannel, NotTaken, PostChannel, SmtpChannel

KEY = "3f0f6f0e-0000-5000-8000-000000000001"
PAYLOAD = {
    "to": "200011@grid.invalid",
    "recipient": "200011",
    "alert": "a",
    "case": "c",
    "template": "opened",
    "subject": "【一网】新事项：机井损坏",
    "text": "【一网】新事项：机井损坏。地点：昂素镇。请签收，并尽快办结。",
    "attempt": 3,
}


class Postbox:
    """An SMTP handler that keeps what it takes, and answers as it is told."""

    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.rcpt, self.data, self.mails = rcpt, data, list[EmailMessage]()
        self.noop, self.greeted = "250 OK", set[Session]()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's
        self, _s: SMTP, session: Session, _e: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted.add(session)
        return responses

    async def handle_NOOP(self, _s: SMTP, _e: Session, _envelope: Envelope, _arg: str) -> str:  # noqa: N802 - aiosmtpd's
        return self.noop

    async def handle_RCPT(self, _s: SMTP, _e: Session, envelope: Envelope, to: str, _o: list[str]) -> str:  # noqa: N802 - aiosmtpd's
        envelope.rcpt_tos.append(to)
        return self.rcpt

    async def handle_DATA(self, _s: SMTP, _e: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, EmailMessage, policy=policy.default))
        return self.data


@asynccontextmanager
async def smtp(box: Postbox) -> AsyncIterator[SmtpChannel]:
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(box), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield SmtpChannel("mail", 4, host="127.0.0.1", port=port, sender="yiwang@yiwang.invalid")


class Receiver:
    """Answers each request with one status, and keeps what was posted."""

    def __init__(self, status: int = 204) -> None:
        self.status, self.posts = status, list[tuple[str, dict[str, str], dict[str, Any]]]()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().splitlines()
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.posts.append((first, headers, body))
        writer.write(f"HTTP/1.1 {self.status} Status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def webhook(receiver: Receiver) -> AsyncIterator[PostChannel]:
    server = await asyncio.start_server(receiver, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield PostChannel("webhook", 4, url=f"http://127.0.0.1:{port}/alerts")


async def test_a_mail_bears_the_key_as_its_message_id_in_each_attempt() -> None:
    box = Postbox()
    async with smtp(box) as channel:
        await channel.call(KEY, PAYLOAD)
        await channel.call(KEY, PAYLOAD | {"attempt": 4})
    assert [mail["Message-ID"] for mail in box.mails] == [f"<{KEY}@yiwang.invalid>"] * 2


async def test_a_mail_arrives_in_chinese_at_its_address() -> None:
    box = Postbox()
    async with smtp(box) as channel:
        await channel.call(KEY, PAYLOAD)
    (mail,) = box.mails
    assert (mail["To"], mail["From"]) == (PAYLOAD["to"], "yiwang@yiwang.invalid")
    assert mail["Subject"] == PAYLOAD["subject"]
    assert mail.get_content().strip() == PAYLOAD["text"]
    assert mail["Date"].datetime is not None


@pytest.mark.parametrize("box", [Postbox(rcpt="550 no such user"), Postbox(data="554 not wanted")])
async def test_a_permanent_smtp_reply_is_lasting(box: Postbox) -> None:
    async with smtp(box) as channel:
        with pytest.raises(Refused, match=r"SMTP 55[04] no"):
            await channel.call(KEY, PAYLOAD)


@pytest.mark.parametrize("box", [Postbox(rcpt="450 busy"), Postbox(data="451 busy")])
async def test_a_transient_smtp_reply_is_passing(box: Postbox) -> None:
    async with smtp(box) as channel:
        with pytest.raises(Exception, match="busy") as error:
            await channel.call(KEY, PAYLOAD)
    assert not isinstance(error.value, Refused)


async def test_a_mail_server_that_is_away_is_passing() -> None:
    async with smtp(Postbox()) as channel:
        pass
    with pytest.raises(OSError, match="Error connecting"):
        await channel.call(KEY, PAYLOAD)


async def test_a_post_bears_the_key_and_the_same_body_in_each_attempt() -> None:
    receiver = Receiver()
    async with webhook(receiver) as channel:
        await channel.call(KEY, PAYLOAD)
        await channel.call(KEY, PAYLOAD | {"attempt": 4})
    (line, headers, body), again = receiver.posts
    assert line == "POST /alerts HTTP/1.1"
    assert headers["idempotency-key"] == again[1]["idempotency-key"] == KEY
    assert headers["content-type"] == "application/json"
    assert body == again[2] == {name: value for name, value in PAYLOAD.items() if name != "attempt"}


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422])
async def test_a_refusal_by_the_receiver_is_lasting(status: int) -> None:
    async with webhook(Receiver(status)) as channel:
        with pytest.raises(Refused, match=f"HTTP {status}"):
            await channel.call(KEY, PAYLOAD)


@pytest.mark.parametrize("status", [302, 408, 409, 425, 429, 500, 503])
async def test_what_may_be_otherwise_later_is_passing(status: int) -> None:
    async with webhook(Receiver(status)) as channel:
        with pytest.raises(NotTaken, match=f"HTTP {status}"):
            await channel.call(KEY, PAYLOAD)


async def test_a_receiver_that_is_away_is_passing() -> None:
    async with webhook(Receiver()) as channel:
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await channel.call(KEY, PAYLOAD)


async def test_a_server_that_never_answers_is_given_up_as_passing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "TIMEOUT", 0.05)
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        mail = SmtpChannel("mail", 1, host="127.0.0.1", port=port, sender="a@b")
        for channel in (mail, PostChannel("webhook", 1, url=f"http://127.0.0.1:{port}")):
            with pytest.raises(TimeoutError):
                await channel.call(KEY, PAYLOAD)


async def test_the_console_writes_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    await ConsoleChannel("webhook", 1).call(KEY, PAYLOAD)
    (line,) = capsys.readouterr().out.splitlines()
    written = json.loads(line)
    assert (written["channel"], written["key"], written["text"]) == ("webhook", KEY, PAYLOAD["text"])
    assert "attempt" not in written


async def test_a_text_message_is_posted_with_its_segments_and_a_digest_with_its_alerts() -> None:
    receiver = Receiver()
    digest = {name: value for name, value in PAYLOAD.items() if name != "case"} | {
        "alerts": [{"alert": "a", "case": "c"}]
    }
    async with webhook(receiver) as channel:
        await channel.call(KEY, PAYLOAD | {"segments": 2})
        await channel.call(KEY, digest)
    (_, _, sms), (_, _, together) = receiver.posts
    assert sms["segments"] == 2
    assert together["alerts"] == [{"alert": "a", "case": "c"}]
    assert "case" not in together


def test_a_channel_says_whether_a_repeat_does_harm() -> None:
    mail = SmtpChannel("mail", 1, host="localhost", port=25, sender="a@b")
    every = (mail, PostChannel("webhook", 2, url="http://localhost"), ConsoleChannel("console", 3))
    assert [channel.name for channel in every] == ["mail", "webhook", "console"]
    assert [channel.honours_key for channel in every] == [True, True, False]
    assert [channel.capacity for channel in every] == [1, 2, 3]


async def test_posts_go_by_the_proxy_that_the_environment_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, direct = Receiver(), Receiver()
    async with webhook(proxy) as by, webhook(direct) as past:
        monkeypatch.setenv("http_proxy", by.url.replace("//", "//name:secret@"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        await PostChannel("webhook", 1, url="http://push.invalid/alerts").call(KEY, PAYLOAD)
        await past.call(KEY, PAYLOAD)
    ((asked, headers, _),) = proxy.posts
    assert asked == "POST http://push.invalid/alerts HTTP/1.1"
    assert headers["proxy-authorization"] == f"Basic {b64encode(b'name:secret').decode()}"
    assert [first for first, _, _ in direct.posts] == ["POST /alerts HTTP/1.1"]


async def test_one_connection_serves_many_posts_and_is_let_go_at_the_end() -> None:
    async def kept_alive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.append(writer)
        while head := await reader.readuntil(b"\r\n\r\n"):
            await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split()[0]))
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    arrived = list[asyncio.StreamWriter]()
    server = await asyncio.start_server(kept_alive, "127.0.0.1", 0)
    async with server:
        channel = PostChannel("webhook", 4, url=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        for n in range(3):
            await channel.call(f"{KEY}{n}", PAYLOAD)
        (one,) = arrived
        await channel.close()
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(_hung_up(one), 5)


async def _hung_up(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0)


async def test_one_connection_takes_many_mails_and_a_new_one_what_follows_a_refusal() -> None:
    box = Postbox()
    async with smtp(box) as channel:
        for n in range(3):
            await channel.call(f"{KEY}{n}", PAYLOAD)
        assert len(box.greeted) == 1
        box.rcpt = "550 no such user"
        with pytest.raises(Refused):
            await channel.call(f"{KEY}3", PAYLOAD)
        box.rcpt = "250 OK"
        await channel.call(f"{KEY}4", PAYLOAD)
        await channel.close()
    assert len(box.mails) == 4
    assert len(box.greeted) == 2


async def test_a_connection_that_was_used_just_now_need_not_say_that_it_is_open() -> None:
    box = Postbox()
    async with smtp(box) as channel:
        await channel.call(f"{KEY}1", PAYLOAD)
        box.noop = "421 too long idle"
        await channel.call(f"{KEY}2", PAYLOAD)
        await channel.close()
    assert (len(box.mails), len(box.greeted)) == (2, 1)


async def test_a_mail_goes_over_a_new_connection_when_the_one_that_was_open_has_been_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channels, "HOLD", 0.0)
    box = Postbox()
    async with smtp(box) as channel:
        await channel.call(f"{KEY}1", PAYLOAD)
        box.noop = "421 too long idle"
        await channel.call(f"{KEY}2", PAYLOAD)
        await channel.close()
    assert len(box.mails) == 2
    assert len(box.greeted) == 2


async def test_mails_at_the_same_time_have_a_connection_each() -> None:
    box = Postbox()
    async with smtp(box) as channel:
        await asyncio.gather(*[channel.call(f"{KEY}{n}", PAYLOAD) for n in range(3)])
        await asyncio.gather(*[channel.call(f"{KEY}{n}", PAYLOAD) for n in range(3)])
        await channel.close()
    assert len(box.mails) == 6
    assert len(box.greeted) == 3
