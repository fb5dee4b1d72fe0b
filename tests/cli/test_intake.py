"""flask intake: one object a file, whatever the file."""

import json
from pathlib import Path
from typing import Any

from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session

from tests.services.bringing import balance, envelope, paid, payment

KEYS = {
    "file", "sha256", "kind", "status", "transactions", "claims", "charge_cents", "paid_cents",
    "patient_responsibility_cents", "adjustment_cents", "provider_adjustment_cents", "bpr_cents", "applied",
    "duplicates", "unmatched", "errors",
}  # fmt: skip


def intake(runner: FlaskCliRunner, *paths: Path) -> tuple[int, list[dict[str, Any]]]:
    result = runner.invoke(args=["intake", *map(str, paths), "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, json.loads(result.output)


def test_each_file_is_read_applied_and_reported_in_the_order_given(
    runner: FlaskCliRunner, session: Session, tmp_path: Path
) -> None:
    sound, bad, junk = (tmp_path / name for name in ("a.835", "b.835", "c.txt"))
    sound.write_text(envelope(payment(paid("A1"), "300")))
    bad.write_text(envelope(payment(paid("B1"), "299", trace="EFT2")))
    junk.write_text("hello")
    code, said = intake(runner, sound, bad, junk)
    assert code == 0
    assert [each["status"] for each in said] == ["applied", "quarantined", "rejected"]
    assert [each["file"] for each in said] == [str(sound), str(bad), str(junk)]
    assert all(set(each) == KEYS for each in said)
    assert all(set(error) == {"segment", "position", "code", "message"} for error in said[1]["errors"])
    assert balance(session, "A1").insurance == -50_000


def test_the_same_file_twice_in_one_call_is_a_duplicate(
    runner: FlaskCliRunner, session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "a.835"
    path.write_text(envelope(payment(paid("A1"), "300")))
    _, said = intake(runner, path, path)
    assert [each["status"] for each in said] == ["applied", "duplicate"]


def test_a_path_that_cannot_be_opened_is_an_object_too_and_the_exit_says_so(
    runner: FlaskCliRunner, session: Session, tmp_path: Path
) -> None:
    sound = tmp_path / "a.835"
    sound.write_text(envelope(payment(paid("A1"), "300")))
    code, said = intake(runner, tmp_path / "missing.835", tmp_path, sound)
    assert code == 1
    assert [each["status"] for each in said] == ["rejected", "rejected", "applied"]
    assert all(set(each) == KEYS for each in said)
    assert "No such file" in said[0]["errors"][0]["message"]


def test_without_json_it_is_said_in_words(runner: FlaskCliRunner, session: Session, tmp_path: Path) -> None:
    path = tmp_path / "b.835"
    path.write_text(envelope(payment(paid("B1"), "299")))
    output = runner.invoke(args=["intake", str(path)]).output
    assert "quarantined" in output
    assert "payment_unbalanced BPR" in output
