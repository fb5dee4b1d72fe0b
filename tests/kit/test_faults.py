import pytest

from tests.kit.bills import DAY, some_bills
from tests.kit.reading import findings_of, records_of, totals_of
from workqueue.kit.faults import FAULTS
from workqueue.kit.files import KitFile
from workqueue.kit.interchange import Kind
from workqueue.kit.planning import plan
from workqueue.rules.states import FileStatus
from workqueue.x12.records import (
    ClaimStatus,
    FileEnd,
    RemittanceClaim,
    RemittanceEnd,
    RemittanceStart,
    Severity,
)

UNNAMED = {
    "duplicate_file",
    "duplicate_set_in_new_envelope",
    "same_trace_other_amount",
    "same_payment_other_content",
}
"""What is wrong with these shows only beside what came before."""


def files_with(fault: str) -> list[KitFile]:
    return list(plan(some_bills(40), seed=5, day=DAY, kinds=[], faults=[fault]).files)


def faulty(fault: str) -> KitFile:
    (found,) = (file for file in files_with(fault) if file.fault == fault)
    return found


@pytest.mark.parametrize("fault", list(FAULTS))
def test_every_fault_is_named_and_explained(fault: str) -> None:
    file = faulty(fault)
    assert file.done
    assert file.right_result
    assert fault.replace("_", "-") in file.name


@pytest.mark.parametrize("fault", list(FAULTS))
def test_what_our_reader_adds_up_is_what_the_manifest_says(fault: str) -> None:
    for file in files_with(fault):
        if file.expected.is_countable:
            assert totals_of(records_of(file.content)) == file.expected.totals


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - UNNAMED))
def test_the_reader_objects_to_a_file_exactly_when_it_is_expected_to(fault: str) -> None:
    for file in files_with(fault):
        assert bool(findings_of(records_of(file.content))) is file.expected.has_errors


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - UNNAMED))
def test_only_what_is_to_be_set_aside_has_errors(fault: str) -> None:
    for file in files_with(fault):
        errors = [each for each in findings_of(records_of(file.content)) if each.severity is Severity.ERROR]
        assert bool(errors) is (file.expected.status is not FileStatus.APPLIED)


def test_a_duplicate_file_is_the_same_bytes_under_another_name() -> None:
    first, again = files_with("duplicate_file")
    assert first.content == again.content
    assert first.name != again.name


def test_a_set_sent_again_is_the_same_but_for_its_envelope() -> None:
    first, again = files_with("duplicate_set_in_new_envelope")
    assert first.content != again.content
    ends = [
        each
        for file in (first, again)
        for each in records_of(file.content)
        if isinstance(each, RemittanceEnd)
    ]
    assert ends[0].summary.content_hash == ends[1].summary.content_hash


def payments(fault: str) -> list[RemittanceStart]:
    return [
        each
        for file in files_with(fault)
        for each in records_of(file.content)
        if isinstance(each, RemittanceStart)
    ]


def test_one_trace_may_come_with_two_amounts() -> None:
    first, second = payments("same_trace_other_amount")
    assert first.trace == second.trace
    assert first.amount_cents != second.amount_cents


def test_one_payment_that_says_two_things_differs_in_its_claims_only() -> None:
    first, second = payments("same_payment_other_content")
    assert (first.trace, first.paid_on, first.amount_cents) == (
        second.trace,
        second.paid_on,
        second.amount_cents,
    )


def test_a_reversal_comes_before_what_it_reverses() -> None:
    early, late = files_with("reversal_before_original")
    first = [each for each in records_of(early.content) if isinstance(each, RemittanceClaim)]
    (original,) = (each for each in records_of(late.content) if isinstance(each, RemittanceClaim))
    assert [claim.status_code for claim in first] == ["22", "1"]
    assert first[0].paid_cents == -original.paid_cents


def test_older_statuses_come_after_newer_ones() -> None:
    newer, older = (
        [each.statuses[0] for each in records_of(file.content) if isinstance(each, ClaimStatus)]
        for file in files_with("out_of_order")
    )
    assert {status.category for status in newer} == {"P3"}
    assert all(
        a.effective_on and b.effective_on and a.effective_on > b.effective_on
        for a, b in zip(newer, older, strict=True)
    )


def test_an_acknowledgement_comes_before_its_submission() -> None:
    kinds = [file.kind for file in files_with("status_before_submission")]
    assert kinds == [Kind.ACKNOWLEDGEMENT, Kind.SUBMISSION]


def test_a_file_of_two_interchanges_is_read_to_its_end() -> None:
    end = records_of(faulty("two_interchanges").content)[-1]
    assert isinstance(end, FileEnd)


def test_faults_have_claims_of_their_own_while_there_are_enough() -> None:
    kit = plan(some_bills(400), seed=5, day=DAY, kinds=[Kind.REMITTANCE], faults=list(FAULTS))
    ordinary = len(plan(some_bills(400), seed=5, day=DAY, kinds=[Kind.REMITTANCE], faults=["bom"]).files) - 1
    of_faults = [claim_numbers(file) for file in kit.files[ordinary:]]
    of_others = set[str]().union(*(claim_numbers(file) for file in kit.files[:ordinary]))
    assert of_others
    assert of_others.isdisjoint(set[str]().union(*of_faults))


def claim_numbers(file: KitFile) -> set[str]:
    return {each.claim_number for each in records_of(file.content) if isinstance(each, RemittanceClaim)}


def test_an_office_without_claims_cannot_show_faults() -> None:
    with pytest.raises(ValueError, match="it has none yet"):
        plan([], seed=5, day=DAY, faults=["bom"])
