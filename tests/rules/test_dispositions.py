"""Dispositions: the table holds together, and every one leaves the task in a known place."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workqueue.rules.disposition_facts import Channel, Disposition, Effect, Field
from workqueue.rules.dispositions import (
    CONVERSATIONS,
    DIGIT_KEYS,
    DISPOSITIONS,
    MORE,
    OFFERED,
    PUT_ASIDE,
    dispositions_for,
    find,
    label_of,
    offered_first,
)
from workqueue.rules.holds import HOLDS
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.next_steps import date_objection, next_look_on, retry_at

TODAY = date(2026, 3, 10)
MONEY = {Effect.WRITE_OFF, Effect.REFUND, Effect.TO_ACCOUNT, Effect.TO_PATIENT}


@pytest.mark.parametrize("kind", list(TaskKind))
def test_every_kind_has_at_most_nine_with_a_digit_and_all_others_behind_more(kind: TaskKind) -> None:
    first, offered = offered_first(kind), dispositions_for(kind)
    assert 4 <= len(first) <= DIGIT_KEYS == 9
    assert offered[: len(first)] == first
    assert len({each.code for each in offered}) == len(offered)
    assert len(offered) > len(first)


@pytest.mark.parametrize("disposition", DISPOSITIONS.values(), ids=lambda each: each.code)
def test_every_disposition_waits_for_somebody_moves_money_settles_or_hands_on(
    disposition: Disposition,
) -> None:
    days = disposition.wait_days or disposition.wait_business_days
    if disposition.hold is not None:
        days = HOLDS[disposition.hold.kind].usual_days
    waits = disposition.waits_on is not None and days > 0
    has_date = any(each.name is Field.NEXT_ON and each.is_required for each in disposition.fields)
    assert waits or has_date or disposition.effect in MONEY | {Effect.SETTLE, Effect.HAND_ON}


@pytest.mark.parametrize("kind", list(TaskKind))
def test_only_kinds_that_may_be_settled_offer_to_settle(kind: TaskKind) -> None:
    settles = any(each.effect is Effect.SETTLE for each in dispositions_for(kind))
    assert not settles or KINDS[kind].can_be_settled


@pytest.mark.parametrize("kind", list(TaskKind))
def test_calls_are_logged_of_tasks_that_call_patients_and_of_no_others(kind: TaskKind) -> None:
    calls = any(each.channel is Channel.CALL for each in dispositions_for(kind))
    assert calls is (KINDS[kind].party is Party.PATIENT)


def test_conversations_are_attempts_too_and_payers_are_neither() -> None:
    for each in DISPOSITIONS.values():
        assert not each.is_conversation or each.counts_as_attempt
        assert not each.counts_as_attempt or each.needs_call
    assert {"promise", "says_paid", "callback", "disputes"} <= CONVERSATIONS
    assert not {"no_answer", "message_left", "wrong_number"} & CONVERSATIONS


@pytest.mark.parametrize("kind", [kind for kind in TaskKind if KINDS[kind].party is Party.PATIENT])
def test_whatever_a_patient_may_say_can_be_logged_of_every_task_that_calls_them(kind: TaskKind) -> None:
    codes = {each.code for each in DISPOSITIONS.values() if each.channel is Channel.CALL}
    assert {each.code for each in dispositions_for(kind)} == codes | {"letter_sent", "office_asked"}


def test_all_offered_codes_exist_and_every_code_is_offered_somewhere() -> None:
    offered = {code for codes in (*OFFERED.values(), *MORE.values()) for code in codes}
    assert offered | {each.code for each in PUT_ASIDE} == set(DISPOSITIONS)


def test_a_disposition_of_another_kind_is_not_found() -> None:
    assert find(TaskKind.DENIAL, "promise") is None
    assert find(TaskKind.PATIENT_BALANCE, "promise") is DISPOSITIONS["promise"]
    assert find(TaskKind.DENIAL, "deferred") is PUT_ASIDE[0]
    assert label_of("gone_since_last_year") == "Gone since last year"


@pytest.mark.parametrize(
    ("code", "given", "deadline", "expected"),
    [
        ("records_sent", None, None, date(2026, 4, 9)),
        ("records_sent", date(2026, 3, 20), None, date(2026, 3, 20)),
        # Thirty days on would be past the deadline: back a week before it.
        ("records_sent", None, date(2026, 3, 25), date(2026, 3, 18)),
        ("records_sent", None, date(2026, 3, 12), date(2026, 3, 11)),
        ("appeal_sent", None, date(2026, 3, 12), date(2026, 4, 24)),
        # A payer's forecast is given three working days more, and 21 days at most.
        ("payer_in_process", date(2026, 3, 13), None, date(2026, 3, 18)),
        ("payer_in_process", date(2026, 5, 1), None, date(2026, 3, 31)),
        ("payer_in_process", date(2026, 5, 1), date(2026, 3, 25), date(2026, 3, 18)),
        # Weekends are skipped: 14 March 2026 is a Saturday.
        ("payer_wants_records", None, None, date(2026, 3, 12)),
        ("written_off", None, None, None),
        # Five working days over a weekend, and the payer's date where it gave one.
        ("payer_escalated_supervisor", None, None, date(2026, 3, 17)),
        ("payer_escalated_supervisor", date(2026, 3, 12), None, date(2026, 3, 12)),
        ("payer_reprocessing", date(2026, 4, 1), None, date(2026, 4, 6)),
        ("payer_pended_review", date(2026, 12, 1), None, date(2026, 4, 24)),
    ],
)
def test_the_next_look(code: str, given: date | None, deadline: date | None, expected: date | None) -> None:
    assert next_look_on(DISPOSITIONS[code], given, deadline_on=deadline, today=TODAY) == expected


def test_putting_off_past_the_deadline_is_refused_with_the_date() -> None:
    deferred = DISPOSITIONS["deferred"]
    late = date_objection(deferred, date(2026, 3, 21), deadline_on=date(2026, 3, 20), today=TODAY)
    assert late == "The deadline is 2026-03-20; choose an earlier day."
    assert date_objection(deferred, date(2026, 3, 20), deadline_on=date(2026, 3, 20), today=TODAY) is None
    assert date_objection(deferred, TODAY, deadline_on=None, today=TODAY) == "Choose a day after today."
    far = date_objection(deferred, TODAY + timedelta(days=91), deadline_on=None, today=TODAY)
    assert far == "Choose a day within the next 90 days."
    sent = DISPOSITIONS["appeal_sent"]
    assert date_objection(sent, date(2026, 5, 1), deadline_on=date(2026, 3, 20), today=TODAY) is None


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("2026-03-10T15:00+00:00", "2026-03-11T22:30+00:00"),  # 10:00 in Chicago: tomorrow at 17:30
        ("2026-03-10T19:00+00:00", "2026-03-11T14:00+00:00"),  # 14:00: tomorrow at 9:00
        ("2026-03-10T23:30+00:00", "2026-03-11T18:00+00:00"),  # 18:30: tomorrow at 13:00
        ("2026-03-13T19:00+00:00", "2026-03-16T14:00+00:00"),  # a Friday: not on Saturday
    ],
)
def test_who_was_out_is_tried_on_another_day_at_another_time(called: str, expected: str) -> None:
    again = retry_at(datetime.fromisoformat(called).astimezone(UTC), ("America/Chicago",), 1)
    assert again == datetime.fromisoformat(expected)
