"""Decides what a case makes of what another case, or a cell of the map, tells it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from contracts.case import AssignedBecause, Case, CaseEventKind, Link, Related, Status
from contracts.relation import CaseRelation, RelationKind
from services.chassis.values import Decision, Outcome
from services.routing.corrections import PRESSING
from services.routing.moves import UNDONE, anew, in_charge
from services.routing.nearby import merged
from services.routing.relations import FOLLOWERS, STAGES, Stage, Word, about, still_open
from services.routing.state import ROUTING, Ask, State
from services.routing.turn import Turn

NOBODY: Final = "没有该事项"

Heard = Callable[[Turn, Case, CaseRelation], Decision[State]]


def hear(turn: Turn, said: CaseRelation) -> Decision[State]:
    """What a case makes of what it is told; one that nobody has opened follows nobody and is followed by nobody."""
    case = turn.state.case
    if case:
        return HEARD[said.kind](turn, case, said) if said.kind in HEARD else _nothing(turn)
    if said.kind is RelationKind.ASKED:
        waits = said.waits and len(turn.state.asks) < FOLLOWERS
        return _kept(turn, said) if waits else _declined_to(turn, said, NOBODY)
    if said.kind is RelationKind.TAKEN:
        return turn.relate(Word(RelationKind.ENDED, said.case_id, {})).end()
    if said.kind is RelationKind.PART and said.case and said.case.case_id == turn.case_id:
        return answered(turn.tell(CaseEventKind.OPENED, said.case, by=ROUTING, why=said.why, answers=turn.cause)).end()
    return _nothing(turn)


def _kept(turn: Turn, said: CaseRelation) -> Decision[State]:
    """A request for a case that is still to be opened waits for that, for a while."""
    ask = Ask(cause=turn.cause, at=turn.now, said=said)
    return Decision(state=turn.state.model_copy(update={"asks": (*turn.state.asks, ask)}))


def answered(turn: Turn) -> Turn:
    """The turn in which all requests that have waited are answered, each with its own cause and time."""
    asks, turn = turn.state.asks, replace(turn, state=turn.state.model_copy(update={"asks": ()}))
    for ask in asks:
        then = replace(turn, cause=ask.cause, now=ask.at)
        case = then.state.case
        then = _taken_in(then, case, ask.said) if case else then.relate(_no(ask.said, NOBODY))
        turn = replace(then, cause=turn.cause, now=turn.now)
    return turn


def _asked(turn: Turn, case: Case, said: CaseRelation) -> Decision[State]:
    """Another case asks to follow this one: only who is worked on, and follows nobody itself, can be followed."""
    taken = _taken_in(turn, case, said)
    return taken.end() if taken.state is not turn.state else taken.end(Outcome.REFUSED)


def _taken_in(turn: Turn, case: Case, said: CaseRelation) -> Turn:
    if why := _not_to_follow(case, said):
        return turn.relate(_no(said, why))
    others = tuple(one for one in case.duplicates if one.case_id != said.case_id)
    after = case.model_copy(update={"duplicates": (*others, _related(said, Status.LINKED))})
    why = f"事项“{said.about}”并入本事项" + (f"：{said.why}" if said.why else "")
    told = turn.tell(CaseEventKind.RELATED, after, by=ROUTING, why=why, answers=turn.cause)
    return told.relate(Word(RelationKind.TAKEN, said.case_id, {}))


def _not_to_follow(case: Case, said: CaseRelation) -> str | None:
    """Why the case is not one to follow, in Chinese: a longer term would put to sleep what presses more."""
    if case.linking or case.main:
        return f"事项“{about(case)}”本身已并入或正在并入其他事项，请并入其主办事项"
    if not case.status.open:
        return f"事项“{about(case)}”{case.status.zh}，不能并入"
    if said.clock and PRESSING[said.clock] > PRESSING[case.clock]:
        return f"事项“{about(case)}”时限较缓，请以时限较急的事项为主办事项"
    return f"并入的事项最多{FOLLOWERS}件" if len(case.duplicates) >= FOLLOWERS else None


def _declined_to(turn: Turn, said: CaseRelation, why: str) -> Decision[State]:
    return turn.relate(_no(said, why)).end(Outcome.REFUSED)


def _no(said: CaseRelation, why: str) -> Word:
    return Word(RelationKind.DECLINED, said.case_id, {"why": why})


def _taken(turn: Turn, case: Case, said: CaseRelation) -> Decision[State]:
    """The main case has taken it; what was done with this one meanwhile goes first."""
    link = case.linking
    if case.main and case.main.case_id == said.case_id:
        return _stale(turn)
    if link is None or link.case_id != said.case_id or not case.status.open:
        return turn.relate(Word(RelationKind.ENDED, said.case_id, {})).end()
    main = Link(case_id=said.case_id, version=said.version, at=turn.now, by=link.by)
    return _follows(turn, case, main, f"已并入{_whose(said)}事项“{said.about}”")


def _follows(turn: Turn, case: Case, main: Link, why: str) -> Decision[State]:
    given = case.assignment.model_copy(update={"request": None})
    now = {"status": Status.LINKED, "main": main, "linking": None, "due_at": None, "assignment": given, **UNDONE}
    return _told(turn, CaseEventKind.LINKED, case.model_copy(update=now), f"{why}，一并办理")


def _declined(turn: Turn, case: Case, said: CaseRelation) -> Decision[State]:
    if case.linking is None or case.linking.case_id != said.case_id:
        return _stale(turn)
    after = case.model_copy(update={"linking": None})
    return _told(turn, CaseEventKind.REFUSED, after, f"并案未成：{said.why}")


def _ended(turn: Turn, case: Case, said: CaseRelation) -> Decision[State]:
    known = next((one for one in case.duplicates if one.case_id == said.case_id), None)
    if known is None or said.version < known.version:
        return _stale(turn)
    left = tuple(one for one in case.duplicates if one is not known)
    after = case.model_copy(update={"duplicates": left})
    return _told(turn, CaseEventKind.RELATED, after, f"事项“{known.about}”不再并入本事项")


def _followed(turn: Turn, case: Case, said: CaseRelation) -> Decision[State]:
    """How the main case stands now, of which this one makes the same for those who reported it."""
    if case.main is None or case.main.case_id != said.case_id or said.version <= case.main.version:
        return _stale(turn)
    main = case.main.model_copy(update={"version": said.version})
    follows = case.status is Status.LINKED
    match STAGES[said.status or case.status]:
        case Stage.DONE if follows:
            done = {"status": Status.RESOLVED, "resolution": said.resolution, "resolved_at": turn.now, "main": main}
            why = f"主办事项已由{said.who}办结：{said.resolution or ''}"
            return _told(turn, CaseEventKind.RESOLVED, case.model_copy(update=done), why)
        case Stage.OPEN if not follows:
            return _follows(turn, case, main, f"主办事项已恢复办理，仍并入{_whose(said)}事项“{said.about}”")
        case Stage.OVER if follows:
            free = anew(case, AssignedBecause.UNLINKED, turn.now)
            why = f"主办事项{said.status.zh if said.status else ''}，恢复单独办理，由{in_charge(free)}承办"
            return _told(turn, CaseEventKind.ASSIGNED, free, why)
        case Stage.OVER:
            why = "所并入的主办事项已不再办理，仅作记录"
            return _told(turn, CaseEventKind.RELATED, case.model_copy(update={"main": None}), why)
    return _stale(turn)


def _heard_of_part(turn: Turn, case: Case, said: CaseRelation) -> Decision[State]:
    """How a part stands now; of an open case the last one that ends is told by itself."""
    known = next((one for one in case.parts if one.case_id == said.case_id), None)
    if known is None or said.version <= known.version:
        return _stale(turn)
    now = _related(said, known.status).model_copy(update={"about": known.about})
    after = case.model_copy(update={"parts": tuple(now if one is known else one for one in case.parts)})
    left = len(still_open(after))
    last = case.status.open and not left and bool(still_open(case))
    done = f"：{said.resolution}" if said.resolution else ""
    why = f"子事项“{known.about}”{now.status.zh}{done}；" + (
        f"尚有{left}个子事项未办结" if left else "子事项已全部结束"
    )
    return _told(turn, CaseEventKind.GATHERED if last else CaseEventKind.RELATED, after, why)


def _recalled(turn: Turn, case: Case, said: CaseRelation) -> Decision[State]:
    if case.parent != said.case_id or not case.status.open:
        return _stale(turn)
    back: dict[str, Any] = {"status": Status.JOINED, "due_at": None}
    return _told(turn, CaseEventKind.JOINED, case.model_copy(update=back), said.why)


def _nearby(turn: Turn, case: Case, said: CaseRelation) -> Decision[State]:
    similar = merged(case.similar, said.similar)
    if similar == case.similar:
        return _nothing(turn)
    best = similar[0]
    like = f"相距{best.metres}米、相似度{best.score:.2f}"
    why = f"附近{len(similar)}件事项疑似重复，最相似的{like}，请核实是否并案（{said.why}）"
    return _told(turn, CaseEventKind.RELATED, case.model_copy(update={"similar": similar}), why)


HEARD: Final[Mapping[RelationKind, Heard]] = {
    # what is told            what is made of it
    RelationKind.ASKED:       _asked,
    RelationKind.TAKEN:       _taken,
    RelationKind.DECLINED:    _declined,
    RelationKind.ENDED:       _ended,
    RelationKind.FOLLOWED:    _followed,
    RelationKind.TOLD:        _heard_of_part,
    RelationKind.RECALLED:    _recalled,
    RelationKind.NEARBY:      _nearby,
}  # fmt: skip


def _told(turn: Turn, kind: CaseEventKind, case: Case, why: str) -> Decision[State]:
    return turn.tell(kind, case, by=ROUTING, why=why, answers=turn.cause).end()


def _related(said: CaseRelation, status: Status) -> Related:
    return Related(
        case_id=said.case_id, version=said.version, status=said.status or status, unit=said.unit, about=said.about
    )


def _whose(said: CaseRelation) -> str:
    return f"{said.who}承办的" if said.who else ""


def _stale(turn: Turn) -> Decision[State]:
    return turn.end(Outcome.STALE)


def _nothing(turn: Turn) -> Decision[State]:
    return turn.end(Outcome.NOTHING)
