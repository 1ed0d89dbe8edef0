"""The ways to people: mail, posts to the app's push and to the SMS gateway, and the console where one is not set up."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.header import Header
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import aiosmtplib

from services.chassis.ports import Refused

TIMEOUT: Final = 10.0
"""Seconds for one call; then it is tried again later, with the same key."""
HOLD: Final = 2.0
"""Seconds after which a connection that was kept open must say that it still is, in as many; else a new one is made."""
PERMANENT: Final = 500
"""SMTP replies from here on are permanent (RFC 5321, 4.2.1)."""
PASSING: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
"""Refusals that a later attempt may outlive; the other 4xx are lasting."""
TOLD: Final = ("to", "recipient", "alert", "case", "alerts", "template", "subject", "text", "segments")
"""What of an effect's payload goes to the receiver: the same in each attempt, as the key promises.

``segments`` only of a text message, ``alerts`` instead of ``case`` only of a digest.
"""


def _told(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {field: payload[field] for field in TOLD if field in payload}


class ConsoleChannel:
    """Writes one line of JSON to standard output, whatever the log's level, as the channel that it stands in for."""

    honours_key = False

    def __init__(self, name: str, capacity: int) -> None:
        """Take the name of the channel that it is, and how many calls it takes at once."""
        self.name = name
        self.capacity = capacity

    async def call(self, key: str, payload: Mapping[str, Any]) -> None:
        """Write the alert down."""
        line = {"channel": self.name, "key": key, **_told(payload)}
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    async def close(self) -> None:
        """See the port: there is nothing."""


class SmtpChannel:
    """Sends mail; the key is its Message-ID, by which the receiving side drops a repeat.

    Connections stay open for the next mail: to open one costs more than the mail.
    """

    honours_key = True

    def __init__(self, name: str, capacity: int, *, host: str, port: int, sender: str) -> None:
        """Take the server to hand mail to, and the address that it comes from."""
        self.name = name
        self.capacity = capacity
        self._host, self._port, self._sender = host, port, sender
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []

    async def call(self, key: str, payload: Mapping[str, Any]) -> None:
        """Hand one mail over; a permanent reply to its sender, recipient or content is Refused."""
        mail = self._mail(key, payload)
        try:
            async with asyncio.timeout(TIMEOUT), self._connected() as server:
                await server.sendmail(self._sender, payload["to"], mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            _refuse_if_lasting(error.recipients[0])
            raise
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            _refuse_if_lasting(error)
            raise

    async def close(self) -> None:
        """See the port."""
        while self._idle:
            self._idle.pop()[0].close()  # without QUIT, whose answer a service that stops has no time for

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection that answers, one that was open if there is any; it stays open unless something went wrong."""
        server = await self._waiting() or aiosmtplib.SMTP(hostname=self._host, port=self._port, timeout=TIMEOUT)
        try:
            if not server.is_connected:
                await server.connect()
            yield server
        except BaseException:
            server.close()
            raise
        self._idle.append((server, time.monotonic()))

    async def _waiting(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            server, since = self._idle.pop()
            try:
                if time.monotonic() - since > HOLD or not server.is_connected:
                    await server.noop(timeout=HOLD)
            except (aiosmtplib.SMTPException, OSError):
                server.close()
            else:
                return server
        return None

    def _mail(self, key: str, payload: Mapping[str, Any]) -> bytes:
        """The mail as it travels; the newer classes of ``email`` take four times as long for the same."""
        mail = MIMEText(payload["text"], "plain", "utf-8")
        mail["From"] = self._sender
        mail["To"] = payload["to"]
        mail["Subject"] = Header(payload["subject"], "utf-8").encode()
        mail["Date"] = formatdate(localtime=True)
        mail["Message-ID"] = f"<{key}@yiwang.invalid>"
        mail["Auto-Submitted"] = "auto-generated"
        return mail.as_bytes(policy=compat32.clone(linesep="\r\n"))


def _refuse_if_lasting(error: aiosmtplib.SMTPResponseException) -> None:
    if error.code >= PERMANENT:
        raise Refused(f"SMTP {error.code} {error.message}") from error


class NotTaken(Exception):
    """The receiver did not take it now; a later attempt may do."""


class PostChannel:
    """Posts JSON to one address, the app's push or the SMS gateway.

    The key is the Idempotency-Key, by which the receiver drops a repeat.
    """

    honours_key = True

    def __init__(self, name: str, capacity: int, *, url: str) -> None:
        """Take the address; nothing is opened before the first call."""
        self.name = name
        self.capacity = capacity
        self.url = url
        self._session: aiohttp.ClientSession | None = None

    async def call(self, key: str, payload: Mapping[str, Any]) -> None:
        """Post the alert; a 4xx that will not pass is Refused, whatever else is no 2xx raises an error."""
        body = json.dumps(_told(payload), ensure_ascii=False).encode()
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        async with (
            asyncio.timeout(TIMEOUT),
            self._opened().post(self.url, data=body, headers=headers, allow_redirects=False) as answer,
        ):
            await answer.read()
        said = f"HTTP {answer.status} {answer.reason}"
        kind = answer.status // 100
        if kind == HTTPStatus.BAD_REQUEST // 100 and answer.status not in PASSING:
            raise Refused(said)
        if kind != HTTPStatus.OK // 100:
            raise NotTaken(said)

    async def close(self) -> None:
        """See the port."""
        if self._session:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self.capacity),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                proxy=_proxy(self.url),
            )
        return self._session


def _proxy(url: str) -> str | None:
    """The proxy that the environment asks for on the way to this address, once; aiohttp itself would look each time."""
    where = urlsplit(url)
    return None if proxy_bypass(where.hostname or "") else getproxies().get(where.scheme)
