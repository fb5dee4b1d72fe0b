"""A 277 or 277CA gives what is said of each claim, and of batches as a whole."""

from datetime import date

import pytest

from tests.x12.writing import PLAIN, codes, each, interchange, only, parse, transaction
from workqueue.x12.records import (
    ClaimStatus,
    Kind,
    LevelStatus,
    Record,
    Severity,
    StatusCode,
    StatusEnd,
    StatusStart,
)

ACKNOWLEDGEMENT = """
    BHT*0085*08*BATCH1*20250321*1025*TH
    HL*1**20*1
    NM1*PR*2*OUR INSURANCE*****PI*OIC02
    TRN*1*SOURCE1
    DTP*050*D8*20250320
    DTP*009*D8*20250321
    HL*2*1*21*1
    NM1*41*2*CLEARING HOUSE*****46*S1
    TRN*2*BATCH1
    STC*A1:19:PR*20250321*WQ*455
    QTY*90*3
    QTY*AA*5
    AMT*YU*155
    AMT*YY*300
    HL*3*2*19*1
    NM1*85*1*KING*EWELL****XX*1234567893
    TRN*1*PROVIDER1
    HL*4*3*PT
    NM1*QC*1*DOE*JANE*Q***MI*M1
    TRN*2*A1
    STC*A2:20:PR*20250321*WQ*55
    REF*1K*ICN1
    REF*BLT*131
    REF*D9*CH1
    DTP*472*D8*20250314
    TRN*2*A2
    STC*A3:21*20250321*U*50******A3:187*A7:500:85*FIX IT
    DTP*472*RD8*20250301-20250302
    HL*5*3*PT
    NM1*QC*1*ROE*RICHARD
    TRN*2*A3
    STC*A8:187**U*100
    SVC*HC:99213*60
    STC*A8:453**U
    REF*FJ*L1
    DTP*472*D8*20250303
    SVC*NU:0300*40
    STC*A8:454**U
    DTP*472*D8*20250305
"""

STATUS = """
    BHT*0010*08*ANSWER1*20250916*0810*DG
    HL*1**20*1
    NM1*PR*2*ABC INSURANCE*****PI*12345
    HL*2*1*21*1
    NM1*41*2*XYZ SERVICE*****46*X67E
    HL*3*2*19*1
    NM1*1P*2*HOME HOSPITAL*****XX*1666666661
    HL*4*3*22*0
    NM1*IL*1*SMITH*FRED****MI*123456789A
    TRN*2*QUESTION1
    STC*F1:65*20250913**8513.88*8000*20250914*CHK*20250914*CHECK7
    REF*1K*05347006051
    REF*EJ*SM123456
    DTP*472*RD8*20250831-20250906
    HL*5*3*22*1
    NM1*IL*1*MANN*JOHN****MI*345678901
    HL*6*5*23
    NM1*QC*1*MANN*JOSEPH
    TRN*2*QUESTION2
    STC*D0:35*20250912**150*0
"""


def read_277(body: str, guide: str = "005010X214") -> list[Record]:
    return parse(PLAIN.write(interchange(transaction("277", body, guide=guide), version=guide)))


def test_an_acknowledgement_names_its_source_and_days() -> None:
    start = only(read_277(ACKNOWLEDGEMENT), StatusStart)
    assert start.header.kind is Kind.CLAIM_ACKNOWLEDGEMENT
    assert (start.purpose, start.reference, start.created_on) == ("08", "BATCH1", date(2025, 3, 21))
    assert (start.payer_name, start.payer_id, start.trace) == ("OUR INSURANCE", "OIC02", "SOURCE1")
    assert (start.received_on, start.processed_on) == (date(2025, 3, 20), date(2025, 3, 21))


def test_each_trace_of_a_patient_is_a_claim_with_our_number() -> None:
    first, second, third = each(read_277(ACKNOWLEDGEMENT), ClaimStatus)
    assert [one.claim_number for one in (first, second, third)] == ["A1", "A2", "A3"]
    assert (first.payer_control_number, first.bill_type, first.clearinghouse_number) == ("ICN1", "131", "CH1")
    assert (first.last_name, first.first_name, first.middle_name, first.member_id) == (
        "DOE",
        "JANE",
        "Q",
        "M1",
    )
    assert second.last_name == "DOE"
    assert second.payer_control_number == ""
    assert (first.payer_name, first.payer_id) == ("OUR INSURANCE", "OIC02")
    assert (first.provider_name, first.provider_id) == ("KING, EWELL", "1234567893")
    assert (second.service_from, second.service_through) == (date(2025, 3, 1), date(2025, 3, 2))


def test_a_status_has_category_code_entity_action_and_further_codes() -> None:
    first, second, _ = each(read_277(ACKNOWLEDGEMENT), ClaimStatus)
    (accepted,), (rejected,) = first.statuses, second.statuses
    assert (accepted.category, accepted.code, accepted.entity) == ("A2", "20", "PR")
    assert (accepted.effective_on, accepted.action, accepted.amount_cents) == (date(2025, 3, 21), "WQ", 5_500)
    assert (rejected.category, rejected.code, rejected.entity, rejected.action) == ("A3", "21", "", "U")
    assert rejected.further == (StatusCode("A3", "187", ""), StatusCode("A7", "500", "85"))
    assert rejected.message == "FIX IT"


def test_lines_have_their_own_statuses_and_give_the_days_the_claim_lacks() -> None:
    claim = each(read_277(ACKNOWLEDGEMENT), ClaimStatus)[2]
    assert [status.code for status in claim.statuses] == ["187"]
    assert [(line.procedure, line.charge_cents, line.control_number) for line in claim.lines] == [
        ("99213", 6_000, "L1"),
        ("0300", 4_000, ""),
    ]
    assert [[status.code for status in line.statuses] for line in claim.lines] == [["453"], ["454"]]
    assert (claim.service_from, claim.service_through) == (date(2025, 3, 3), date(2025, 3, 5))


def test_a_status_of_a_whole_batch_is_a_record_of_its_own() -> None:
    records = read_277(ACKNOWLEDGEMENT)
    level = only(records, LevelStatus)
    assert (level.level, level.name, level.entity_id, level.trace) == (
        "receiver",
        "CLEARING HOUSE",
        "S1",
        "BATCH1",
    )
    assert (level.accepted, level.rejected, level.accepted_cents, level.rejected_cents) == (
        3,
        5,
        15_500,
        30_000,
    )
    assert level.statuses[0].category == "A1"
    end = only(records, StatusEnd)
    assert (end.claims, end.levels, end.statuses, end.summary.errors) == (3, 1, 6, 0)


def test_an_answer_to_a_question_has_our_number_in_ej_and_the_question_in_trn() -> None:
    first, second = each(read_277(STATUS, "005010X212"), ClaimStatus)
    assert (first.claim_number, first.trace, first.payer_control_number) == (
        "SM123456",
        "QUESTION1",
        "05347006051",
    )
    (status,) = first.statuses
    assert (status.category, status.code, status.action) == ("F1", "65", "")
    assert (status.amount_cents, status.paid_cents, status.paid_on) == (851_388, 800_000, date(2025, 9, 14))
    assert status.check_number == "CHECK7"
    assert (second.claim_number, second.trace, second.first_name) == ("", "QUESTION2", "JOSEPH")
    assert [one.code for one in second.findings] == ["claim_number_missing"]
    assert second.findings[0].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("body", "kind"), [(ACKNOWLEDGEMENT, Kind.CLAIM_ACKNOWLEDGEMENT), (STATUS, Kind.CLAIM_STATUS)]
)
def test_a_277_without_a_guide_is_told_by_its_bht(body: str, kind: Kind) -> None:
    records = read_277(body, guide="005010")
    assert only(records, StatusStart).header.kind is kind
    assert only(records, StatusEnd).header.kind is kind


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("STC*A2:20:PR*20250321*WQ*55", "STC*A2:20:PR*5454545*WQ*55", "date_impossible"),
        ("STC*A2:20:PR*20250321*WQ*55", "STC*A2:20:PR*20250321*WQ*XX", "amount_unreadable"),
        ("STC*A2:20:PR*20250321*WQ*55", "STC", "segment_short"),
        ("DTP*472*D8*20250314", "DTP*472*D8*20259999", "date_impossible"),
    ],
)
def test_what_cannot_be_read_is_an_error_of_that_claim_only(old: str, new: str, code: str) -> None:
    first, *others = each(read_277(ACKNOWLEDGEMENT.replace(old, new)), ClaimStatus)
    assert [(one.code, one.severity) for one in first.findings] == [(code, Severity.ERROR)]
    assert not any(other.findings for other in others)


def test_what_is_wrong_with_a_batch_status_is_an_error_of_the_set() -> None:
    records = read_277(ACKNOWLEDGEMENT.replace("*20250321*WQ*455", "*2trtrtrt*yh*19554"))
    assert codes(records) == ["date_impossible"]
    assert only(records, StatusEnd).summary.errors == 1
    assert len(each(records, ClaimStatus)) == 3
