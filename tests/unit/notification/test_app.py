"""The composition: every channel of the roster is there, and the setting decides on cut-off attempts."""

from collections import Counter

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from contracts.deadline import DeadlineKind
from contracts.identity import name_id
from contracts.topics import DEADLINES, NOTIFICATION, TOPICS
from services.chassis.fold import fold
from services.chassis.values import Input
from services.notification.alert import alert_id
from services.notification.app import compose, sent_again
from services.notification.channels import ConsoleChannel, SmtpChannel, WebhookChannel
from services.notification.roster import ADDRESSES, Roster
from services.notification.settings import NotificationSettings
from tests.builders import deadline, record

EVENT = name_id("test/app")
SET_UP = {"smtp": "localhost:25", "webhook": "http://localhost/alerts"}


def settings(**given: object) -> NotificationSettings:
    servers = {"kafka": "localhost:9092", "mongo": "mongodb://localhost"}
    return NotificationSettings.model_validate(servers | given)


def test_it_reads_the_topics_that_name_it_as_a_consumer() -> None:
    readers = compose(settings()).service.readers
    theirs = {topic.name for topic in TOPICS if NOTIFICATION in topic.consumers}
    assert {reader.topic.name for reader in readers} == theirs
    assert {reader.subject(None, EVENT) for reader in readers} == {str(alert_id(EVENT))}


def test_every_channel_that_a_roster_may_name_is_there() -> None:
    channels = compose(settings(**SET_UP)).channels
    assert set(channels) == set(ADDRESSES)
    assert {name: channel.name for name, channel in channels.items()} == {name: name for name in ADDRESSES}
    assert isinstance(channels["mail"], SmtpChannel)
    assert isinstance(channels["webhook"], WebhookChannel)


def test_a_channel_that_is_not_set_up_writes_to_the_console_and_says_so() -> None:
    with capture_logs() as lines:
        channels = compose(settings(smtp="localhost:25")).channels
    assert isinstance(channels["webhook"], ConsoleChannel)
    assert [(line["channel"], line["set"]) for line in lines] == [("webhook", "YIWANG_WEBHOOK")]


@pytest.mark.parametrize(("resend", "again"), [(True, {"mail", "webhook", "console"}), (False, {"mail", "webhook"})])
def test_a_cut_off_attempt_is_repeated_where_the_key_or_the_setting_allows(resend: bool, again: set[str]) -> None:  # noqa: FBT001
    given = settings(resend_unknown=resend, **SET_UP)
    assert sent_again(given, compose(given).channels) == again


@pytest.mark.parametrize(
    "wrong", [{"smtp": "localhost"}, {"webhook": "localhost"}, {"mail_from": "x"}, {"mail_capacity": 0}]
)
def test_a_setting_that_cannot_be_right_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**wrong)


def test_an_event_through_the_chassis_leaves_a_document_that_wakes() -> None:
    service = compose(settings(**SET_UP)).service
    body = deadline(DeadlineKind.SCHEDULED)
    one = Input(id=EVENT, subject=str(alert_id(EVENT)), body=body, record=record(body, DEADLINES))
    draft = fold(service, [one], None, Counter(dict.fromkeys(ADDRESSES, 9)))
    assert draft.faults == []
    change = draft.change("attempt")
    assert change is not None
    assert change.wake_at is not None
    staff = Roster.load().staff(body.case.assignment.unit.code)
    assert len(draft.effects) == len(staff) > 0
