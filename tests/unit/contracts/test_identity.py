"""Identities: the same cause has the same id for ever, and different causes never share one."""

from uuid import NAMESPACE_DNS, RFC_4122, UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from contracts import identity
from contracts.topics import SUBMITTED, TOPICS

WORDS = st.text(st.characters(codec="utf-8"))
NASTY = st.lists(st.sampled_from(("/", "1", "2", "water", "report", "submission", "", "é", "草")), max_size=6).map(
    "".join
)
REFERENCES = st.one_of(WORDS, NASTY)
DEPARTMENTS = st.sampled_from(sorted(SUBMITTED))
REVISIONS = st.integers(1, 1_000_000)
SUBMISSIONS = st.tuples(DEPARTMENTS, REFERENCES, REVISIONS)
SENDERS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
TYPES = sorted({name for topic in TOPICS for name in topic.types})


@given(WORDS)
def test_an_identity_is_the_standard_librarys_uuid5_in_yiwangs_namespace(name: str) -> None:
    assert identity.name_id(name) == uuid5(identity.NAMESPACE, name)


@given(st.text(st.characters(), min_size=1))
def test_an_id_is_an_rfc_4122_uuid_of_version_5_even_of_lone_surrogates(name: str) -> None:
    made = identity.name_id(name)
    assert (made.variant, made.version) == (RFC_4122, 5)


def test_the_ids_of_today_are_those_of_every_later_release() -> None:
    assert UUID("c8015bf4-b4d8-5e05-9e81-8ba5cfdd51f5") == identity.NAMESPACE
    assert identity.report_id("water", "SL-2026-000317") == UUID("e561e0fd-341f-57cb-8065-d590ac8dbaad")
    assert identity.NAMESPACE != NAMESPACE_DNS


@given(SUBMISSIONS)
def test_the_same_revision_of_a_report_is_the_same_cause(submission: tuple[str, str, int]) -> None:
    department, reference, revision = submission
    assert identity.report_cause(department, reference, revision) == identity.report_cause(*submission)
    assert identity.event_id(identity.report_cause(*submission), TYPES[0]) == identity.event_id(
        identity.report_cause(department, reference, revision), TYPES[0], ""
    )


@given(SUBMISSIONS, SUBMISSIONS)
def test_two_submissions_share_a_cause_only_if_they_are_the_same(
    one: tuple[str, str, int], other: tuple[str, str, int]
) -> None:
    assert (identity.report_cause(*one) == identity.report_cause(*other)) == (one == other)


@given(st.lists(SUBMISSIONS, unique=True, max_size=30))
def test_many_submissions_have_as_many_causes(submissions: list[tuple[str, str, int]]) -> None:
    assert len({identity.report_cause(*submission) for submission in submissions}) == len(submissions)


@given(DEPARTMENTS, REFERENCES, REVISIONS)
def test_slashes_in_a_reference_cannot_imitate_another_revision(department: str, reference: str, revision: int) -> None:
    imitation = f"{revision}/{reference}"
    assert identity.report_cause(department, imitation, revision) != identity.report_cause(
        department, reference, revision
    )


@given(SUBMISSIONS, SUBMISSIONS)
def test_all_revisions_of_a_reference_share_the_reports_id_and_nobody_else_does(
    one: tuple[str, str, int], other: tuple[str, str, int]
) -> None:
    assert (identity.report_id(*one[:2]) == identity.report_id(*other[:2])) == (one[:2] == other[:2])


CASES = st.sampled_from([UUID(int=1), UUID(int=2)])


@given(st.tuples(SENDERS, CASES, REFERENCES), st.tuples(SENDERS, CASES, REFERENCES))
def test_two_actions_share_a_cause_only_if_sender_case_and_action_id_are_the_same(
    one: tuple[str, UUID, str], other: tuple[str, UUID, str]
) -> None:
    assert (identity.action_cause(*one) == identity.action_cause(*other)) == (one == other)


TIMERS = st.tuples(st.uuids().map(str), st.integers(1, 99), st.sampled_from(("warned", "breached")), st.integers(1, 99))


@given(TIMERS, TIMERS)
def test_two_timers_share_a_cause_only_if_they_are_the_same(
    one: tuple[str, int, str, int], other: tuple[str, int, str, int]
) -> None:
    assert (identity.timer_cause(*one) == identity.timer_cause(*other)) == (one == other)


RECORDS = st.tuples(st.sampled_from([topic.name for topic in TOPICS]), st.integers(0, 9), st.integers(0, 99))


@given(RECORDS, RECORDS)
def test_two_records_share_a_cause_only_if_they_are_the_same(
    one: tuple[str, int, int], other: tuple[str, int, int]
) -> None:
    assert (identity.record_cause(*one) == identity.record_cause(*other)) == (one == other)


EVENTS = st.tuples(st.sampled_from([UUID(int=1), UUID(int=2)]), st.sampled_from(TYPES), REFERENCES)


@given(EVENTS, EVENTS)
def test_two_events_share_an_id_only_if_cause_type_and_discriminator_are_the_same(
    one: tuple[UUID, str, str], other: tuple[UUID, str, str]
) -> None:
    assert (identity.event_id(*one) == identity.event_id(*other)) == (one == other)


@given(SUBMISSIONS)
def test_a_submission_an_action_and_a_record_of_the_same_words_are_different_causes(
    submission: tuple[str, str, int],
) -> None:
    department, reference, revision = submission
    causes = {
        identity.report_id(department, reference),
        identity.report_cause(department, reference, revision),
        identity.action_cause(department, UUID(int=1), reference),
        identity.record_cause(department, revision, revision),
    }
    assert len(causes) == 4
