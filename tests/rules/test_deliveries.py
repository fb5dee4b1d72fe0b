"""Reports of deliveries never go backwards, however often and in whatever order they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.deliveries import error_words, may_follow, state_reported
from workqueue.rules.messages import STATE_WORDS, MessageState

STATUSES = ["accepted", "queued", "sending", "sent", "delivered", "read", "undelivered", "failed", "odd"]


def after(state: MessageState, statuses: list[str]) -> MessageState:
    for status in statuses:
        reported = state_reported(status)
        if reported is not None and may_follow(state, reported):
            state = reported
    return state


@given(st.lists(st.sampled_from(STATUSES)), st.permutations(STATUSES))
def test_what_arrived_stays_arrived(before: list[str], later: list[str]) -> None:
    state = after(MessageState.SENT, [*before, "delivered"])
    assert after(state, list(later)) is MessageState.DELIVERED


@given(st.lists(st.sampled_from(STATUSES), max_size=6))
def test_reports_told_twice_change_nothing(statuses: list[str]) -> None:
    once = after(MessageState.UNSURE, statuses)
    assert after(once, statuses) in {once, MessageState.DELIVERED}


@pytest.mark.parametrize("state", [MessageState.WAITING, MessageState.STOPPED, MessageState.FAILED])
def test_what_did_not_go_out_is_not_changed_by_a_report(state: MessageState) -> None:
    assert after(state, STATUSES) is state


def test_a_report_settles_what_nobody_knew() -> None:
    assert after(MessageState.UNSURE, ["queued"]) is MessageState.SENT


def test_states_and_errors_have_words() -> None:
    assert set(STATE_WORDS) == set(MessageState)
    assert error_words("text_30006") == "a landline, or a network that takes no texts"
    assert error_words("smtp_550") == "smtp_550"
