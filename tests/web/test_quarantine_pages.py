"""The pages of the quarantine: why, where, and a lead's decision with its reason."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.people import ada, sue, uma
from tests.services.bringing import bring, envelope, paid, payment
from workqueue.models import Fact, QuarantinedItem
from workqueue.models.people import User
from workqueue.rules.states import QuarantineState

SignIn = Callable[[User], FlaskClient]


def set_aside(session: Session) -> int:
    """Bring a remittance whose second claim is a cent short; return the number of its item."""
    bad = paid("B1").replace("CAS*CO*45*150", "CAS*CO*45*149.99")
    bring(session, envelope(payment(paid("A1") + bad, "600")), name="bad.835")
    return session.scalars(select(QuarantinedItem.id)).one()


def facts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Fact)) or 0


def test_the_list_says_what_is_wrong_where_and_how_much_waits(session: Session, sign_in_as: SignIn) -> None:
    set_aside(session)
    page = sign_in_as(sue(session)).get("/quarantine").get_data(as_text=True)
    assert "CLP03 less all CAS amounts" in page
    assert "bad.835" in page
    assert "$600.00" in page


def test_an_item_shows_the_segments_around_it(session: Session, sign_in_as: SignIn) -> None:
    page = sign_in_as(uma(session)).get(f"/quarantine/{set_aside(session)}").get_data(as_text=True)
    assert "CLP*B1*1*500*300*50*12*ICNB1" in page.replace("<wbr>", "")
    assert "This one" in page
    assert "Release" not in page


def test_whoever_may_not_see_patients_sees_a_mask(session: Session, sign_in_as: SignIn) -> None:
    page = sign_in_as(ada(session)).get(f"/quarantine/{set_aside(session)}").get_data(as_text=True)
    assert "CLP*•••*1*500*300*50*12*•••" in page.replace("<wbr>", "")
    assert "ROE" not in page


def test_a_lead_releases_with_a_reason_and_the_set_is_taken_in(session: Session, sign_in_as: SignIn) -> None:
    item_id, client = set_aside(session), sign_in_as(sue(session))
    response = client.post(
        f"/quarantine/{item_id}/release",
        data={"reason": "The payer confirms the cent"},
        follow_redirects=True,
    )
    assert "Released." in response.get_data(as_text=True)
    assert facts(session) == 2
    page = client.get(f"/quarantine/{item_id}").get_data(as_text=True)
    assert "The payer confirms the cent" in page
    assert item_id in [item.id for item in session.scalars(select(QuarantinedItem))]
    assert "bad.835" in client.get("/quarantine?state=decided").get_data(as_text=True)


def test_a_lead_dismisses_with_a_reason_and_nothing_is_taken_in(session: Session, sign_in_as: SignIn) -> None:
    item_id = set_aside(session)
    sign_in_as(sue(session)).post(f"/quarantine/{item_id}/dismiss", data={"reason": "A test of theirs"})
    item = session.get_one(QuarantinedItem, item_id)
    assert (item.state, item.decided_by_id, facts(session)) == (QuarantineState.DISMISSED, sue(session).id, 0)


def test_without_a_reason_nothing_is_decided(session: Session, sign_in_as: SignIn) -> None:
    item_id, client = set_aside(session), sign_in_as(sue(session))
    for reason in ("", "ok"):
        response = client.post(f"/quarantine/{item_id}/release", data={"reason": reason})
        assert response.status_code == 422
    assert session.get_one(QuarantinedItem, item_id).state is QuarantineState.OPEN


def test_a_second_decision_is_refused(session: Session, sign_in_as: SignIn) -> None:
    item_id, client = set_aside(session), sign_in_as(sue(session))
    client.post(f"/quarantine/{item_id}/dismiss", data={"reason": "A test of theirs"})
    response = client.post(f"/quarantine/{item_id}/release", data={"reason": "Let it in after all"})
    assert response.status_code == 409
    assert facts(session) == 0


def test_nothing_set_aside_is_said(session: Session, sign_in_as: SignIn) -> None:
    assert "Nothing is set aside" in sign_in_as(uma(session)).get("/quarantine").get_data(as_text=True)
