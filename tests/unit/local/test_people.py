import json
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx

from deploy.local.people import app, hook_entry, mail_entry
from deploy.local.ports import HOST, free_ports

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def mail(message_id: str = "<1@yiwang>") -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"], message["To"], message["From"] = message_id, "0001@example.invalid", "yiwang@example.invalid"
    message["Subject"] = "预警:事项即将超时"
    message.set_content("请于今日办结。")
    return message


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_mail_is_kept_readable() -> None:
    assert mail_entry(mail().as_bytes(), ["0001@example.invalid"], NOON) == {
        "message_id": "<1@yiwang>",
        "to": ["0001@example.invalid"],
        "subject": "预警:事项即将超时",
        "received_at": "2026-03-02T12:00:00+00:00",
        "body": "请于今日办结。\n",
    }


def test_a_call_without_json_is_kept_with_its_path_as_recipient() -> None:
    entry = hook_entry("k", "/webhook/town", "plain", NOON)
    assert (entry["to"], entry["subject"], entry["body"]) == ("/webhook/town", "", "plain")


async def test_a_mail_sent_over_smtp_is_in_the_inbox_when_it_is_acknowledged(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    receiver = app(tmp_path, (HOST, port))
    async with receiver.router.lifespan_context(receiver):
        await aiosmtplib.send(mail(), hostname=HOST, port=port)
        kept = lines(tmp_path / "mail.jsonl")
    assert [(each["message_id"], each["to"]) for each in kept] == [("<1@yiwang>", ["0001@example.invalid"])]


async def call(folder: Path, *keys: str, path: str = "/webhook", **more: object) -> list[int]:
    """Post once per key to a receiver that has just been started."""
    transport = httpx.ASGITransport(app(folder, (HOST, 0)))
    async with httpx.AsyncClient(transport=transport, base_url="http://people") as client:
        body = {"to": "0001", "subject": "催办", **more}
        posts = [await client.post(path, json=body, headers={"Idempotency-Key": key} if key else {}) for key in keys]
    return [post.status_code for post in posts]


async def test_a_repeated_call_is_answered_and_kept_once_also_after_a_restart(tmp_path: Path) -> None:
    assert await call(tmp_path, "a", "a", "b") == [200, 200, 200]
    with (tmp_path / "webhook.jsonl").open("a") as file:
        file.write('{"idempotency_key": "torn\n')
    assert await call(tmp_path, "a", "c") == [200, 200]
    kept = [line for line in (tmp_path / "webhook.jsonl").read_text().splitlines() if "torn" not in line]
    assert [json.loads(line)["idempotency_key"] for line in kept] == ["a", "b", "c"]


async def test_calls_without_a_key_are_all_kept(tmp_path: Path) -> None:
    await call(tmp_path, "", "")
    assert [(each["to"], each["subject"]) for each in lines(tmp_path / "webhook.jsonl")] == [("0001", "催办")] * 2


async def test_a_text_message_is_kept_once_with_its_text_and_segments(tmp_path: Path) -> None:
    assert await call(tmp_path, "a", "a", path="/sms", text="请签收。", segments=1) == [200, 200]
    (kept,) = lines(tmp_path / "sms.jsonl")
    assert (kept["to"], kept["text"], kept["segments"], kept["idempotency_key"]) == ("0001", "请签收。", 1, "a")
    assert not (tmp_path / "webhook.jsonl").exists()


async def test_push_and_text_message_of_one_key_are_two_messages(tmp_path: Path) -> None:
    await call(tmp_path, "a")
    await call(tmp_path, "a", path="/sms")
    assert [len(lines(tmp_path / name)) for name in ("webhook.jsonl", "sms.jsonl")] == [1, 1]
