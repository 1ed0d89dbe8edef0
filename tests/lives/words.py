"""Between the contract's words and the reference model's: what goes in, and how what comes out looks."""

from typing import Final
from uuid import UUID

from contracts.case import Action, AssignedBecause, Case, CaseAction, Destination, Piece, Status
from contracts.identity import name_id
from contracts.relation import CaseRelation, RelationKind
from contracts.report import LocationOutcome, ReportLocated
from contracts.territory import Level, Path, UnitRef
from services.escalation.ledger import Entry
from services.routing.state import State
from tests import builders
from tests.lives import case as model
from tests.lives.clock import Clock, Rest
from tests.lives.model import Act, Asked, Model, News
from tests.lives.others import Word

NAMES: Final = {unit.code: unit for unit in (*builders.PATH, *builders.OTHER_PATH)}
LEVELS: Final = dict(zip((6, 9, 12, 15), reversed(Level), strict=True))
OTHERS: Final = {0: builders.CASE_ID} | {n: name_id(f"lives/other/{n}") for n in range(1, 4)}
NUMBERS: Final = {code: n for n, code in OTHERS.items()}
"""The cases of the lives: 0 is the one that is lived, the others talk to it."""


def up_to(code: str) -> tuple[str, ...]:
    """The codes of the units down to this one."""
    return tuple(code[:digits] for digits in range(6, len(code) + 1, 3))


def path(code: str) -> Path:
    """The units down to this one."""
    return tuple(
        NAMES.get(each) or UnitRef(code=each, name=f"单位{each[6:]}", level=LEVELS[len(each)]) for each in up_to(code)
    )


def located(news: News) -> ReportLocated:
    """The revision as gis tells it."""
    of = builders.report(
        revision=news.revision,
        urgency=model.URGENCIES[news.urgency],
        people=news.people,
        withdrawn="误报" if news.withdrawn else None,
        solved="已现场调解" if news.solved else None,
    )
    at = builders.location(LocationOutcome(news.found), path=path(news.place))
    return ReportLocated(version=news.revision, report=of, location=at, about=path(news.about) if news.about else ())


def action(act: Act, count: int, other: UUID | None) -> CaseAction:
    """The action as an app sends it, on this other case if it names one."""
    return builders.action(
        Action(act.action),
        action_id=str(count),
        actor=act.actor,
        capacity=act.capacity,
        unit=act.unit,
        assignment=act.number,
        if_version=act.version,
        to=_way(act.to),
        department=act.department,
        minutes=act.minutes,
        note=act.note,
        other=None if act.other is None else other,
        pieces=tuple(Piece(summary="换水泵", to=_way(piece)) for piece in act.pieces),
    )


def _way(codes: tuple[str, ...]) -> tuple[Destination, ...]:
    return tuple(Destination(code=code, name=f"单位{code[6:]}") for code in codes)


def relation(word: Word, sender: UUID) -> CaseRelation:
    """What another case says, as it comes."""
    return CaseRelation(
        version=word.version,
        kind=RelationKind(word.kind),
        case_id=sender,
        to=str(builders.CASE_ID),
        cause=sender,
        status=Status(word.status),
        about="井",
    )


def beginning() -> tuple[CaseRelation, Model]:
    """What opens the case as a part of another one, and the part as the model has it."""
    part = builders.case(
        0, assignment=builders.assignment(1, because=AssignedBecause.SPLIT), parent=OTHERS[1], placed=True
    )
    said = relation(Word(kind="part", other=1, version=1), OTHERS[1]).model_copy(update={"case": part})
    code = builders.GRID.code
    return said, Model(
        version=0, status="assigned", unit=code, number=1, because="split", given=builders.MORNING, placed=True,
        clock="standard", place=code, found="located", revision=1, part=True,
    )  # fmt: skip


def shown(state: State) -> Model | None:
    """What routing keeps of the case, in the model's words."""
    case = state.case
    if case is None:
        return None
    given, request = case.assignment, case.assignment.request
    assert tuple(unit.code for unit in case.path_in_charge()) == up_to(given.unit.code)
    assert case.version == state.version
    return Model(
        version=case.version,
        status=case.status.value,
        unit=given.unit.code,
        number=given.number,
        because=given.because.value,
        given=given.assigned_at,
        due_by=given.due_by,
        due=case.due_at,
        clocked=state.clocked,
        asked=Asked(request.wish.value, request.minutes, request.at, request.by) if request else None,
        longer=tuple(one.minutes for one in given.extended),
        rests=_rests(case),
        giver=given.given_by[-1].code if given.given_by else "",
        returns=case.returns,
        placed=case.placed,
        lead=case.lead,
        raised={level: digits for digits, level in LEVELS.items()}[state.raised],
        clock=case.clock.value,
        place=case.path[-1].code,
        found=case.located.value,
        about=case.about[-1].code if case.about else "",
        urgency=model.URGENCIES.index(case.urgency.value),
        people=case.people,
        revision=case.revision,
        done=case.resolved_at,
        asking=NUMBERS[case.linking.case_id] if case.linking else None,
        main=(NUMBERS[case.main.case_id], case.main.version) if case.main else None,
        followers=tuple((NUMBERS[one.case_id], one.version) for one in case.duplicates),
        parts=tuple((one.version, one.status.value) for one in case.parts),
        part=case.parent is not None,
    )


def _rests(case: Case) -> tuple[Rest, ...]:
    return tuple(Rest(one.since, one.until, one.minutes) for one in case.assignment.pauses)


def apart(real: object, modelled: object) -> dict[str, tuple[object, object]]:
    """In what the two differ: by name, what is there and what the model has."""
    one, other = (each if isinstance(each, dict) else vars(each) if each else {} for each in (real, modelled))
    return {name: (one.get(name), other.get(name)) for name in one | other if one.get(name) != other.get(name)}


def dial(entry: Entry) -> dict[str, object]:
    """What escalation keeps of a clock, and when it warns, presses and ends."""
    return {
        "clock": (entry.assignment, entry.unit.code, entry.started_at, entry.base_at, entry.supervise),
        "given": (entry.extended, tuple(Rest(one.since, one.until, one.minutes) for one in entry.pauses)),
        "times": (entry.warn_at, entry.press_at, entry.due_at),
        "warned": (entry.warned_at is not None, entry.warnings),
        "pressed": (entry.pressed_at is not None, entry.pressings),
        "asked": (entry.asked_at, entry.asked, entry.kept),
        "overdue": (entry.supervised, entry.unsupervised),
        "ended": (entry.ended_at, entry.ended_how, entry.moved),
    }


def hands(clock: Clock) -> dict[str, object]:
    """The same of the model's clock."""
    return {
        "clock": (clock.number, clock.unit, clock.start, clock.base, clock.every),
        "given": (sum(clock.longer), clock.rests),
        "times": (clock.warns, clock.presses, clock.due),
        "warned": (clock.warned, clock.warnings),
        "pressed": (clock.pressed, clock.pressings),
        "asked": (clock.asked, clock.questions, clock.kept),
        "overdue": (clock.overdue, clock.earlier),
        "ended": (clock.ended, clock.how, clock.moved),
    }
