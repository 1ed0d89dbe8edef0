"""The table of mutants: each law broken in several ways, and the test that must fail of each."""

from typing import Final

from tests.mutants.rows import Mutant

CHASSIS: Final = "services/chassis"
FOLD, LOOP, MONGO, KAFKA, SETTLEMENT = (
    f"{CHASSIS}/{name}.py" for name in ("fold", "loop", "mongo", "kafka", "settlement")
)
ON_MEMORY: Final = "tests/service/test_loop.py::test_"
ON_REPLAYS: Final = "tests/service/test_replays.py::test_"
ON_SERVERS: Final = "tests/integration/test_loop_on_servers.py::test_"
STORE: Final = "tests/integration/test_store.py::test_"
STEPPED: Final = "tests/integration/test_timeline.py::test_"
STREAM: Final = "tests/integration/test_stream.py::test_"
DOORS: Final = "tests/e2e/test_laws.py::test_"
UNIT: Final = "tests/unit"

MUTANTS: Final = (
    # Law 1: version is the order.
    Mutant(
        1,
        "an older case event moves escalation's clocks back",
        "services/escalation/domain.py",
        "if state and case.version <= state.case.version:",
        "if state and case.version < 0:",
        f"{UNIT}/escalation/test_ledger.py::test_an_older_snapshot_is_recorded_and_moves_nothing_back",
    ),
    Mutant(
        1,
        "the same, seen at the services' doors",
        "services/escalation/domain.py",
        "if state and case.version <= state.case.version:",
        "if state and case.version < 0:",
        f"{DOORS}a_case_resolved_before_its_older_events_are_read_starts_no_clock",
    ),
    Mutant(
        1,
        "an older revision of a report changes its case",
        "services/routing/domain.py",
        "if located.report.revision <= case.revision:",
        "if located.report.revision == case.revision:",
        f"{UNIT}/routing/test_corrections.py::test_a_lower_or_equal_revision_is_recorded_and_changes_nothing",
    ),
    Mutant(
        1,
        "an event about an unknown case leaves no document",
        "services/routing/domain.py",
        "    return Decision(state=state, outcome=Outcome.NOTHING)",
        "    return Decision(outcome=Outcome.NOTHING)",
        f"{UNIT}/routing/test_moves.py::test_a_deadline_of_a_case_not_yet_known_creates_its_document",
    ),
    Mutant(
        1,
        "routing does not count versions",
        "services/routing/turn.py",
        "version = self.state.version + 1",
        "version = self.state.version or 1",
        f"{UNIT}/routing/test_routing_always.py::test_versions_count_without_a_gap",
    ),
    # Law 2: no time before its inputs.
    Mutant(
        2,
        "a partition acts at once, whatever it has not read",
        f"{CHASSIS}/horizon.py",
        "if all(read_to.get(place, -1) >= end for place, end in ends.items())",
        "if ends is not read_to",
        f"{ON_MEMORY}no_time_passes_for_a_document_before_its_inputs_are_read",
    ),
    Mutant(
        2,
        "the loop does not ask the horizons (on servers)",
        LOOP,
        "reached = self._horizons.reached(read_to)",
        "reached = {number: now for _, number in ends}",
        f"{ON_SERVERS}a_timer_does_not_ring_before_the_backlog_that_hushes_it_is_read_nor_after",
    ),
    Mutant(
        2,
        "what was polled counts as read (on servers)",
        KAFKA,
        "        return dict(self._settled)",
        "        return dict(await self.ends())",
        f"{ON_SERVERS}a_timer_does_not_ring_before_the_backlog_that_hushes_it_is_read_nor_after",
    ),
    Mutant(
        2,
        "timers act on the time now instead of the time that inputs were read to",
        LOOP,
        "reached = self._horizons.reached(read_to)",
        "reached = dict.fromkeys(self._horizons.reached(read_to), now)",
        f"{ON_MEMORY}a_timer_acts_on_the_time_its_inputs_were_read_to_not_on_the_time_now",
    ),
    Mutant(
        2,
        "ends are sampled before the time instead of after it",
        LOOP,
        '        with self.progress.waiting("database"):\n            now = await self._clock.now()\n'
        '        with self.progress.waiting("broker"):\n            ends, read_to',
        "        ends = await self._stream.ends()\n        now = await self._clock.now()\n"
        '        with self.progress.waiting("broker"):\n            _, read_to',
        f"{ON_MEMORY}ends_are_sampled_after_the_time_so_that_no_record_falls_between",
    ),
    # Law 3: a breach is a request.
    Mutant(
        3,
        "routing escalates whatever assignment the breach names",
        "services/routing/domain.py",
        "    if clock.assignment != case.assignment.number:\n        return CaseEventKind.MOOT",
        "    if clock.assignment < 0:\n        return CaseEventKind.MOOT",
        f"{UNIT}/routing/test_moves.py::test_a_breach_that_is_asked_again_moves_the_case_once",
    ),
    Mutant(
        3,
        "the same, seen at the services' doors",
        "services/routing/domain.py",
        "    if clock.assignment != case.assignment.number:\n        return CaseEventKind.MOOT",
        "    if clock.assignment < 0:\n        return CaseEventKind.MOOT",
        f"{DOORS}a_breach_moves_its_case_one_level_up_once_and_is_moot_when_its_assignment_has_passed",
    ),
    Mutant(
        3,
        "escalation asks once and never again",
        "services/escalation/ledger.py",
        "return Step(entry.asked_at + clocks.pause(entry.asked), DeadlineKind.BREACHED",
        "return Step(entry.asked_at + 9999 * DAY, DeadlineKind.BREACHED",
        f"{UNIT}/escalation/test_ledger.py::test_a_breach_is_asked_again_with_growing_pauses_until_the_assignment_ends",
    ),
    Mutant(
        3,
        "escalation ends the clock itself when it is due",
        "services/escalation/ledger.py",
        '{"asked": step.n, "asked_at": now}',
        '{"asked": step.n, "asked_at": now, "ended_at": now}',
        f"{UNIT}/escalation/test_ledger.py::test_a_breach_is_asked_again_with_growing_pauses_until_the_assignment_ends",
    ),
    # Law 4: who won is read, not guessed.
    Mutant(
        4,
        "a short matched count is taken for granted",
        MONGO,
        "if result.matched_count != len(changes) - inserts:",
        "if result.matched_count < 0:",
        f"{STORE}a_write_on_a_passed_revision_does_not_apply_and_says_so",
    ),
    Mutant(
        4,
        "the same, with two members at once",
        MONGO,
        "if result.matched_count != len(changes) - inserts:",
        "if result.matched_count < 0:",
        f"{ON_SERVERS}two_members_that_write_the_same_document_at_once_lose_nothing_of_each_other",
    ),
    Mutant(
        4,
        "a duplicate key counts as success",
        MONGO,
        "if change.rev or index in named)",
        "if change.rev and index not in named)",
        f"{STORE}a_second_insert_does_not_apply_and_says_so",
    ),
    Mutant(
        4,
        "a write that nobody answered counts as success",
        MONGO,
        "        except PyMongoError:\n            return frozenset(change.subject for change in changes)",
        "        except PyMongoError:\n            return frozenset()",
        f"{ON_SERVERS}a_write_that_nobody_answers_is_in_doubt_as_a_whole",
    ),
    Mutant(
        4,
        "the compare-and-set does not compare",
        MONGO,
        'return UpdateOne({"_id": change.subject, "rev": change.rev}, rows.updated(change))',
        'return UpdateOne({"_id": change.subject}, rows.updated(change))',
        f"{ON_SERVERS}two_members_that_write_the_same_document_at_once_lose_nothing_of_each_other",
    ),
    Mutant(
        4,
        "what a doubtful write would cause is published all the same",
        SETTLEMENT,
        "            if one.subject not in lost:",
        "            if one.subject:",
        f"{ON_MEMORY}of_two_members_that_write_the_same_document_one_wins_and_the_other_decides_again",
    ),
    Mutant(
        4,
        "events are published before the write",
        SETTLEMENT,
        "        lost = await self._lost(changes)",
        "        await self._stream.publish([out for one in drafts for out in one.messages])\n"
        "        lost = await self._lost(changes)",
        f"{ON_MEMORY}nothing_is_published_before_the_write_has_won",
    ),
    Mutant(
        4,
        "offsets are committed before what they stand for is published",
        LOOP,
        '        await self._settle(inputs, batch)\n        with self.progress.waiting("broker"):\n'
        "            await self._stream.commit(after)\n",
        "        await self._stream.commit(after)\n        await self._settle(inputs, batch)\n",
        f"{ON_MEMORY}nothing_is_committed_before_it_is_written_and_published",
    ),
    # Law 5: one input, one document.
    Mutant(
        5,
        "the inbox is not looked at",
        FOLD,
        "return self.seen.get(name, self.document.inbox.get(name) if self.document else None)",
        "return self.seen.get(name)",
        f"{ON_MEMORY}a_crash_at_any_point_loses_nothing_and_applies_nothing_twice",
    ),
    Mutant(
        5,
        "the same, when all records are delivered again (on servers)",
        FOLD,
        "return self.seen.get(name, self.document.inbox.get(name) if self.document else None)",
        "return self.seen.get(name)",
        f"{ON_SERVERS}all_records_delivered_again_change_nothing_and_bring_no_new_event",
    ),
    Mutant(
        5,
        "an input that comes twice in one batch counts twice",
        FOLD,
        "return self.seen.get(name, self.document.inbox.get(name) if self.document else None)",
        "return self.document.inbox.get(name) if self.document else None",
        f"{ON_MEMORY}the_same_input_twice_in_one_batch_counts_once",
    ),
    Mutant(
        5,
        "the inbox keeps no no-ops",
        FOLD,
        "        self._enter(one, Outcome.PARKED if decision.park else decision.outcome)",
        "        if decision.outcome is not Outcome.NOTHING:\n"
        "            self._enter(one, Outcome.PARKED if decision.park else decision.outcome)",
        f"{ON_MEMORY}the_inbox_records_refusals_and_no_ops_too",
    ),
    Mutant(
        5,
        "a replay acts though its record has taken its place",
        FOLD,
        "if known is not None and not (known is Outcome.PARKED and one.record.replay):",
        "if known is not None and not one.record.replay:",
        f"{ON_REPLAYS}a_replay_of_what_has_taken_its_place_does_nothing_in_one_batch_or_later",
    ),
    Mutant(
        5,
        "a replay of what the inbox knows as parked does nothing",
        FOLD,
        "if known is not None and not (known is Outcome.PARKED and one.record.replay):",
        "if known is not None:",
        f"{ON_REPLAYS}a_record_that_met_a_defect_takes_its_place_after_the_defect_is_mended",
    ),
    Mutant(
        5,
        "an outbox is replaced without having been sent",
        SETTLEMENT,
        "if document.outbox and not self._sent.has(document.subject, document.rev):",
        "if document.outbox and self._sent.has(document.subject, -1):",
        f"{ON_MEMORY}an_outbox_is_sent_before_a_later_input_from_another_topic_replaces_it",
    ),
    Mutant(
        5,
        "nobody sweeps what a timer left in its outbox",
        SETTLEMENT,
        "for intent in await self._store.intents(partitions):",
        "for intent in await self._store.intents(frozenset()):",
        f"{ON_MEMORY}what_a_timer_caused_is_found_in_the_outbox_after_a_crash",
    ),
    Mutant(
        5,
        "a timer's write goes out without a note of what it intends to send",
        LOOP,
        "intents = await self._settlement.intend(changed)",
        "intents = await self._settlement.intend([])",
        f"{ON_MEMORY}what_a_timer_caused_is_found_in_the_outbox_after_a_crash",
    ),
    Mutant(
        5,
        "the sweep drops a note before its write can have happened",
        SETTLEMENT,
        "if all(name in found and found[name].rev > rev for name, rev in intent.revs.items()):",
        "if intent.revs:",
        f"{ON_MEMORY}what_a_timer_caused_is_sent_though_its_write_happens_after_its_answer_was_lost",
    ),
    Mutant(
        5,
        "of two documents' events with one id, in one batch, the second is dropped",
        SETTLEMENT,
        'f"{message.topic}/{message.id}/{subject}"',
        'f"{message.topic}/{message.id}"',
        f"{ON_MEMORY}documents_whose_events_share_an_id_all_have_theirs_told",
    ),
    # Law 6: invalid, unavailable, defective.
    Mutant(
        6,
        "records of a step that failed are not read again",
        LOOP,
        "                self._stream.rewind(first)",
        "                self._stream.rewind({})",
        f"{ON_MEMORY}a_server_away_at_any_point_pauses_the_loop_and_then_all_goes_on",
    ),
    Mutant(
        6,
        "the same, with the documents killed (on servers)",
        LOOP,
        "                self._stream.rewind(first)",
        "                self._stream.rewind({})",
        f"{ON_SERVERS}documents_killed_while_records_flow_pause_the_loop_and_lose_nothing",
    ),
    Mutant(
        6,
        "a server that is away parks the records",
        LOOP,
        "            documents, free = await self._settlement.load(list(pending)), self._free()",
        "            try:\n"
        "                documents, free = await self._settlement.load(list(pending)), self._free()\n"
        "            except Unavailable as away:\n"
        "                park = Park(reason=Reason.DEFECTIVE, problems=(defect(away),))\n"
        "                [self._park(one.record, park, batch) for one in inputs]\n"
        "                return await self._settlement.send(batch)",
        f"{ON_SERVERS}documents_killed_while_records_flow_pause_the_loop_and_lose_nothing",
    ),
    Mutant(
        6,
        "the loop does not pause while a server is away",
        LOOP,
        "        await self._clock.sleep(seconds)",
        "        await self._clock.sleep(0)",
        f"{ON_MEMORY}pauses_grow_while_a_server_is_away_and_nothing_more_is_consumed",
    ),
    Mutant(
        6,
        "backing off does not count as progress",
        LOOP,
        "            self.progress.put_off(step)\n",
        "            self.progress.fail(step)\n",
        f"{ON_MEMORY}backing_off_on_purpose_counts_as_progress",
    ),
    Mutant(
        6,
        "the breaker hears of nothing",
        LOOP,
        '        self._metrics.faults.labels("record").inc()\n        self._count(record)',
        '        self._metrics.faults.labels("record").inc()',
        f"{ON_MEMORY}the_breaker_stops_the_service_when_our_own_exceptions_would_fill_the_dead_letters",
    ),
    Mutant(
        6,
        "one source's rubbish opens the breaker",
        f"{CHASSIS}/breaker.py",
        "if len(failing) >= SOURCES_LIMIT:",
        "if failing:",
        f"{UNIT}/chassis/test_breaker.py::test_one_source_however_much_rubbish_it_sends_does_not_open_it",
    ),
    Mutant(
        6,
        "an exception from one record stops them all",
        FOLD,
        "        except Exception as fault:  # noqa: BLE001 - law 6: one record's exception parks that record",
        "        except KeyError as fault:",
        f"{ON_MEMORY}an_exception_from_one_record_parks_that_record_alone",
    ),
    Mutant(
        6,
        "an exception from one timer stops them all",
        LOOP,
        "                await self._put_aside(document, fault, now)",
        "                raise",
        f"{ON_MEMORY}a_timer_that_fails_is_put_aside_and_others_ring",
    ),
    Mutant(
        6,
        "sizes are not checked before the write",
        FOLD,
        "        if len(sent.value) > told.topic.max_bytes:",
        "        if len(sent.value) < 0:",
        f"{ON_MEMORY}an_event_too_large_for_its_topic_parks_its_record_before_anything_is_written",
    ),
    Mutant(
        6,
        "a gap that a source's own transaction left counts as lost records (on servers)",
        KAFKA,
        "        if begin > expected and not self.lost.done():",
        "        if begin >= 0 and not self.lost.done():",
        f"{ON_SERVERS}a_source_that_publishes_in_transactions_leaves_gaps_that_are_no_loss",
    ),
    Mutant(
        2,
        "a transaction's mark at the end of a partition stops its time (on servers)",
        KAFKA,
        "        await self._pass_marks()\n",
        "",
        f"{ON_SERVERS}a_source_that_publishes_in_transactions_leaves_gaps_that_are_no_loss",
    ),
    Mutant(
        6,
        "records that are gone are passed over in silence",
        KAFKA,
        "        if begin > expected and not self.lost.done():",
        "        if begin < 0:",
        f"{STREAM}records_that_are_gone_before_they_were_read_end_the_process_and_are_not_passed_over",
    ),
    # Law 7: an external send is honest.
    Mutant(
        7,
        "the call is made before sending is written",
        SETTLEMENT,
        "        lost = await self._lost(changes)",
        "        for one in drafts:\n"
        "            if one.effects and self._performer:\n"
        "                self._performer.start(one.subject, one.effects)\n"
        "        lost = await self._lost(changes)",
        f"{ON_MEMORY}a_call_is_made_only_after_sending_is_written",
    ),
    Mutant(
        7,
        "each attempt carries a key of its own",
        "services/notification/sending.py",
        "return Effect(channel=self.channel, key=str(self.key), payload=payload)",
        'return Effect(channel=self.channel, key=f"{self.key}/{self.attempts}", payload=payload)',
        f"{UNIT}/notification/test_domain.py::test_a_passing_error_is_tried_again_with_growing_pauses_and_the_same_key",
    ),
    Mutant(
        7,
        "what a crash cut off is sent again over a channel that cannot drop the repeat",
        "services/notification/sending.py",
        "if send.channel in again and send.attempts < ATTEMPTS:",
        "if send.attempts < ATTEMPTS:",
        f"{UNIT}/notification/test_domain.py::"
        "test_a_crash_in_mid_send_ends_as_unknown_where_a_repeat_would_be_seen_twice",
    ),
    Mutant(
        7,
        "calls of all channels share one room",
        f"{CHASSIS}/effects.py",
        "channel.capacity - self._running[name]",
        "channel.capacity - self._running.total()",
        f"{UNIT}/chassis/test_effects.py::test_a_slow_channel_takes_no_room_from_another_one",
    ),
    # Law 8: whose clock.
    Mutant(
        8,
        "a record is decided at this machine's time",
        FOLD,
        "Context(now=one.record.time, free=free)",
        "Context(now=datetime.now().astimezone(), free=free)",
        f"{ON_MEMORY}for_a_record_now_is_the_brokers_append_time_however_late_it_is_decided",
    ),
    Mutant(
        8,
        "topics keep the producer's time (on servers)",
        "contracts/wire.py",
        '"message.timestamp.type": "LogAppendTime"',
        '"message.timestamp.type": "CreateTime"',
        f"{ON_SERVERS}a_record_is_decided_at_the_brokers_append_time_whatever_its_producer_says",
    ),
    Mutant(
        8,
        "ticks go by this machine's clock",
        MONGO,
        "        self._ahead = before + (after - before) / 2 - found\n        return found",
        "        self._ahead = before + (after - before) / 2 - found\n        return after",
        f"{UNIT}/chassis/test_health.py::test_now_is_the_databases_time_and_the_skew_is_this_machines",
    ),
    Mutant(
        8,
        "in stepped time a record is dated by steps that were read before its own (on servers)",
        f"{CHASSIS}/timeline.py",
        "known = steps.known if newest <= steps.read_at else await steps.read()",
        "known = steps.known or await steps.read()",
        f"{STEPPED}a_running_service_dates_each_record_by_a_step_that_it_has_not_seen_before",
    ),
    Mutant(
        8,
        "a step is over before the clock is past it",
        MONGO,
        "        while min(await _time(self._motor), datetime.now(UTC)) < real + MILLISECOND:",
        "        while False:",
        f"{UNIT}/chassis/test_timeline.py::test_a_step_is_made_only_once_the_database_clock_is_past_its_moment",
    ),
    Mutant(
        8,
        "a machine whose clock is wrong counts as ready",
        f"{CHASSIS}/run.py",
        "if abs(skew) > SKEW_SECONDS else []",
        "if skew is None else []",
        f"{UNIT}/chassis/test_health.py::test_a_machine_whose_clock_is_off_by_more_than_a_second_is_live_but_not_ready",
    ),
    # Law 9: identity comes from the source.
    Mutant(
        9,
        "each decision gives its events new ids",
        "contracts/wire.py",
        "return Event(topic=topic, id=event_id(cause, body.type, discriminator), body=body)",
        'return Event(topic=topic, id=__import__("uuid").uuid4(), body=body)',
        f"{ON_MEMORY}a_service_without_documents_that_decides_again_brings_the_very_same_events",
    ),
    Mutant(
        9,
        "two departments that use the same reference share a report",
        "contracts/identity.py",
        'return name_id(f"report/{department}/{reference}")',
        'return name_id(f"report/{reference}")',
        f"{UNIT}/contracts/test_identity.py::"
        "test_all_revisions_of_a_reference_share_the_reports_id_and_nobody_else_does",
    ),
    Mutant(
        9,
        "a lower revision that comes late replaces the newer one",
        "services/intake/domain.py",
        "if state is None or sent.version > state.revision:",
        "if state is None or sent.version != state.revision:",
        f"{UNIT}/intake/test_domain.py::test_a_lower_revision_that_comes_late_is_kept_and_changes_nothing",
    ),
    Mutant(
        9,
        "an action is known by its record instead of its sender's id",
        "services/routing/readers.py",
        "    return asked.cause",
        "    return UUID(int=_record.offset + asked.version)",
        f"{DOORS}one_action_of_a_sender_acts_once_over_kafka_and_http",
    ),
    Mutant(
        9,
        "an Idempotency-Key makes no identity",
        "services/intake/http.py",
        'return f"{token.name}:{key}"',
        'return f"{token.name}:{key}:{id(request)}"',
        f"{UNIT}/intake/test_http.py::test_the_same_idempotency_key_again_is_the_same_report",
    ),
)
