"""Public files by many authors, right and wrong ones, through the whole intake: no surprise, right totals."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.services.bringing import bring, envelope
from workqueue.models import Fact, File, QuarantinedItem

pytestmark = pytest.mark.samples

NAMED = os.environ.get("WORKQUEUE_SAMPLES")
FOLDER = Path(NAMED or ".")
ABSENT = pytest.mark.skip(reason="WORKQUEUE_SAMPLES names no folder of public sample files")
FOLDERS = ["270", "271", "276", "277", "277CA", "835", "837D", "837I", "837P", "997", "999"]
WITHOUT_EFFECT = {"270", "271", "276", "997", "999"}


def expected(kind: str) -> list[Any]:
    """Return the files of a kind with the totals another reader derived."""
    if not NAMED:
        return [pytest.param("", {}, marks=ABSENT)]
    derived: dict[str, Any] = json.loads((FOLDER / "expectations.json").read_text())["derived"]
    return [
        pytest.param(name, derived[name], id=Path(name).name)
        for name in sorted(derived)
        if name.split("/")[1] == kind and _is_told(derived[name]) and (FOLDER / name).exists()
    ]


def _is_told(told: dict[str, Any]) -> bool:
    """Whether the other reader could read the file: all its amounts, and its sets at all."""
    return bool("error" not in told and told["transactions"] and not told["bad_money"])


def cents(text: str) -> int:
    return round(float(text) * 100)


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_file_of_a_kind_gets_a_status_and_a_reason(session: Session, samples: Path, kind: str) -> None:
    for path in sorted((samples / "x12" / kind).iterdir()):
        said = bring(session, path.read_bytes(), name=path.name)
        assert said["kind"] == kind, path.name
        assert said["status"] in {"applied", "partial", "quarantined", "duplicate"}, path.name
        assert said["errors"] or said["status"] not in {"partial", "quarantined"}, path.name
        if kind in WITHOUT_EFFECT:
            assert (said["status"], said["applied"]) == ("applied", 0), path.name


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_fact_of_a_file_is_applied_a_duplicate_or_set_aside(
    session: Session, samples: Path, kind: str
) -> None:
    """Read alone, and then again: the second reading brings nothing new."""
    for path in sorted((samples / "x12" / kind).iterdir()):
        said = bring(session, path.read_bytes(), name=path.name, is_posted=False)
        again = bring(session, path.read_bytes(), name=path.name, is_posted=False)
        assert (again["status"], again["applied"]) == ("duplicate", 0), path.name
        waiting = session.scalar(
            select(func.coalesce(func.sum(QuarantinedItem.fact_count), 0)).where(
                QuarantinedItem.file_id == latest_file(session, said["sha256"])
            )
        )
        if kind.startswith(("835", "837")):
            assert said["applied"] + said["duplicates"] + waiting == said["claims"], path.name


def latest_file(session: Session, sha256: str) -> Any:
    return session.scalars(select(File.id).where(File.sha256 == sha256)).one()


@pytest.mark.parametrize(("name", "told"), expected("835"))
def test_totals_of_a_remittance_are_those_of_another_reader(
    session: Session, name: str, told: dict[str, Any]
) -> None:
    said = bring(session, (FOLDER / name).read_bytes(), is_posted=False)
    sets = told["transactions"]
    assert said["transactions"] == len(sets)
    assert said["claims"] == told["claims_total"]
    for ours, theirs in (
        ("bpr_cents", "bpr"),
        ("paid_cents", "paid"),
        ("charge_cents", "charge"),
        ("patient_responsibility_cents", "pr"),
        ("provider_adjustment_cents", "plb"),
    ):
        assert said[ours] == sum(cents(each[theirs]) for each in sets), ours
    assert sum(said["adjustment_cents"].values()) == sum(cents(each["cas"]) for each in sets)


@pytest.mark.parametrize(("name", "told"), expected("835"))
def test_a_set_is_taken_in_only_if_another_reader_finds_that_it_balances(
    session: Session, name: str, told: dict[str, Any]
) -> None:
    said = bring(session, (FOLDER / name).read_bytes(), is_posted=False)
    sound = [each for each in told["transactions"] if each["balanced"] and not each["unbalanced_claims"]]
    if not sound:
        assert said["applied"] == 0
    assert said["applied"] + said["duplicates"] <= sum(each["claims"] for each in sound)


def test_a_set_of_no_known_kind_is_recognised_as_that(session: Session) -> None:
    said = bring(session, envelope("ST*850*0001~\nBEG*00~\nSE*3*0001~\n", kind="PO", version="004010"))
    assert (said["kind"], said["status"], said["applied"]) == ("unknown", "applied", 0)
    assert session.scalar(select(func.count()).select_from(Fact)) == 0
