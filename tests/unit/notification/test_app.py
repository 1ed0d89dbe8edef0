"""The composition: all topics, every channel of the roster, broken data refused, documents that wake."""

from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from contracts.deadline import DeadlineKind
from contracts.topics import DEADLINES, NOTICES, NOTIFICATION, TOPICS
from services.chassis.fold import fold
from services.chassis.tables import BrokenTableError
from services.chassis.values import Input
from services.notification.app import compose, sent_again
from services.notification.channels import ConsoleChannel, PostChannel, SmtpChannel
from services.notification.policy import FILE
from services.notification.reading import BrokenRosterError
from services.notification.roster import CHANNELS
from services.notification.settings import NotificationSettings
from services.notification.tray import tray_of
from tests.builders import CASE_ID, case_event, deadline, record
from tests.unit.notification.desk import EVENT, hear, notice, notices, scheduled

SET_UP = {"smtp": "localhost:25", "webhook": "http://localhost/alerts", "sms": "http://localhost/sms"}


def settings(**given: object) -> NotificationSettings:
    servers = {"kafka": "localhost:9092", "mongo": "mongodb://localhost"}
    return NotificationSettings.model_validate(servers | given)


def test_it_reads_the_topics_that_name_it_as_a_consumer() -> None:
    service = compose(settings()).service
    readers = {reader.topic.name: reader for reader in service.readers}
    assert set(service.topics) == {topic for topic in TOPICS if NOTIFICATION in topic.consumers}
    assert readers[NOTICES.name].subject(notice(), EVENT) == tray_of(notice())
    for body in (case_event(), deadline()):
        name = "case.events.v1" if body == case_event() else "case.deadlines.v1"
        assert readers[name].subject(body, EVENT) == str(CASE_ID)


def test_every_channel_that_a_roster_may_name_is_there() -> None:
    channels = compose(settings(**SET_UP)).channels
    assert {name: channel.name for name, channel in channels.items()} == {name: name for name in CHANNELS}
    assert isinstance(channels["mail"], SmtpChannel)
    assert isinstance(channels["webhook"], PostChannel)
    assert isinstance(channels["sms"], PostChannel)


def test_a_channel_that_is_not_set_up_writes_to_the_console_and_says_so() -> None:
    with capture_logs() as lines:
        channels = compose(settings(smtp="localhost:25")).channels
    assert isinstance(channels["webhook"], ConsoleChannel)
    said = [(line["channel"], line["set"]) for line in lines]
    assert said == [("webhook", "YIWANG_WEBHOOK"), ("sms", "YIWANG_SMS")]


@pytest.mark.parametrize(("resend", "again"), [(True, set(CHANNELS)), (False, {"mail", "webhook"})])
def test_a_cut_off_attempt_is_repeated_where_the_key_or_the_setting_allows(resend: bool, again: set[str]) -> None:
    given = settings(resend_unknown=resend, **{**SET_UP, "sms": None})
    assert sent_again(given, compose(given).channels) == again


@pytest.mark.parametrize(
    "wrong", [{"smtp": "localhost"}, {"webhook": "localhost"}, {"sms": "x"}, {"mail_from": "x"}, {"mail_capacity": 0}]
)
def test_a_setting_that_cannot_be_right_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_a_roster_that_is_not_there_and_a_table_with_a_hole_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenRosterError):
        compose(settings(roster=tmp_path))
    with pytest.raises(BrokenTableError, match=r"none.toml, as a whole: found No such file"):
        compose(settings(policy=tmp_path / "none.toml"))
    holed = tmp_path / "policy.toml"
    text = FILE.read_text(encoding="utf-8")
    holed.write_text(text[: text.rindex("[[row]]")], encoding="utf-8")
    with pytest.raises(BrokenTableError, match=r"policy.toml, as a whole: found that no row fits resolved"):
        compose(settings(policy=holed))


def test_an_event_through_the_chassis_leaves_a_watch_and_its_notice_a_tray_that_wakes() -> None:
    service = compose(settings(**SET_UP)).service
    body = scheduled()
    one = Input(id=EVENT, subject=str(CASE_ID), body=body, record=record(body, DEADLINES))
    watched = fold(service, [one], None, Counter())
    assert watched.faults == []
    assert len(watched.messages) == 2, "the real roster has two members there"
    told = notices(hear(body))[0].model_copy(update={"staff": "403351"})
    given = Input(id=EVENT, subject=tray_of(told), body=told, record=record(told, NOTICES))
    sent = fold(service, [given], None, Counter(dict.fromkeys(CHANNELS, 9)))
    assert (sent.faults, len(sent.effects)) == ([], 1)
    for draft in (watched, sent):
        change = draft.change("attempt")
        assert change is not None
        assert change.wake_at is not None


def test_a_case_solved_on_the_spot_writes_nothing() -> None:
    service = compose(settings()).service
    for body in (case_event(), deadline(DeadlineKind.WARNED)):
        one = Input(id=EVENT, subject=str(CASE_ID), body=body, record=record(body, DEADLINES))
        assert (fold(service, [one], None, Counter()).change("attempt") is None) is (body == case_event())
