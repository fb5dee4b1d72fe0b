"""What a payer's decision on a claim moves, what of it is a denial, and how it is written for COPY."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.x12.writing import only, parse, remittance
from workqueue.rules.adjudication import INFORMATIONAL, effect_of
from workqueue.services.intake.bodies import Bodies
from workqueue.x12.records import Adjustment, RemittanceClaim

DAY = date(2026, 3, 2)
CLAIM = only(
    parse(remittance("CLP*A1*1*300*300*0*12*ICN1\nSVC*HC:99213:25*300*300**1\nDTM*472*20260201")),
    RemittanceClaim,
)

texts = st.one_of(st.sampled_from(["45", "50", "23", "B7", "1"]), st.text(max_size=4))
adjustments = st.lists(
    st.builds(
        Adjustment, st.sampled_from(["CO", "PR", "OA", "XX"]), texts, st.integers(-9, 9), st.integers(0, 2)
    ),
    max_size=6,
)


def columns(body: str) -> list[str]:
    """Return the columns as PostgreSQL would read them from COPY."""
    cut = body.split("\t")
    unescaped = [each.replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n") for each in cut]
    return [each.replace("\\r", "\r").replace("\0", "\\") for each in unescaped]


def payload(body: str) -> dict[str, Any]:
    return json.loads(columns(body)[-1])  # type: ignore[no-any-return]


class Decided(NamedTuple):
    """What a body says of one claim."""

    sequence: int
    entries: tuple[tuple[str, str, str, int, int], ...]
    paid_cents: int
    patient_cents: int
    contractual_cents: int
    denied_cents: int
    reason: str


Told = tuple[str, str, int, int]
"""Group, reason, cents, line."""


def adjudicate(status: str, paid: int, told: Sequence[Told], *, is_notice: bool = False) -> Decided:
    """Return how the office books a claim of an 835."""
    adjustments = tuple(Adjustment(*each) for each in told)
    record = CLAIM._replace(status_code=status, paid_cents=paid, adjustments=adjustments)
    body = Bodies(7, DAY, is_notice=is_notice).body(record, "A1")
    cut = columns(body)
    assert [cut[0], cut[1], cut[3], cut[4], cut[11]] == ["remittance_claim", "A1", "7", "ICN1", status]
    entries = tuple((*each[:3], each[3], each[4]) for each in payload(body)["entries"])
    return Decided(int(cut[2]), entries, *(int(each) for each in cut[7:11]), cut[12])


def test_a_paid_claim_moves_the_payment_the_contract_and_the_patients_share() -> None:
    decided = adjudicate("1", 30_000, [("CO", "45", 15_000, 0), ("PR", "1", 5_000, 0)])
    assert decided.entries == (
        ("payer_payment", "", "", -30_000, 0),
        ("contractual", "CO", "45", -15_000, 0),
        ("patient_responsibility", "PR", "1", -5_000, 5_000),
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
    assert decided.entries == (("payer_payment", "", "", 0, -4_000),)
    assert decided.denied_cents == 0


def test_a_reversal_that_repeats_an_earlier_payers_share_is_of_a_later_payer() -> None:
    decided = adjudicate("22", -4_000, [("OA", "23", -45_000, 0)])
    assert decided.sequence == 2
    assert decided.entries == (("payer_payment", "", "", 0, 4_000),)


@pytest.mark.parametrize("status", ["23", "25"])
def test_a_forecast_or_a_claim_passed_on_moves_nothing(status: str) -> None:
    decided = adjudicate(status, 10_000, [("CO", "50", 10_000, 0), ("PR", "1", 500, 0)])
    assert decided.entries == ()
    assert (decided.paid_cents, decided.denied_cents, decided.reason) == (0, 0, "")


def test_a_notice_of_money_that_does_not_come_moves_nothing() -> None:
    assert adjudicate("1", 10_000, [], is_notice=True).entries == ()


coded = st.lists(
    st.tuples(
        st.sampled_from(["CO", "PR", "OA", "PI", "CR"]),
        st.sampled_from(["1", "2", "45", "50", "97", "253", "16", "23", "B7"]),
        st.integers(-10_000, 10_000),
        st.integers(0, 3),
    ),
    max_size=8,
)


@given(paid=st.integers(-10_000, 10_000), told=coded)
def test_a_reversal_takes_back_exactly_what_it_reverses(paid: int, told: list[Told]) -> None:
    status = "2" if any(reason == "23" for _, reason, _, _ in told) else "1"
    first = adjudicate(status, paid, told)
    back = adjudicate("22", -paid, [(group, reason, -cents, line) for group, reason, cents, line in told])
    assert sum(entry[3] for entry in first.entries + back.entries) == 0
    assert sum(entry[4] for entry in first.entries + back.entries) == 0
    assert first.denied_cents + back.denied_cents == 0
    assert first.contractual_cents + back.contractual_cents == 0
    assert first.patient_cents + back.patient_cents == 0


@given(paid=st.integers(0, 10_000), told=coded)
def test_of_a_primary_claim_every_cent_is_booked_or_refused_or_informational(
    paid: int, told: list[Told]
) -> None:
    decided = adjudicate("1", paid, told)
    booked = -sum(entry[3] for entry in decided.entries)
    told_elsewhere = sum(
        cents for group, reason, cents, _ in told if group != "PR" and reason in INFORMATIONAL
    )
    assert booked + decided.denied_cents + told_elsewhere == paid + sum(each[2] for each in told)


@given(told=adjustments)
def test_no_text_of_an_adjustment_is_lost(told: list[Adjustment]) -> None:
    said = payload(Bodies(7, DAY, is_notice=False).body(CLAIM._replace(adjustments=tuple(told)), "A1"))
    expected = json.dumps([list(each) for each in told]).replace("\\u0000", "")
    assert json.dumps(said["adjustments"]).replace("\\u0000", "") == expected
    decided = adjudicate("1", 0, told)
    refused = [each for each in told if effect_of(each.group, each.reason).is_refusal]
    assert decided.denied_cents == sum(each.cents for each in refused)
    assert decided.reason in {"", *(f"{each.group}-{each.reason}".replace("\0", "") for each in refused)}


def test_lines_and_remarks_are_kept_for_the_accounts_page() -> None:
    said = payload(Bodies(None, DAY, is_notice=False).body(CLAIM, "A1"))
    assert said["lines"] == [["99213", "25", 30_000, 30_000, "2026-02-01", ""]]
    assert said["filing"] == "12"


@given(number=st.text(min_size=1, max_size=12), control=st.text(max_size=12))
def test_no_text_of_a_file_breaks_a_row(number: str, control: str) -> None:
    body = Bodies(7, DAY, is_notice=False).body(CLAIM._replace(payer_control_number=control), number)
    cut = columns(body)
    assert len(cut) == 14
    assert "\n" not in body
    assert (cut[1], cut[4]) == (number.replace("\0", ""), control.replace("\0", ""))
