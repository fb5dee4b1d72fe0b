from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workqueue.kit.office import Bill, Insurer, Person
from workqueue.kit.settling import (
    Settled,
    Settlement,
    forwarded,
    reversal_of,
    settle,
    settle_second,
)
from workqueue.rules.states import PayerKind

DAY = date(2026, 3, 2)
PATIENT = Person("Robin", "Testwell", "M0000001")
KINDS = st.sampled_from(list(PayerKind))
SETTLEMENTS = st.sampled_from(list(Settlement))
CHARGES = st.integers(min_value=1, max_value=10_000_000)


def bill_of(cents: int, kind: PayerKind = PayerKind.COMMERCIAL, number: str = "T000001") -> Bill:
    return Bill(number, PATIENT, Insurer("SM001", "Sample Mutual", kind), cents, DAY, DAY)


def off_balance(settled: Settled) -> list[int]:
    """Return what is missing in each line and in the whole."""
    lines = [
        line.charge_cents - sum(each.cents for each in line.adjustments) - line.paid_cents
        for line in settled.lines
    ]
    adjusted = sum(settled.totals.adjustment_cents.values())
    return [*lines, settled.charge_cents - adjusted - settled.paid_cents]


@given(cents=CHARGES, number=st.integers(min_value=1))
def test_lines_of_a_bill_make_up_its_charge(cents: int, number: int) -> None:
    bill = bill_of(cents, number=str(number))
    assert sum(line.charge_cents for line in bill.lines) == cents
    assert all(line.charge_cents > 0 for line in bill.lines)
    assert bill.lines == bill.lines


@given(cents=CHARGES, kind=KINDS, settlement=SETTLEMENTS, seed=st.integers())
def test_every_settlement_balances_to_the_cent(
    cents: int, kind: PayerKind, settlement: Settlement, seed: int
) -> None:
    settled = settle(bill_of(cents, kind), settlement, Random(seed))
    assert not any(off_balance(settled))
    assert settled.charge_cents == cents
    assert settled.paid_cents >= 0


@given(cents=CHARGES, settlement=SETTLEMENTS, seed=st.integers())
def test_a_reversal_takes_back_exactly_what_it_reverses(
    cents: int, settlement: Settlement, seed: int
) -> None:
    settled = settle(bill_of(cents), settlement, Random(seed))
    reversal = reversal_of(settled)
    assert not any(off_balance(reversal))
    assert reversal.status == "22"
    assert reversal.paid_cents == -settled.paid_cents
    for group, sum_of_group in settled.totals.adjustment_cents.items():
        assert reversal.totals.adjustment_cents[group] == -sum_of_group
    assert reversal.patient_cents == 0


@given(cents=CHARGES, seed=st.integers())
def test_a_second_payer_pays_from_what_the_first_left_to_the_patient(cents: int, seed: int) -> None:
    first = settle(bill_of(cents), Settlement.PAID, Random(seed))
    second = settle_second(bill_of(cents), first)
    assert not any(off_balance(second))
    assert second.status == "2"
    assert second.paid_cents + second.patient_cents == first.patient_cents


@pytest.mark.parametrize(
    ("settlement", "pays", "leaves_patient", "denies"),
    [
        (Settlement.PAID, True, True, False),
        (Settlement.NOTHING_LEFT, True, False, False),
        (Settlement.ALL_DEDUCTIBLE, False, True, False),
        (Settlement.UNDERPAID, True, True, False),
        (Settlement.DENIED, False, False, True),
    ],
)
def test_settlements_are_what_they_are_called(
    settlement: Settlement, pays: bool, leaves_patient: bool, denies: bool
) -> None:
    settled = settle(bill_of(50_000), settlement, Random(3))
    reasons = {each.reason for line in settled.lines for each in line.adjustments if each.group == "CO"}
    assert (settled.paid_cents > 0) is pays
    assert (settled.patient_cents > 0) is leaves_patient
    assert bool(reasons - {"45", "253"}) is denies


@pytest.mark.parametrize("cents", [1_500, 90_000])
def test_a_partial_denial_pays_a_part_and_denies_a_part(cents: int) -> None:
    settled = settle(bill_of(cents), Settlement.PARTIAL, Random(3), reason="50")
    denied = sum(each.cents for line in settled.lines for each in line.adjustments if each.reason == "50")
    assert 0 < denied < cents
    assert settled.paid_cents > 0 or len(settled.lines) > 1


def test_an_underpaid_claim_is_allowed_less_than_its_contract() -> None:
    settled = settle(bill_of(100_000), Settlement.UNDERPAID, Random(3))
    assert settled.paid_cents + settled.patient_cents < 60_000 * 98 // 100


def test_a_forwarded_claim_says_so() -> None:
    assert forwarded(settle(bill_of(50_000), Settlement.PAID, Random(3))).status == "19"


def test_medicare_withholds_two_in_a_hundred() -> None:
    settled = settle(bill_of(50_000, PayerKind.MEDICARE), Settlement.NOTHING_LEFT, Random(3))
    withheld = sum(each.cents for line in settled.lines for each in line.adjustments if each.reason == "253")
    assert withheld * 49 == pytest.approx(settled.paid_cents, abs=250)
