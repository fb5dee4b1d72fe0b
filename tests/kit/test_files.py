from random import Random

import pytest

from tests.kit.bills import DAY, some_bills
from tests.kit.reading import envelope_errors, findings_of, records_of, totals_of
from workqueue.kit.files import KitFile, cut_in_pieces, shuffled
from workqueue.kit.interchange import Interchange, Kind, money
from workqueue.kit.planning import plan
from workqueue.kit.totals import added
from workqueue.x12.records import RemittanceEnd


@pytest.fixture(scope="module")
def file() -> KitFile:
    (only,) = plan(some_bills(60), seed=5, day=DAY, kinds=[Kind.REMITTANCE]).files
    return only


def hashes(files: list[KitFile]) -> list[str]:
    return sorted(
        record.summary.content_hash
        for file in files
        for record in records_of(file.content)
        if isinstance(record, RemittanceEnd)
    )


@pytest.mark.parametrize("pieces", [1, 2, 3, 1000])
def test_pieces_are_right_files_that_hold_all_sets_once(file: KitFile, pieces: int) -> None:
    cut = cut_in_pieces(file, pieces)
    assert len(cut) <= pieces
    assert len({piece.name for piece in cut}) == len(cut)
    assert hashes(cut) == hashes([file])
    assert added(piece.expected.totals for piece in cut) == file.expected.totals
    for piece in cut:
        records = records_of(piece.content)
        assert findings_of(records) == []
        assert envelope_errors(piece.content) == []
        assert totals_of(records) == piece.expected.totals


def test_a_faulty_file_is_not_cut() -> None:
    (faulty,) = plan(some_bills(20), seed=5, day=DAY, kinds=[], faults=["bom"]).files
    with pytest.raises(ValueError, match="not a right file"):
        cut_in_pieces(faulty, 2)


def test_shuffling_loses_nothing(file: KitFile) -> None:
    mixed = shuffled([file], Random(1), pieces=4)
    assert hashes(mixed) == hashes([file])


def test_shuffling_can_send_some_twice(file: KitFile) -> None:
    mixed = shuffled(cut_in_pieces(file, 4), Random(1), doubled=2)
    assert len(mixed) == 6
    assert set(hashes(mixed)) == set(hashes([file]))


def test_shuffling_depends_on_its_draws_alone(file: KitFile) -> None:
    pieces = cut_in_pieces(file, 6)
    assert shuffled(pieces, Random(4), pieces=2) == shuffled(pieces, Random(4), pieces=2)
    assert shuffled(pieces, Random(4)) != shuffled(pieces, Random(5))


def test_the_first_segment_has_its_fixed_width(file: KitFile) -> None:
    (interchange,) = file.interchanges
    assert isinstance(interchange, Interchange)
    assert interchange.text().index("~") == 105


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0"), (30_000, "300"), (1_250, "12.5"), (-1_205, "-12.05"), (7, "0.07"), (-40, "-0.4")],
)
def test_amounts_have_no_needless_zeros(cents: int, text: str) -> None:
    assert money(cents) == text
