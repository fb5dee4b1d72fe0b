"""An 835 of any size, written as fast as a disk takes it, in memory that does not grow."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import islice
from random import Random
from typing import BinaryIO

from workqueue.kit.interchange import Interchange, written
from workqueue.kit.office import Bill, Insurer, Person
from workqueue.kit.remittance import Payment, claim_segments, header_segments, remittance_set
from workqueue.kit.settling import Settlement, settle
from workqueue.kit.totals import Totals, added

# Enough different claims that no cache of the reader sees only one; one cycle is what is kept in memory.
SHAPES = 256
CLAIMS_A_SET = 10_000
BATCH = 4_000
MIX = (
    *(Settlement.PAID,) * 9,
    Settlement.NOTHING_LEFT,
    Settlement.ALL_DEDUCTIBLE,
    Settlement.UNDERPAID,
    Settlement.PARTIAL,
    *(Settlement.DENIED,) * 2,
)
DAY = date(2026, 3, 2)
INSURER = Insurer("SM001", "Sample Mutual")
PLACE = "@NUMBER@"
"""Stands where each claim's own number goes."""
FIRST_NAMES = ("Robin", "Alex", "Sam", "Kim", "Jo", "Lee", "Max", "Pat")
LAST_NAMES = ("Testwell", "Sampleton", "Mockford", "Specimen", "Placeholder", "Exampleson", "Dummerly")


@dataclass(frozen=True)
class Shape:
    """A claim that is written over and over, each time under another number."""

    text: str
    segments: int
    totals: Totals


def big_remittance(
    claims: int, stream: BinaryIO, *, seed: int = 1, claims_a_set: int = CLAIMS_A_SET, prefix: str = "B"
) -> Totals:
    """Write one interchange with this many different claims; return what they add up to."""
    shapes = tuple(islice(_shapes(Random(seed)), SHAPES))
    around = Interchange((remittance_set(Payment(INSURER, "", DAY, ())),), seed, _moment()).text()
    stream.write(around[: around.index("ST*")].encode())
    parts = []
    for ordinal, first in enumerate(range(0, claims, claims_a_set), start=1):
        numbers = range(first, min(first + claims_a_set, claims))
        parts.append(_write_set(stream, shapes, numbers, f"{prefix}{seed}-{ordinal}", ordinal, prefix))
    tail = around[around.index("GE*") :].replace("GE*1*", f"GE*{len(parts)}*")
    stream.write(tail.encode())
    return added(parts)


def _write_set(
    stream: BinaryIO, shapes: tuple[Shape, ...], numbers: range, trace: str, ordinal: int, prefix: str
) -> Totals:
    times = [len(range(start, len(numbers), SHAPES)) for start in range(SHAPES)]
    claims = added(_times(shape.totals, count) for shape, count in zip(shapes, times, strict=True))
    header = tuple(header_segments(Payment(INSURER, trace, DAY, ()), claims.paid_cents))
    segments = 2 + len(header) + sum(s.segments * count for s, count in zip(shapes, times, strict=True))
    stream.write(written((("ST", "835", f"{ordinal:04d}"), *header)).encode())
    texts = [shape.text for shape in shapes]
    # One string of a few megabytes at a time: joined fast, and memory stays flat.
    for start in range(0, len(numbers), BATCH):
        batch = numbers[start : start + BATCH]
        stream.write(
            "".join(
                texts[position % SHAPES].replace(PLACE, f"{prefix}{number:08d}")
                for position, number in enumerate(batch, start=start)
            ).encode()
        )
    stream.write(written((("SE", str(segments), f"{ordinal:04d}"),)).encode())
    return added([claims, Totals(transactions=1, bpr_cents=claims.paid_cents)])


def _times(totals: Totals, count: int) -> Totals:
    return Totals(
        claims=count,
        charge_cents=totals.charge_cents * count,
        paid_cents=totals.paid_cents * count,
        patient_responsibility_cents=totals.patient_responsibility_cents * count,
        adjustment_cents={group: cents * count for group, cents in totals.adjustment_cents.items()},
    )


def _shapes(draw: Random) -> Iterator[Shape]:
    while True:
        number = f"M{draw.randint(1, 99_999_999):08d}"
        person = Person(draw.choice(FIRST_NAMES), draw.choice(LAST_NAMES), number)
        icn = f"ICN{draw.randint(1, 999_999_999):09d}"
        cents = draw.randint(8_000, 400_000)
        bill = Bill(PLACE, person, INSURER, cents, DAY, DAY, known_control_number=icn)
        # The number decides how a charge is split; every shape has to differ in that too.
        lines = Bill(icn, person, INSURER, cents, DAY, DAY)
        settled = replace(settle(lines, draw.choice(MIX), draw), bill=bill)
        segments = tuple(claim_segments(Payment(INSURER, "", DAY, ()), settled))
        yield Shape(written(segments), len(segments), settled.totals)


def _moment() -> datetime:
    return datetime.combine(DAY, time(8), UTC)
