"""The drop folder: complete files are taken in and moved away, others are left alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.services.bringing import envelope, paid, payment
from workers import drop_folder
from workers.drop_folder import take_what_was_dropped
from workqueue.models import Fact, File, FileReceipt
from workqueue.rules.states import FileSource

Look = Callable[[], int]


@pytest.fixture
def look(app: Flask, tmp_path: Path) -> Look:
    """Return a function that looks into the folder, a minute after all was written."""

    def look() -> int:
        with app.app_context():
            return take_what_was_dropped(tmp_path, datetime.now(UTC) + timedelta(minutes=1))

    look()
    return look


def drop(home: Path, name: str, content: str) -> Path:
    path = home / "drop" / name
    path.write_text(content)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_a_file_put_there_is_taken_in_and_moved_to_done(session: Session, look: Look, tmp_path: Path) -> None:
    drop(tmp_path, "r.835", envelope(payment(paid("A1"), "300")))
    look()
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(Fact)) == 1
    assert session.scalars(select(FileReceipt)).one().source is FileSource.DROP
    assert (names(tmp_path / "drop"), names(tmp_path / "drop" / "done")) == ([], ["r.835"])


def test_the_same_file_again_is_done_too_and_changes_nothing(
    session: Session, look: Look, tmp_path: Path
) -> None:
    for _ in range(2):
        drop(tmp_path, "r.835", envelope(payment(paid("A1"), "300")))
        look()
    assert names(tmp_path / "drop" / "done") == ["r-2.835", "r.835"]
    assert session.scalar(select(func.count()).select_from(Fact)) == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("no remittance at all", "No X12 envelope"),
        (envelope(payment(paid("A1"), "299")), "payment_unbalanced"),
    ],
    ids=["unreadable", "not balanced"],
)
def test_what_cannot_be_taken_in_is_refused_with_a_word_beside_it(
    session: Session, look: Look, tmp_path: Path, content: str, why: str
) -> None:
    drop(tmp_path, "r.835", content)
    look()
    refused = tmp_path / "drop" / "refused"
    assert names(refused) == ["r.835", "r.835.txt"]
    assert why in (refused / "r.835.txt").read_text()


def test_a_file_that_is_still_being_written_is_left_alone(
    session: Session, app: Flask, look: Look, tmp_path: Path
) -> None:
    drop(tmp_path, "r.835", "ISA*half of a file")
    with app.app_context():
        assert take_what_was_dropped(tmp_path, datetime.now(UTC)) == 0
    assert names(tmp_path / "drop") == ["r.835"]


def test_a_file_that_grows_while_it_is_read_is_not_kept(
    session: Session, look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(tmp_path, "r.835", envelope(payment(paid("A1"), "300")))
    receive = drop_folder.receive

    def receive_and_write(*args: object, **named: object) -> object:
        received = receive(*args, **named)  # type: ignore[arg-type]
        with path.open("a") as more:
            more.write("~")
        return received

    monkeypatch.setattr(drop_folder, "receive", receive_and_write)
    look()
    assert names(tmp_path / "drop") == ["r.835"]
    assert session.scalar(select(func.count()).select_from(File)) == 0


@pytest.mark.parametrize("name", ["r.835.part", "r.tmp", ".hidden"])
def test_names_of_unfinished_files_are_left_alone(
    session: Session, look: Look, tmp_path: Path, name: str
) -> None:
    drop(tmp_path, name, envelope(payment(paid("A1"), "300")))
    assert look() == 0


def test_a_link_is_not_followed_out_of_the_folder(session: Session, look: Look, tmp_path: Path) -> None:
    outside = tmp_path / "outside.835"
    outside.write_text(envelope(payment(paid("A1"), "300")))
    (tmp_path / "drop" / "r.835").symlink_to(outside)
    assert look() == 0
