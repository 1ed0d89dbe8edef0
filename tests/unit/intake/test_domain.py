"""What intake decides of each sending of a report."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.deadletter import Reason
from contracts.identity import event_id, report_cause, report_id
from contracts.outcome import OutcomeKind, ReportOutcome
from contracts.problem import Problem
from contracts.report import Classification, ClassifiedBy, Report, ReportNormalised
from contracts.topics import NORMALISED, OUTCOMES, SUBMITTED
from services.chassis.values import Decision, Input, Invalid, Outcome, Tick
from services.intake.contacts import Contact
from services.intake.domain import REVISIONS_KEPT, Intake, decide
from services.intake.masks import mask
from services.intake.reading import READERS, parse
from services.intake.told import rejected
from tests.builders import MORNING, context, kinds, record

WATER = SUBMITTED["water"]
REPORT_ID = report_id("water", "2026-0001")
SECRETS = {"name": "报告人0147", "phone": "000-0147-0258", "id_number": "000000190001011234", "address": "0147号院"}
PROBLEM = Problem(path="text", found="nothing", expected="a value", expected_zh="缺少该项，请补充")


def sent(revision: int = 1, text: str = "机井损坏", offset: int = 0, **fields: object) -> Input[Any]:
    return arrived({"revision": revision, "text": text} | fields, offset)


def arrived(fields: Mapping[str, object], offset: int = 0) -> Input[Any]:
    raw = json.dumps(
        {"reference": "2026-0001", "occurred_at": "2026-03-05 08:00", "text": "机井损坏", **fields}
    ).encode()
    physical = record(raw, WATER, offset=offset, time=MORNING + timedelta(seconds=offset))
    submitted, reader = parse(physical), READERS[0]
    return Input(id=reader.identify(physical, submitted), subject=submitted.subject, body=submitted, record=physical)


def after(*inputs: Input[Any]) -> tuple[Intake, list[Decision[Intake]]]:
    state, decisions = None, []
    for one in inputs:
        decision = decide(state, one, context(one.record.time))
        state = decision.state or state
        decisions.append(decision)
    assert state
    return state, decisions


def outcome(decision: Decision[Intake]) -> ReportOutcome:
    (found,) = (event.body for event in decision.events if event.topic is OUTCOMES)
    assert isinstance(found, ReportOutcome)
    return found


def normalised(decision: Decision[Intake]) -> Report:
    (found,) = (event.body for event in decision.events if event.topic is NORMALISED)
    assert isinstance(found, ReportNormalised)
    return found.report


def test_a_first_revision_is_kept_normalised_and_confirmed() -> None:
    state, (decision,) = after(first := sent())

    assert decision.keep == first.record.value
    assert kinds(decision) == ["report.normalised", "report.received"]
    assert [event.body.version for event in decision.events] == [1, 1]
    assert (state.version, state.revision, state.report.received_at) == (1, 1, MORNING)


def test_a_first_sending_may_be_a_higher_revision() -> None:
    state, (decision,) = after(sent(revision=3))

    assert (state.revision, kinds(decision)) == (3, ["report.normalised", "report.received"])
    assert outcome(decision).said == "已收到上报2026-0001（第3版），正在定位和分派。"


def test_a_correction_takes_the_place_of_the_older_revision() -> None:
    state, (_, decision) = after(sent(), sent(2, "两眼机井损坏", 1))

    assert [event.body.version for event in decision.events] == [2, 2]
    assert (state.report.text, [one.revision for one in state.revisions]) == ("两眼机井损坏", [1, 2])


def test_a_correction_is_told_that_the_case_follows_it() -> None:
    _, (*_, decision) = after(sent(), sent(2, "两眼机井损坏", 1))

    assert outcome(decision).said == "已收到上报2026-0001的更正（第2版），尚在办理的事项将据此更新。"


def test_events_follow_from_department_reference_and_revision() -> None:
    cause = report_cause("water", "2026-0001", 1)
    _, (first, repeat) = after(sent(), sent(offset=1))

    assert [event.id for event in first.events] == [event_id(cause, event.body.type) for event in first.events]
    assert repeat.events[0].id == event_id(cause, "yiwang.report.repeat.v1", "repeat")


def test_the_same_content_again_is_a_repeat_and_goes_no_further() -> None:
    state, (_, decision) = after(sent(), sent(offset=1))

    assert kinds(decision) == ["report.repeat"]
    assert (decision.keep, outcome(decision).version, state.version) == (None, 2, 2)


def test_a_repeat_is_told_once() -> None:
    _, (*_, decision) = after(sent(), sent(offset=1), sent(offset=2))

    assert decision == Decision(outcome=Outcome.NOTHING)


def test_other_content_under_a_known_revision_is_parked_as_a_conflict() -> None:
    state, (_, decision) = after(sent(), sent(text="路灯损坏", offset=1))

    assert decision.park
    assert (decision.park.reason, decision.outcome) == (Reason.CONFLICT, Outcome.PARKED)
    assert kinds(decision) == ["report.parked"]
    assert state.report.text == "机井损坏"


def test_a_conflict_says_that_a_correction_needs_a_higher_revision() -> None:
    _, (*_, decision) = after(sent(4), sent(4, "路灯损坏", 1))
    told = outcome(decision)

    assert "revision 5 or higher" in told.problems[0].expected
    assert "第5版或更高" in told.problems[0].expected_zh
    assert "高于4的版本号" in told.said
    assert told.record == "report.submitted.water.v1/0/1"


def test_each_conflicting_content_is_told_once_and_parked_each_time() -> None:
    conflicts = [sent(text=text, offset=n) for n, text in enumerate(["路灯", "道路", "路灯"], start=1)]
    _, (_, *decisions) = after(sent(), *conflicts)

    assert [kinds(decision) for decision in decisions] == [["report.parked"], ["report.parked"], []]
    assert all(decision.park for decision in decisions)


def test_a_lower_revision_that_comes_late_is_kept_and_changes_nothing() -> None:
    state, (_, decision) = after(sent(3), late := sent(2, "较早内容", 1))

    assert (kinds(decision), decision.keep) == (["report.repeat"], late.record.value)
    assert "以第3版为准" in outcome(decision).said
    assert (state.revision, state.report.text) == (3, "机井损坏")


def test_a_contact_stays_here_and_others_get_a_reference_to_it() -> None:
    state, (decision,) = after(sent(reporter=SECRETS))

    assert state.contact == Contact(**SECRETS, phone_valid=False, id_valid=False)
    assert state.report.reporter == f"reporter/{REPORT_ID}"
    assert "报告人0147" not in decision.events[0].body.model_dump_json()


def test_without_a_contact_there_is_no_reference_to_one() -> None:
    state, _ = after(sent(reporter=SECRETS), sent(2, offset=1))

    assert (state.contact, state.report.reporter) == (None, None)


def test_unknown_fields_are_kept_where_they_stood() -> None:
    coordinates = {"longitude": 107.4, "latitude": 38.2, "datum": "WGS-84", "floor": 2}
    state, _ = after(sent(wechat="w-0147", reporter={"qq": "0147"}, coordinates=coordinates))

    assert json.loads(state.extras) == {"wechat": "w-0147", "reporter": {"qq": "0147"}, "coordinates": {"floor": 2}}


def test_solved_on_the_spot_goes_on_with_the_report() -> None:
    state, _ = after(sent(solved_on_the_spot={"what_was_done": "已更换水泵", "at": "2026/3/5 8:30"}))

    assert state.report.solved == "已更换水泵"
    assert state.report.solved_at
    assert state.report.solved_at.isoformat() == "2026-03-05T08:30:00+08:00"


def test_only_the_newest_revisions_are_remembered() -> None:
    state, _ = after(*(sent(n, offset=n) for n in range(1, REVISIONS_KEPT + 3)))

    assert [one.revision for one in state.revisions] == list(range(3, REVISIONS_KEPT + 3))


def test_the_state_survives_its_storage() -> None:
    state, _ = after(sent(reporter=SECRETS, unknown={"$a.b": [None]}), sent(text="路灯", offset=1))

    assert Intake.model_validate_json(state.model_dump_json(exclude_none=True)) == state


def test_time_brings_nothing_about() -> None:
    assert decide(None, Tick(MORNING), context()) == Decision(outcome=Outcome.NOTHING)


def test_the_source_of_an_unreadable_record_is_told_its_position_and_what_is_wrong() -> None:
    (event,) = rejected(record(b'{"reference": "A-1"}', WATER, offset=5), (PROBLEM,))
    told = event.body

    assert isinstance(told, ReportOutcome)
    assert (told.kind, told.department, told.reference, told.version) == (OutcomeKind.PARKED, "water", "A-1", 0)
    assert (told.record, told.subject, told.problems) == (*["report.submitted.water.v1/0/5"] * 2, (PROBLEM,))
    assert told.said == "上报A-1无法读取，已暂存待核。text：缺少该项，请补充。"


def test_unreadable_records_are_told_apart_by_their_position() -> None:
    ids = {rejected(record(None, WATER, offset=offset), (PROBLEM,))[0].id for offset in (5, 6, 6)}

    assert len(ids) == 2


def test_a_number_that_cannot_be_right_parks_nothing_and_is_told_without_repeating_it() -> None:
    _, (decision,) = after(sent(reporter=SECRETS))

    assert kinds(decision) == ["report.normalised", "report.received"]
    assert outcome(decision).said == (
        "已收到上报2026-0001（第1版），正在定位和分派。联系电话格式有误，请核对。身份证号有误，请核对。"
    )


def test_a_correction_may_mend_the_contact() -> None:
    state, (*_, decision) = after(sent(reporter=SECRETS), sent(2, offset=1, reporter={"phone": "0477-7000000转802"}))

    assert state.contact == Contact(phone="+864777000000", extension="802", phone_valid=True)
    assert "请核对" not in outcome(decision).said


WITHDRAWN = "重复上报"


def test_a_withdrawal_of_a_known_report_goes_on_and_is_told() -> None:
    state, (_, decision) = after(sent(), sent(2, offset=1, withdrawn=f" {WITHDRAWN}\u200b"))

    assert kinds(decision) == ["report.normalised", "report.received"]
    assert normalised(decision) == state.report
    assert (state.report.revision, state.report.withdrawn) == (2, WITHDRAWN)
    assert outcome(decision).said == "已收到上报2026-0001的撤回申请（第2版），尚在办理的事项将予撤回。"


def test_a_report_that_is_withdrawn_when_first_seen_goes_on_like_any_other() -> None:
    state, (first, late) = after(sent(2, withdrawn=WITHDRAWN), sent(offset=1))

    assert normalised(first).withdrawn == state.report.withdrawn == WITHDRAWN
    assert outcome(first).said == "已收到上报2026-0001（第2版），同时申请撤回，登记后即予撤回。"
    assert kinds(late) == ["report.repeat"]


def test_a_correction_of_a_withdrawn_report_is_told_that_it_was_withdrawn() -> None:
    state, (*_, decision) = after(sent(), sent(2, offset=1, withdrawn=WITHDRAWN), sent(3, offset=2))

    assert state.report.withdrawn is None
    assert "此前已撤回" in outcome(decision).said


def test_who_and_what_it_is_about_goes_on_with_the_report() -> None:
    about = {"people": 12, "staff": "403371", "about_unit": "150623103200003", "about_staff": "403372"}
    _, (decision,) = after(arrived(about))

    assert normalised(decision).model_dump(include=set(about)) == about


@pytest.mark.parametrize(
    ("fields", "money", "group"),
    [
        ({}, None, None),
        ({"text": "12名工人集体讨薪，共欠3万元"}, 30_000, 12),
        ({"title": "欠薪3万元", "text": "12名工人集体讨薪"}, 30_000, 12),
        ({"text": "12名工人集体讨薪，共欠3万元", "money": 41_500.75, "group": 15}, 41_500, 15),
        ({"text": "12名工人集体讨薪，共欠3万元", "money": 0, "group": 0}, 0, 0),
    ],
)
def test_money_and_group_are_the_sources_fields_or_else_what_its_words_say(
    fields: Mapping[str, object], money: int | None, group: int | None
) -> None:
    _, (decision,) = after(arrived(fields))

    assert (normalised(decision).money, normalised(decision).group) == (money, group)


def test_the_category_is_decided_and_the_sources_own_word_stays() -> None:
    def classify(department: str, category: str | None, words: str) -> Classification:
        by = (
            ClassifiedBy.MAP
            if (department, category, words) == ("water", "饮水", "漏水\n机井损坏")
            else ClassifiedBy.TEXT
        )
        return Classification(code="0201", zh="水利用水/人畜饮水", by=by, confidence=1.0, version="test")

    decision = decide(None, sent(title="漏水", category=" 饮水"), context(), classify)

    assert normalised(decision).category == "饮水"
    assert (found := normalised(decision).classified)
    assert (found.code, found.by) == ("0201", ClassifiedBy.MAP)


def test_without_a_table_our_own_codes_and_names_are_known() -> None:
    state, _ = after(sent(category="供暖"))

    assert state.report.classified
    assert state.report.classified.code == "130301"


def test_a_mask_leaves_what_tells_one_contact_from_another() -> None:
    assert mask(Contact(**SECRETS)) == Contact(name="报***", phone="***58", id_number="***", address="***")
    assert mask(Contact(name="报", phone="12345")) == Contact(name="***", phone="***")
    assert mask(Contact()) == Contact()


SENDINGS = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["甲", "乙", "丙"])), min_size=1, max_size=25)


@given(SENDINGS)
def test_in_any_order_revisions_stay_consistent_and_each_outcome_is_told_once(order: list[tuple[int, str]]) -> None:
    state, decisions = after(*(sent(revision, text, n) for n, (revision, text) in enumerate(order)))
    events = [event for decision in decisions for event in decision.events]

    assert [one.revision for one in state.revisions] == sorted({revision for revision, _ in order})
    assert state.revision == state.report.revision == max(revision for revision, _ in order)
    assert set(Counter(event.id for event in events).values()) == {1}
    assert len({event.body.version for event in events}) == state.version
    bodies = [event.body for event in events if event.topic is NORMALISED]
    passed_on = [body.report.revision for body in bodies if isinstance(body, ReportNormalised)]
    assert passed_on == sorted(set(passed_on))
    assert state.report.text == dict(reversed(order))[state.revision]


@given(SENDINGS)
def test_every_other_content_of_a_known_revision_is_parked(order: list[tuple[int, str]]) -> None:
    _, decisions = after(*(sent(revision, text, n) for n, (revision, text) in enumerate(order)))

    first = dict(reversed(order))
    assert [bool(decision.park) for decision in decisions] == [first[revision] != text for revision, text in order]


PRIVATE = st.text("0123456789abcdef", min_size=12, max_size=18).map("秘密{}".format)


@given(PRIVATE, st.sampled_from([*SECRETS, "unknown"]), st.sampled_from(["", "reporter", "solved_on_the_spot"]))
def test_nothing_personal_occurs_in_any_event(secret: str, field: str, part: str) -> None:
    reporter = dict.fromkeys(SECRETS, secret)
    private: dict[str, object] = {part: {"what_was_done": "已修好", field: secret}} if part else {field: secret}
    sendings: list[dict[str, object]] = [
        {"reporter": reporter},
        {"reporter": reporter},
        {"reporter": reporter, "other": secret},
        private,
    ]
    state, decisions = after(*(arrived(fields, n) for n, fields in enumerate(sendings)))

    assert secret in state.model_dump_json()
    told = [*(event.body for one in decisions for event in one.events), *_parked(decisions)]
    assert not [body for body in told if secret in body.model_dump_json()]


@given(PRIVATE, st.sampled_from(list(SECRETS)))
def test_nothing_personal_occurs_in_what_is_told_of_an_unreadable_report(secret: str, field: str) -> None:
    broken = {"reference": "A-1", "reporter": {field: [secret]}, "unknown": secret}
    physical = record(json.dumps(broken).encode(), WATER)

    with pytest.raises(Invalid) as caught:
        parse(physical)
    (event,) = rejected(physical, caught.value.problems)

    assert secret not in event.body.model_dump_json()


def _parked(decisions: list[Decision[Intake]]) -> list[Problem]:
    return [problem for decision in decisions if decision.park for problem in decision.park.problems]
