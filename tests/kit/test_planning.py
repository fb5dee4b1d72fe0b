import json
from hashlib import sha256

import pytest

from tests.kit.bills import DAY, some_bills
from tests.kit.reading import envelope_errors, findings_of, is_valid, records_of, totals_of
from workqueue.kit.files import Kit, KitFile
from workqueue.kit.interchange import Kind
from workqueue.kit.planning import known_faults, plan
from workqueue.x12.records import RemittanceClaim


@pytest.fixture(scope="module")
def kit() -> Kit:
    return plan(some_bills(120), seed=5, day=DAY, claims_per_file=40)


def of_kind(kit: Kit, kind: Kind) -> list[KitFile]:
    return [file for file in kit.files if file.kind is kind]


def test_same_seed_day_and_bills_give_the_same_bytes(kit: Kit) -> None:
    again = plan(some_bills(120), seed=5, day=DAY, claims_per_file=40)
    assert again.manifest() == kit.manifest()
    assert [file.content for file in again.files] == [file.content for file in kit.files]


def test_another_seed_gives_other_payments(kit: Kit) -> None:
    other = plan(some_bills(120), seed=6, day=DAY, claims_per_file=40)
    assert not {file.content for file in other.files} & {file.content for file in kit.files}


@pytest.mark.parametrize("kind", list(Kind))
def test_our_reader_finds_nothing_wrong_and_the_totals_of_the_manifest(kit: Kit, kind: Kind) -> None:
    files = of_kind(kit, kind)
    assert files
    for file in files:
        records = records_of(file.content)
        assert findings_of(records) == []
        assert totals_of(records) == file.expected.totals


@pytest.mark.parametrize("kind", list(Kind))
def test_another_reader_agrees_on_counts_and_control_numbers(kit: Kit, kind: Kind) -> None:
    assert [envelope_errors(file.content) for file in of_kind(kit, kind)] == [[]] * len(of_kind(kit, kind))


@pytest.mark.parametrize("kind", [Kind.SUBMISSION, Kind.ACKNOWLEDGEMENT, Kind.REMITTANCE])
def test_files_are_right_by_the_implementation_guide(kit: Kit, kind: Kind) -> None:
    assert all(is_valid(file.content) for file in of_kind(kit, kind))


def test_every_way_a_claim_comes_back_occurs() -> None:
    kit = plan(some_bills(300), seed=5, day=DAY, kinds=[Kind.REMITTANCE])
    claims = [
        each for file in kit.files for each in records_of(file.content) if isinstance(each, RemittanceClaim)
    ]
    assert {claim.status_code for claim in claims} == {"1", "2", "19", "22"}
    reasons = {(each.group, each.reason) for claim in claims for each in claim.adjustments}
    assert {
        ("CO", "45"),
        ("CO", "50"),
        ("CO", "253"),
        ("PR", "1"),
        ("PR", "2"),
        ("PR", "3"),
        ("OA", "23"),
    } <= reasons
    assert any(claim.patient_responsibility_cents == 0 < claim.paid_cents for claim in claims)


def test_every_status_an_office_has_to_act_on_occurs() -> None:
    kit = plan(some_bills(300), seed=5, day=DAY, kinds=[Kind.ACKNOWLEDGEMENT, Kind.STATUS])
    text = b"".join(file.content for file in kit.files).decode()
    for category in ("A2", "A3", "A4", "A6", "A7", "A8", "P1", "P3", "R4", "F1", "F2", "D0"):
        assert f"STC*{category}:" in text


def test_every_provider_adjustment_occurs_and_no_payment_is_below_nothing() -> None:
    kit = plan(some_bills(300), seed=5, day=DAY, kinds=[Kind.REMITTANCE], claims_per_file=5)
    text = b"".join(file.content for file in kit.files).decode()
    assert all(f"{reason}:" in text for reason in ("WO", "L6", "FB", "72"))
    assert all(file.expected.totals.bpr_cents >= 0 for file in kit.files)


def test_claims_of_an_account_do_not_change_with_the_rest_of_the_office() -> None:
    few, many = (plan(some_bills(count), seed=5, day=DAY, kinds=[Kind.REMITTANCE]) for count in (30, 60))

    def claims(kit: Kit) -> dict[tuple[str, str, int], int]:
        return {
            (each.claim_number, each.status_code, each.ordinal): each.paid_cents
            for file in kit.files
            for each in records_of(file.content)
            if isinstance(each, RemittanceClaim)
        }

    assert claims(few).items() <= claims(many).items()


def test_the_manifest_names_every_file_with_its_digest(kit: Kit) -> None:
    said = json.loads(kit.manifest())
    assert [each["file"] for each in said["files"]] == [file.name for file in kit.files]
    assert [each["sha256"] for each in said["files"]] == [
        sha256(file.content).hexdigest() for file in kit.files
    ]
    assert said["files"][0]["expected"]["status"] == "applied"


def test_an_unknown_fault_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match=r"no fault called typo.*duplicate_file"):
        known_faults("truncated,typo")


def test_faults_can_be_chosen() -> None:
    assert known_faults("none") == []
    assert known_faults("truncated, bom") == ["truncated", "bom"]
    assert len(known_faults("some")) >= 18
