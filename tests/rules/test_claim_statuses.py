"""What the categories of claim statuses mean, and which of two counts."""

from datetime import date

import pytest

from workqueue.rules import claim_statuses
from workqueue.rules.claim_statuses import ClaimState, category, status_key

MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("A1", ClaimState.ACKNOWLEDGED),
        ("A2", ClaimState.ACCEPTED),
        ("A3", ClaimState.REJECTED),
        ("A4", ClaimState.NOT_FOUND),
        ("D0", ClaimState.NOT_FOUND),
        ("P3", ClaimState.INFORMATION_REQUESTED),
        ("P4", ClaimState.PATIENT_INFORMATION_REQUESTED),
        ("F2", ClaimState.DENIED),
        ("F3F", ClaimState.FORWARDED),
        ("E1", ClaimState.QUERY_FAILED),
        ("DR04", ClaimState.ACKNOWLEDGED),
        ("Z9", ClaimState.UNKNOWN),
    ],
)
def test_each_category_has_a_state(code: str, state: ClaimState) -> None:
    assert category(code).state is state


def test_a_later_day_counts_before_a_further_status() -> None:
    assert status_key(TUESDAY, "A1") > status_key(MONDAY, "F1")


def test_of_one_day_the_status_further_along_counts() -> None:
    order = ["E1", "A1", "A4", "A2", "P1", "R4", "A7", "F1", "F2", "F3F"]
    assert sorted(order, key=lambda code: status_key(MONDAY, code)) == order


def test_a_status_without_a_day_counts_least() -> None:
    assert status_key(None, "F3") < status_key(MONDAY, "E0")


def test_two_statuses_of_one_category_are_told_apart_by_their_code() -> None:
    assert status_key(MONDAY, "A7", "21") != status_key(MONDAY, "A7", "562")


def test_a_batch_acknowledgement_may_carry_acknowledgements_only() -> None:
    assert {"P1", "F2", "R3", "D0", "E1"} <= claim_statuses.NOT_IN_A_BATCH
    assert not {"A0", "A3", "A7", "E0"} & claim_statuses.NOT_IN_A_BATCH
