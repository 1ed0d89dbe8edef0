"""Records the examples of what the services write: plays the stories, picks one event for each row, writes its JSON.

``python -m tests.contract.record``; then ``python -m contracts.generate`` writes what follows from them.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from contracts.examples import FOLDER
from contracts.wire import Message
from tests.contract.stories import play


class Row(NamedTuple):
    """One example: its schema and name, the story that it is from, its event type, and the how manieth of that type."""

    schema: str
    name: str
    story: str
    type: str
    nth: int = 0


def _rows(schema: str, noun: str, *rows: tuple[Any, ...]) -> Sequence[Row]:
    return [Row(schema, name, story, f"yiwang.{noun}.{kind}.v1", *nth) for name, story, kind, *nth in rows]


ROWS: Sequence[Row] = (
    *_rows(
        "report.normalised.v1", "report",
        # name           story                 kind
        ("smallest",     "without_a_place",    "normalised"),
        ("everything",   "solved_on_the_spot", "normalised"),
        ("correction",   "corrected",          "normalised", 1),
        ("withdrawal",   "withdrawn",          "normalised", 1),
    ),
    *_rows(
        "report.located.v1", "report",
        ("located",      "solved_on_the_spot", "located"),
        ("by-name",      "without_a_place",    "located"),
        ("outside",      "outside",            "located"),
        ("two-fit",      "on_a_border",        "located"),
        ("about-a-unit", "about_its_town",     "located"),
    ),
    *_rows(
        "case.events.v1", "case",
        ("opened",       "reported",           "opened"),
        ("opened-solved", "solved_on_the_spot", "opened"),
        ("opened-about-a-unit", "about_its_town", "opened"),
        ("opened-with-helpers", "by_many",     "opened"),
        ("opened-with-a-row-on-trial", "at_night", "opened"),
        ("accepted",     "resolved",           "accepted"),
        ("assigned",     "handed_up",          "assigned"),
        ("assigned-corrected", "corrected",    "assigned"),
        ("corrected",    "corrected_in_place", "corrected"),
        ("resolved",     "resolved",           "resolved"),
        ("closed",       "closed",             "closed"),
        ("started",      "confirmed",          "started"),
        ("commented",    "confirmed",          "commented"),
        ("resolved-with-proof", "confirmed",   "resolved"),
        ("confirmed",    "confirmed",          "confirmed"),
        ("assigned-handed-back", "passed_around", "assigned"),
        ("assigned-transferred", "passed_around", "assigned", 1),
        ("assigned-lifted", "passed_around",   "assigned", 2),
        ("led",          "given_time",         "led"),
        ("requested-time", "given_time",       "requested"),
        ("extended",     "given_time",         "extended"),
        ("requested-rest", "given_time",       "requested", 1),
        ("declined",     "given_time",         "declined"),
        ("suspended",    "given_time",         "suspended"),
        ("resumed",      "given_time",         "resumed"),
        ("cancelled",    "cancelled",          "cancelled"),
        ("related-similar", "linked",          "related"),
        ("related-asking", "linked",           "related", 2),
        ("linked",       "linked",             "linked"),
        ("split",        "split",              "split"),
        ("opened-part",  "split",              "opened", 1),
        ("joined",       "split",              "joined"),
        ("gathered",     "split",              "gathered"),
        ("withdrawn",    "withdrawn",          "withdrawn"),
        ("refused",      "resolved",           "refused"),
        ("moot",         "handed_up",          "moot"),
        ("kept",         "climbed",            "kept"),
    ),
    *_rows(
        "case.relations.v1", "relation",
        ("asked",        "linked",             "asked"),
        ("taken",        "linked",             "taken"),
        ("declined",     "linked",             "declined"),
        ("followed",     "linked",             "followed"),
        ("ended",        "linked",             "ended"),
        ("part",         "split",              "part"),
        ("told",         "split",              "told"),
        ("recalled",     "split",              "recalled"),
        ("sighted",      "reported",           "sighted"),
        ("nearby",       "linked",             "nearby"),
    ),
    *_rows(
        "case.deadlines.v1", "deadline",
        ("scheduled",    "reported",           "scheduled"),
        ("scheduled-provisional", "published_later", "scheduled"),
        ("rescheduled",  "published_later",    "rescheduled"),
        ("rescheduled-extended", "given_time", "rescheduled"),
        ("rescheduled-resumed", "given_time",  "rescheduled", 1),
        ("warned",       "climbed",            "warned"),
        ("pressing",     "climbed",            "pressing"),
        ("breached",     "climbed",            "breached"),
        ("overdue",      "climbed",            "overdue"),
    ),
    *_rows(
        "notification.notices.v1", "notice",
        ("to-the-grid",  "reported",           "issued"),
    ),
    *_rows(
        "notification.events.v1", "alert",
        ("sent",         "reported",           "sent"),
        ("failed",       "refused_by_the_channel", "failed"),
        ("unknown",      "cut_off",            "unknown"),
    ),
    *_rows(
        "report.outcomes.v1", "report",
        ("received",     "without_a_place",    "received"),
        ("received-correction", "corrected",   "received", 1),
        ("received-withdrawal", "withdrawn",   "received", 1),
        ("repeat",       "sent_again",         "repeat"),
        ("parked",       "unreadable",         "parked"),
        ("parked-unreadable", "unreadable",    "parked", 1),
        ("parked-conflict", "contradicted",    "parked"),
        ("opened",       "reported",           "opened"),
        ("assigned",     "handed_up",          "assigned"),
        ("linked",       "linked",             "linked"),
        ("resolved",     "resolved",           "resolved"),
        ("closed",       "closed",             "closed"),
    ),
    Row("dead-letter.v1", "invalid", "unreadable", "yiwang.dead-letter.v1"),
    Row("dead-letter.v1", "unreadable", "unreadable", "yiwang.dead-letter.v1", 1),
    Row("dead-letter.v1", "defective", "met_by_a_defect", "yiwang.dead-letter.v1"),
)  # fmt: skip


def example(row: Row, played: Mapping[str, Sequence[Message]]) -> dict[str, Any]:
    """The event that a row names, as its body's JSON; raises IndexError where its story has none."""
    found = [one for one in played[row.story] if one.type == row.type]
    body: dict[str, Any] = json.loads(found[row.nth].value)
    return body


def main() -> None:
    """Write all recorded examples anew; those that no row names go."""
    played = play()
    texts = {(row.schema, row.name): json.dumps(example(row, played), ensure_ascii=False, indent=2) for row in ROWS}
    for schema in dict.fromkeys(row.schema for row in ROWS):
        shutil.rmtree(FOLDER / schema, ignore_errors=True)
        (FOLDER / schema).mkdir(parents=True)
    for (schema, name), text in texts.items():
        (FOLDER / schema / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
