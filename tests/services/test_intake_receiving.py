"""Files are stored whole, once, and given back byte by byte."""

import io
import os
import threading
from datetime import UTC, datetime
from hashlib import sha256

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.services.bringing import bring, envelope, paid, payment, store
from workqueue.database import transaction
from workqueue.jobs import Job
from workqueue.models import File, FileChunk, FileReceipt
from workqueue.rules.states import FileSource, FileStatus
from workqueue.services.intake import receive
from workqueue.services.intake.stored import PIECE_BYTES, StoredFile


def test_a_file_of_several_pieces_comes_back_as_it_was(session: Session) -> None:
    content = os.urandom(PIECE_BYTES * 9 + 17)
    receipt = store(session, content)
    assert receipt.sha256 == sha256(content).hexdigest()
    assert session.scalar(select(func.count()).select_from(FileChunk)) == 10
    stored = StoredFile(session, receipt.file_id)
    read = b"".join(iter(lambda: stored.read(100_000), b""))
    assert read == content


def test_an_empty_file_is_kept_too(session: Session) -> None:
    receipt = store(session, b"")
    assert StoredFile(session, receipt.file_id).read() == b""


def test_the_same_content_is_stored_once_and_each_arrival_noted(session: Session) -> None:
    first, again = store(session, "abc", name="a.txt"), store(session, "abc", name="b.txt")
    assert (first.is_duplicate, again.is_duplicate) == (False, True)
    assert again.file_id == first.file_id
    assert again.first_received_at == NOON
    receipts = session.scalars(select(FileReceipt).order_by(FileReceipt.id)).all()
    assert [(each.name, each.is_duplicate) for each in receipts] == [("a.txt", False), ("b.txt", True)]
    assert session.scalar(select(func.count()).select_from(FileChunk)) == 1


def test_only_a_new_file_rings_for_its_reading(session: Session) -> None:
    receipt = store(session, "abc")
    assert list(session.info.pop("rings")) == [(Job.READ_FILE, (receipt.file_id,))]
    store(session, "abc")
    assert "rings" not in session.info


def test_a_name_is_taken_without_its_path_and_without_what_cannot_be_shown(session: Session) -> None:
    assert store(session, "abc", name="C:\\in\\..\\r\x07.835").name == "r_.835"
    assert store(session, "abd", name="../../etc/").name == "unnamed"
    assert len(store(session, "abe", name="x" * 5_000).name) == 200


def test_two_copies_at_the_same_time_are_one_file(fresh_app: Flask) -> None:
    content = os.urandom(PIECE_BYTES * 3)
    together = threading.Barrier(4)
    results = []

    def bring() -> None:
        with fresh_app.app_context():
            together.wait()
            with transaction() as session:
                results.append(
                    receive(
                        session,
                        io.BytesIO(content),
                        name="r.835",
                        source=FileSource.DROP,
                        now=datetime.now(UTC),
                    )
                )

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.is_duplicate for each in results) == [False, True, True, True]
    with fresh_app.app_context(), transaction() as session:
        files = session.scalars(select(File)).all()
        assert [(each.status, each.size_bytes) for each in files] == [(FileStatus.RECEIVED, len(content))]
        assert session.scalar(select(func.count()).select_from(FileChunk)) == 3


def test_a_file_stored_before_a_crash_is_read_when_it_is_brought_again(session: Session) -> None:
    content = envelope(payment(paid("A1"), "300"))
    store(session, content)
    said = bring(session, content)
    assert (said["status"], said["applied"]) == ("applied", 1)
    assert bring(session, content)["status"] == "duplicate"
