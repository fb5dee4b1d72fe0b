"""An 835 gives its payment, claims, lines and adjustments, and says whether they balance."""

from datetime import date

import pytest

from tests.x12.writing import codes, each, only, parse, remittance
from workqueue.x12.records import (
    Adjustment,
    FileEnd,
    Kind,
    ProviderAdjustment,
    RemittanceClaim,
    RemittanceEnd,
    RemittanceStart,
    Severity,
)

# regulation-and-edi 4.4: the claim of the test vectors
A1 = """
    CLP*A1*1*500*300*50*12*ICN1
    CAS*CO*45*150
    CAS*PR*1*50
"""
REVERSAL = """
    CLP*A1*22*-500*-300**12*ICN1
    CAS*CO*45*-150
    CAS*PR*1*-50
"""


def end_of(claims: str, amount: str) -> RemittanceEnd:
    return only(parse(remittance(claims, amount)), RemittanceEnd)


def test_the_payment_payer_and_payee_are_read() -> None:
    start = only(parse(remittance(A1)), RemittanceStart)
    assert start.header.kind is Kind.REMITTANCE
    assert (start.handling_code, start.amount_cents, start.credit_or_debit, start.method) == (
        "I",
        30_000,
        "C",
        "ACH",
    )
    assert (start.paid_on, start.produced_on) == (date(2025, 4, 1), date(2025, 4, 2))
    assert (start.trace, start.payer_tin) == ("TRACE1", "1512345678")
    assert (start.payer_name, start.payer_id) == ("SOUTH BEND HEALTH", "PAYER1")
    assert (start.payee_name, start.payee_npi, start.payee_tin) == ("CLINIC", "1811901945", "351234567")
    assert start.header.interchange is not None
    assert start.header.interchange.sender_id == "SENDER"


@pytest.mark.parametrize(
    ("claims", "amount"),
    [
        (A1, "300"),
        (A1 + "PLB*1811901945*20251231*WO:ICN9*100", "200"),
        (A1 + "PLB*1811901945*20251231*L6*-5", "305"),
        (A1 + REVERSAL, "0"),
        (REVERSAL + "CLP*B2*1*100*100**12*ICN2\nPLB*1811901945*20251231*FB*-200", "0"),
        (A1 + "PLB*1*20251231*WO:X*1*L6*-2*72:Y*3*CS*-4*J1*5*FB*-6", "303"),
    ],
    ids=[
        "plain",
        "recoupment",
        "interest",
        "reversal and payment",
        "reversal only, carried forward",
        "six pairs",
    ],
)
def test_a_remittance_that_adds_up_is_balanced(claims: str, amount: str) -> None:
    end = end_of(claims, amount)
    assert end.is_balanced
    assert end.difference_cents == 0
    assert end.summary.errors == 0


def test_a_claim_that_is_one_cent_off_is_found_with_its_place_and_its_amounts() -> None:
    records = parse(remittance(A1.replace("*150", "*149.99")))
    claim, end = only(records, RemittanceClaim), only(records, RemittanceEnd)
    (finding,) = claim.findings
    assert (finding.code, finding.severity) == ("claim_unbalanced", Severity.ERROR)
    assert (finding.segment, finding.position, finding.set_position) == ("CLP", 11, 9)
    assert "300.01" in finding.message
    assert "300.00" in finding.message
    assert not end.is_balanced
    assert end.difference_cents == 0
    assert end.summary.errors == only(records, FileEnd).errors == 1


def test_a_line_that_does_not_add_up_is_found_although_its_claim_does() -> None:
    claims = """
        CLP*A1*1*500*300*200*12*ICN1
        SVC*HC:99213*300*200
        CAS*PR*1*99
        SVC*HC:99214*200*100
        CAS*PR*1*101
    """
    records = parse(remittance(claims))
    assert codes(records) == ["line_unbalanced", "line_unbalanced"]
    assert not only(records, RemittanceEnd).is_balanced


def test_a_payment_that_is_not_what_the_claims_make_is_found() -> None:
    end = end_of(A1, "301")
    assert (end.difference_cents, end.is_balanced) == (100, False)
    assert [finding.code for finding in end.summary.findings] == ["payment_unbalanced"]


def test_a_claim_has_its_people_dates_lines_and_codes() -> None:
    claims = """
        CLP*A1*19*500*290*60*MA*ICN1*13*1
        CAS*CO*A2*10
        NM1*QC*1*DOE*JANE*Q***MI*PATIENT1
        NM1*IL*1*DOE*JOHN****MI*MEMBER1
        NM1*82*1*KING*EWELL****XX*1234567893
        NM1*TT*2*NEXT PAYER*****PI*NEXT1
        MOA***MA01*MA07
        REF*F8*OLD1
        DTM*050*20250105
        SVC*HC:99213:25:59*300*200**1
        DTM*472*20250103
        CAS*PR*1*60*1*2*40*1
        REF*6R*LINE1
        LQ*HE*N130
        LQ*HE*M15
        SVC*NU:0300*200*100*0300*2.5
        DTM*150*20250101
        DTM*151*20250102
        CAS*CO*45*100
    """
    claim = only(parse(remittance(claims, "290")), RemittanceClaim)
    assert (claim.claim_number, claim.status_code, claim.payer_control_number) == ("A1", "19", "ICN1")
    assert (claim.charge_cents, claim.paid_cents, claim.patient_responsibility_cents) == (
        50_000,
        29_000,
        6_000,
    )
    assert (claim.filing_indicator, claim.facility_code, claim.frequency) == ("MA", "13", "1")
    assert (claim.last_name, claim.first_name, claim.middle_name) == ("DOE", "JANE", "Q")
    assert (claim.member_id, claim.rendering_npi) == ("MEMBER1", "1234567893")
    assert (claim.crossover_payer_name, claim.crossover_payer_id) == ("NEXT PAYER", "NEXT1")
    assert (claim.original_number, claim.received_on) == ("OLD1", date(2025, 1, 5))
    assert (claim.service_from, claim.service_through) == (date(2025, 1, 1), date(2025, 1, 3))
    assert claim.remark_codes == ("MA01", "MA07")
    assert claim.adjustments == (
        Adjustment("CO", "A2", 1_000, 0),
        Adjustment("PR", "1", 6_000, 1),
        Adjustment("PR", "2", 4_000, 1),
        Adjustment("CO", "45", 10_000, 2),
    )
    first, second = claim.lines
    assert (first.number, first.qualifier, first.procedure, first.modifiers) == (
        1,
        "HC",
        "99213",
        ("25", "59"),
    )
    assert (first.charge_cents, first.paid_cents, first.units) == (30_000, 20_000, "1")
    assert (first.control_number, first.remark_codes) == ("LINE1", ("N130", "M15"))
    assert (second.qualifier, second.procedure, second.revenue_code, second.units) == (
        "NU",
        "0300",
        "0300",
        "2.5",
    )
    assert (second.service_from, second.service_through) == (date(2025, 1, 1), date(2025, 1, 2))
    assert (second.control_number, second.remark_codes) == ("", ())


def test_nothing_of_one_claim_is_left_in_the_next() -> None:
    full = """
        CLP*A1*1*10*0*10*12*ICN1*11*1
        CAS*PR*1*10
        NM1*QC*1*DOE*JANE****MI*M1
        NM1*IL*1*DOE*JOHN****MI*M2
        NM1*82*1*K*E****XX*1
        NM1*TT*2*NEXT*****PI*N1
        MOA***MA01
        REF*F8*OLD1
        DTM*050*20250105
        DTM*232*20250101
        DTM*233*20250102
        SVC*HC:99213*11*0
        DTM*472*20250103
        REF*6R*L1
        LQ*HE*N1
    """
    bare = "CLP*B2*1*20*20\nSVC*HC:99214*20*20"
    alone = only(parse(remittance(bare, "20")), RemittanceClaim)
    after = each(parse(remittance(full + bare, "20")), RemittanceClaim)[1]
    assert after._replace(position=alone.position) == alone


def test_all_six_adjustments_of_a_segment_count_and_their_quantities_do_not() -> None:
    claims = "CLP*A1*1*21*0**12*I\nCAS*CO*1*1*9*2*2*9*3*3*9*4*4*9*5*5*9*6*6*9"
    records = parse(remittance(claims, "0"))
    claim = only(records, RemittanceClaim)
    assert [(one.reason, one.cents) for one in claim.adjustments] == [(str(n), n * 100) for n in range(1, 7)]
    assert codes(records) == []


def test_adjustments_are_summed_by_group_and_cr_of_4010_is_accepted() -> None:
    claims = "CLP*A1*4*100*0**12*I\nCAS*CR*18*50\nCAS*OA*23*30\nCAS*PI*B1*-10\nCAS*OA*94*30"
    end = end_of(claims, "0")
    assert end.adjustments == (("CR", 5_000), ("OA", 6_000), ("PI", -1_000))
    assert end.is_balanced


def test_days_may_be_missing_or_written_as_in_a_dtp() -> None:
    claims = "CLP*A1*1*10*10**12*I\nDTM*232*\nSVC*HC:1*10*10\nDTM*472*D8*20250103\nDTM*036*NEVER"
    records = parse(remittance(claims, "10"))
    claim = only(records, RemittanceClaim)
    assert (claim.statement_from, claim.service_from) == (None, date(2025, 1, 3))
    assert codes(records) == []


def test_segments_that_come_again_are_read_the_same_on_every_line() -> None:
    line = "SVC*HC:99213*50*20\nCAS*CO*45*20\nCAS*PR*1*10\n"
    claims = ("CLP*A1*1*2000*800**12*I\n" + line * 40) + ("CLP*A2*1*100*40**12*I\n" + line * 2)
    first, second = each(parse(remittance(claims, "840")), RemittanceClaim)
    assert [one.line for one in first.adjustments] == [number for number in range(1, 41) for _ in range(2)]
    assert [one.line for one in second.adjustments] == [1, 1, 2, 2]
    assert {one.cents for one in first.adjustments if one.group == "CO"} == {2_000}
    assert (first.findings, second.findings) == ((), ())


def test_provider_adjustments_are_given_one_by_one() -> None:
    records = parse(remittance(A1 + "PLB*1811901945*20251231*WO:ICN9*100*L6*-5.50", "205.50"))
    first, second = each(records, ProviderAdjustment)
    assert (first.provider_id, first.fiscal_on) == ("1811901945", date(2025, 12, 31))
    assert (first.reason, first.reference, first.cents) == ("WO", "ICN9", 10_000)
    assert (second.reason, second.reference, second.cents) == ("L6", "", -550)
    assert only(records, RemittanceEnd).provider_adjustment_cents == 9_450


def test_equal_claims_are_told_apart_by_their_ordinal() -> None:
    claims = each(parse(remittance(A1 + A1 + REVERSAL + A1, "600")), RemittanceClaim)
    assert [claim.ordinal for claim in claims] == [1, 2, 1, 3]


@pytest.mark.parametrize(
    ("old", "new", "code", "segment"),
    [
        ("*150", "*INVALID", "amount_unreadable", "CAS"),
        ("*500*", "*{{CHARGE}}*", "amount_unreadable", "CLP"),
        ("*300*50", "*1_0*50", "amount_unreadable", "CLP"),
        ("CLP*A1*1*500*300*50*12*ICN1", "CLP*A1*1*500", "segment_short", "CLP"),
        ("CLP*A1", "CLP*", "segment_short", "CLP"),
        ("CAS*PR*1*50", "CAS*PR", "segment_short", "CAS"),
        ("CAS*PR*1*50", "CAS*PR*1*50\nDTM*232*20002316", "date_impossible", "DTM"),
        ("CAS*PR*1*50", "CAS*PR*1*50\nSVC*HC:99213*5O0*300", "amount_unreadable", "SVC"),
        ("CAS*PR*1*50", "CAS*PR*1*50\nSVC*HC:99213", "segment_short", "SVC"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_that_claim_and_the_next_is_read(
    old: str, new: str, code: str, segment: str
) -> None:
    records = parse(remittance(A1.replace(old, new, 1) + "CLP*B2*1*10*10**12*ICN2", "310"))
    bad, good = each(records, RemittanceClaim)
    assert (code, segment, Severity.ERROR) in [(one.code, one.segment, one.severity) for one in bad.findings]
    assert (good.claim_number, good.paid_cents, good.findings) == ("B2", 1_000, ())
    assert only(records, RemittanceEnd).summary.errors > 0


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("BPR*I*300", "BPR*I*ABC", "amount_unreadable"),
        ("*20250401~\nTRN", "*20002316~\nTRN", "date_impossible"),
        ("*C*ACH", "*D*ACH", "payment_negative"),
        ("BPR*I*300*C*ACH*CCP*01*999*DA*123*1512345678**01*999*DA*987*20250401~\n", "", "segment_short"),
        ("TRN*1*TRACE1*1512345678~\n", "", "segment_short"),
    ],
)
def test_what_is_wrong_with_the_payment_is_an_error_of_the_set(old: str, new: str, code: str) -> None:
    text = remittance(A1)
    assert old in text
    end = only(parse(text.replace(old, new)), RemittanceEnd)
    assert (code, Severity.ERROR) in [(one.code, one.severity) for one in end.summary.findings]


def test_a_shifted_plb_is_an_error_of_the_set_and_its_readable_pairs_count() -> None:
    records = parse(remittance(A1 + "PLB*1*20251231*100*WO*L6*-5", "305"))
    assert codes(records) == ["amount_unreadable"]
    assert [one.cents for one in each(records, ProviderAdjustment)] == [0, -500]
    assert not only(records, RemittanceEnd).is_balanced


def test_the_content_hash_ignores_the_envelope_and_nothing_else() -> None:
    one = end_of(A1, "300").summary.content_hash
    assert len(one) == 64
    again = only(parse(remittance(A1, control="9999", guide="005010X221A1")), RemittanceEnd)
    assert again.summary.content_hash == one
    assert end_of(A1.replace("ICN1", "ICN2"), "300").summary.content_hash != one


def test_findings_of_one_claim_are_bounded_and_all_are_counted() -> None:
    records = parse(remittance(A1 + "CAS*CO*45*X\n" * 500))
    assert len(only(records, RemittanceClaim).findings) == 20
    assert only(records, RemittanceEnd).summary.errors == 500


def test_a_claim_of_absurd_size_is_refused_without_being_kept() -> None:
    records = parse(remittance(A1 + "CAS*CO*45*0\n" * 25_000))
    claim = only(records, RemittanceClaim)
    assert len(claim.adjustments) < 10_000
    assert "claim_too_large" in codes(records)


def test_no_message_shows_a_name_a_claim_number_or_a_member_id() -> None:
    claims = (
        "CLP*SECRET1*1*BOB*300\nNM1*QC*1*SECRET2*SECRET3****MI*SECRET4\nCAS*CO*45*SECRET5\nDTM*232*SECRET6"
    )
    records = parse(remittance(claims))
    messages = [one.message for record in records for one in getattr(record, "findings", ())]
    assert len(messages) == 4
    assert not [message for message in messages if "SECRET" in message or "BOB" in message]
