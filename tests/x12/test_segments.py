"""The stream is cut into the same segments whatever the separators, line breaks and block sizes."""

import io

import pytest

from tests.x12.writing import (
    PLAIN,
    Marks,
    codes,
    each,
    interchange,
    isa,
    only,
    parse,
    remittance,
    transaction,
)
from workqueue.x12 import EmptyFile, NotX12, WrongEncoding, read
from workqueue.x12.records import FileEnd, Interchange, OtherSet, RemittanceClaim, RemittanceEnd
from workqueue.x12.segments import LONGEST_SEGMENT, Segments

CLAIM = """
    CLP*A1*1*500*300*50*12*ICN1*11*1
    NM1*QC*1*DOE*JANE****MI*M1
    SVC*HC\0{0}*500*300**1
    CAS*CO*45*150
    CAS*PR*1*50
"""


def whole(marks: Marks = PLAIN) -> str:
    body = "BPR*I*300*C*CHK************20250401\nTRN*1*T1*1512345678" + CLAIM.format("99213")
    return marks.write(interchange(transaction("835", body), marks=marks))


@pytest.mark.parametrize(
    "marks",
    [
        Marks(element="|"), Marks(component=">"), Marks(component="|"), Marks(component="^", repetition="U"),
        Marks(terminator="\n", after=""), Marks(terminator="\r", after=""),
        Marks(terminator="\n", after="\n"), Marks(terminator="\r\n", after=""),
        Marks(terminator="^", repetition="U"),
        Marks(terminator="\x1d", after=""),
        Marks(after=""), Marks(after="\r\n"), Marks(after="\r\n    "), Marks(after="\n\n"), Marks(after="\r"),
        Marks(element="Ö"), Marks(terminator="¬"), Marks(element="~", component="^", terminator="_"),
        Marks(element="\t", component="\\", terminator="!"),
        Marks(element="\x1d", component="\x1f", terminator="\x1c"),
    ],
    ids=repr,
)  # fmt: skip
def test_any_separators_the_isa_declares_are_followed(marks: Marks) -> None:
    records = parse(whole(marks))
    claim = only(records, RemittanceClaim)
    assert (claim.claim_number, claim.last_name, claim.lines[0].procedure) == ("A1", "DOE", "99213")
    assert codes(records) == []
    assert (
        only(records, RemittanceEnd).summary.content_hash
        == only(parse(whole()), RemittanceEnd).summary.content_hash
    )


def test_an_isa_without_padding_is_read_by_counting_its_elements() -> None:
    text = whole().replace(" " * 10, "").replace("SENDER   ", "S")
    assert len(text.split("~")[0]) < 100
    assert only(parse(text), RemittanceEnd).claims == 1


def test_a_terminator_that_stands_at_the_start_of_the_next_line_is_found() -> None:
    text = whole(Marks(terminator="\n~", after=""))
    assert codes(parse(text)) == []
    assert only(parse(text), RemittanceEnd).claims == 1


@pytest.mark.parametrize("after", ["~\n", "\n", "~"])
def test_a_missing_isa16_does_not_shift_the_terminator(after: str) -> None:
    text = whole(Marks(terminator=after, after="")).replace(f"*P*:{after}", f"*P*{after}")
    assert only(parse(text), RemittanceEnd).claims == 1


def test_an_isa_with_too_few_elements_is_read_and_reported() -> None:
    records = parse(whole().replace("*00501*", "*", 1).replace("*0*P*:", "*0*P", 1))
    assert codes(records)[0] == "isa_irregular"
    assert only(records, RemittanceEnd).claims == 1


def test_lines_wrapped_at_eighty_characters_are_joined_again() -> None:
    text = whole(Marks(after=""))
    wrapped = "\r\n".join(text[at : at + 80] for at in range(0, len(text), 80))
    assert parse(wrapped)[:-1] == parse(text)[:-1]


def test_a_byte_order_mark_is_skipped_in_silence() -> None:
    assert codes(parse(b"\xef\xbb\xbf" + whole().encode())) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_by_name(encoding: str) -> None:
    with pytest.raises(WrongEncoding, match="UTF-16"):
        parse(whole().encode(encoding))


@pytest.mark.parametrize("data", [b"", b"\n", b" \r\n" * 5_000, b"\xef\xbb\xbf", b"\x00" * 9_000, b"\x1a"])
def test_an_empty_file_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(EmptyFile):
        parse(data)


@pytest.mark.parametrize(
    "data", [b"Id,ST,FIRST\n1,835,x\n", b"%PDF-1.7\n%abc", b'{"resourceType": "Claim"}', b"ISA", b"ISA*00",
             b"\xff" * 500]
)  # fmt: skip
def test_what_is_not_x12_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(NotX12):
        parse(data)


def test_blank_lines_before_the_isa_are_nothing_and_text_is_reported() -> None:
    assert codes(parse("\r\n\n  " + whole())) == []
    assert codes(parse("\n" * 20_000 + whole())) == []
    records = parse("From: payer\nSubject: remittance\n\n" + whole())
    assert codes(records) == ["leading_text"]
    assert only(records, RemittanceEnd).claims == 1


@pytest.mark.parametrize("first", ["GS", "ST"])
@pytest.mark.parametrize(
    "marks", [PLAIN, Marks(after=""), Marks(terminator="\n", after=""), Marks(element="|", component=">")]
)
def test_a_file_without_isa_is_read_with_guessed_separators(first: str, marks: Marks) -> None:
    text = whole(marks)
    text = text[text.index(first + marks.element) :]
    records = parse(text)
    assert "envelope_missing" in codes(records)
    assert only(records, RemittanceClaim).lines[0].procedure == "99213"
    assert only(records, FileEnd).has_envelope is False


def test_each_interchange_of_a_file_may_use_its_own_separators() -> None:
    other = Marks(element="|", component=">", terminator="!", after="")
    text = whole() + whole(other) + whole(Marks(terminator="\n", after="")) + whole()
    records = parse(text)
    assert codes(records) == []
    assert len(each(records, Interchange)) == len(each(records, RemittanceEnd)) == 4
    assert [claim.lines[0].procedure for claim in each(records, RemittanceClaim)] == ["99213"] * 4


def test_names_in_which_isa_occurs_start_no_interchange() -> None:
    text = remittance("CLP*A1*1*500*500**12*I\nNM1*QC*1*ISA*LISA\nREF*ISA*1", amount="500")
    claim = only(parse(text), RemittanceClaim)
    assert (claim.last_name, claim.first_name) == ("ISA", "LISA")


def test_text_that_is_not_utf_8_is_read_as_latin_1_and_only_that_segment() -> None:
    data = whole().replace("DOE*JANE", "PEÑA*JOSÉ").encode()
    assert only(parse(data), RemittanceClaim).first_name == "JOSÉ"
    data = data.replace("PEÑA".encode(), "PEÑA".encode("latin-1")).replace(
        "JOSÉ".encode(), "JOSÉ".encode("latin-1")
    )
    data += whole().replace("DOE", "PEÑA").encode()
    assert [claim.last_name for claim in each(parse(data), RemittanceClaim)] == ["PEÑA", "PEÑA"]


def test_a_segment_without_end_stops_the_reading_with_a_clear_error() -> None:
    class Endless(io.RawIOBase):
        """A gigabyte of the letter A after a good set."""

        def __init__(self) -> None:
            self.start = io.BytesIO(whole().encode())
            self.read_bytes = 0

        def read(self, size: int = -1) -> bytes:
            data = self.start.read(size) or b"A" * min(size, 10**9 - self.read_bytes)
            self.read_bytes += len(data)
            return data

    stream = Endless()
    records = list(read(stream))  # type: ignore[arg-type]
    assert only(records, RemittanceEnd).summary.is_complete
    assert codes(records) == ["segment_too_long"]
    assert stream.read_bytes < 3 * LONGEST_SEGMENT


def test_a_long_run_inside_a_set_leaves_that_set_open() -> None:
    text = whole()
    cut = text.index("CAS*PR")
    records = parse(text[:cut] + "A" * (2 * LONGEST_SEGMENT) + "~" + text[cut:])
    assert not only(records, RemittanceEnd).summary.is_complete
    assert "segment_too_long" in codes(records)


@pytest.mark.parametrize("tail", ["\n\n\n", "\x1a", "\x00" * 500, " \r\n" * 3_000, ""])
def test_padding_after_the_last_segment_is_nothing(tail: str) -> None:
    assert codes(parse(whole() + tail)) == []


def test_the_last_segment_needs_no_terminator() -> None:
    assert codes(parse(whole().rstrip("~\n"))) == []


def test_segments_are_numbered_and_blocks_have_offsets() -> None:
    source = Segments(io.BytesIO(whole().encode()), block_bytes=7)
    numbered = list(source.numbered)
    assert [number for number, _ in numbered] == list(range(1, len(numbered) + 1))
    assert numbered[0][1].startswith("ISA*")
    assert numbered[-1][1].startswith("IEA*")
    assert source.bytes == len(whole())


def test_an_interchange_without_sets_is_read() -> None:
    records = parse(PLAIN.write([isa(), ["IEA", "0", "000000001"]]))
    assert not each(records, OtherSet)
    assert codes(records) == []
