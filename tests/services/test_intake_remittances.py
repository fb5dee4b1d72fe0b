"""835: taken in whole or set aside whole; once, whatever envelope they come in."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import sue
from tests.services.bringing import balance, bring, codes, envelope, facts, ledger, paid, payment, store
from workqueue.models import Claim, Fact, ProviderAdjustment, QuarantinedItem, Remittance
from workqueue.rules.states import FactState, QuarantineState
from workqueue.services.intake import quarantine, read_file
from workqueue.services.intake.quarantine import AlreadyDecided, NothingToRelease
from workqueue.services.intake.remittances import PaymentKnown
from workqueue.services.posting import post_received

SHORT_OF_A_CENT = """
    CLP*A2*1*500*300*50*12*ICN2
    CAS*CO*45*149.99
    CAS*PR*1*50
"""
REVERSAL = """
    CLP*A1*22*-500*-300**12*ICNA1
    CAS*CO*45*-150
    CAS*PR*1*-50
"""


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def the_item(session: Session) -> QuarantinedItem:
    return session.scalars(select(QuarantinedItem)).one()


def test_a_sound_remittance_is_posted_to_the_cent_and_reported(session: Session) -> None:
    said = bring(session, envelope(payment(paid("A1") + paid("A2"), "600")), name="r.835")
    assert said == {
        "file": "r.835",
        "sha256": said["sha256"],
        "kind": "835",
        "status": "applied",
        "transactions": 1,
        "claims": 2,
        "charge_cents": 100_000,
        "paid_cents": 60_000,
        "patient_responsibility_cents": 10_000,
        "adjustment_cents": {"CO": 30_000, "PR": 10_000, "OA": 0, "PI": 0, "CR": 0},
        "provider_adjustment_cents": 0,
        "bpr_cents": 60_000,
        "applied": 2,
        "duplicates": 0,
        "unmatched": 2,
        "errors": [],
    }
    assert ledger(session, "A1") == [
        ("payer_payment", "", "", -30_000, 0),
        ("contractual", "CO", "45", -15_000, 0),
        ("patient_responsibility", "PR", "1", -5_000, 5_000),
    ]


def test_a_payment_for_an_unknown_number_is_kept_on_an_account_that_is_only_a_number(
    session: Session,
) -> None:
    bring(session, envelope(payment(paid("A1"), "300")))
    assert not balance(session, "A1").is_identified
    assert balance(session, "A1").insurance == -50_000


def test_the_same_file_twice_changes_nothing_and_says_so(session: Session) -> None:
    content = envelope(payment(paid("A1"), "300"))
    first = bring(session, content)
    again = bring(session, content, name="copy.835")
    assert (again["status"], again["applied"], again["duplicates"]) == ("duplicate", 0, 1)
    assert codes(again) == ["duplicate_file"]
    assert again["paid_cents"] == first["paid_cents"]
    assert len(ledger(session, "A1")) == 3


def test_the_same_payment_in_another_envelope_is_all_duplicates(session: Session) -> None:
    bring(session, envelope(payment(paid("A1") + paid("A2"), "600")))
    again = bring(session, envelope(payment(paid("A1") + paid("A2"), "600"), control="000000002"))
    assert (again["status"], again["applied"], again["duplicates"]) == ("duplicate", 0, 2)
    assert count(session, Remittance) == 1
    assert facts(session, FactState.DUPLICATE) == 2
    duplicate = session.scalars(select(Fact).where(Fact.state == FactState.DUPLICATE)).first()
    assert duplicate is not None
    assert duplicate.duplicate_of_id is not None


def test_the_same_payment_twice_in_one_file_is_posted_once(session: Session) -> None:
    said = bring(session, envelope(payment(paid("A1"), "300"), payment(paid("A1"), "300", control="0002")))
    assert (said["applied"], said["duplicates"]) == (1, 1)
    assert balance(session, "A1").insurance == -50_000


def test_a_known_payment_with_other_claims_is_set_aside(session: Session) -> None:
    bring(session, envelope(payment(paid("A1"), "300")))
    said = bring(session, envelope(payment(paid("B1"), "300"), control="000000002"))
    assert (said["status"], said["applied"]) == ("quarantined", 0)
    assert the_item(session).code == "payment_conflict"


def test_two_equal_claims_of_one_payment_are_two_payments(session: Session) -> None:
    said = bring(session, envelope(payment(paid("A1") + paid("A1"), "600")))
    assert said["applied"] == 2
    assert balance(session, "A1").insurance == -100_000


def test_equal_payments_with_two_trace_numbers_are_two_payments(session: Session) -> None:
    bring(session, envelope(payment(paid("A1"), "300", trace="EFT1")))
    said = bring(session, envelope(payment(paid("A1"), "300", trace="EFT2")))
    assert said["applied"] == 1
    assert balance(session, "A1").insurance == -100_000


def test_a_payment_without_a_trace_is_known_again_by_what_it_says(session: Session) -> None:
    bring(session, envelope(payment(paid("A1"), "300", trace="")))
    # A set without a trace is an error of its own: the lead lets the first in.
    quarantine.release(
        session, the_item(session).id, reason="The bank confirms it", now=NOON, actor_id=sue(session).id
    )
    again = bring(session, envelope(payment(paid("A1"), "300", trace=""), control="000000002"))
    assert (again["applied"], count(session, Remittance)) == (0, 1)


def test_a_reversal_takes_back_what_it_reverses_by_new_rows(session: Session) -> None:
    bring(session, envelope(payment(paid("A1"), "300")))
    said = bring(session, envelope(payment(paid("B1") + REVERSAL, "0", trace="EFT2")))
    assert said["status"] == "applied"
    assert (balance(session, "A1").insurance, balance(session, "A1").patient) == (0, 0)
    assert len(ledger(session, "A1")) == 6


def test_a_reversal_before_what_it_reverses_ends_the_same(session: Session) -> None:
    bring(session, envelope(payment(paid("B1") + REVERSAL, "0", trace="EFT2")))
    bring(session, envelope(payment(paid("A1"), "300")))
    assert (balance(session, "A1").insurance, balance(session, "A1").patient) == (0, 0)


def test_a_set_that_does_not_balance_waits_and_the_others_go_on(session: Session) -> None:
    said = bring(
        session,
        envelope(
            payment(paid("A1") + SHORT_OF_A_CENT, "600"),
            payment(paid("B1"), "300", trace="EFT2", control="0002"),
        ),
    )
    assert (said["status"], said["applied"], said["claims"]) == ("partial", 1, 3)
    assert "claim_unbalanced" in codes(said)
    item = the_item(session)
    assert (item.segment, item.code, item.set_ordinal) == ("CLP", "claim_unbalanced", 1)
    assert (item.amount_cents, item.fact_count) == (60_000, 2)
    assert balance(session, "B1").insurance == -50_000
    assert session.scalar(select(func.count()).select_from(Fact)) == 1


def test_a_set_whose_payment_is_not_the_sum_of_its_claims_waits(session: Session) -> None:
    said = bring(session, envelope(payment(paid("A1"), "299.99")))
    assert said["status"] == "quarantined"
    assert "payment_unbalanced" in codes(said)
    assert count(session, Fact) == count(session, Remittance) == 0


def test_a_set_with_a_wrong_count_whose_money_adds_up_is_applied_and_flagged(session: Session) -> None:
    said = bring(session, envelope(payment(paid("A1"), "300", se=1)))
    assert (said["status"], codes(said)) == ("applied", ["segment_count"])
    assert said["errors"][0]["segment"] == "SE"


def test_a_set_that_breaks_off_waits(session: Session) -> None:
    whole = envelope(payment(paid("A1") + paid("A2"), "600"))
    said = bring(session, whole[: whole.index("CLP*A2")])
    assert (said["status"], said["applied"]) == ("quarantined", 0)


def test_after_a_bad_copy_the_good_one_can_still_come(session: Session) -> None:
    bring(session, envelope(payment(SHORT_OF_A_CENT, "300")))
    said = bring(session, envelope(payment(SHORT_OF_A_CENT.replace("149.99", "150"), "300")))
    assert (said["status"], said["applied"]) == ("applied", 1)


def test_money_moved_outside_of_claims_is_kept_apart(session: Session) -> None:
    said = bring(session, envelope(payment(paid("A1") + "PLB*1811901945*20261231*WO:ICN9*100*L6*-5", "205")))
    assert (said["status"], said["provider_adjustment_cents"]) == ("applied", 9_500)
    kept = session.execute(
        select(ProviderAdjustment.reason, ProviderAdjustment.amount_cents).order_by(
            ProviderAdjustment.ordinal
        )
    ).all()
    assert [tuple(row) for row in kept] == [("WO", 10_000), ("L6", -500)]
    assert balance(session, "A1").insurance == -50_000


def test_a_claim_without_a_number_waits_alone_and_the_payment_goes_on(session: Session) -> None:
    said = bring(session, envelope(payment(paid("") + paid("A1"), "600")))
    assert (said["status"], said["applied"]) == ("partial", 1)
    item = the_item(session)
    assert (item.code, item.claim_ordinal, item.amount_cents) == ("no_account_number", 1, 30_000)
    taken = quarantine.release(
        session, item.id, reason="Unknown, to be matched by hand", now=NOON, actor_id=sue(session).id
    )
    post_received(session, now=NOON)
    assert taken == 1
    fact = session.scalars(select(Fact).where(Fact.account_number.startswith("unnumbered-"))).one()
    assert balance(session, fact.account_number).insurance == -50_000


def test_a_claim_without_a_number_that_comes_in_two_files_is_taken_once(session: Session) -> None:
    for control in ("000000001", "000000002"):
        bring(session, envelope(payment(paid(""), "300"), control=control))
    first, second = session.scalars(select(QuarantinedItem).order_by(QuarantinedItem.id))
    quarantine.release(session, first.id, reason="Nobody knows", now=NOON, actor_id=sue(session).id)
    with pytest.raises(PaymentKnown):
        quarantine.release(session, second.id, reason="Nobody knows", now=NOON, actor_id=sue(session).id)
    assert (
        session.scalar(select(func.sum(Fact.paid_cents)).where(Fact.state != FactState.DUPLICATE)) == 30_000
    )


def test_a_denial_stays_with_the_payer_and_is_named(session: Session) -> None:
    denied = "CLP*A1*1*500*0**12*ICN1\nCAS*CO*50*400**45*100\n"
    bring(session, envelope(payment(denied, "0")))
    claim = session.scalars(select(Claim)).one()
    assert (claim.denied_cents, claim.denial_code, claim.contractual_cents) == (40_000, "CO-50", 10_000)
    assert balance(session, "A1").insurance == -10_000


def test_a_forecast_is_noted_and_moves_nothing(session: Session) -> None:
    bring(session, envelope(payment("CLP*A1*25*500*300*50*12*ICN1\nCAS*CO*45*150\nCAS*PR*1*50\n", "300")))
    assert ledger(session, "A1") == []
    assert session.scalars(select(Claim)).one().adjudicated_on is None


def test_a_notice_about_no_money_posts_its_denials_and_shares(session: Session) -> None:
    share = "CLP*A1*1*50*0*50*12*ICN1\nCAS*PR*1*50\n"
    said = bring(session, envelope(payment(share, "0", handling="H")))
    assert (said["status"], codes(said)) == ("applied", [])
    assert (balance(session, "A1").insurance, balance(session, "A1").patient) == (-5_000, 5_000)


def test_a_notice_that_names_an_amount_is_noted_and_flagged(session: Session) -> None:
    said = bring(session, envelope(payment(paid("A1"), "300", handling="H")))
    assert "notice_only" in codes(said)
    assert ledger(session, "A1") == []


def test_a_released_set_is_taken_in_as_it_stands(session: Session) -> None:
    bring(session, envelope(payment(paid("A1") + SHORT_OF_A_CENT, "600")))
    item = the_item(session)
    taken = quarantine.release(
        session, item.id, reason="The payer confirms the cent", now=NOON, actor_id=sue(session).id
    )
    post_received(session, now=NOON)
    assert taken == 2
    assert balance(session, "A2").insurance == -49_999
    session.expire_all()
    assert (item.state, item.reason) == (QuarantineState.RELEASED, "The payer confirms the cent")


def test_an_item_is_decided_once(session: Session) -> None:
    bring(session, envelope(payment(SHORT_OF_A_CENT, "300")))
    item = the_item(session)
    quarantine.dismiss(session, item.id, reason="A test of the payer", now=NOON, actor_id=sue(session).id)
    with pytest.raises(AlreadyDecided):
        quarantine.release(session, item.id, reason="Let it in after all", now=NOON, actor_id=sue(session).id)
    assert count(session, Fact) == 0


def test_a_conflict_is_released_as_another_payment(session: Session) -> None:
    bring(session, envelope(payment(paid("A1"), "300")))
    bring(session, envelope(payment(paid("B1"), "300"), control="000000002"))
    quarantine.release(
        session, the_item(session).id, reason="Two checks with one number", now=NOON, actor_id=sue(session).id
    )
    post_received(session, now=NOON)
    assert count(session, Remittance) == 2
    assert balance(session, "B1").insurance == -50_000


def test_a_bad_copy_is_not_released_after_the_good_one_came(session: Session) -> None:
    bring(session, envelope(payment(SHORT_OF_A_CENT, "300")))
    bring(session, envelope(payment(SHORT_OF_A_CENT.replace("149.99", "150"), "300")))
    with pytest.raises(PaymentKnown):
        quarantine.release(
            session, the_item(session).id, reason="Looks good to me", now=NOON, actor_id=sue(session).id
        )


def test_a_file_that_is_no_x12_is_rejected_with_what_it_is(session: Session) -> None:
    said = bring(session, b"%PDF-1.7 something")
    assert (said["status"], said["kind"], codes(said)) == ("rejected", "", ["file_not_x12"])
    assert "PDF" in said["errors"][0]["message"]


def test_nothing_can_be_released_from_nothing(session: Session) -> None:
    sound = payment(paid("A1"), "300")
    bring(session, envelope(sound).replace("IEA", "XXX*1~\nYYY*2~\nIEA", 1))
    item = the_item(session)
    assert item.code == "segment_astray"
    with pytest.raises(NothingToRelease):
        quarantine.release(session, item.id, reason="There is nothing", now=NOON, actor_id=sue(session).id)


def test_a_file_is_read_once_however_often_it_is_asked_for(session: Session) -> None:
    receipt = store(session, envelope(payment(paid("A1"), "300")))
    first = read_file(session, receipt.file_id, now=NOON)
    assert read_file(session, receipt.file_id, now=NOON) == first
    assert count(session, Fact) == 1
