"""A model of the pipeline as stations that serve batches, played event by event: how long reports wait, and where.

A station is a service with members, each a processor of its own. Keys are hashed to partitions, a partition belongs to
one member, and what lies in it is served in order. A batch takes a fixed time and so much for each thing in it. What
a report causes is a tree of steps: each begins at its station when the one before it has been published.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from math import ceil, inf
from random import Random
from typing import Final

from simulation.chance import chance

KEYS: Final = 2
"""Kinds of keys: what concerns a report goes by one, what concerns a person by another."""


def at_once(_took: float) -> float:
    """No rest between batches."""
    return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A service: how many serve, how they share the partitions, and what a batch takes beside its records."""

    name: str
    members: int = 1
    partitions: int = 1
    batch: float = 500
    """Records that a batch has at the most."""
    fixed: float = 0.0
    """Seconds of each batch, be it of one record."""
    rest: Callable[[float], float] = at_once
    """Seconds to let more gather after a batch that took so many, unless there is enough."""
    enough: float = inf
    """So many waiting records end a rest, as does a whole batch."""
    closed: tuple[float, float] = (0.0, 0.0)
    """From when to when nobody begins a batch."""

    def owner(self, partition: int) -> int:
        """The member that a partition belongs to: the range assignment."""
        return partition * self.members // self.partitions

    def open(self, now: float) -> float:
        """The first moment from now on at which a batch may begin."""
        return self.closed[1] if self.closed[0] <= now < self.closed[1] else now


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a report asks of a station, and after which other step."""

    name: str
    station: str
    seconds: float
    """Processor time on the mean."""
    records: float = 1
    after: str | None = None
    key: int = 0
    """By which kind of key its partition is found, below KEYS."""
    hot: float = 0.0
    """The share of reports that all have one and the same key here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Stations and steps; ``spread`` says how unlike reports are: 0 each costs the mean, 1 exponentially."""

    stations: tuple[Station, ...]
    steps: tuple[Step, ...]
    spread: float = 0.0

    def closed(self, begin: float, end: float) -> "Line":
        """The same line with an outage of all stations."""
        return replace(self, stations=tuple(replace(one, closed=(begin, end)) for one in self.stations))


@dataclass(frozen=True, slots=True)
class Seen:
    """What one station went through."""

    busy: float
    """The share of time in which its members worked, on the mean, until the last report came."""
    busiest: float
    """The same of the member that worked most."""
    backlog: float
    """Most records that waited at once."""


@dataclass(frozen=True, slots=True)
class Run:
    """When each report came and each of its steps was done, in seconds; and what stations went through."""

    arrived: Sequence[float]
    ended: Mapping[str, Sequence[float]]
    partitions: Mapping[str, Sequence[int]]
    stations: Mapping[str, Seen]

    def waits(self, step: str) -> list[float]:
        """Seconds from each report to the end of a step."""
        return [end - begin for begin, end in zip(self.arrived, self.ended[step], strict=True)]

    def quantile(self, step: str, share: float) -> float:
        """The wait that so large a share of reports does not exceed, by nearest rank."""
        waits = sorted(self.waits(step))
        return waits[max(0, ceil(share * len(waits)) - 1)]

    def drained(self, step: str, since: float, limit: float) -> float:
        """Seconds from a moment on until no report ends this step later than ``limit`` after it came."""
        late = (end for begin, end in zip(self.arrived, self.ended[step], strict=True) if end - begin > limit)
        return max(0.0, max(late, default=since) - since)


def play(line: Line, arrivals: Sequence[float], seed: int = 0) -> Run:
    """What becomes of reports that come at these times (sorted); the same values give the same run."""
    return _Play(line, arrivals, chance(seed, "play")).run()


class _Member:
    """One processor: what waits for it, what it has in hand, and until when it rests."""

    __slots__ = ("ends", "hand", "looks", "queue", "rests", "station", "waiting", "worked")

    def __init__(self, station: "_Place") -> None:
        self.station = station
        self.queue: deque[tuple[int, int]] = deque()
        self.hand: list[tuple[int, int]] = []
        self.ends: float | None = None
        self.looks = self.rests = self.worked = self.waiting = 0.0


class _Place:
    """A station with its members while the model plays."""

    __slots__ = ("backlog", "members", "of", "waiting")

    def __init__(self, station: Station) -> None:
        self.of = station
        self.members = [_Member(self) for _ in range(station.members)]
        self.waiting = self.backlog = 0.0


class _Play:
    """One run. Events are ends of batches and looks at what waits; of two at one time the older comes first."""

    def __init__(self, line: Line, arrivals: Sequence[float], random: Random) -> None:
        self._line, self._arrivals = line, arrivals
        self._places = {station.name: _Place(station) for station in line.stations}
        self._at = [self._places[step.station] for step in line.steps]
        names = [step.name for step in line.steps]
        self._after = [[n for n, step in enumerate(line.steps) if step.after == name] for name in names]
        self._first = [n for n, step in enumerate(line.steps) if step.after is None]
        self._factors = [_factor(random, line.spread) for _ in arrivals]
        keys = [[random.getrandbits(32) for _ in arrivals] for _ in range(KEYS)]
        luck = [random.random() for _ in arrivals]
        self._partitions = [
            _partitions(step, self._places[step.station].of, keys[step.key], luck) for step in line.steps
        ]
        self._ended = [[0.0] * len(arrivals) for _ in line.steps]
        self._events: list[tuple[float, int, _Member]] = []
        self._serial = count()
        self._last = arrivals[-1] if arrivals else 0.0

    def run(self) -> Run:
        events, report, reports = self._events, 0, len(self._arrivals)
        while events or report < reports:
            if report < reports and (not events or self._arrivals[report] <= events[0][0]):
                now = self._arrivals[report]
                self._look_at([self._put(step, report) for step in self._first], now)
                report += 1
            else:
                now, _, member = heappop(events)
                self._look_at(self._finish(member, now), now)
        return self._seen()

    def _put(self, step: int, report: int) -> _Member:
        """Lay a step of a report into its partition; answers whose that is."""
        place = self._at[step]
        member = place.members[place.of.owner(self._partitions[step][report])]
        records = self._line.steps[step].records
        member.queue.append((step, report))
        member.waiting += records
        place.waiting += records
        place.backlog = max(place.backlog, place.waiting)
        return member

    def _finish(self, member: _Member, now: float) -> list[_Member]:
        """Publish what a member has in hand, if its time has come; answers who has something to look at."""
        if member.ends is None or now < member.ends:
            return [member]
        heard = [member]
        for step, report in member.hand:
            self._ended[step][report] = now
            heard.extend([self._put(following, report) for following in self._after[step]])
        member.hand, member.ends = [], None
        return heard

    def _look_at(self, members: Sequence[_Member], now: float) -> None:
        for member in members:
            if member.ends is None and member.queue:
                self._look(member, now)

    def _look(self, member: _Member, now: float) -> None:
        """Begin a batch, or look again when that may be done."""
        station = member.station.of
        begin = station.open(now if member.waiting >= min(station.batch, station.enough) else max(now, member.rests))
        if begin <= now:
            self._begin(member, now)
        elif member.looks != begin:
            member.looks = begin
            heappush(self._events, (begin, next(self._serial), member))

    def _begin(self, member: _Member, now: float) -> None:
        station, steps = member.station.of, self._line.steps
        records, took = 0.0, station.fixed
        while member.queue:
            step, report = member.queue[0]
            if records and records + steps[step].records > station.batch:
                break
            member.hand.append(member.queue.popleft())
            records += steps[step].records
            took += steps[step].seconds * self._factors[report]
        member.waiting -= records
        member.station.waiting -= records
        member.ends, member.rests = now + took, now + took + station.rest(took)
        member.worked += min(took, max(0.0, self._last - now))
        heappush(self._events, (member.ends, next(self._serial), member))

    def _seen(self) -> Run:
        names = [step.name for step in self._line.steps]
        return Run(
            arrived=self._arrivals,
            ended=dict(zip(names, self._ended, strict=True)),
            partitions=dict(zip(names, self._partitions, strict=True)),
            stations={name: self._account(place) for name, place in self._places.items()},
        )

    def _account(self, place: _Place) -> Seen:
        shares = [member.worked / self._last if self._last else 0.0 for member in place.members]
        return Seen(busy=sum(shares) / len(shares), busiest=max(shares), backlog=place.backlog)


def _factor(random: Random, spread: float) -> float:
    """How many times the mean a report costs: the mean is 1, the standard deviation the spread."""
    return 1 - spread + spread * random.expovariate(1) if spread else 1.0


def _partitions(step: Step, station: Station, keys: Sequence[int], luck: Sequence[float]) -> list[int]:
    """Where each report's step lies; those with the hot key in partition 0."""
    chosen = zip(keys, luck, strict=True)
    return [0 if chance < step.hot else key % station.partitions for key, chance in chosen]
