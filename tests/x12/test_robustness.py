"""Whatever the bytes, the separators and the block sizes: the same records, and never a traceback."""

import io
import re
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.x12.test_claim import CLAIM as SUBMITTED
from tests.x12.test_claim import HEADER, SUBSCRIBER
from tests.x12.test_claim_status import ACKNOWLEDGEMENT
from tests.x12.writing import (
    PAYMENT,
    PLAIN,
    Marks,
    Segment,
    codes,
    each,
    interchange,
    only,
    parse,
    transaction,
)
from workqueue.x12 import UnreadableFile, read, sniff
from workqueue.x12.records import FileEnd, RemittanceClaim, RemittanceEnd
from workqueue.x12.segments import Segments

CLAIMS = """
    CLP*A1*1*500*300*50*12*ICN1*11*1
    NM1*QC*1*PEÑA*JOSÉ****MI*M1
    SVC*HC:99213:25*500*300**1
    DTM*472*20250101
    CAS*CO*45*150
    CAS*PR*1*50
    PLB*1811901945*20251231*WO:ICN9*100
"""
EVERYTHING = PLAIN.write(
    interchange(
        transaction("835", PAYMENT.format(amount="200") + CLAIMS, control="1"),
        transaction("277", ACKNOWLEDGEMENT, guide="005010X214", control="2"),
        transaction("837", HEADER + SUBSCRIBER + SUBMITTED, guide="005010X222A1", control="3"),
        transaction("999", "AK1*HC*1\nAK9*A*1*1*1", control="4"),
    )
).encode()

TEXT = st.text(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .-'ÑÖé€"), max_size=12).map(
    lambda text: text.replace("ISA", "IZA").strip()
)
BODY = st.lists(
    st.tuples(st.sampled_from(["CLP", "NM1", "N3", "K3", "LX"]), st.lists(TEXT, min_size=1, max_size=9))
)


@st.composite
def marks(draw: st.DrawFn) -> Marks:
    """Four different separators, as an ISA may declare them, and line breaks where they may stand."""
    signs = list('*|~!@#$%^&:;<>?=+/\\{}[]_`"\x1c\x1d\x1e\x1f¬¦§')
    element, component, repetition = draw(st.permutations(signs))[:3]
    terminator = draw(
        st.sampled_from([*sorted(set(signs) - {element, component, repetition}), "\n", "\r", "\r\n"])
    )
    after = draw(st.sampled_from(["", "\n", "\r\n", "\n\n", "\r\n  "])) if terminator.isprintable() else ""
    return Marks(element, component, repetition, terminator, after)


@given(marks(), BODY, st.integers(min_value=1, max_value=400), st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_was_written_with_any_separators_is_read_back(
    marks: Marks, body: list[tuple[str, list[str]]], block_bytes: int, has_mark: bool
) -> None:
    inner: list[Segment] = [[tag, *elements] for tag, elements in body]
    written = interchange([["ST", "000", "1"], *inner, ["SE", str(len(inner) + 2), "1"]], marks=marks)
    data = marks.write(written).encode()
    source = Segments(io.BytesIO(b"\xef\xbb\xbf" + data if has_mark else data), block_bytes)
    found = [segment.split(source.separators.element) for _, segment in source.numbered]
    assert found == written
    assert source.separators[:2] == (marks.element, marks.component)


@given(st.integers(min_value=1, max_value=5_000))
@settings(max_examples=60, deadline=None)
@example(1)
@example(106)
def test_the_size_of_the_blocks_read_changes_nothing(block_bytes: int) -> None:
    data = (
        EVERYTHING
        + Marks(terminator="!", element="|").write(interchange(transaction("835", CLAIMS))).encode()
    )
    data += EVERYTHING.decode().encode("latin-1") + b"IEA*"
    assert _without_offsets(parse(data, block_bytes)) == _without_offsets(parse(data))


def _without_offsets(records: Sequence[object]) -> str:
    """Offsets name a block, so they are the one thing that depends on its size."""
    return re.sub(r"offset=\d+", "", repr(records))


def test_a_file_cut_off_at_any_byte_is_read_to_the_cut() -> None:
    claims_seen = 0
    for cut in range(len(EVERYTHING)):
        try:
            records = parse(EVERYTHING[:cut])
        except UnreadableFile:
            assert cut < 120
            continue
        assert isinstance(records[-1], FileEnd)
        assert all(
            end.summary.is_complete for end in each(records, RemittanceEnd)
        ) or "set_not_closed" in codes(records)
        claims_seen = max(claims_seen, len(each(records, RemittanceClaim)))
    assert claims_seen == 1


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_random_bytes_are_refused_by_name_or_read(data: bytes) -> None:
    for start in (b"", b"ISA*00*", EVERYTHING[:106], EVERYTHING[:180], EVERYTHING[:420]):
        sniff(start + data)
        with suppress(UnreadableFile):
            assert isinstance(parse(start + data)[-1], FileEnd)


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_good_file_with_bytes_changed_is_read_or_refused_by_name(data: st.DataObject) -> None:
    damaged = bytearray(EVERYTHING)
    for _ in range(data.draw(st.integers(min_value=1, max_value=12))):
        at = data.draw(st.integers(min_value=0, max_value=len(damaged) - 1))
        damaged[at : at + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"~", b"*", b":"])
        )
    with suppress(UnreadableFile):
        assert isinstance(parse(bytes(damaged))[-1], FileEnd)


class Generated(io.RawIOBase):
    """A remittance of many different claims, made while it is read."""

    def __init__(self, claims: int) -> None:
        self.parts = self._write(claims)
        self.buffer = b""
        self.written = 0

    def _write(self, claims: int) -> Iterator[str]:
        start = PAYMENT.format(amount=claims)
        text = PLAIN.write(interchange(transaction("835", start)))
        yield text[: text.index("SE*")]
        for number in range(1, claims + 1):
            yield (
                f"CLP*A{number}*1*{number}.50*1*0*12*ICN{number}~NM1*QC*1*DOE{number}*JANE****MI*M{number}~"
                f"SVC*HC:99213*{number}.50*1**1~DTM*472*20250101~CAS*CO*45*{number - 1}.50~REF*6R*{number}~"
            )
        yield f"SE*{9 + claims * 6}*0001~GE*1*1~IEA*1*000000001~"

    def read(self, size: int = -1) -> bytes:
        while len(self.buffer) < size:
            more = "".join(islice(self.parts, 500))
            if not more:
                break
            self.buffer += more.encode()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        self.written += len(data)
        return data


def test_a_file_of_twenty_megabytes_is_read_in_the_memory_of_a_small_one() -> None:
    def peak(claims: int) -> tuple[int, int]:
        stream = Generated(claims)
        tracemalloc.start()
        for record in read(stream):  # type: ignore[arg-type]
            if isinstance(record, RemittanceEnd):
                assert (record.claims, record.is_balanced) == (claims, True)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest, stream.written

    small, _ = peak(10_000)
    large, written = peak(140_000)
    assert written > 20_000_000
    assert large < small + 4_000_000


def test_a_thousand_small_interchanges_are_one_file() -> None:
    records = parse(EVERYTHING * 300)
    assert only(records, FileEnd).sets == 1_200
    assert codes(records) == []
