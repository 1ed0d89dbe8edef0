"""The rules: what each one compares, which harm breaking it does, and which of the nine laws it belongs to."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from yiwang.check.values import Offence


class Harm(StrEnum):
    """What a broken rule means."""

    LOST = "lost"
    DUPLICATED = "duplicated"
    UNLAWFUL = "unlawful"


class Rule(NamedTuple):
    """A rule: its harm, its law (None: a promise of its own), and what is compared with what."""

    harm: Harm
    law: int | None
    compares: str


LOST, DUPLICATED, UNLAWFUL = Harm

RULES: Final[Mapping[str, Rule]] = {
    # reports: from the record that was sent to the located report
    "outcome-missing":       Rule(LOST,       None, "a settled record of a source: received, a repeat or parked"),
    "repeat-untold":         Rule(LOST,       None, "two settled records of one content: the source heard of a repeat"),
    "normalised-missing":    Rule(LOST,       None, "what was received was passed on to gis"),
    "located-missing":       Rule(LOST,       None, "a settled normalised report was located"),
    "case-missing":          Rule(LOST,       None, "a settled located report has a case"),
    "revision-missing":      Rule(LOST,       1,    "a settled higher revision is known to its case"),
    "outcome-untold":        Rule(LOST,       None, "a source was told of its case, and of what is parked"),
    "received-twice":        Rule(DUPLICATED, 9,    "one (department, reference, revision) is received once"),
    "told-uncaused":         Rule(DUPLICATED, 9,    "no more was told of a revision than was sent of it"),
    "conflict-taken":        Rule(UNLAWFUL,   9,    "one revision has one content; another one is parked"),
    # every event
    "event-identity":        Rule(UNLAWFUL,   9,    "an event's id is that which follows from its cause"),
    "event-uncaused":        Rule(DUPLICATED, 9,    "the cause from which an event's id follows was heard"),
    "event-altered":         Rule(DUPLICATED, 1,    "the same id has the same bytes whenever it comes again"),
    "wrong-key":             Rule(UNLAWFUL,   1,    "a record has its subject's key, so that one partition has all"),
    "wrong-time":            Rule(UNLAWFUL,   8,    "what a record brings about is of the record's append time"),
    "version-gap":           Rule(LOST,       1,    "versions of a document are told without a gap, from 1"),
    "version-twice":         Rule(DUPLICATED, 1,    "one version is one event"),
    "order":                 Rule(UNLAWFUL,   1,    "versions come first in ascending order, in one partition"),
    # cases
    "snapshot-wrong":        Rule(UNLAWFUL,   1,    "an event carries the snapshot of its own version"),
    "move-unlawful":         Rule(UNLAWFUL,   None, "successive snapshots are a lawful walk"),
    "ruled-otherwise":       Rule(UNLAWFUL,   None, "a case is opened as the row of the table that decided says"),
    "closed-early":          Rule(UNLAWFUL,   2,    "what closes by itself was resolved long enough before"),
    "time-before-inputs":    Rule(UNLAWFUL,   2,    "after a timer's event follows nothing that was appended before"),
    "answer-missing":        Rule(LOST,       3,    "a settled action or breach is answered"),
    "answered-twice":        Rule(DUPLICATED, 3,    "an action or breach is answered once"),
    "outcome-twice":         Rule(DUPLICATED, None, "a version of a case is told to its source once"),
    "outcome-uncaused":      Rule(DUPLICATED, 9,    "what a source is told happened"),
    "relation-one-sided":    Rule(UNLAWFUL,   None, "who follows a main case is known to it, and nobody else is"),
    "relation-differs":      Rule(UNLAWFUL,   None, "a duplicate stands as its main case, a part as its case has it"),
    # clocks
    "clock-missing":         Rule(LOST,       3,    "a settled assignment that somebody has to act on has a clock"),
    "clock-uncaused":        Rule(DUPLICATED, 3,    "a clock belongs to an assignment that somebody had to act on"),
    "clock-twice":           Rule(DUPLICATED, 3,    "a clock starts once, warns once, says each breach once"),
    "clock-moved":           Rule(UNLAWFUL,   3,    "a clock that runs is moved by nothing but what schedules it"),
    "clock-early":           Rule(UNLAWFUL,   2,    "nothing is said before it is due"),
    "breach-count":          Rule(LOST,       3,    "breaches of an assignment count 1, 2, 3"),
    "false-breach":          Rule(UNLAWFUL,   2,    "no clock speaks after its assignment's end was appended"),
    # people
    "notice-twice":          Rule(DUPLICATED, 7,    "one notice for each alert, person and channel"),
    "alert-missing":         Rule(LOST,       7,    "a settled notice ended on each channel, or waits in a tray"),
    "alert-twice":           Rule(DUPLICATED, 7,    "one end for each alert, person and channel"),
    "alert-waits":           Rule(DUPLICATED, 7,    "what has ended does not wait in a tray"),
    "send-uncaused":         Rule(DUPLICATED, 7,    "what reached a person has a notice's key, or a digest's"),
    "send-missing":          Rule(LOST,       7,    "what is said to be sent has reached its channel"),
    # dead letters
    "parked-missing":        Rule(LOST,       6,    "a settled record that nobody can read is parked"),
    "parked-twice":          Rule(DUPLICATED, 5,    "a record is parked once, and once more for each replay"),
    "parked-and-processed":  Rule(DUPLICATED, 6,    "what is parked was not applied too"),
    "letter-identity":       Rule(UNLAWFUL,   9,    "a letter's id follows from its record's position or its replay"),
    "letter-altered":        Rule(LOST,       6,    "a letter keeps the bytes of the record at its position"),
    # stores
    "history-missing":       Rule(LOST,       None, "every published event stands in the history"),
    "history-unpublished":   Rule(LOST,       4,    "every row of the history was published, or is about to be"),
    "history-altered":       Rule(UNLAWFUL,   1,    "a row of the history has the bytes that were published"),
    "state-behind":          Rule(LOST,       4,    "a document is no older than what was published of it"),
    "state-differs":         Rule(UNLAWFUL,   1,    "routing's case is that of its newest event"),
    "snapshot-behind":       Rule(UNLAWFUL,   1,    "escalation's snapshot is no older than what it has settled"),
    "state-unreadable":      Rule(UNLAWFUL,   None, "a document can be read"),
    "inbox-missing":         Rule(LOST,       5,    "a settled input stands in an inbox"),
    "inbox-uncaused":        Rule(DUPLICATED, 9,    "an entry of an inbox is a record that was heard"),
    "input-twice":           Rule(DUPLICATED, 5,    "one input stands in one document"),
    "outbox-unpublished":    Rule(LOST,       4,    "an outbox was published, or something will bring it back"),
}  # fmt: skip


def offence(rule: str, subject: object, what: str) -> Offence:
    """The offence against this rule."""
    return Offence(rule, RULES[rule].law, str(subject), what)
