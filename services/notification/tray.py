"""What lies in one person's tray of a day: messages that wait, digests in the making, and sends under way."""

from datetime import datetime
from typing import Final

from pydantic import AwareDatetime

from contracts.notice import Notice
from contracts.territory import SHANGHAI
from contracts.wire import Value
from services.notification.sending import Item, Send


def tray_id(staff: str, moment: datetime) -> str:
    """The document of the day (in the banner's time) on which a notice may first go out."""
    return f"tray/{staff}/{moment.astimezone(SHANGHAI):%Y%m%d}"


def tray_of(notice: Notice) -> str:
    """The tray that a notice belongs in: what waits for the morning lies in the morning's."""
    return tray_id(notice.staff, notice.not_before)


class Held(Value):
    """One message that waits alone, for its delay."""

    due: AwareDatetime
    channel: str
    item: Item
    subject: str
    text: str
    urgent: bool = False


class Heap(Value):
    """Messages of one channel that go out together; of a single one the words are kept, of more a line each."""

    channel: str
    due: AwareDatetime
    items: tuple[Item, ...]
    subject: str = ""
    text: str = ""

    def with_one(self, held: Held, lines: int, most: int) -> "Heap":
        """The heap with one more; each digest of ``most`` alerts shows its first ``lines``."""
        shown = len(self.items) % most < lines
        item = held.item if shown else held.item.model_copy(update={"line": None})
        return self.model_copy(update={"items": (*self.items, item), "subject": "", "text": ""})


class Window(Value):
    """A stretch of time in which a channel takes so many messages one by one, the rest as a digest."""

    channel: str
    since: AwareDatetime
    count: int = 0


class Tally(Value):
    """How many sends have ended, and how; digests count as one."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0


class Tray(Value):
    """One person's tray of one day; what has ended is only counted, so that it stays small."""

    staff: str
    held: tuple[Held, ...] = ()
    heaps: tuple[Heap, ...] = ()
    windows: tuple[Window, ...] = ()
    sends: tuple[Send, ...] = ()
    digests: int = 0
    ended: Tally = Tally()

    def wake(self) -> datetime | None:
        """When something in it wants attention first."""
        sends = (send.wake_at for send in self.sends if send.wake_at)
        return min((*sends, *(one.due for one in self.held), *(heap.due for heap in self.heaps)), default=None)


SMS: Final = "sms"


def held(notice: Notice, channel: str) -> Held:
    """What a notice is on one channel."""
    words = notice.words
    return Held(
        due=notice.not_before,
        channel=channel,
        item=Item(
            alert_id=notice.alert_id,
            case_id=notice.case_id,
            event_id=notice.event_id,
            template=notice.template,
            line=words.line,
        ),
        subject=words.subject,
        text=words.sms if channel == SMS else words.text,
        urgent=notice.urgent,
    )
