import io
import tracemalloc

from tests.kit.reading import envelope_errors, findings_of, is_valid, records_of, totals_of
from workqueue.kit.big import BATCH, big_remittance
from workqueue.x12.records import RemittanceClaim


def written(claims: int, *, seed: int = 1, claims_a_set: int = 10_000) -> tuple[bytes, object]:
    stream = io.BytesIO()
    totals = big_remittance(claims, stream, seed=seed, claims_a_set=claims_a_set)
    return stream.getvalue(), totals


def test_it_adds_up_to_what_it_says() -> None:
    content, totals = written(700, claims_a_set=300)
    records = records_of(content)
    assert findings_of(records) == []
    assert totals_of(records) == totals
    assert envelope_errors(content) == []


def test_it_is_right_by_the_implementation_guide() -> None:
    content, _ = written(300)
    assert is_valid(content)


def test_its_claims_are_all_different_and_realistic() -> None:
    content, _ = written(600)
    claims = [each for each in records_of(content) if isinstance(each, RemittanceClaim)]
    assert len({claim.claim_number for claim in claims}) == 600
    assert len({claim.charge_cents for claim in claims}) > 200
    assert sum(len(claim.adjustments) for claim in claims) > 2 * len(claims)
    assert sum(len(claim.lines) for claim in claims) > 1.5 * len(claims)
    assert any(claim.paid_cents == 0 for claim in claims)


def test_another_seed_pays_under_other_traces() -> None:
    assert b"TRN*1*B1-1*" in written(10)[0]
    assert b"TRN*1*B2-1*" in written(10, seed=2)[0]


def test_memory_does_not_grow_with_the_file() -> None:
    class Nowhere(io.RawIOBase):
        def write(self, content: object) -> int:
            return 0

    def peak(claims: int) -> int:
        tracemalloc.start()
        big_remittance(claims, Nowhere())  # type: ignore[arg-type]
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(8 * BATCH) < 1.5 * peak(2 * BATCH)
