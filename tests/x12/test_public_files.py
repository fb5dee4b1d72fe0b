"""Public files by many authors, right and wrong ones: all are read, and other readers count the same."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.x12 import second_reader
from tests.x12.writing import each, parse
from workqueue.x12 import sniff
from workqueue.x12.records import (
    ClaimEnd,
    ClaimStatus,
    FileEnd,
    LevelStatus,
    OtherSet,
    RemittanceClaim,
    RemittanceEnd,
    RemittanceStart,
    StatusEnd,
)

pytestmark = pytest.mark.samples

NAMED = os.environ.get("WORKQUEUE_SAMPLES")
FOLDER = Path(NAMED or ".")
ABSENT = pytest.param(
    "", marks=pytest.mark.skip(reason="WORKQUEUE_SAMPLES names no folder of public sample files")
)


def files() -> list[Any]:
    """The sample files, by their path under the folder."""
    if not NAMED:
        return [ABSENT]
    return sorted(str(path.relative_to(FOLDER)) for path in FOLDER.glob("x12/*/*"))


def expected(part: str, *kinds: str) -> list[Any]:
    """The files for which totals were published or derived, with those."""
    if not NAMED:
        return [pytest.param("", {}, marks=ABSENT.marks)]
    known: dict[str, Any] = json.loads((FOLDER / "expectations.json").read_text())[part]
    return [
        pytest.param(name, known[name], id=name)
        for name in sorted(known)
        if name.split("/")[1] in kinds and "error" not in known[name] and (FOLDER / name).exists()
    ]


@pytest.mark.parametrize("name", files())
def test_every_file_is_read_and_every_set_recognised(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    records = parse(data)
    assert isinstance(records[-1], FileEnd)
    ends = [one for one in records if isinstance(one, RemittanceEnd | StatusEnd | ClaimEnd | OtherSet)]
    assert {end.header.kind.value for end in ends} == {Path(name).parent.name}
    assert sniff(data[:4096]) == Path(name).parent.name


@pytest.mark.parametrize("name", files())
def test_pyx12_or_where_it_reads_nothing_a_count_of_tags_agrees(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    ours = second_reader.of_records(parse(data))
    theirs = second_reader.of_segments(data)
    if theirs is not None:
        assert ours == theirs
    tags = second_reader.tags(data)
    assert (ours.sets.total(), ours.claims, ours.submitted) == (tags["ST"], tags["CLP"], tags["CLM"])


@pytest.mark.parametrize(("name", "known"), expected("derived", "835"))
def test_remittances_have_the_totals_derived_from_them(name: str, known: dict[str, Any]) -> None:
    records = parse((FOLDER / name).read_bytes())
    claims = each(records, RemittanceClaim)
    ends = each(records, RemittanceEnd)
    money = second_reader.cents
    if not known["transactions"]:
        # The deriving reader took the wrong separators (no ISA16, or its terminator on the next line) and
        # found no set at all, as its notes say; that there are some is plain to see.
        assert len(claims) == second_reader.tags((FOLDER / name).read_bytes())["CLP"] > 0
        return
    assert len(claims) == known["claims_total"]
    assert [
        (end.header.control_number, end.claims, end.lines, end.amount_cents, end.charge_cents, end.paid_cents)
        for end in ends
    ] == [
        (one["ctl"], one["claims"], one["svc"], money(one["bpr"]), money(one["charge"]), money(one["paid"]))
        for one in known["transactions"]
    ]
    assert [(end.provider_adjustment_cents, sum(cents for _, cents in end.adjustments)) for end in ends] == [
        (money(one["plb"]), money(one["cas"])) for one in known["transactions"]
    ]
    assert [end.difference_cents == 0 for end in ends] == [one["balanced"] for one in known["transactions"]]
    assert Counter(claim.claim_number for claim in claims if has(claim, "claim_unbalanced")) == Counter(
        number for one in known["transactions"] for number in one["unbalanced_claims"]
    )
    assert sum(claim.status_code == "22" for claim in claims) == sum(
        one["rev"] for one in known["transactions"]
    )
    assert has_any(records, "amount_unreadable") == bool(known["bad_money"])


def has(record: Any, code: str) -> bool:
    """Whether a record carries such a finding."""
    return any(finding.code == code for finding in record.findings)


def has_any(records: list[Any], code: str) -> bool:
    """Whether a claim or the end of a set carries such a finding."""
    return any(has(getattr(record, "summary", record), code) for record in records if has_findings(record))


def has_findings(record: Any) -> bool:
    return hasattr(getattr(record, "summary", record), "findings")


@pytest.mark.parametrize(("name", "known"), expected("derived", "277", "277CA"))
def test_claim_statuses_have_the_codes_derived_from_them(name: str, known: dict[str, Any]) -> None:
    records = parse((FOLDER / name).read_bytes())
    ends = each(records, StatusEnd)
    assert (len(ends), sum(end.statuses for end in ends)) == (known["st"], known["stc"])
    codes = Counter("/".join([*code.replace("|", ":").split(":"), "", ""][:3]) for code in known["stc_codes"])
    assert second_reader.of_records(records).statuses == codes


@pytest.mark.parametrize(("name", "known"), expected("published", "277CA"))
def test_acknowledgements_say_what_another_converter_published(name: str, known: dict[str, Any]) -> None:
    records = parse((FOLDER / name).read_bytes())
    if "claims" not in known:
        (published,) = known["published"]
        (claim,) = each(records, ClaimStatus)
        status = claim.statuses[0]
        assert (status.category, status.code, status.entity) == (
            published["stc_category"],
            published["stc_status"],
            published["stc_entity"],
        )
        return
    assert [as_published(claim) for claim in each(records, ClaimStatus)] == [
        {**one, "statuses": [{**status, "paid": None} for status in one["statuses"]]}
        for one in known["claims"]
    ]
    assert len(each(records, LevelStatus)) >= sum(
        count for kind, count in known["objects"].items() if kind in ("PROVIDER_STATUS", "RECEIVER_STATUS")
    )


def as_published(claim: ClaimStatus) -> dict[str, Any]:
    """A claim status in the other converter's words."""
    return {
        "pcn": claim.claim_number,
        "icn": claim.payer_control_number or None,
        "svc_from": claim.service_from and claim.service_from.isoformat(),
        "statuses": [
            {
                "date": status.effective_on and status.effective_on.isoformat(),
                "action": status.action,
                "charge": status.amount_cents / 100,
                "paid": None,
                "codes": [
                    [code.category, code.code, code.entity or None] for code in [status, *status.further]
                ],
            }
            for status in claim.statuses
        ],
    }


GROUPS = {"CONTRACTUAL": "CO", "PATIENT_RESPONSIBILITY": "PR", "OTHER": "OA", "PAYOR_INITIATED": "PI"}
METHODS = {"CHECK": "CHK", "ACH": "ACH"}


@pytest.mark.parametrize(("name", "known"), expected("published", "835"))
def test_remittances_say_what_others_published(name: str, known: dict[str, Any]) -> None:
    records = parse((FOLDER / name).read_bytes())
    if "claims" in known:
        assert_same_as_converter(records, known)
        return
    (published,) = known["published"]
    claims = each(records, RemittanceClaim)
    assert len(claims) == published["claims"]
    if "services" in published:
        assert sum(len(claim.lines) for claim in claims) == published["services"]
    if "bpr02" in published:
        (start,) = each(records, RemittanceStart)
        assert start.amount_cents == second_reader.cents(published["bpr02"])
        assert start.method == published["method"]
        assert start.trace == published.get("trace", start.trace)
        line = claims[0].lines[0]
        assert len(claims[0].lines) == published["first_claim_lines"]
        assert line.charge_cents == second_reader.cents(published["first_line"]["charge"])
        assert line.paid_cents == second_reader.cents(published["first_line"]["payment"])


def assert_same_as_converter(records: list[Any], known: dict[str, Any]) -> None:
    (start,), (payment,) = each(records, RemittanceStart), known["transactions"]
    assert (start.header.control_number, start.amount_cents / 100) == (payment["control"], payment["bpr02"])
    assert (start.method, start.trace) == (METHODS[payment["method"]], payment["trace"])
    assert str(start.paid_on) == payment["date"]
    for claim, one in zip(each(records, RemittanceClaim), known["claims"], strict=True):
        assert (claim.claim_number, claim.status_code, claim.payer_control_number) == (
            one["pcn"],
            one["status"],
            one["icn"],
        )
        assert [
            claim.charge_cents / 100,
            claim.paid_cents / 100,
            claim.patient_responsibility_cents / 100,
        ] == [
            one["charge"],
            one["paid"],
            one["patient_resp"],
        ]
        assert adjustments(claim, 0) == one["claim_cas"]
        for line, other in zip(claim.lines, one["lines"], strict=True):
            assert (line.charge_cents / 100, line.paid_cents / 100) == (other["charge"], other["paid"])
            assert adjustments(claim, line.number) == (other["cas"] or [])
            assert list(line.remark_codes) == (other["remarks"] or [])


def adjustments(claim: RemittanceClaim, line: int) -> list[list[Any]]:
    """Adjustments of one line in the other converter's words."""
    words = {code: word for word, code in GROUPS.items()}
    return [[words[one.group], one.reason, one.cents / 100] for one in claim.adjustments if one.line == line]
