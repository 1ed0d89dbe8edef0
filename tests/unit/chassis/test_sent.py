"""What was sent is known by document and revision, and forgotten rather than mistaken."""

from services.chassis.sent import SLOTS, Sent


def test_a_revision_is_known_as_sent_and_no_other_one_of_the_document_is() -> None:
    sent = Sent()
    sent.add("a", 7)
    assert sent.has("a", 7)
    assert not any(sent.has("a", rev) for rev in (0, 6, 8, 7 + SLOTS, 7 + (1 << 64) - 1))
    sent.add("a", 8)
    assert sent.has("a", 8)
    assert not sent.has("a", 7)


def test_nothing_is_known_at_first() -> None:
    assert not any(Sent().has(f"name-{n}", rev) for n in range(100) for rev in range(3))


def test_more_documents_than_there_is_room_for_are_forgotten_and_never_mistaken() -> None:
    sent = Sent()
    for n in range(SLOTS):
        sent.add(f"name-{n}", 1)
    kept = sum(sent.has(f"name-{n}", 1) for n in range(SLOTS))
    assert SLOTS // 2 < kept < SLOTS
    assert not any(sent.has(f"other-{n}", 1) for n in range(SLOTS))
