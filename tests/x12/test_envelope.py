"""Interchanges, groups and sets are recognised, counted, and checked at both ends."""

import io
from datetime import date

import pytest

from tests.x12.writing import (
    PLAIN,
    codes,
    each,
    interchange,
    isa,
    only,
    parse,
    remittance,
    segments,
    transaction,
)
from workqueue.x12 import sniff
from workqueue.x12.records import (
    ClaimEnd,
    FileEnd,
    Finding,
    Group,
    Interchange,
    InterchangeAcknowledgement,
    Kind,
    OtherSet,
    RemittanceClaim,
    RemittanceEnd,
    RemittanceStart,
    Severity,
    StatusEnd,
)

A1 = "CLP*A1*1*300*300**12*ICN1"


def test_the_envelope_is_read() -> None:
    records = parse(remittance(A1))
    found, group = only(records, Interchange), only(records, Group)
    assert (found.sender_id, found.receiver_id, found.sent_on) == ("SENDER", "RECEIVER", date(2025, 4, 1))
    assert (found.control_number, found.version, found.is_test) == ("000000001", "00501", False)
    assert (group.code, group.control_number, group.version) == ("HP", "1", "005010X221A1")
    header = only(records, RemittanceEnd).header
    assert (header.ordinal, header.position, header.control_number) == (1, 3, "0001")
    assert header.implementation == "005010X221A1"
    assert (header.group, header.interchange) == (group, found)


def test_a_good_file_has_no_findings_and_ends_with_its_counts() -> None:
    text = remittance(A1)
    end = parse(text)[-1]
    assert end == FileEnd(14, len(text), 1, 1, 1, 0, 0, has_envelope=True)


@pytest.mark.parametrize(
    ("code", "guide", "kind"),
    [
        ("835", "005010X221A1", Kind.REMITTANCE), ("835", "", Kind.REMITTANCE),
        ("835", "004010X091A1", Kind.REMITTANCE),
        ("277", "005010X212", Kind.CLAIM_STATUS), ("277", "005010X214", Kind.CLAIM_ACKNOWLEDGEMENT),
        ("277", "005010X364", Kind.CLAIM_ACKNOWLEDGEMENT), ("277", "005010X213", Kind.INFORMATION_REQUEST),
        ("837", "005010X222A1", Kind.PROFESSIONAL_CLAIM), ("837", "005010X223A2", Kind.INSTITUTIONAL_CLAIM),
        ("837", "005010X224A2", Kind.DENTAL_CLAIM), ("837", "004010X098A1", Kind.PROFESSIONAL_CLAIM),
        ("837", "004010X096A1", Kind.INSTITUTIONAL_CLAIM), ("837", "004010X097A1", Kind.DENTAL_CLAIM),
        ("270", "005010X279A1", Kind.ELIGIBILITY_REQUEST), ("271", "", Kind.ELIGIBILITY_RESPONSE),
        ("276", "005010X212", Kind.STATUS_REQUEST), ("997", "", Kind.FUNCTIONAL_ACKNOWLEDGEMENT),
        ("999", "005010X231A1", Kind.IMPLEMENTATION_ACKNOWLEDGEMENT), ("834", "005010X220A1", Kind.UNKNOWN),
    ],
)  # fmt: skip
@pytest.mark.parametrize("where", ["ST03", "GS08"])
def test_the_kind_of_a_set_is_recognised(code: str, guide: str, kind: Kind, where: str) -> None:
    body = transaction(code, "BHT*0019*00*1*20250101", guide=guide if where == "ST03" else "")
    text = PLAIN.write(interchange(body, version=guide if where == "GS08" else ""))
    ends = [one for one in parse(text) if isinstance(one, OtherSet | RemittanceEnd | StatusEnd | ClaimEnd)]
    assert [end.header.kind for end in ends] == [kind]
    assert sniff(text.encode()) is kind
    assert sniff(text[text.index("ST*") :].encode()) in (kind, sniff(text.replace(guide or "?", "").encode()))


def test_sniffing_tells_x12_from_everything_else() -> None:
    assert sniff(remittance(A1).encode()) is Kind.REMITTANCE
    assert sniff(remittance(A1).encode()[:150]) is Kind.UNKNOWN
    assert sniff(b"\xef\xbb\xbf" + remittance(A1).encode()[:400]) is Kind.REMITTANCE
    assert sniff(PLAIN.write(interchange(transaction("277", "BHT*0085*08*1"), version="")).encode()) is (
        Kind.CLAIM_ACKNOWLEDGEMENT
    )
    for data in (
        b"",
        b"Id,BIRTHDATE,FIRST\n1,2,3\n",
        b"PK\x03\x04",
        b"\xff\xfeI\x00S\x00A\x00",
        b"ISABELLA,ST,GS",
    ):
        assert sniff(data) is None


def test_interchange_acknowledgements_are_given() -> None:
    text = PLAIN.write([isa(), *segments("TA1*000000905*250401*1200*R*024"), ["IEA", "0", "000000001"]])
    records = parse(text)
    acknowledgement = only(records, InterchangeAcknowledgement)
    assert (acknowledgement.control_number, acknowledgement.code, acknowledgement.note) == (
        "000000905",
        "R",
        "024",
    )
    assert sniff(text.encode()) is Kind.INTERCHANGE_ACKNOWLEDGEMENT
    assert codes(records) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "segment"),
    [
        ("SE*10*0001", "SE*9*0001", "segment_count", "SE"),
        ("SE*10*0001", "SE*TEN*0001", "segment_count", "SE"),
        ("SE*10*0001", "SE", "segment_count", "SE"),
        ("SE*10*0001", "SE*10*0002", "set_control_number", "SE"),
        ("GE*1*1", "GE*2*1", "set_count", "GE"),
        ("GE*1*1", "GE*1*7", "group_control_number", "GE"),
        ("IEA*1*000000001", "IEA*2*000000001", "group_count", "IEA"),
        ("IEA*1*000000001", "IEA*1*000000002", "interchange_control_number", "IEA"),
        ("GE*1*1~\n", "", "group_not_closed", "GE"),
        ("IEA*1*000000001~\n", "", "interchange_not_closed", "IEA"),
        ("GS*HP*SENDER*RECEIVER*20250401*1200*1*X*005010X221A1~\n", "", "group_not_opened", "GE"),
    ],
)
def test_wrong_counts_and_control_numbers_are_warnings_and_the_claims_are_read(
    old: str, new: str, code: str, segment: str
) -> None:
    text = remittance(A1)
    assert old in text
    records = parse(text.replace(old, new))
    assert code in codes(records)
    end = only(records, RemittanceEnd)
    findings = [*each(records, Finding), *end.summary.findings]
    assert {(one.severity, one.segment) for one in findings if one.code == code} == {
        (Severity.WARNING, segment)
    }
    assert end.summary.is_complete
    assert end.is_balanced
    assert only(records, RemittanceClaim).paid_cents == 30_000


def test_control_numbers_may_be_padded_at_one_end_only() -> None:
    assert codes(parse(remittance(A1).replace("SE*10*0001", "SE*10*1").replace("GE*1*1", "GE*01*001"))) == []


def test_a_set_without_se_is_an_error_of_that_set_and_the_next_is_read() -> None:
    text = PLAIN.write(
        interchange(*[transaction("835", A1.replace("A1", f"A{n}"), control=str(n)) for n in (1, 2, 3)])
    )
    records = parse(text.replace("SE*3*2~\n", ""))
    ends = each(records, RemittanceEnd)
    assert [end.summary.is_complete for end in ends] == [True, False, True]
    assert [end.header.control_number for end in ends] == ["1", "2", "3"]
    assert [claim.claim_number for claim in each(records, RemittanceClaim)] == ["A1", "A2", "A3"]
    assert codes(records).count("set_not_closed") == 1


def test_a_file_that_breaks_off_ends_all_that_was_open() -> None:
    text = remittance(A1)
    records = parse(text[: text.index("SE*")])
    assert only(records, RemittanceEnd).summary.is_complete is False
    assert only(records, RemittanceClaim).claim_number == "A1"
    assert codes(records)[-3:] == ["set_not_closed", "group_not_closed", "interchange_not_closed"]


def test_segments_outside_of_sets_are_reported_once_and_not_read() -> None:
    text = remittance(A1)
    records = parse(text.replace("GE*1*1", "CLP*A2*1*1*1~\nCLP*A3*1*1*1~\nGE*1*1"))
    assert codes(records) == ["segment_astray"]
    assert only(records, Finding).severity is Severity.ERROR
    assert only(records, RemittanceClaim).claim_number == "A1"


def test_sets_groups_and_interchanges_may_repeat() -> None:
    one = interchange(transaction("835", A1, control="1"), transaction("270", "BHT*1", control="2"))
    parts = [*one[:-1], *one[1:-1], ["IEA", "2", "000000001"]]
    text = PLAIN.write(parts) * 3
    records = parse(text)
    end = only(records, FileEnd)
    assert (end.interchanges, end.groups, end.sets) == (3, 6, 12)
    assert [start.header.ordinal for start in each(records, RemittanceStart)] == [1, 3, 5, 7, 9, 11]
    assert set(codes(records)) <= {"segment_short", "payment_unbalanced"}
    assert len({end.summary.content_hash for end in each(records, RemittanceEnd)}) == 1


def test_a_set_of_another_kind_is_counted() -> None:
    body = transaction("999", "AK1*HC*1\nAK9*A*1*1*1", guide="005010X231A1")
    other = only(parse(PLAIN.write(interchange(body))), OtherSet)
    assert other.header.kind is Kind.IMPLEMENTATION_ACKNOWLEDGEMENT
    assert (other.summary.segments, other.summary.is_complete) == (4, True)


def test_the_stream_is_read_from_where_it_stands_and_only_forward() -> None:
    from workqueue.x12 import read  # noqa: PLC0415 - the front door itself, not the test's shorthand

    class Pipe(io.RawIOBase):
        def __init__(self, data: bytes) -> None:
            self.data = io.BytesIO(data)

        def read(self, size: int = -1) -> bytes:
            return self.data.read(min(size, 3))

    assert list(read(Pipe(remittance(A1).encode()))) == parse(remittance(A1))  # type: ignore[arg-type]
