"""Bugs to plant, one at a time: each breaks a promise in one place of the code, and the simulation must find it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Bug:
    """In ``file`` the text ``old``, found once, becomes ``new``."""

    name: str
    file: str
    old: str
    new: str

    @property
    def module(self) -> str:
        """The module that it is planted in."""
        return self.file.removesuffix(".py").replace("/", ".")

    @property
    def fits(self) -> bool:
        """Whether the text is still there, once."""
        return self._text().count(self.old) == 1

    def planted(self) -> str:
        """The module's text with the bug in it; raises ValueError where it does not fit."""
        if not self.fits:
            raise ValueError(f"{self.name}: not found once in {self.file}")
        return self._text().replace(self.old, self.new)

    def _text(self) -> str:
        return (ROOT / self.file).read_text(encoding="utf-8")


LOOP: Final = "services/chassis/loop.py"
FOLD: Final = "services/chassis/fold.py"
SETTLEMENT: Final = "services/chassis/settlement.py"
STORE: Final = "simulation/store.py"

BUGS: Final = (
    Bug(
        "commit-before-publish",
        LOOP,
        "        await self._settle(inputs, batch)\n"
        '        with self.progress.waiting("broker"):\n            await self._stream.commit(after)\n',
        "        await self._stream.commit(after)\n        await self._settle(inputs, batch)\n",
    ),
    Bug(
        "no-inbox-check",
        FOLD,
        "if known is not None and not (known is Outcome.PARKED and one.record.replay):",
        "if known is not None and one.record is None:",
    ),
    Bug(
        "publish-before-write",
        SETTLEMENT,
        "        lost = await self._lost(changes)\n",
        "        await self._stream.publish([message for one in drafts for message in one.messages])\n"
        "        lost = await self._lost(changes)\n",
    ),
    Bug(
        "tick-without-compare-and-set",
        STORE,
        "if (row.document.rev if row else 0) != change.rev:",
        "if (row.document.rev if row else 0) != change.rev and change.entries:",
    ),
    Bug(
        "write-without-compare-and-set",
        STORE,
        "if (row.document.rev if row else 0) != change.rev:",
        "if change.rev < 0:",
    ),
    Bug(
        "tick-before-its-inputs",
        "services/chassis/horizon.py",
        "if all(read_to.get(place, -1) >= end for place, end in ends.items())",
        "if ends is not read_to",
    ),
    Bug(
        "older-case-moves-a-clock-back",
        "services/escalation/domain.py",
        "if state and case.version <= state.case.version:",
        "if state and case.version < 0:",
    ),
    Bug(
        "older-revision-moves-a-case-back",
        "services/routing/domain.py",
        "if located.report.revision <= case.revision:",
        "if located.report.revision == case.revision:",
    ),
    Bug(
        "older-case-moves-a-watch-back",
        "services/notification/watch.py",
        "newest = case if case.version >= self.case.version else self.case",
        "newest = case",
    ),
    Bug(
        "doubtful-writes-taken-for-won",
        SETTLEMENT,
        "        if not doubtful:\n            return doubtful\n",
        "        if doubtful or not doubtful:\n            return frozenset()\n",
    ),
    Bug(
        "remembered-and-its-lost-write-taken-for-won",
        SETTLEMENT,
        "        lost = await self._lost(changes)\n",
        "        lost = await self._lost(changes) - {one.subject for one in drafts if one.recalled}\n",
    ),
    Bug(
        "remembered-and-not-compared",  # it is written over whatever another member has written since
        SETTLEMENT,
        "        lost = await self._lost(changes)\n",
        "        names = [one.subject for one in drafts if one.recalled and one.subject in changes]\n"
        "        for name, found in (await self._store.load(names)).items() if names else ():\n"
        '            changes[name] = __import__("dataclasses").replace(changes[name], rev=found.rev)\n'
        "        lost = await self._lost(changes)\n",
    ),
    Bug(
        "presumed-absent-and-its-lost-write-taken-for-won",
        SETTLEMENT,
        "        lost = await self._lost(changes)\n",
        "        lost = await self._lost(changes) - {one.subject for one in drafts if one.presumed}\n",
    ),
    Bug(
        "remembered-without-its-newest-inputs",
        "services/chassis/recent.py",
        "inbox = known if change.inbox is None else change.inbox",
        "inbox = known",
    ),
    Bug(
        "outbox-not-rescued",
        SETTLEMENT,
        "if document.outbox and not self._sent.has(document.subject, document.rev):",
        "if document.outbox and document.rev < 0:",
    ),
    Bug(
        "sweep-left-out",
        LOOP,
        "        await self._settlement.sweep(frozenset(number for _, number in ends))\n",
        "",
    ),
    Bug(
        "intent-left-out",
        LOOP,
        "intents = await self._settlement.intend(changed)",
        "intents: list[str] = []",
    ),
    Bug(
        "intent-taken-off-before-the-send",
        LOOP,
        "        await self._settlement.send(batch)\n        if lost:\n"
        '            raise Unavailable(f"{len(lost)} timers met another writer: read again")\n'
        "        self._settlement.fulfilled(intents)\n",
        "        self._settlement.fulfilled(intents)\n"
        "        await self._settlement.take_off()\n"
        "        await self._settlement.send(batch)\n        if lost:\n"
        '            raise Unavailable(f"{len(lost)} timers met another writer: read again")\n',
    ),
    Bug(
        "rewind-left-out",
        LOOP,
        "                    self._stream.rewind(_span(rest)[0])\n",
        "                    pass\n",
    ),
    Bug(
        "unknown-publish-taken-for-sent",
        SETTLEMENT,
        "                await self._stream.publish([message for _, message in batch.messages.values()])\n",
        "                try:\n"
        "                    await self._stream.publish([message for _, message in batch.messages.values()])\n"
        "                except Exception:\n"
        "                    pass\n",
    ),
    Bug(
        "remembered-as-sent-before-the-send",
        SETTLEMENT,
        "        if batch.messages:\n            past =",
        "        for subject, rev in batch.written:\n            self._sent.add(subject, rev)\n"
        "        if batch.messages:\n            past =",
    ),
    Bug(
        "call-before-sending-is-written",
        SETTLEMENT,
        "        lost = await self._lost(changes)\n",
        "        for one in drafts:\n            if one.effects and self._performer:\n"
        "                self._performer.start(one.subject, one.effects)\n                one.effects.clear()\n"
        "        lost = await self._lost(changes)\n",
    ),
    Bug(
        "history-left-out",
        SETTLEMENT,
        "                await self._store.record(past)\n",
        "                pass\n",
    ),
    Bug(
        "row-on-trial-has-effect",
        "services/routing/opening.py",
        "unit=chosen.unit",
        "unit=(how.shadows or (chosen,))[0].unit",
    ),
)
