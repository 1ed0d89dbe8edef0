"""Puts messages where they belong: out at once, on a heap for a digest, or aside until their time has come.

Of messages with the same time it does not matter which comes first: how many go out alone, how many digests there are
and how many alerts they hold depends only on which messages there are.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from contracts.identity import name_id
from services.notification.policy import Policy
from services.notification.rules import Rules
from services.notification.sending import Item, Send, SendState
from services.notification.sms import segments
from services.notification.templates import digest
from services.notification.tray import SMS, Heap, Held, Tray, Window

LATE: Final = timedelta(minutes=1)
"""A digest that is later than this, and would fall into quiet hours, waits for their end."""
NO_ADDRESS: Final = "the roster has no address of this person for this channel"


def place(rules: Rules, tray: Tray, one: Held, now: datetime) -> Tray:
    """The tray with one message put where it belongs at this time."""
    policy = rules.policy
    start = max(now, one.due)
    release = start if one.urgent else policy.quiet.over(start)
    if release > now and not one.urgent and policy.quiet.ends(release):
        return _heaped(policy, tray, one, release)
    if release > now:
        return tray.model_copy(update={"held": (*tray.held, one.model_copy(update={"due": release}))})
    return _out(rules, tray, one, now) if one.urgent else _calm(rules, tray, one, now)


def mature(rules: Rules, tray: Tray, now: datetime) -> Tray:
    """The tray after whatever was to wait until now has gone out."""
    heaps = sorted((heap for heap in tray.heaps if heap.due <= now), key=lambda heap: (heap.due, heap.channel))
    waiting = sorted((one for one in tray.held if one.due <= now), key=_order)
    if not heaps and not waiting:
        return tray
    left = {
        "heaps": tuple(heap for heap in tray.heaps if heap.due > now),
        "held": tuple(one for one in tray.held if one.due > now),
    }
    tray = tray.model_copy(update=left)
    for heap in heaps:
        tray = _flush(rules, tray, heap, now)
    for one in waiting:
        tray = place(rules, tray, one, now)
    return tray


def _order(one: Held) -> tuple[datetime, UUID, str]:
    return one.due, one.item.alert_id, one.channel


def _calm(rules: Rules, tray: Tray, one: Held, now: datetime) -> Tray:
    """The storm rule: the first few of a window go out, the others on the heap that goes out at its end."""
    storm, quiet = rules.policy.storm, rules.policy.quiet
    open_now = (each for each in tray.windows if each.channel == one.channel and now < each.since + storm.window)
    window = next(open_now, Window(channel=one.channel, since=now))
    counted = window.model_copy(update={"count": window.count + 1})
    others = (each for each in tray.windows if each.channel != one.channel)
    tray = tray.model_copy(update={"windows": (*others, counted)})
    if counted.count <= storm.at_once:
        return _out(rules, tray, one, now)
    tray = _heaped(rules.policy, tray, one, min(window.since + storm.window, quiet.next(window.since)))
    return _relieved(rules, tray, one.channel, now)


def _relieved(rules: Rules, tray: Tray, channel: str, now: datetime) -> Tray:
    """The tray without the channel's heaps that are full: these go out as they are, so that a flood fills no tray.

    They would make the same digests at the end of the window. What waits for the morning stays.
    """
    most, window = rules.policy.storm.alerts, rules.policy.storm.window
    full = [each for each in tray.heaps if _is_full(each, channel, most) and each.due <= now + window]
    for heap in full:
        left = tuple(each for each in tray.heaps if each is not heap)
        tray = _digest(rules, tray.model_copy(update={"heaps": left}), channel, heap.items, now)
    return tray


def _is_full(heap: Heap, channel: str, most: int) -> bool:
    return heap.channel == channel and len(heap.items) >= most


def _heaped(policy: Policy, tray: Tray, one: Held, due: datetime) -> Tray:
    """The message on the heap of its channel and time; the first one there with its words."""
    storm = policy.storm
    heaps, found = [], False
    for heap in tray.heaps:
        mine = (heap.channel, heap.due) == (one.channel, due)
        found = found or mine
        heaps.append(heap.with_one(one, storm.lines, storm.alerts) if mine else heap)
    if not found:
        heaps.append(Heap(channel=one.channel, due=due, items=(one.item,), subject=one.subject, text=one.text))
    return tray.model_copy(update={"heaps": tuple(heaps)})


def _flush(rules: Rules, tray: Tray, heap: Heap, now: datetime) -> Tray:
    """The heap's messages under way: one alone as it is, more as digests of so many."""
    if now > heap.due + LATE and (calm := rules.policy.quiet.over(now)) > now:
        return tray.model_copy(update={"heaps": (*tray.heaps, heap.model_copy(update={"due": calm}))})
    most = rules.policy.storm.alerts
    chunks = [heap.items[at : at + most] for at in range(0, len(heap.items), most)]
    for chunk in chunks:
        if len(heap.items) == 1:
            one = Held(due=now, channel=heap.channel, item=chunk[0], subject=heap.subject, text=heap.text)
            tray = _out(rules, tray, one, now)
        else:
            tray = _digest(rules, tray, heap.channel, chunk, now)
    return tray


def _digest(rules: Rules, tray: Tray, channel: str, items: tuple[Item, ...], now: datetime) -> Tray:
    # an alert goes out once over a channel, so no two digests have the same one as their first
    key = name_id(f"digest/{tray.staff}/{channel}/{min(str(item.alert_id) for item in items)}")
    words = digest([item.line for item in items if item.line], len(items), rules.policy.segments)
    text = words.sms if channel == SMS else words.text
    bare = tuple(item.model_copy(update={"line": None}) for item in items)
    send = _send(rules, tray.staff, channel, (words.subject, text), bare, now, key, digest=key)
    return tray.model_copy(update={"digests": tray.digests + 1, "sends": (*tray.sends, send)})


def _out(rules: Rules, tray: Tray, one: Held, now: datetime) -> Tray:
    key = name_id(f"send/{one.item.alert_id}/{tray.staff}/{one.channel}")
    item = one.item.model_copy(update={"line": None})
    send = _send(rules, tray.staff, one.channel, (one.subject, one.text), (item,), now, key, urgent=one.urgent)
    return tray.model_copy(update={"sends": (*tray.sends, send)})


def _send(
    rules: Rules,
    staff: str,
    channel: str,
    words: tuple[str, str],
    items: tuple[Item, ...],
    now: datetime,
    key: UUID,
    **more: object,
) -> Send:
    """A send that has not been tried, due now; one without an address has failed already."""
    person = rules.roster.people.get(staff)
    address = person.addresses.get(channel) if person else None
    fields = {
        "key": key,
        "channel": channel,
        "address": address or "",
        "subject": words[0],
        "text": words[1],
        "items": items,
        "segments": segments(words[1]) if channel == SMS else None,
        **({"wake_at": now} if address else {"state": SendState.FAILED, "detail": NO_ADDRESS}),
        **more,
    }
    return Send.model_validate(fields)
