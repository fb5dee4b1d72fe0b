"""What a payer's decision moves, and what of it is a denial."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.rules.adjudication import CONTRACTUAL, INFORMATIONAL, adjudicate
from workqueue.rules.states import EntryKind

Adjustment = tuple[str, str, int, int]


def test_a_paid_claim_moves_the_payment_the_contract_and_the_patients_share() -> None:
    decided = adjudicate("1", 30_000, [("CO", "45", 15_000, 0), ("PR", "1", 5_000, 0)])
    assert decided.entries == (
        (EntryKind.PAYER_PAYMENT, "", "", -30_000, 0),
        (EntryKind.CONTRACTUAL, "CO", "45", -15_000, 0),
        (EntryKind.PATIENT_RESPONSIBILITY, "PR", "1", -5_000, 5_000),
    )
    assert (decided.denied_cents, decided.reason) == (0, "")


@pytest.mark.parametrize("group", ["CO", "PI", "OA", "CR"])
def test_an_amount_refused_stays_in_the_insurance_balance_as_a_denial(group: str) -> None:
    decided = adjudicate("1", 0, [(group, "50", 20_000, 1)])
    assert decided.entries == ()
    assert (decided.denied_cents, decided.reason) == (20_000, f"{group}-50")


def test_the_denial_named_is_the_one_with_the_largest_amount() -> None:
    decided = adjudicate("1", 0, [("CO", "97", 9_000, 1), ("CO", "16", 6_000, 1), ("CO", "16", 5_000, 2)])
    assert (decided.reason, decided.denied_cents) == ("CO-16", 20_000)


def test_two_equal_denials_are_told_apart_whatever_their_order() -> None:
    adjustments = [("CO", "16", 5_000, 1), ("CO", "97", 5_000, 2)]
    assert adjudicate("1", 0, adjustments).reason == adjudicate("1", 0, adjustments[::-1]).reason


def test_a_claim_denied_by_status_whose_amounts_are_all_the_patients_is_no_denial() -> None:
    assert adjudicate("4", 0, [("PR", "96", 20_000, 1)]).reason == ""


def test_what_a_later_payer_pays_was_the_patients_share() -> None:
    decided = adjudicate("2", 4_000, [("OA", "23", 45_000, 0), ("PR", "3", 1_000, 0)])
    assert decided.sequence == 2
    assert decided.entries == ((EntryKind.PAYER_PAYMENT, "", "", 0, -4_000),)
    assert decided.denied_cents == 0


@pytest.mark.parametrize(("status", "sequence"), [("19", 1), ("20", 2), ("21", 3), ("3", 3), ("22", 1)])
def test_the_turn_of_the_payer_is_read_from_the_status(status: str, sequence: int) -> None:
    assert adjudicate(status, 100, []).sequence == sequence


def test_a_reversal_that_repeats_an_earlier_payers_share_is_of_a_later_payer() -> None:
    decided = adjudicate("22", -4_000, [("OA", "23", -45_000, 0)])
    assert decided.sequence == 2
    assert decided.entries == ((EntryKind.PAYER_PAYMENT, "", "", 0, 4_000),)


@pytest.mark.parametrize("status", ["23", "25"])
def test_a_forecast_or_a_claim_passed_on_moves_nothing(status: str) -> None:
    decided = adjudicate(status, 10_000, [("CO", "50", 10_000, 0), ("PR", "1", 500, 0)])
    assert decided.entries == ()
    assert (decided.paid_cents, decided.denied_cents, decided.reason) == (0, 0, "")


def test_a_notice_of_money_that_does_not_come_moves_nothing() -> None:
    assert adjudicate("1", 10_000, [], is_notice=True).entries == ()


adjustments = st.lists(
    st.tuples(
        st.sampled_from(["CO", "PR", "OA", "PI", "CR"]),
        st.sampled_from(["1", "2", "45", "50", "97", "253", "16", "23", "B7"]),
        st.integers(-10_000, 10_000),
        st.integers(0, 3),
    ),
    max_size=8,
)


@given(paid=st.integers(-10_000, 10_000), told=adjustments)
def test_a_reversal_takes_back_exactly_what_it_reverses(paid: int, told: list[Adjustment]) -> None:
    status = "2" if any(reason == "23" for _, reason, _, _ in told) else "1"
    first = adjudicate(status, paid, told)
    back = adjudicate("22", -paid, [(group, reason, -cents, line) for group, reason, cents, line in told])
    assert sum(entry[3] for entry in first.entries + back.entries) == 0
    assert sum(entry[4] for entry in first.entries + back.entries) == 0
    assert first.denied_cents + back.denied_cents == 0
    assert first.contractual_cents + back.contractual_cents == 0
    assert first.patient_cents + back.patient_cents == 0


@given(paid=st.integers(0, 10_000), told=adjustments)
def test_of_a_primary_claim_every_cent_is_booked_or_refused_or_informational(
    paid: int, told: list[Adjustment]
) -> None:
    decided = adjudicate("1", paid, told)
    booked = -sum(entry[3] for entry in decided.entries)
    told_elsewhere = sum(
        cents for group, reason, cents, _ in told if group != "PR" and reason in INFORMATIONAL
    )
    assert booked + decided.denied_cents + told_elsewhere == paid + sum(each[2] for each in told)


def test_no_reason_is_both_a_price_and_only_a_remark() -> None:
    assert not CONTRACTUAL.keys() & INFORMATIONAL.keys()
