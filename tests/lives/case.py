"""The reference model of a case: what each input makes of it, as the territory's page says."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from tests.lives import others
from tests.lives.clock import MINUTE, Rest
from tests.lives.model import BANNER, Act, Asked, Model, News, assigned, lowest
from tests.lives.rows import ROWS, SILENT, TELLS

CLOSES: Final = timedelta(days=7)
LIFTS: Final = 3
"""The how manieth return without an owner lifts a case."""
FREE_MOVES: Final = 3
"""After so many assignments a source that moves the case again gives it no new term."""
TIMES: Final = {"extend": 2, "suspend": 1}
"""How often an assignment is extended or suspended, in the table of these tests."""
MINUTES: Final = {"extend": 120 * 60, "suspend": 10 * 24 * 60}
"""For how many minutes at the most, each time."""
PRESSES: Final = ("standard", "urgent", "life")
URGENCIES: Final = ("ordinary", "urgent", "life_threatening")
PUT: Final = ("handed_up", "handed_back", "transferred", "lifted", "escalated", "split")
"""By these, people or a deadline have put a case at its level."""
DEPARTMENTS: Final = ("water", "police")


def ruled(news: News) -> tuple[int, str, str | None]:
    """What the table of these tests says: digits of the lowest level's codes, class of the clock, who leads."""
    if news.urgency == URGENCIES.index("life_threatening"):
        return 6, "life", None
    if news.people is not None and news.people >= 10:
        return 9, "standard", "police"
    return 15, "urgent" if news.urgency else "standard", None


RULES: Final = f"""
version = "lives"
[limits]
lift_after = {LIFTS}
extend_times = {TIMES["extend"]}
extend_hours = {MINUTES["extend"] // 60}
suspend_times = {TIMES["suspend"]}
suspend_days = {MINUTES["suspend"] // 1440}
never = ["life"]
[[rule]]
name = "life"
zh = "危及生命"
when = {{ urgency = ["life_threatening"] }}
then = {{ level = "banner", clock = "life" }}
[[rule]]
name = "crowd"
zh = "多人"
when = {{ people_min = 10 }}
then = {{ level = "town", lead = "police" }}
[[rule]]
name = "urgent"
zh = "紧急"
when = {{ urgency = ["urgent"] }}
then = {{ level = "grid", clock = "urgent" }}
[[rule]]
name = "rest"
zh = "其他"
then = {{ level = "grid" }}
"""
"""The same table as officials would write it."""


# ---- what people do --------------------------------------------------------------------------------------------------


def lawful(case: Model, capacity: str, now: datetime) -> list[str]:
    """What could be done now by somebody in this capacity, said rightly."""
    there = capacity != "superior" or case.above
    return [
        each
        for each in ROWS
        if there and _row(case, each, capacity) and not any(_in_the_way(case, each, capacity, now))
    ]


def refused(case: Model, act: Act, now: datetime) -> bool:
    """Whether the action is refused."""
    return bool(
        act.number not in (None, case.number)
        or act.version not in (None, case.version)
        or not _row(case, act.action, act.capacity)
        or any(_not_theirs(case, act))
        or any(_in_the_way(case, act.action, act.capacity, now))
        or any(_said_wrong(case, act, now))
    )


def _row(case: Model, action: str, capacity: str) -> bool:
    return any(case.status in stands and capacity in who for stands, who in ROWS[action])


def _not_theirs(case: Model, act: Act) -> Iterator[bool]:
    if act.capacity == "handler":
        yield act.unit not in (None, case.unit)
    if act.capacity == "superior":
        yield not act.unit or act.unit == case.unit or not case.unit.startswith(act.unit)
        yield act.action in ("approve", "decline") and act.unit != case.above


def _in_the_way(case: Model, action: str, capacity: str, now: datetime) -> Iterator[bool]:
    """What hinders anybody in the capacity, whatever they say."""
    yield from others.in_the_way(case, action)
    if action == "hand_up":
        yield not case.above
    if action == "hand_back":
        yield case.because in ("escalated", "lifted")
        yield not _back_to(case)
    if action in ("hand_back", "transfer") and capacity == "handler":
        yield not case.above and case.returns + 1 >= LIFTS
    if action in TIMES:
        yield case.clock == "life"
        yield case.asked is not None
        yield len(case.longer if action == "extend" else case.rests) >= TIMES[action]
        yield case.due is None or now >= case.due
    if action in ("approve", "decline"):
        yield case.asked is None or case.asked.at > now
        yield capacity == "centre" and case.above not in ("", BANNER)


def _said_wrong(case: Model, act: Act, now: datetime) -> Iterator[bool]:
    yield act.action not in SILENT and not act.note.strip()
    yield from others.said_wrong(case, act)
    if act.action == "transfer":
        yield from _wrong_way(case, act)
    if act.action in TIMES:
        yield act.minutes is None or act.minutes > MINUTES[act.action]
    if case.asked and act.action in ("approve", "decline"):
        yield act.minutes not in (None, case.asked.minutes)
        yield act.actor == case.asked.by
    if act.action == "approve":
        yield case.due is None or now >= case.due


def _wrong_way(case: Model, act: Act) -> Iterator[bool]:
    led = act.department is not None and act.department != case.lead
    yield act.department is not None and act.department not in DEPARTMENTS
    if not act.to:
        yield not led
        return
    to = act.to[-1]
    yield act.to != tuple(to[:digits] for digits in range(6, len(to) + 1, 3)) or act.to[0] != BANNER
    yield to == case.unit and not led
    yield bool(case.about) and to.startswith(case.about)
    yield case.because in ("escalated", "lifted") and act.capacity == "handler" and len(to) > len(case.unit)


def _back_to(case: Model) -> str:
    """Who gave it on, unless it is about them; else the unit above."""
    giver = case.giver
    return giver if giver and not (case.about and giver.startswith(case.about)) else case.above


def acted(case: Model, act: Act, now: datetime) -> tuple[Model, str]:
    """The case after an action that is not refused, and what is told of it."""
    if act.action in others.ACTIONS:
        return others.acted(case, act)
    if act.action == "approve":
        return _approved(case, now)
    if act.action == "transfer" and (not act.to or act.to[-1] == case.unit):
        return replace(case, lead=act.department, placed=True), "led"
    return _changed(case, act, now) or _passed_on(case, act, now), TELLS[act.action]


def _changed(case: Model, act: Act, now: datetime) -> Model | None:
    """The case after an action that leaves it with the unit that has it; None where it gives it out anew."""
    changes: dict[str, dict[str, Any]] = {
        "accept": {"status": "accepted"},
        "start": {"status": "started"},
        "cancel": {"status": "cancelled"},
        "confirm": {"status": "closed"},
        "resolve": {"status": "resolved", "done": now},
        "decline": {"asked": None},
        "comment": {},
    }
    if act.action in TIMES:
        return replace(case, asked=Asked(act.action, act.minutes or 0, now, act.actor))
    if act.action == "resume":
        return resumed(case, now)
    return replace(case, **changes[act.action]) if act.action in changes else None


def _approved(case: Model, now: datetime) -> tuple[Model, str]:
    assert case.asked
    after = replace(case, asked=None, due=None)
    if case.asked.wish == "extend":
        return replace(after, longer=(*case.longer, case.asked.minutes)), "extended"
    return replace(after, status="suspended", rests=(*case.rests, Rest(now, None, case.asked.minutes))), "suspended"


def resumed(case: Model, now: datetime) -> Model:
    """The case that is worked on again, which rested no longer than was approved."""
    *before, last = case.rests
    until = max(last.since, min(now, last.since + last.minutes * MINUTE))
    return replace(case, status="started", due=None, rests=(*before, last._replace(until=until)))


def _passed_on(case: Model, act: Act, now: datetime) -> Model:
    """Handed up or back, transferred or reopened; the third time that nobody answers for lifts it instead."""
    revived = case.status == "cancelled"
    nobodys = act.action in ("hand_back", "transfer") and act.capacity == "handler"
    counts = nobodys or (act.action == "reopen" and not revived)
    if counts and case.returns + 1 >= LIFTS and case.above:
        lifted = lowest(case.above, 15, case.about)
        return replace(assigned(case, lifted, "lifted", now), returns=0, placed=True, done=None)
    unit, because = {
        "hand_up": (lowest(case.above, 15, case.about), "handed_up"),
        "hand_back": (_back_to(case), "handed_back"),
        "transfer": (act.to[-1] if act.to else "", "transferred"),
        "reopen": (lowest(case.unit, 15, case.about), "reopened"),
        "unlink": (lowest(case.unit, 15, case.about), "unlinked"),
    }[act.action]
    after = replace(assigned(case, unit, because, now), done=None, returns=min(LIFTS, case.returns + counts))
    if act.action in ("hand_up", "transfer") and act.capacity == "handler":
        after = replace(after, giver=case.unit)
    if act.action in ("hand_back", "transfer"):
        after = replace(after, placed=True)
    return replace(after, lead=act.department) if act.action == "transfer" and act.department else after


def told(case: Model, version: int) -> Model:
    """The case as it is told in this version."""
    raised = len(case.unit) if case.because in PUT else case.raised
    return replace(others.as_it_may_stand(case), version=version, raised=raised)


# ---- what sources, clocks and time do --------------------------------------------------------------------------------


def opened(news: News, now: datetime) -> tuple[Model, *tuple[str, ...]]:
    """The case that a first report opens, and what is told of it; its version is still to be counted."""
    digits, clock, lead = ruled(news)
    status = "withdrawn" if news.withdrawn else "resolved" if news.solved else "assigned"
    case = Model(
        version=0, status=status, unit=lowest(news.place, digits, news.about), number=1, because="opened", given=now,
        lead=lead, clock=clock, place=news.place, found=news.found, about=news.about, urgency=news.urgency,
        people=news.people, revision=news.revision, done=now if status == "resolved" else None,
    )  # fmt: skip
    return case, *{"withdrawn": ("withdrawn",), "resolved": ("opened", "resolved"), "assigned": ("opened",)}[status]


def corrected(case: Model, news: News, now: datetime) -> tuple[Model, str]:
    """The case after a newer revision, and what is told of it."""
    about = _both(case.about, news.about)
    noted = replace(case, revision=news.revision, about=about)
    worse = not (news.withdrawn or news.solved)
    danger = worse and news.urgency == URGENCIES.index("life_threatening")
    accuses = worse and news.about and case.status == "linked"
    follows = case.status == "linked" and news.withdrawn
    if not (case.open or follows or accuses or (danger and case.status not in ("withdrawn", "joined"))):
        return noted, "corrected"
    if news.withdrawn:
        return replace(noted, status="withdrawn"), "withdrawn"
    known = _supplemented(case, news)
    if news.solved:
        return replace(noted, status="resolved", done=now, urgency=known.urgency, people=known.people), "resolved"
    return _decided_anew(case, known, now)


def _decided_anew(case: Model, news: News, now: datetime) -> tuple[Model, str]:
    digits, clock, lead = ruled(news)
    after = replace(
        case, revision=news.revision, urgency=news.urgency, people=news.people, place=news.place, found=news.found,
        about=news.about, lead=case.lead if case.placed else lead,
    )  # fmt: skip
    unit = lowest(news.place, min(digits, case.raised), news.about)
    same = case.open and unit == case.unit
    theirs = case.open and case.placed and not (news.about and case.unit.startswith(news.about))
    if (same or theirs) and PRESSES.index(clock) <= PRESSES.index(case.clock):
        return after, "corrected"
    keeps = case.open and (same or case.number > FREE_MOVES)
    new = assigned(after, unit, "corrected", now, (case.due or case.due_by) if keeps else None)
    return replace(new, clock=clock, placed=False, done=None), "assigned"


def _supplemented(case: Model, news: News) -> News:
    """The revision with what it is silent about: urgency only grows; no place found is no news of the place."""
    known = replace(
        news,
        urgency=max(case.urgency, news.urgency),
        people=case.people if news.people is None else news.people,
        about=_both(case.about, news.about),
    )
    silent = news.found == "not_located" and case.found in ("located", "two_fit")
    return replace(known, place=case.place, found=case.found) if silent else known


def _both(before: str, now: str) -> str:
    """Of two units that it is about, what holds both, if that is below the banner."""
    if not before or not now:
        return before or now
    shared = ""
    for digits in range(6, min(len(before), len(now)) + 1, 3):
        if before[:digits] == now[:digits]:
            shared = now[:digits]
    return shared if len(shared) > len(BANNER) else now


def breached(
    case: Model, number: int, longer: tuple[int, ...], rests: tuple[Rest, ...], now: datetime
) -> tuple[Model, str]:
    """The case after a breach that knew of these approvals: it moves the current assignment alone."""
    current = case.open and case.status != "suspended" and number == case.number
    if not current or (longer, rests) != (case.longer, case.rests):
        return case, "moot"
    if not case.above:
        return case, "kept"
    return assigned(case, lowest(case.above, 15, case.about), "escalated", now), "assigned"


def wakes(case: Model | None) -> datetime | None:
    """When it goes on or closes by itself."""
    if case and case.status == "suspended":
        return case.rests[-1].since + case.rests[-1].minutes * MINUTE
    return case.done + CLOSES if case and case.status == "resolved" and case.done else None


def rung(case: Model, now: datetime) -> tuple[Model, str]:
    """The case after its timer has rung."""
    if case.status == "suspended":
        return resumed(case, now), "resumed"
    return replace(case, status="closed"), "closed"
