"""A promised call on its rep's screen: the words to say first, before anybody is asked who they are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_lease, otto
from tests.services.booking.desk import Asking, booked, first_slots
from workqueue.models import Call, Callback, CallbackChange, Task, User
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CallbackState
from workqueue.services import calling
from workqueue.services.outcomes import log_outcome

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.mark.parametrize(
    ("language", "said"), [("en", "First the words you were given"), ("es", "Primero, las palabras")]
)
def test_the_words_come_before_the_steps_of_identification(
    session: Session, sign_in_as: Callable[[User], FlaskClient], asking: Asking, language: str, said: str
) -> None:
    promise = booked(session, asking, first_slots(session, asking)[0])
    callback = session.get_one(Callback, promise.callback_id)
    callback.language, callback.needs_interpreter = language, True
    task = session.scalars(select(Task).where(Task.kind == TaskKind.CALLBACK_DUE)).one()
    lease = make_lease(session, task=task, rep=otto(session), granted_at=datetime.now(UTC))
    rep = sign_in_as(otto(session))
    page = rep.get(f"/tasks/{task.id}").text
    assert promise.phrase in page
    assert "with an interpreter" in page
    assert "A question about a bill" in page
    callback.asked_at = callback.booked_at - timedelta(minutes=1)
    form = {"lease_token": str(lease.id), "dial_phone_id": str(asking.phone.id)}
    rep.post(f"/tasks/{task.id}/call", data=form)
    call = session.scalars(select(Call)).one()
    rep.post(f"/calls/{call.id}/step", data={"step": "answered"})
    page = rep.get(f"/tasks/{task.id}").text
    words, question = page.index(said), page.index("stated_birth_date")
    assert promise.phrase in page[words : words + 120]
    assert words < question


def test_once_the_call_was_made_the_link_opens_nothing_any_more(
    client: FlaskClient, session: Session, asking: Asking
) -> None:
    promise = booked(session, asking, first_slots(session, asking)[0])
    task = session.scalars(select(Task).where(Task.kind == TaskKind.CALLBACK_DUE)).one()
    rep = otto(session)
    lease = make_lease(session, task=task, rep=rep, granted_at=datetime.now(UTC))
    assert client.get(f"/b/{asking.token}").status_code == 303
    at = session.get_one(Callback, promise.callback_id).at
    calling.place_call(
        session, task_id=task.id, lease_token=lease.id, phone_id=asking.phone.id, rep_id=rep.id, now=at
    )
    log_outcome(
        session,
        task_id=task.id,
        lease_token=lease.id,
        entry=OutcomeEntry("no_answer"),
        rep_id=rep.id,
        now=at,
    )
    assert session.get_one(Callback, promise.callback_id).state is CallbackState.MET
    kinds = session.scalars(select(CallbackChange.kind).order_by(CallbackChange.id)).all()
    assert kinds == [CallbackChangeKind.BOOKED, CallbackChangeKind.MET]
    assert client.get(f"/b/{asking.token}").status_code == 404
