"""The pages of files: what came, what became of it, bringing new ones."""

import io
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.people import ada, sue, uma
from tests.services.bringing import bring, envelope, paid, payment
from workqueue.models import File, FileReceipt
from workqueue.models.people import User
from workqueue.rules.states import FileSource

SignIn = Callable[[User], FlaskClient]
SOUND = envelope(payment(paid("A1"), "300"))


def upload(client: FlaskClient, *contents: str) -> str:
    sent = [(io.BytesIO(each.encode()), f"r{at}.835") for at, each in enumerate(contents)]
    response = client.post("/files", data={"files": sent}, follow_redirects=True)
    return response.get_data(as_text=True)


def test_a_file_brought_is_stored_and_its_page_says_that_it_waits(
    session: Session, sign_in_as: SignIn
) -> None:
    page = upload(sign_in_as(sue(session)), SOUND)
    assert "Files stored: 1" in page
    assert "waits to be read" in page
    receipt = session.scalars(select(FileReceipt)).one()
    assert (receipt.source, receipt.received_by_id) == (FileSource.UPLOAD, sue(session).id)


def test_the_same_file_again_is_said_plainly(session: Session, sign_in_as: SignIn) -> None:
    bring(session, SOUND)
    page = upload(sign_in_as(ada(session)), SOUND)
    assert "came before with the same content. Nothing was changed." in page
    assert "Same content again: nothing changed" in page


def test_several_files_are_taken_at_once(session: Session, sign_in_as: SignIn) -> None:
    other = envelope(payment(paid("A2"), "300", trace="EFT2"))
    page = upload(sign_in_as(sue(session)), SOUND, other, SOUND)
    assert "Files stored: 2" in page
    assert "1 of these 3 files came before" in page
    assert session.scalar(select(func.count()).select_from(File)) == 2


def test_a_form_without_a_file_comes_back_with_what_to_do(session: Session, sign_in_as: SignIn) -> None:
    response = sign_in_as(sue(session)).post("/files", data={})
    assert response.status_code == 422
    assert "Choose at least one file." in response.get_data(as_text=True)


def test_a_files_page_shows_its_totals_and_its_errors(session: Session, sign_in_as: SignIn) -> None:
    bring(session, envelope(payment(paid("A1"), "299.99")), name="short.835")
    file_id = session.scalars(select(File.id)).one()
    page = sign_in_as(uma(session)).get(f"/files/{file_id}").get_data(as_text=True)
    assert "Quarantined" in page
    assert "$299.99" in page
    assert "payment_unbalanced" in page


def test_the_list_shows_the_newest_first_and_goes_on(session: Session, sign_in_as: SignIn) -> None:
    for number in range(52):
        bring(session, f"not x12 {number}", name=f"junk-{number:02}.txt", is_posted=False)
    client = sign_in_as(uma(session))
    page = client.get("/files").get_data(as_text=True)
    assert page.index("junk-51.txt") < page.index("junk-02.txt")
    assert "junk-01.txt" not in page
    last = session.scalars(select(File.id).where(File.name == "junk-02.txt")).one()
    assert f"before={last}" in page
    assert "junk-01.txt" in client.get(f"/files?before={last}").get_data(as_text=True)


def test_an_auditor_is_offered_no_form(session: Session, sign_in_as: SignIn) -> None:
    page = sign_in_as(uma(session)).get("/files").get_data(as_text=True)
    assert "Read these files" not in page


def test_a_file_that_is_not_there_is_not_found(session: Session, sign_in_as: SignIn) -> None:
    assert sign_in_as(uma(session)).get("/files/4711").status_code == 404
