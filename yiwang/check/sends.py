"""What physically reached people, against what is said to be sent; a message that came again is counted apart."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from contracts.identity import name_id
from contracts.topics import ALERTS, NOTICES
from yiwang.check.log import Log
from yiwang.check.notices import Notices, Told
from yiwang.check.rules import offence
from yiwang.check.values import Offence


@dataclass(slots=True)
class Sends:
    """The keys that came over each channel of which anything is known."""

    log: Log
    notices: Notices
    _received: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def receive(self, channel: str, key: str) -> None:
        """Take what reached a person over a channel."""
        self._received[channel][key] += 1

    @property
    def resent(self) -> int:
        """How often a message reached its channel once more."""
        return sum(times - 1 for keys in self._received.values() for times in keys.values())

    def judge(self) -> Iterator[Offence]:
        """What did not come though it is said to be sent, and what came though nobody was to be told."""
        for channel, received in self._received.items():
            yield from self._missing(channel, received)
            if self.log.whole(NOTICES.name) and self.log.whole(ALERTS.name) and not self._digest_waits(channel):
                for key in received.keys() - self._keys(channel):
                    yield offence("send-uncaused", key, f"it came over {channel}, and nobody was to be told of it")

    def _missing(self, channel: str, received: Counter[str]) -> Iterator[Offence]:
        for told, end, digest in self.notices.sent():
            key = str(UUID(int=digest)) if digest else _key(told)
            if told[2] == channel and key not in received and not self.log.late(end):
                what = f"it is said to be sent to {told[1]} over {channel} as {key}, and did not come"
                yield offence("send-missing", UUID(int=told[0]), what)

    def _keys(self, channel: str) -> set[str]:
        alone = {_key(told) for told, _ in self.notices.told() if told[2] == channel}
        return alone | {str(UUID(int=digest)) for digest in self.notices.digests()}

    def _digest_waits(self, channel: str) -> bool:
        """Whether a digest may be under way, whose key is known only once it has ended."""
        return any(told[2] == channel and end is None for told, end in self.notices.told())


def _key(told: Told) -> str:
    """The key of every attempt to send one alert."""
    alert, staff, channel = told
    return str(name_id(f"send/{UUID(int=alert)}/{staff}/{channel}"))
