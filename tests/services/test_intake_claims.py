"""837 opens accounts and claims; 277 and 277CA say where they stand."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import sue
from tests.services.bringing import balance, bring, codes, envelope, facts, paid, payment
from workqueue.models import Account, Claim, Patient, Payer, QuarantinedItem, Window
from workqueue.rules.states import FactState, PayerKind
from workqueue.services.deriving import check
from workqueue.services.intake import quarantine
from workqueue.services.posting import post_received

CLAIM = """
    HL*1**20*1
    NM1*85*2*CLINIC*****XX*1811901945
    N3*1 MAIN ST
    N4*DENVER*CO*80201
    REF*EI*351234567
    HL*2*1*22*0
    SBR*{turn}*18*******{filing}
    NM1*IL*1*ROE*JO****MI*{member}
    N3*2 ELM ST
    N4*CHICAGO*IL*60601
    DMG*D8*19700101*F
    NM1*PR*2*SAMPLE MUTUAL*****PI*SM01
    CLM*{number}*{charge}***11:B:{frequency}*Y*A*Y*Y
    HI*ABK:J020
    LX*1
    SV1*HC:99213*{charge}*UN*1***1
    DTP*472*D8*20260210
"""


def submission(
    number: str = "A1",
    *,
    charge: str = "500",
    sent: str = "20260212",
    frequency: str = "1",
    turn: str = "P",
    member: str = "M1",
    filing: str = "12",
    reference: str = "B1",
) -> str:
    """Return an 837P file with one claim."""
    body = f"BHT*0019*00*{reference}*{sent}*1200*CH\nNM1*41*2*CLINIC*****46*S1\nNM1*40*2*HOUSE*****46*R1\n"
    body += CLAIM.format(
        number=number, charge=charge, frequency=frequency, turn=turn, member=member, filing=filing
    )
    inner = [line.strip() for line in body.strip().splitlines() if line.strip()]
    segments = ["ST*837*0001*005010X222A1", *inner, f"SE*{len(inner) + 2}*0001"]
    return envelope("".join(f"{segment}~\n" for segment in segments), kind="HC", version="005010X222A1")


def acknowledgement(number: str = "A1", *, category: str = "A7", day: str = "20260215") -> str:
    """Return a 277CA about one claim."""
    body = f"""
        BHT*0085*08*REF1*{day}*1200*TH
        HL*1**20*1
        NM1*PR*2*SAMPLE MUTUAL*****PI*SM01
        TRN*1*T1
        DTP*050*D8*{day}
        DTP*009*D8*{day}
        HL*2*1*21*1
        NM1*41*2*CLINIC*****46*S1
        TRN*2*B1
        STC*A1:19:PR*{day}*WQ*500
        HL*3*2*19*1
        NM1*85*2*CLINIC*****XX*1811901945
        HL*4*3*PT
        NM1*QC*1*ROE*JO****MI*M1
        TRN*2*{number}
        STC*{category}:562:85*{day}*U*500
        REF*1K*ICN1
        DTP*472*D8*20260210
    """
    inner = [line.strip() for line in body.strip().splitlines()]
    segments = ["ST*277*0001*005010X214", *inner, f"SE*{len(inner) + 2}*0001"]
    return envelope("".join(f"{segment}~\n" for segment in segments), kind="HN", version="005010X214")


def the_claim(session: Session) -> Claim:
    session.expire_all()
    return session.scalars(select(Claim)).one()


def test_a_claim_opens_its_account_and_names_patient_payer_and_charge(session: Session) -> None:
    said = bring(session, submission())
    assert (said["kind"], said["status"], said["applied"], said["unmatched"]) == ("837P", "applied", 1, 0)
    assert said["charge_cents"] == 50_000
    assert balance(session, "A1").insurance == 50_000
    account = session.scalars(select(Account)).one()
    patient = session.get_one(Patient, account.patient_id)
    assert (patient.last_name, patient.state, account.is_identified) == ("ROE", "IL", True)
    assert session.get_one(Window, patient.window_id).zones == "America/Chicago"
    payer = session.get_one(Payer, the_claim(session).payer_id)
    assert (payer.code, payer.name, payer.kind) == ("SM01", "SAMPLE MUTUAL", PayerKind.COMMERCIAL)


def test_the_same_claim_in_another_envelope_is_a_duplicate(session: Session) -> None:
    bring(session, submission())
    again = bring(
        session,
        submission()
        .replace("*000000001*0*P", "*000000009*0*P")
        .replace("IEA*1*000000001", "IEA*1*000000009"),
    )
    assert (again["status"], again["duplicates"]) == ("duplicate", 1)
    assert balance(session, "A1").insurance == 50_000


def test_a_replacement_posts_the_difference_and_an_older_copy_nothing(session: Session) -> None:
    bring(session, submission(charge="450", sent="20260220", frequency="7", reference="B2"))
    bring(session, submission())
    assert balance(session, "A1").insurance == 45_000


def test_one_number_twice_in_a_submission_is_a_question_for_a_person(session: Session) -> None:
    bring(session, submission())
    said = bring(session, submission(charge="700"))
    assert (said["status"], codes(said)[-1]) == ("quarantined", "claim_conflict")
    item = session.scalars(select(QuarantinedItem)).one()
    assert (item.claim_ordinal, item.amount_cents) == (1, 70_000)
    quarantine.release(session, item.id, reason="It is a corrected one", now=NOON, actor_id=sue(session).id)
    post_received(session, now=NOON)
    assert facts(session) == 2


def test_a_claim_without_a_number_waits(session: Session) -> None:
    said = bring(session, submission(number=""))
    assert (said["status"], said["applied"]) == ("quarantined", 0)


def test_a_claim_whose_amount_is_no_number_waits(session: Session) -> None:
    said = bring(session, submission(charge="12,50"))
    assert said["status"] == "quarantined"
    assert "amount_unreadable" in codes(said)


def test_the_number_of_a_payment_that_came_first_is_filled_in_by_its_claim(session: Session) -> None:
    bring(session, envelope(payment(paid("A1"), "300")))
    assert not balance(session, "A1").is_identified
    bring(session, submission())
    found = balance(session, "A1")
    assert (found.insurance, found.patient, found.is_identified) == (0, 5_000, True)


def test_one_patient_on_two_claims_is_one_patient(session: Session) -> None:
    bring(session, submission("A1"))
    bring(session, submission("A2", reference="B2"))
    assert session.scalar(select(func.count()).select_from(Patient)) == 1


def test_a_status_stands_on_the_claim_and_moves_no_money(session: Session) -> None:
    bring(session, submission())
    said = bring(session, acknowledgement())
    assert (said["kind"], said["status"], said["applied"], said["unmatched"]) == ("277CA", "applied", 1, 0)
    claim = the_claim(session)
    assert (claim.status_category, claim.status_code, claim.payer_control_number) == ("A7", "562", "ICN1")
    assert balance(session, "A1").insurance == 50_000


def test_an_older_status_that_comes_late_does_not_count(session: Session) -> None:
    bring(session, acknowledgement(category="A2", day="20260220"))
    bring(session, acknowledgement(category="A7", day="20260215"))
    assert the_claim(session).status_category == "A2"


def test_a_status_again_is_a_duplicate(session: Session) -> None:
    bring(session, acknowledgement())
    again = bring(session, acknowledgement().replace("REF1", "REF2"))
    assert (again["status"], facts(session, FactState.DUPLICATE)) == ("duplicate", 1)


def test_a_decision_in_a_batch_acknowledgement_is_flagged_and_kept(session: Session) -> None:
    said = bring(session, acknowledgement(category="F2"))
    assert (said["status"], codes(said)) == ("applied", ["status_not_for_a_batch"])


def test_a_payer_known_by_name_gets_its_limits_when_a_claim_tells_its_kind(session: Session) -> None:
    """Statuses name no filing indicator; the queue follows what the claim then says of the payer."""
    bring(session, acknowledgement(category="A1"))
    assert session.scalars(select(Payer)).one().kind is PayerKind.OTHER
    bring(session, submission(filing="MB"))
    session.expire_all()
    payer = session.scalars(select(Payer)).one()
    assert (payer.kind, payer.filing_days) == (PayerKind.MEDICARE, 365)
    assert check(session, now=NOON) == []


def test_the_first_order_of_two_files_ends_like_the_other(session: Session) -> None:
    bring(session, submission(filing="MB"))
    bring(session, acknowledgement(category="A1"))
    assert session.scalars(select(Payer)).one().kind is PayerKind.MEDICARE
    assert check(session, now=NOON) == []
