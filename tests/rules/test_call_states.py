"""Which step of a call may follow which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.call_states import CallEventKind, CallState, after

Kind, State = CallEventKind, CallState


@pytest.mark.parametrize(
    ("state", "kind", "to"),
    [
        (State.DIALLED, Kind.RANG, State.RINGING),
        (State.RINGING, Kind.ANSWERED, State.ANSWERED),
        (State.ANSWERED, Kind.VERIFIED, State.VERIFIED),
        (State.ANSWERED, Kind.THIRD_PARTY, State.THIRD_PARTY),
        (State.THIRD_PARTY, Kind.VERIFIED, State.VERIFIED),
        (State.DIALLED, Kind.VOICEMAIL, State.VOICEMAIL),
        (State.DIALLED, Kind.NOT_CONNECTED, State.ENDED),
        (State.VERIFIED, Kind.ENDED, State.ENDED),
    ],
)
def test_a_call_goes_on_step_by_step(state: CallState, kind: CallEventKind, to: CallState) -> None:
    assert after(state, kind) is to


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        (State.VERIFIED, Kind.ANSWERED),
        (State.VERIFIED, Kind.THIRD_PARTY),
        (State.NOT_VERIFIED, Kind.VERIFIED),
        (State.VOICEMAIL, Kind.VERIFIED),
        (State.ENDED, Kind.ENDED),
        (State.LOGGED, Kind.ENDED),
        (State.ANSWERED, Kind.NOT_CONNECTED),
    ],
)
def test_a_call_never_goes_back(state: CallState, kind: CallEventKind) -> None:
    assert after(state, kind) is None


@given(st.lists(st.sampled_from(CallEventKind)))
def test_whatever_is_told_in_whatever_order_nobody_is_identified_after_failing(
    told: list[CallEventKind],
) -> None:
    state, has_failed = State.DIALLED, False
    for kind in told:
        state = after(state, kind) or state
        has_failed |= state is State.NOT_VERIFIED
        assert not (has_failed and state is State.VERIFIED)
