"""Who was to be told of what, and what became of it: one notice for each person, one end on each channel."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import Final
from uuid import UUID

from contracts.alert import AlertKind
from contracts.deadline import DeadlineKind
from contracts.identity import event_id, timer_cause
from contracts.topics import ALERTS, CASES, DEADLINES, NOTICES
from contracts.wire import Message
from yiwang.check.glances import FAR, AlertSeen, DeadlineSeen, NoticeSeen
from yiwang.check.letters import Letters
from yiwang.check.log import Log, Name, Ref
from yiwang.check.rules import offence
from yiwang.check.values import Offence

(NOTICE,) = NOTICES.types
Told = tuple[Name, str, str]
"""An alert, its recipient and the channel."""
STEPS: Final = {"reminder": "remind", "deputy": "deputy", "superior": "superior"}
"""The templates of a ladder, each with what its timer is called."""
LONGEST: Final = 200
"""Steps of one kind that are looked through for the one that caused a notice."""


@dataclass(slots=True)
class Notices:
    """All notices and the ends of alerts."""

    log: Log
    letters: Letters
    ended: Counter[AlertKind] = field(default_factory=Counter)
    _told: dict[Told, Ref] = field(default_factory=dict)
    _ends: dict[Told, Ref] = field(default_factory=dict)
    _versions: dict[Name, int] = field(default_factory=dict)
    _stepped: list[tuple[Ref, NoticeSeen]] = field(default_factory=list)
    _events: dict[Name, Ref] = field(default_factory=dict)
    _assignments: dict[Name, int] = field(default_factory=dict)
    _strange: list[Offence] = field(default_factory=list)
    _digests: dict[Told, Name] = field(default_factory=dict)
    _sent: set[Told] = field(default_factory=set)
    _outbox: set[Name] = field(default_factory=set)
    _underway: set[tuple[Name, int]] = field(default_factory=set)
    waiting: set[Told] | None = None
    """What lies in a tray; None while no document was seen."""

    def hear(self, ref: Ref, name: Name, said: NoticeSeen) -> None:
        """Take a notice, each once."""
        self._count(ref, said)
        staff = intern(said.staff)
        for channel in said.channels:
            told = (said.alert_id.int, staff, intern(channel))
            if self._told.setdefault(told, ref) != ref:
                what = f"{self.log.where(ref)}: {staff} is to be told of it over {channel} once more"
                self._strange.append(offence("notice-twice", said.event_id, what))
        self._events.setdefault(said.event_id.int, ref)
        self._identify(ref, name, said)
        if said.alert_id != event_id(said.event_id, "yiwang.alert.v1"):
            self._stepped.append((ref, said))

    def clock(self, name: Name, said: DeadlineSeen) -> None:
        """What a clock says: what people are told of its start may have a ladder."""
        if said.kind is DeadlineKind.SCHEDULED:
            self._assignments[name] = said.assignment

    def end(self, ref: Ref, name: Name, said: AlertSeen) -> None:
        """Take the end of an alert, each once."""
        self.ended[said.kind] += 1
        told = (said.alert_id.int, intern(said.recipient), intern(said.channel))
        if self._ends.setdefault(told, ref) != ref:
            what = f"{self.log.where(ref)}: its alert to {said.recipient} over {said.channel} ended before"
            self._strange.append(offence("alert-twice", said.alert_id, what))
        if said.kind is AlertKind.SENT:
            self._sent.add(told)
        if said.digest:
            self._digests[told] = said.digest.int
        expected = event_id(said.alert_id, f"yiwang.alert.{said.kind.value}.v1", f"{said.recipient}/{said.channel}")
        if name != expected.int:
            what = f"{self.log.where(ref)} has id {UUID(int=name)}; from its cause follows {expected}"
            self._strange.append(offence("event-identity", said.alert_id, what))

    def notice(self, told: Told) -> Ref | None:
        """The notice by which somebody is told over a channel."""
        return self._told.get(told)

    def newest(self, case: Name) -> int:
        """The newest version of the case's watch that was heard."""
        return self._versions.get(case, 1).bit_length() - 1

    def judge(self) -> Iterator[Offence]:
        """Everything that is missing, doubled or from nowhere."""
        yield from self._strange
        yield from self._complete()
        yield from self._caused()
        for ref, said in self._stepped:
            yield from self._step(ref, said)
        for told, ref in self._told.items():
            yield from self._ended(told, ref)
        if self.log.whole(NOTICES.name):
            for told in self._ends.keys() - self._told.keys():
                if not self.log.late(self._ends[told]):
                    what = f"{told[1]} was told over {told[2]} without a notice"
                    yield offence("event-uncaused", UUID(int=told[0]), what)

    def _count(self, ref: Ref, said: NoticeSeen) -> None:
        """Note the version as a bit, so that a watch takes one number; beyond all counting it is a stranger's."""
        if said.version > FAR:
            what = f"{self.log.where(ref)} has version {said.version} of its watch, beyond all counting"
            self._strange.append(offence("version-gap", said.case_id, what))
            return
        versions, bit = self._versions.get(said.case_id.int, 1), 1 << said.version
        if versions & bit:
            what = f"{self.log.where(ref)} has version {said.version} of its watch once more"
            self._strange.append(offence("version-twice", said.case_id, what))
        self._versions[said.case_id.int] = versions | bit

    def _identify(self, ref: Ref, name: Name, said: NoticeSeen) -> None:
        """Told of an event itself; what a ladder's step caused has its own way to an id."""
        if said.alert_id != event_id(said.event_id, "yiwang.alert.v1"):
            return
        expected = event_id(said.event_id, NOTICE, said.staff)
        if name != expected.int:
            what = f"{self.log.where(ref)} has id {UUID(int=name)}; from its cause follows {expected}"
            self._strange.append(offence("event-identity", said.event_id, what))

    def _complete(self) -> Iterator[Offence]:
        """Notices of one write go to several partitions: what is missing may be in an outbox still."""
        if self.waiting is None or not self.log.whole(NOTICES.name):
            return
        for case, versions in self._versions.items():
            gaps = (n for n in range(versions.bit_length()) if not versions >> n & 1)
            if missing := [n for n in gaps if (case, n) not in self._underway]:
                yield offence("version-gap", UUID(int=case), f"versions {missing} of its watch are missing")

    def _caused(self) -> Iterator[Offence]:
        if not self.log.whole(CASES.name) or not self.log.whole(DEADLINES.name):
            return
        for event, ref in self._events.items():
            if self.log.find(event) is None and not self.log.late(ref):
                what = f"{self.log.where(ref)} tells of it, and it was never heard"
                yield offence("event-uncaused", UUID(int=event), what)

    def _step(self, ref: Ref, said: NoticeSeen) -> Iterator[Offence]:
        """A reminder, a deputy or the unit above: caused by the so-many-th step of the assignment's ladder."""
        kind, number = STEPS.get(said.template), self._assignments.get(said.event_id.int)
        if number is None and (self.log.late(ref) or not self.log.whole(DEADLINES.name)):
            return
        causes = (timer_cause(str(said.case_id), number or 0, kind or "", n) for n in range(1, LONGEST))
        if not any(event_id(cause, "yiwang.alert.v1") == said.alert_id for cause in causes):
            what = f"{self.log.where(ref)}, a {said.template}, has an alert that follows from nothing: {said.alert_id}"
            yield offence("event-uncaused", said.event_id, what)

    def _ended(self, told: Told, ref: Ref) -> Iterator[Offence]:
        alert, staff, channel = told
        if told in self._ends:
            if self.waiting and told in self.waiting and not self.log.late(self._ends[told]):
                what = f"{staff} was told over {channel} ({self.log.where(self._ends[told])}), and it still waits"
                yield offence("alert-waits", UUID(int=alert), what)
            return
        settled = self.log.settled("notification", ref) and not self.letters.parked("notification", ref)
        untold = settled and self.waiting is not None and told not in self.waiting and not self._unsent(told)
        if untold and self.log.whole(ALERTS.name, self.log.time(ref)):
            what = f"{self.log.where(ref)}: {staff} was never told over {channel}, and nothing waits"
            yield offence("alert-missing", UUID(int=alert), what)

    def outbox(self, message: Message) -> None:
        """Take what is in an outbox and was not heard yet."""
        self._outbox.add(message.id.int)
        if message.topic == NOTICES.name:
            self._underway.add((UUID(message.subject).int, message.version))

    def _unsent(self, told: Told) -> bool:
        """Whether the end of the alert is in an outbox."""
        alert, staff, channel = told
        ends = (event_id(UUID(int=alert), kind, f"{staff}/{channel}").int for kind in ALERTS.types)
        return any(name in self._outbox for name in ends)

    def figures(self) -> Mapping[str, int]:
        """How alerts ended."""
        kinds = {f"alerts_{kind.value}": self.ended[kind] for kind in AlertKind}
        return {"alerts": len(self._ends), **kinds, "unknown": self.ended[AlertKind.UNKNOWN]}

    def told(self) -> Iterator[tuple[Told, Ref | None]]:
        """Each alert to a person over a channel, with its end where it has come to one."""
        return ((told, self._ends.get(told)) for told in self._told)

    def digests(self) -> Iterator[Name]:
        """The digests that carried alerts, however they ended: one that is said to have failed may have come."""
        return iter(self._digests.values())

    def sent(self) -> Iterator[tuple[Told, Ref, Name | None]]:
        """Each alert that is said to be sent, with its end and the digest that carried it, if one did."""
        return ((told, self._ends[told], self._digests.get(told)) for told in self._sent)
