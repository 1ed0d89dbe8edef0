"""Dead letters from end to end: parked on real servers, mended by commands, and then as if right at first."""

import asyncio
import json
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.identity import report_id
from contracts.topics import CASES, DEAD, DISPOSITIONS, LOCATED, NORMALISED, OUTCOMES, SUBMITTED
from services.chassis.mongo import MongoStore, client
from services.chassis.ports import Change
from services.chassis.settings import Settings
from services.gis.boundaries import Boundaries
from services.routing.app import compose
from tests.contract.story import Story
from tests.pipeline import ROOT, Pipeline, eventually
from tests.servers import Servers

WATER = SUBMITTED["water"]
TOLD = (NORMALISED, LOCATED, CASES, OUTCOMES)
SERVICES = ("intake", "gis", "routing")
PHONE = "13900001111"
RUBBISH = b"\xff\x00" + PHONE.encode()
PARKED = "yiwang.report.parked.v1"


def report(reference: str, **fields: Any) -> dict[str, Any]:
    return {"reference": reference, "occurred_at": "2026/3/5 08:30", "text": f"牧道被冲断，电话{PHONE}", **fields}


def raw(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def place() -> dict[str, Any]:
    point = Boundaries.load().areas[100].representative_point()
    return {"longitude": point.x, "latitude": point.y}


class Banner(Pipeline):
    """The three services that a report goes through, and an operator at a terminal without MongoDB's address."""

    async def send(self, *bodies: dict[str, Any] | bytes) -> None:
        await self.publish(WATER, [("one partition", one if isinstance(one, bytes) else raw(one)) for one in bodies])

    async def dead(self, *words: str, code: int = 0) -> str:
        """What one command says, which needs no documents."""
        return await self.say("dead", *words, code=code, YIWANG_OPERATOR="900017", YIWANG_MONGO="")

    async def say(self, *words: str, code: int = 0, **more: str) -> str:
        env = {name: value for name, value in {**self.env("-"), **more}.items() if value}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "yiwang", *words, cwd=ROOT, env=env,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said = (await process.communicate())[0].decode()
        assert process.returncode == code, said
        return said

    async def told(self) -> set[tuple[str, str, str]]:
        """Topics, ids and types of all that was told, but of what was parked."""
        found = [(topic, name, body) for topic in TOLD for name, body in (await self.events(topic)).items()]
        return {(topic.name, name, body.type) for topic, name, body in found if body.type != PARKED}

    async def letters(self) -> dict[str, str]:
        """Ids by reason; what is no JSON at all is rubbish."""
        found = [one for service in SERVICES for one in (await self.events(DEAD[service])).values()]
        return {
            "rubbish" if one.raw_value == b64encode(RUBBISH).decode() else one.reason.value: str(one.id)
            for one in found
        }


def at_first(*bodies: dict[str, Any]) -> set[tuple[str, str, str]]:
    """The control: what is told where all was right at first, played to the deciders in memory."""
    story = Story()
    for offset, body in enumerate(bodies):
        story.submit(raw(body), datetime.now(UTC), offset=offset)
    names = {topic.name for topic in TOLD}
    return {(one.topic, str(one.id), one.type) for one in story.written if one.topic in names}


@asynccontextmanager
async def banner(servers: Servers, folder: Path) -> AsyncIterator[Banner]:
    found = Banner(servers, folder)
    await asyncio.to_thread(found.prepare)
    try:
        found.start(*SERVICES)
        yield found
    finally:
        for process in found.processes.values():
            process.kill()
            process.wait()


class Broken:
    """A document of routing's that routing cannot read: a defect of ours, until somebody takes it away."""

    def __init__(self, run: Banner, reference: str) -> None:
        settings = Settings(kafka=run.servers.kafka, mongo=run.servers.mongo, namespace=run.space)
        motor, name = client(settings.mongo), settings.database("routing")
        self._store = MongoStore(motor, name, compose(settings).service)
        self._rows = motor[name].get_collection("documents")
        self._subject = str(report_id("water", reference))

    async def put(self) -> None:
        change = Change(
            subject=self._subject, rev=0, by="x", schema=1, partition=0, state="no JSON", inbox=None, outbox=(),
            wake_at=None, facets={}, kept={},
        )  # fmt: skip
        assert await self._store.write([change]) == frozenset()

    async def mend(self) -> None:
        assert (await self._rows.delete_one({"_id": self._subject})).deleted_count == 1


async def test_what_was_parked_is_mended_replayed_and_discarded_by_commands_and_ends_as_if_right_at_first(
    servers: Servers, tmp_path: Path
) -> None:
    where, datum = place(), {"datum": "WGS-84"}
    right = report("R-1", coordinates={**where, **datum})
    there, yonder = ({**where, **datum, "longitude": where["longitude"] + east} for east in (0.03, 0.06))
    first, last = report("C-1", coordinates=there), report("D-1", coordinates=yonder)
    other = report("C-1", coordinates=there, text="内容不同")
    wanted = at_first(right, first, {**other, "revision": 2}, last)
    async with banner(servers, tmp_path) as run:
        broken = Broken(run, "D-1")
        await broken.put()
        await run.ready(*SERVICES)
        await run.send(report("R-1", coordinates=where), first, other, last, RUBBISH)

        async def parked() -> bool:
            return len(await run.letters()) == 4

        await eventually(parked, "four letters")
        names = await run.letters()
        invalid, conflict, defect, rubbish = (names[kind] for kind in ("invalid", "conflict", "defective", "rubbish"))

        listed = await run.dead("list", "--since", "1h")
        assert listed.splitlines()[-1] == "4 dead letters: intake 3 (invalid 2, conflict 1), routing 1 (defective 1)"
        assert all(name[:8] in listed for name in names.values())
        shown = await run.dead("show", invalid[:8], "--reveal", "--why", "核对坐标")
        masked, _, revealed = shown.partition("body unmasked:")
        assert "问题       coordinates.datum：缺少该项，请补充" in masked
        assert PHONE not in listed + masked
        assert PHONE in revealed

        await run.dead("edit", invalid, "--set", 'coordinates.datum="WGS-84"', "--why", "来源补充坐标系")
        await run.dead("edit", conflict, "--set", "revision=2", "--why", "来源确认为更正")
        await broken.mend()
        said = await run.dead("replay", invalid, conflict, defect, "--why", "已更正", "--wait", "30")
        assert said.splitlines()[-1] == "3 of 3 replays taken"

        async def as_wanted() -> bool:
            return await run.told() == wanted

        await eventually(as_wanted, "the same events as if all had been right at first", seconds=20)
        assert "1 of 1 replays taken" in await run.dead("replay", invalid, "--again", "--why", "再来", "--wait", "30")
        assert await run.told() == wanted, "a second replay changes nothing"
        assert len(await run.letters()) == 4

        assert "1 discarded" in await run.dead("discard", "--all", "--reason", "invalid", "--yes", "--why", "无法辨认")
        assert await run.dead("list") == "0 dead letters\n"
        story = sorted((await run.events(DISPOSITIONS)).values(), key=lambda one: one.version)
        assert {one.by for one in story} == {"900017"}
        assert {name: [one.kind.value for one in story if str(one.letter) == name] for name in names.values()} == {
            invalid: ["revealed", "edited", "replayed", "replayed"],
            conflict: ["edited", "replayed"],
            defect: ["replayed"],
            rubbish: ["discarded"],
        }
        checked = await run.say("check")
        assert "reports=4 cases=3 repeats=0 parked=0" in checked
        assert "lost=0 duplicated=0 unlawful=0" in checked
