"""Cases: the actions that people take on them, and the events that routing alone writes."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.identity import action_cause
from contracts.report import Classification, Coordinates, LocationOutcome, Urgency
from contracts.territory import Level, Path, UnitRef
from contracts.wire import Body, Count, Many, Moment, Value


class Status(StrEnum):
    """Where a case stands."""

    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    STARTED = "started"
    SUSPENDED = "suspended"
    LINKED = "linked"
    RESOLVED = "resolved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    JOINED = "joined"

    @property
    def zh(self) -> str:
        """The status in Chinese."""
        return _STATUS_ZH[self.value]

    @property
    def open(self) -> bool:
        """Whether somebody has it to act on: only then it has a clock, which stands still while it is suspended."""
        return self in {Status.ASSIGNED, Status.ACCEPTED, Status.STARTED, Status.SUSPENDED}


_STATUS_ZH = {
    "assigned": "待签收",
    "accepted": "已签收",
    "started": "办理中",
    "suspended": "已挂账",
    "linked": "已并案",
    "resolved": "已办结",
    "closed": "已结案",
    "withdrawn": "已撤回",
    "cancelled": "已作废",
    "joined": "已并回",
}


class ClockClass(StrEnum):
    """Which of the tables of deadlines counts for a case."""

    STANDARD = "standard"
    URGENT = "urgent"
    LIFE = "life"

    @property
    def zh(self) -> str:
        """The class in Chinese."""
        return {"standard": "普通", "urgent": "限时", "life": "特急"}[self.value]


class Action(StrEnum):
    """What a person may do with a case."""

    ACCEPT = "accept"
    START = "start"
    HAND_UP = "hand_up"
    HAND_BACK = "hand_back"
    TRANSFER = "transfer"
    EXTEND = "extend"
    SUSPEND = "suspend"
    APPROVE = "approve"
    DECLINE = "decline"
    RESUME = "resume"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    CANCEL = "cancel"
    LINK = "link"
    UNLINK = "unlink"
    SPLIT = "split"
    JOIN = "join"
    COMMENT = "comment"

    @property
    def zh(self) -> str:
        """The action in Chinese."""
        return _ACTION_ZH[self.value]


_ACTION_ZH = {
    "accept": "签收",
    "start": "开始办理",
    "hand_up": "上报",
    "hand_back": "退回",
    "transfer": "转办",
    "extend": "申请延时",
    "suspend": "申请挂账",
    "approve": "批准",
    "decline": "不予批准",
    "resume": "恢复办理",
    "resolve": "办结",
    "confirm": "回访确认",
    "reopen": "返工",
    "cancel": "作废",
    "link": "并案",
    "unlink": "解除并案",
    "split": "拆分",
    "join": "并回",
    "comment": "备注",
}


class Capacity(StrEnum):
    """As what somebody acts on a case."""

    HANDLER = "handler"
    SUPERIOR = "superior"
    CENTRE = "centre"
    FOLLOW_UP = "follow_up"
    REPORTER = "reporter"

    @property
    def zh(self) -> str:
        """The capacity in Chinese."""
        return _CAPACITY_ZH[self.value]


_CAPACITY_ZH = {
    "handler": "承办单位",
    "superior": "上级单位",
    "centre": "旗综治中心",
    "follow_up": "回访人员",
    "reporter": "上报人",
}


class AssignedBecause(StrEnum):
    """Why a unit was given a case."""

    OPENED = "opened"
    HANDED_UP = "handed_up"
    HANDED_BACK = "handed_back"
    TRANSFERRED = "transferred"
    REOPENED = "reopened"
    LIFTED = "lifted"
    ESCALATED = "escalated"
    CORRECTED = "corrected"
    UNLINKED = "unlinked"
    SPLIT = "split"


class Wish(StrEnum):
    """What a handler asks the unit above for."""

    EXTEND = "extend"
    SUSPEND = "suspend"

    @property
    def zh(self) -> str:
        """The wish in Chinese."""
        return {"extend": "延时", "suspend": "挂账"}[self.value]


class Request(Value):
    """What the handler has asked for and the unit above has not yet decided."""

    wish: Wish
    minutes: Count
    at: Moment
    by: Annotated[str, Field(description="staff number of who asked")]
    why: str


class Extension(Value):
    """Minutes that the unit above has given."""

    minutes: Count
    at: Moment
    by: Annotated[str, Field(description="staff number of who approved")]
    why: str


class Pause(Value):
    """A time in which the clock stands still: since it was approved, until it was resumed; at most so many minutes."""

    since: Moment
    until: Moment | None = None
    minutes: Count
    by: Annotated[str, Field(description="staff number of who approved")]
    why: str


class Assignment(Value):
    """The ``number``-th unit that a case was given to; only a new one starts a clock."""

    number: Count
    unit: UnitRef
    assigned_at: Moment
    because: AssignedBecause
    due_by: Annotated[
        Moment | None,
        Field(description="the due time of the clock that this one replaces at the same unit; it is due no later"),
    ] = None
    path: Annotated[Path, Field(description="down to the unit, where the case's own path does not lead to it")] = ()
    request: Annotated[Request | None, Field(description="what waits for the unit above")] = None
    extended: Annotated[Many[Extension], Field(description="approved extensions (延时)")] = ()
    pauses: Annotated[Many[Pause], Field(description="approved suspensions (挂账), in order")] = ()
    given_by: Annotated[
        Path, Field(description="down to the unit that gave it on, to which it may be handed back")
    ] = ()


Attachment = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$")]
"""The address of a picture or a paper, with its scheme."""


class Proof(Value):
    """What shows that a case was resolved: addresses of pictures and papers, and where it was done."""

    attachments: Many[str] = ()
    place: Coordinates | None = None


class Related(Value):
    """Another case, as far as this one has heard of it: in this version it stood so."""

    case_id: UUID
    version: Count = 0
    status: Status
    unit: Annotated[UnitRef | None, Field(description="who has it")] = None
    about: Annotated[str, Field(description="what it is about, in a few words")] = ""


class Link(Value):
    """The case that this one asks to follow or follows, in its newest version heard of."""

    case_id: UUID
    version: Count = 0
    at: Moment
    by: Annotated[str, Field(description="staff number of who asked, or the service")]


class Similar(Value):
    """A case that may be the same: how alike, from 0 to 1, how far away and how long before."""

    case_id: UUID
    score: Annotated[float, Field(ge=0, le=1)]
    metres: Count
    minutes: Count


class Case(Value):
    """A case as its consumers need it: whoever has the newest version needs no older one."""

    case_id: UUID
    version: Count
    status: Status
    path: Path
    assignment: Assignment
    department: str
    reference: str
    revision: Count
    summary: str
    title: str | None = None
    category: str | None = None
    urgency: Urgency = Urgency.ORDINARY
    located: LocationOutcome
    occurred_at: Moment
    opened_at: Moment
    due_at: Moment | None = None
    resolution: str | None = None
    place_name: Annotated[str | None, Field(description="the place in the source's own words (地点)")] = None
    classified: Annotated[Classification | None, Field(description="the category in the banner's tree")] = None
    clock: Annotated[ClockClass, Field(description="which deadlines count (时限类别)")] = ClockClass.STANDARD
    lead: Annotated[str | None, Field(description="the code of the department in the lead (牵头部门)")] = None
    people: Annotated[Count | None, Field(description="how many people are involved (涉及人数)")] = None
    staff: Annotated[str | None, Field(description="the grid member who reported (上报网格员工号)")] = None
    about: Annotated[Path, Field(description="the path of the unit that it is about, which never gets it")] = ()
    resolved_at: Moment | None = None
    proof: Annotated[Proof | None, Field(description="what shows that it was resolved (办结凭证)")] = None
    returns: Annotated[
        Count, Field(description="hand-backs, transfers and re-works without an owner since the case was last lifted")
    ] = 0
    placed: Annotated[
        bool, Field(description="people have chosen the unit or the department in the lead: corrections leave both")
    ] = False
    main: Annotated[Link | None, Field(description="the case that it follows as a duplicate (主办事项)")] = None
    linking: Annotated[Link | None, Field(description="the case that it asks to follow, until that one answers")] = None
    duplicates: Annotated[Many[Related], Field(description="the cases that follow it (并入事项)")] = ()
    parent: Annotated[UUID | None, Field(description="the case of which it is a part (原事项)")] = None
    parts: Annotated[Many[Related], Field(description="the cases into which it was split (子事项)")] = ()
    similar: Annotated[Many[Similar], Field(description="what may be the same, nearby (疑似重复), best first")] = ()
    cooperating: Annotated[Many[str], Field(description="codes of the departments that help (协办部门)")] = ()
    money: Annotated[Count | None, Field(description="whole yuan involved (涉及金额)")] = None
    group: Annotated[Count | None, Field(description="how many act together (联名、集体来访或聚集人数)")] = None

    def path_in_charge(self) -> Path:
        """The path down to the unit that has the case."""
        unit = self.assignment.unit
        if self.assignment.path:
            return self.assignment.path
        return (*(each for each in self.path if len(each.code) < len(unit.code)), unit)

    def above(self) -> UnitRef | None:
        """The unit next above the one that has the case; None at the banner."""
        return next(iter(self.path_in_charge()[-2:-1]), None)


class Destination(Value):
    """A unit on the way to where a case is transferred; its level follows from its code."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3}){0,3}$", examples=["150623103200001"])]
    name: Annotated[str, Field(min_length=1, max_length=60)]


class Piece(Value):
    """What is split off a case: what is to be done, and by whom if not by who has the case."""

    summary: Annotated[str, Field(min_length=1, max_length=500, description="what is to be done (子事项内容)")]
    to: Annotated[
        tuple[Destination, ...], Field(max_length=4, description="from the banner down to the unit that is to do it")
    ] = ()
    department: Annotated[str | None, Field(max_length=64, description="the department that takes the lead")] = None


class CaseAction(Body):
    """A request to act on a case; ``version`` counts nothing here, the sender's action id is the identity."""

    version: Count = 0
    case_id: UUID
    action: Action
    sender: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", examples=["app"])]
    action_id: Annotated[str, Field(min_length=1, max_length=200)]
    actor: Annotated[str, Field(min_length=1, max_length=64, description="staff number of who acts (工号)")]
    assignment: Annotated[int | None, Field(ge=1, description="the assignment meant; refused if it has passed")] = None
    note: Annotated[str | None, Field(max_length=2000, description="why, or what was done")] = None
    capacity: Annotated[Capacity, Field(description="as what the actor acts (身份)")] = Capacity.HANDLER
    unit: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9]{6}([0-9]{3}){0,3}$", description="the unit in whose name it is done; a superior names it"
        ),
    ] = None
    to: Annotated[
        tuple[Destination, ...],
        Field(max_length=4, description="from the banner down to the unit that it is transferred to"),
    ] = ()
    department: Annotated[str | None, Field(max_length=64, description="the department that takes the lead")] = None
    minutes: Annotated[
        int | None, Field(ge=1, le=525_600, description="by how long to extend, or how long to suspend")
    ] = None
    attachments: Annotated[
        tuple[Attachment, ...], Field(max_length=10, description="addresses of what shows what was done")
    ] = ()
    place: Annotated[Coordinates | None, Field(description="where it was done")] = None
    if_version: Annotated[
        int | None, Field(ge=1, description="the case's version that the actor saw; refused if it has passed")
    ] = None
    other: Annotated[UUID | None, Field(description="the case to follow, or the part to take back")] = None
    pieces: Annotated[tuple[Piece, ...], Field(max_length=10, description="what is to be split off")] = ()

    @property
    def type(self) -> str:
        """See ``Body``."""
        return "yiwang.case.action.v1"

    @property
    def subject(self) -> str:
        """The case's id."""
        return str(self.case_id)

    @property
    def cause(self) -> UUID:
        """The identity of this action, whoever delivers it and how often."""
        return action_cause(self.sender, self.case_id, self.action_id)


class Ruling(Value):
    """What a row of the routing table would have decided."""

    rule: Annotated[str, Field(description="the row's stable name")]
    zh: Annotated[str, Field(description="the row in Chinese, as the table has it")]
    level: Level
    unit: UnitRef
    lead: Annotated[str | None, Field(description="the code of the department in the lead")] = None
    clock: ClockClass = ClockClass.STANDARD
    cooperating: Annotated[Many[str], Field(description="codes of the departments that help (协办部门)")] = ()


class Facts(Value):
    """What the rows of the routing table ask about; whoever knows it can ask another table."""

    category: Annotated[str | None, Field(description="a code of the banner's tree; none if undecided")] = None
    urgency: Urgency
    people: Annotated[Count | None, Field(description="how many people are involved, if known")] = None
    money: Annotated[Count | None, Field(description="whole yuan involved, if known")] = None
    group: Annotated[Count | None, Field(description="how many act together, if known")] = None
    place: Annotated[str, Field(description="the code of the deepest unit known: the banner's where none is")]
    day: Annotated[date, Field(description="on which the case was opened, in Asia/Shanghai")]
    time: Annotated[str, Field(description="of the day when the case was opened: HH:MM in Asia/Shanghai")]
    located: LocationOutcome
    source: str
    solved: Annotated[bool, Field(description="solved on the spot (立报立结)")]


class Routed(Value):
    """How a case came to its unit: the row that decided, those that would have had it not been there, and on what."""

    table: Annotated[str, Field(description="the version of the table")]
    chosen: Ruling
    runners_up: Many[Ruling] = ()
    skipped: Annotated[Many[str], Field(description="units passed over, each with why, in Chinese")] = ()
    shadows: Annotated[
        Many[Ruling], Field(description="rows on trial, without effect: if active, the first would have decided")
    ] = ()
    facts: Annotated[Facts | None, Field(description="what the rows asked about, as it was known then")] = None
    raised: Annotated[
        Level, Field(description="the level to which people or a deadline had put the case, below which none has it")
    ] = Level.GRID


class CaseEventKind(StrEnum):
    """What happened to a case."""

    OPENED = "opened"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    STARTED = "started"
    COMMENTED = "commented"
    LED = "led"
    REQUESTED = "requested"
    EXTENDED = "extended"
    DECLINED = "declined"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    LINKED = "linked"
    SPLIT = "split"
    JOINED = "joined"
    GATHERED = "gathered"
    RELATED = "related"
    REFUSED = "refused"
    MOOT = "moot"
    KEPT = "kept"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class CaseEvent(Body):
    """Something happened to a case; the snapshot tells how it stands after it.

    ``led``: another department takes the lead. ``requested`` waits for the unit above, which tells ``extended``,
    ``suspended`` or ``declined``; ``resumed`` ends a rest. ``refused`` answers an action, ``moot`` a breach whose
    assignment has passed or whose time was moved, ``kept`` a breach at the banner, above which there is nobody.
    ``corrected``: a newer revision changed what is known and left the case where it is; where it moved the case, that
    is ``assigned``. ``linked``: it follows its main case from now on. ``joined``: a part is taken back into the case
    that it was split off. ``gathered``: of an open case the last part has ended. ``related``: only what is known of
    other cases has changed. ``case`` is missing only where no report has opened the case yet.
    """

    case_id: UUID
    kind: CaseEventKind
    at: Moment
    by: Annotated[str, Field(description="staff number, or the service that caused it")]
    why: Annotated[str, Field(description="the reason, in Chinese")]
    case: Case | None = None
    answers: Annotated[UUID | None, Field(description="the cause of the action or breach that is answered")] = None
    sender: Annotated[str | None, Field(description="who sent the action that is answered")] = None
    lawful: Annotated[Many[str], Field(description="of what is refused: the actions that would be lawful")] = ()
    routed: Annotated[Routed | None, Field(description="where a table decided: by which row, and what else")] = None

    @property
    def type(self) -> str:
        """See ``Body``."""
        return f"yiwang.case.{self.kind.value}.v1"

    @property
    def subject(self) -> str:
        """The case's id."""
        return str(self.case_id)
