"""The people's end of a local run: a real SMTP server, and receivers of app pushes and text messages; all is kept."""

import asyncio
import email
import email.policy
import json
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Entry = dict[str, object]


@dataclass(frozen=True)
class Inbox:
    """A file with one JSON object per message received, in order."""

    file: Path

    def append(self, entry: Entry) -> None:
        """Add a message; it is with the kernel when this returns, so it outlives this process."""
        with self.file.open("a", encoding="utf-8") as output:
            output.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def keys(self) -> set[str]:
        """The idempotency keys of all calls received so far; a line cut short by a crash is skipped."""
        lines = self.file.read_text(encoding="utf-8").split("\n") if self.file.exists() else []
        return {str(entry["idempotency_key"]) for entry in map(_parsed, lines) if entry.get("idempotency_key")}


@dataclass(frozen=True)
class Mailbox:
    """Accepts every mail."""

    inbox: Inbox

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """Keep the mail before it is acknowledged."""
        self.inbox.append(mail_entry(envelope.original_content or b"", list(envelope.rcpt_tos), _now()))
        return "250 OK"


@dataclass(frozen=True)
class Hook:
    """Accepts every call; one Idempotency-Key is kept once, also across restarts."""

    inbox: Inbox
    entry: Callable[[str, str, str, datetime], Entry]
    seen: set[str] = field(default_factory=set)

    async def receive(self, request: Request) -> Response:
        """Answer 200, whether the call is new or a repeat."""
        key = request.headers.get("idempotency-key", "")
        body = (await request.body()).decode(errors="replace")
        repeat = key in self.seen
        if not repeat:
            self.inbox.append(self.entry(key, request.url.path, body, _now()))
            self.seen.update({key} - {""})
        return JSONResponse({"repeat": repeat})


def mail_entry(content: bytes, recipients: list[str], received_at: datetime) -> Entry:
    """What is kept of a mail: its Message-ID, recipients, subject and plain text."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    return {
        "message_id": str(message.get("Message-ID", "")),
        "to": recipients,
        "subject": str(message.get("Subject", "")),
        "received_at": received_at.isoformat(),
        "body": _text(message),
    }


def hook_entry(key: str, path: str, body: str, received_at: datetime) -> Entry:
    """What is kept of a call: its key, recipient and subject if its JSON names them (else the path), the raw body."""
    fields = _parsed(body)
    return {
        "idempotency_key": key,
        "to": fields.get("to", path),
        "subject": fields.get("subject", ""),
        "received_at": received_at.isoformat(),
        "body": body,
    }


def sms_entry(key: str, path: str, body: str, received_at: datetime) -> Entry:
    """What is kept of a text message: as of a call, with its text and the segments that it is charged as."""
    fields = _parsed(body)
    told = {"text": fields.get("text", ""), "segments": fields.get("segments")}
    return hook_entry(key, path, body, received_at) | told


def _text(message: EmailMessage) -> str:
    part = message.get_body(preferencelist=("plain", "html"))
    return str(part.get_content()) if part else ""


def _parsed(text: str) -> Entry:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _now() -> datetime:
    return datetime.now(UTC)


def app(folder: Path, smtp: tuple[str, int]) -> Starlette:
    """The receivers over HTTP, the app's at /webhook and the SMS gateway at /sms; the SMTP server lives with them."""
    folder.mkdir(parents=True, exist_ok=True)
    mailbox = Mailbox(Inbox(folder / "mail.jsonl"))
    push = _hook(folder / "webhook.jsonl", hook_entry)
    gateway = _hook(folder / "sms.jsonl", sms_entry)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        async with await loop.create_server(lambda: SMTP(mailbox, enable_SMTPUTF8=True), *smtp):
            yield

    posts = {"/webhook": push, "/webhook/{rest:path}": push, "/sms": gateway}
    routes = [Route(path, hook.receive, methods=["POST"]) for path, hook in posts.items()]
    return Starlette(routes=[Route("/readyz", _ready), *routes], lifespan=lifespan)


def _hook(file: Path, entry: Callable[[str, str, str, datetime], Entry]) -> Hook:
    inbox = Inbox(file)
    return Hook(inbox, entry, inbox.keys())


async def _ready(_request: Request) -> Response:
    return PlainTextResponse("ready")


def main(environ: Mapping[str, str]) -> None:
    """Serve at YIWANG_SMTP and YIWANG_WEBHOOK, keeping messages in the folder YIWANG_PEOPLE."""
    host, port = environ["YIWANG_SMTP"].rsplit(":", 1)
    hook = environ["YIWANG_WEBHOOK"].split("/")[2].rsplit(":", 1)
    receiver = app(Path(environ["YIWANG_PEOPLE"]), (host, int(port)))
    uvicorn.run(receiver, host=hook[0], port=int(hook[1]), log_level="warning")


if __name__ == "__main__":
    main(os.environ)
