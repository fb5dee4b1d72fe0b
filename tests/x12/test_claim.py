"""An 837 gives each claim with its payers, people, days and lines."""

from datetime import date

import pytest

from tests.x12.writing import PLAIN, codes, each, interchange, only, parse, transaction
from workqueue.x12.records import (
    ClaimEnd,
    ClaimPayer,
    ClaimStart,
    ClaimSubmission,
    Kind,
    Person,
    Record,
    Severity,
)

HEADER = """
    BHT*0019*00*BATCH1*20250115*1023*CH
    NM1*41*2*SUBMITTER INC*****46*SUB1
    PER*IC*JERRY*TE*3055552222
    NM1*40*2*RECEIVER INC*****46*REC1
    HL*1**20*1
    NM1*85*2*BEN KILDARE SERVICE*****XX*9876543210
    N3*234 SEAWAY ST
    N4*MIAMI*FL*33111
    REF*EI*587654321
"""
SUBSCRIBER = """
    HL*2*1*22*0
    SBR*P*18*GROUP1******CI
    NM1*IL*1*SMITH*JANE*Q**JR*MI*JS00111
    N3*236 N MAIN ST*APT 2
    N4*MIAMI*FL*33413
    DMG*D8*19430501*F
    NM1*PR*2*KEY INSURANCE*****PI*999996666
    N3*1 PAYER ROAD
"""
CLAIM = """
    CLM*A1*150***11:B:1*Y*A*Y*I
    DTP*431*D8*20250101
    REF*F8*OLD1
    HI*ABK:0340
    NM1*82*1*KILDARE*BEN****XX*1112223334
    SBR*S*01*GROUP2******MB
    NM1*IL*1*SMITH*JACK****MI*T1
    N3*SOMEWHERE ELSE
    DMG*D8*19330302*M
    NM1*PR*2*MEDICARE*****PI*MCARE
    REF*F8*NOT MINE
    LX*1
    SV1*HC:99213:25*100*UN*1***1
    DTP*472*D8*20250103
    REF*6R*L1
    NM1*82*1*OTHER*DOC****XX*0000000000
    LX*2
    SV1*HC:87070*50*UN*2***1
    DTP*472*RD8*20250105-20250110
"""


def read_837(body: str, guide: str = "005010X222A1") -> list[Record]:
    return parse(PLAIN.write(interchange(transaction("837", body, guide=guide), version=guide)))


def claim_of(body: str, guide: str = "005010X222A1") -> ClaimSubmission:
    return only(read_837(HEADER + body, guide), ClaimSubmission)


def test_the_submitter_receiver_and_batch_are_read() -> None:
    start = only(read_837(HEADER + SUBSCRIBER + CLAIM), ClaimStart)
    assert start.header.kind is Kind.PROFESSIONAL_CLAIM
    assert (start.purpose, start.reference, start.created_on) == ("00", "BATCH1", date(2025, 1, 15))
    assert (start.claim_or_encounter, start.submitter_name, start.submitter_id) == (
        "CH",
        "SUBMITTER INC",
        "SUB1",
    )
    assert (start.receiver_name, start.receiver_id) == ("RECEIVER INC", "REC1")


def test_a_claim_has_its_numbers_and_its_billing_and_rendering_provider() -> None:
    claim = claim_of(SUBSCRIBER + CLAIM)
    assert (claim.kind, claim.claim_number, claim.charge_cents) == (Kind.PROFESSIONAL_CLAIM, "A1", 15_000)
    assert (claim.facility_code, claim.frequency, claim.original_number) == ("11", "1", "OLD1")
    assert (claim.billing_name, claim.billing_npi) == ("BEN KILDARE SERVICE", "9876543210")
    assert (claim.billing_tin, claim.rendering_npi) == ("587654321", "1112223334")
    assert (claim.service_from, claim.service_through) == (date(2025, 1, 3), date(2025, 1, 10))
    assert claim.findings == ()


def test_a_subscriber_who_is_the_patient_is_both() -> None:
    claim = claim_of(SUBSCRIBER + CLAIM)
    assert claim.subscriber == claim.patient
    assert claim.patient == Person(
        "SMITH", "JANE", "Q", "JR", "JS00111", date(1943, 5, 1), "F",
        "236 N MAIN ST", "APT 2", "MIAMI", "FL", "33413",
    )  # fmt: skip


def test_a_patient_who_is_not_the_subscriber_has_an_own_level() -> None:
    patient = """
        HL*3*2*23*0
        PAT*19
        NM1*QC*1*SMITH*TED
        N3*9 ELM ST
        N4*TAMPA*FL*33601
        DMG*D8*20100501*M
    """
    claim = claim_of(SUBSCRIBER + patient + CLAIM)
    assert claim.subscriber.first_name == "JANE"
    assert (claim.patient.first_name, claim.patient.city, claim.patient.member_id) == ("TED", "TAMPA", "")
    assert claim.patient.born_on == date(2010, 5, 1)


def test_payers_are_in_their_turn() -> None:
    claim = claim_of(SUBSCRIBER + CLAIM)
    assert claim.payer == ClaimPayer("P", "KEY INSURANCE", "999996666", "CI", "GROUP1", "JS00111")
    assert claim.other_payers == (ClaimPayer("S", "MEDICARE", "MCARE", "MB", "GROUP2", "T1"),)


def test_professional_lines_are_read() -> None:
    first, second = claim_of(SUBSCRIBER + CLAIM).lines
    assert (first.number, first.procedure, first.modifiers, first.charge_cents) == (
        1,
        "99213",
        ("25",),
        10_000,
    )
    assert (first.units, first.control_number, first.service_from) == ("1", "L1", date(2025, 1, 3))
    assert (second.units, second.service_from, second.service_through) == (
        "2",
        date(2025, 1, 5),
        date(2025, 1, 10),
    )


def test_an_institutional_claim_has_revenue_codes_and_statement_days() -> None:
    body = """
        CLM*A1*2500***11:A:1*Y*A*Y*Y
        DTP*434*RD8*20250105-20250107
        DTP*435*DT*202501051000
        LX*1
        SV2*0120**2000*DA*2
        LX*2
        SV2*0300*HC:81099*500*UN*1
    """
    claim = claim_of(SUBSCRIBER + body, "005010X223A2")
    assert claim.kind is Kind.INSTITUTIONAL_CLAIM
    assert (claim.statement_from, claim.statement_through) == (date(2025, 1, 5), date(2025, 1, 7))
    assert (claim.service_from, claim.service_through) == (date(2025, 1, 5), date(2025, 1, 7))
    assert [(line.revenue_code, line.procedure, line.units) for line in claim.lines] == [
        ("0120", "", "2"),
        ("0300", "81099", "1"),
    ]


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        ("SV1*HC:99213*150*UN*1", Kind.PROFESSIONAL_CLAIM),
        ("SV2*0120**150*DA*2", Kind.INSTITUTIONAL_CLAIM),
        ("SV3*AD:D0120*150****1", Kind.DENTAL_CLAIM),
    ],
)
def test_an_837_without_a_guide_is_told_by_its_lines(service: str, kind: Kind) -> None:
    body = HEADER + SUBSCRIBER + f"CLM*A1*150***11:B:1\nDTP*472*D8*20250103\nLX*1\n{service}"
    records = read_837(body, "004010")
    assert only(records, ClaimStart).header.kind is kind
    assert only(records, ClaimSubmission).kind is kind
    assert only(records, ClaimSubmission).service_from == date(2025, 1, 3)
    assert only(records, ClaimEnd).header.kind is kind


def test_nothing_of_one_subscriber_or_claim_is_left_in_the_next() -> None:
    bare = "HL*4*1*22*0\nSBR*P*18\nNM1*IL*1*ROE*RICHARD\nCLM*B2*10***11:B:1\nLX*1\nSV1*HC:1*10"
    alone = claim_of(bare)
    after = each(
        read_837(HEADER + SUBSCRIBER + "HL*3*2*23*0\nNM1*QC*1*SMITH*TED" + CLAIM + bare), ClaimSubmission
    )[1]
    assert after._replace(position=alone.position) == alone
    assert after.patient.last_name == "ROE"


def test_claims_are_counted_and_summed() -> None:
    records = read_837(HEADER + SUBSCRIBER + CLAIM + CLAIM)
    end = only(records, ClaimEnd)
    assert (end.claims, end.lines, end.charge_cents, end.summary.errors) == (2, 4, 30_000, 0)
    assert [claim.ordinal for claim in each(records, ClaimSubmission)] == [1, 2]


@pytest.mark.parametrize(
    ("old", "new", "code", "severity"),
    [
        ("CLM*A1*150", "CLM*A1*ABC", "amount_unreadable", Severity.ERROR),
        ("CLM*A1*150", "CLM**150", "segment_short", Severity.ERROR),
        ("CLM*A1*150", "CLM*A1*", "segment_short", Severity.ERROR),
        ("*100*UN", "*1OO*UN", "amount_unreadable", Severity.ERROR),
        ("CLM*A1*150", "CLM*A1*151", "lines_charge", Severity.WARNING),
        ("DTP*472*D8*20250103", "DTP*472*D8*20251399", "date_impossible", Severity.WARNING),
    ],
)
def test_what_is_wrong_with_a_claim_is_found_with_that_claim(
    old: str, new: str, code: str, severity: Severity
) -> None:
    body = SUBSCRIBER + CLAIM.replace(old, new, 1) + CLAIM
    bad, good = each(read_837(HEADER + body), ClaimSubmission)
    assert (code, severity) in [(one.code, one.severity) for one in bad.findings]
    assert good.findings == ()


def test_an_837_that_is_cut_off_gives_the_claims_before_and_an_incomplete_end() -> None:
    text = PLAIN.write(interchange(transaction("837", HEADER + SUBSCRIBER + CLAIM, guide="005010X222A1")))
    records = parse(text[: text.index("LX*2")])
    assert only(records, ClaimSubmission).claim_number == "A1"
    assert not only(records, ClaimEnd).summary.is_complete
    assert "set_not_closed" in codes(records)
