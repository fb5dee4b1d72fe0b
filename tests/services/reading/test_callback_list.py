"""The list of callbacks: what is due between two moments, in the order of its time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, make_account, make_callback, make_patient, make_phone, otto
from tests.services.booking.desk import booked, first_slots, somebody, team_of
from tests.services.test_contacting import counted_statements
from workqueue.rules.slots import CallbackTopic
from workqueue.rules.states import CallbackState
from workqueue.services.reading.callback_list import CallbackList, ListedCallback, callback_lines

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def listed(session: Session, *, until_at: datetime = NOON + DAY, rep_id: int | None = None) -> list[int]:
    page = callback_lines(session, from_at=NOON, until_at=until_at, rep_id=rep_id)
    return [line.callback_id for line in page.rows]


def test_a_line_says_whose_call_it_is_when_and_who_makes_it(session: Session) -> None:
    rep = team_of(session)[0]
    asking = somebody(session)
    at = first_slots(session, asking)[0]
    promise = booked(session, asking, at)
    (line,) = callback_lines(session, from_at=NOON, until_at=NOON + DAY).rows
    assert line == ListedCallback(
        callback_id=promise.callback_id,
        account_id=asking.account.id,
        account_number=asking.account.number,
        patient_id=asking.patient.id,
        patient_name=f"{asking.patient.last_name}, {asking.patient.first_name}",
        zone="America/Chicago",
        at=at,
        ends_at=at + timedelta(minutes=15),
        rep_id=rep.id,
        rep_name=rep.name,
        state=CallbackState.BOOKED,
        is_missed=False,
        topic=CallbackTopic.BILL,
        language="en",
        needs_interpreter=False,
        asked_at=NOON,
        booked_at=NOON,
        phone_id=asking.phone.id,
        sequence=0,
    )


def test_the_first_moment_belongs_to_it_and_the_last_does_not(session: Session) -> None:
    at = [NOON - timedelta(microseconds=1), NOON, NOON + HOUR, NOON + DAY]
    ids = [make_callback(session, at=each).id for each in at]
    assert listed(session) == ids[1:3]
    assert listed(session, until_at=NOON) == []


def test_only_those_of_one_rep_or_in_some_states_are_listed(session: Session) -> None:
    of_ana, of_otto, is_open = (make_callback(session, at=NOON + hours * HOUR) for hours in (1, 2, 3))
    of_ana.rep_id, of_otto.rep_id = ana(session).id, otto(session).id
    of_otto.state = CallbackState.CANCELLED
    session.flush()
    assert listed(session) == [of_ana.id, of_otto.id, is_open.id]
    assert listed(session, rep_id=of_ana.rep_id) == [of_ana.id]
    page = callback_lines(
        session,
        from_at=NOON,
        until_at=NOON + DAY,
        states=(CallbackState.CANCELLED, CallbackState.MET),
    )
    assert [line.callback_id for line in page.rows] == [of_otto.id]


@pytest.mark.parametrize(
    ("state", "is_seen_missed", "is_missed"),
    [
        (CallbackState.BOOKED, True, True),
        (CallbackState.MISSED, False, True),
        (CallbackState.BOOKED, False, False),
        (CallbackState.MET, False, False),
    ],
)
def test_missed_is_what_nobody_made_in_time(
    session: Session, state: CallbackState, is_seen_missed: bool, is_missed: bool
) -> None:
    callback = make_callback(session, at=NOON, state=state)
    callback.missed_at = NOON + HOUR if is_seen_missed else None
    session.flush()
    (line,) = callback_lines(session, from_at=NOON, until_at=NOON + DAY).rows
    assert line.is_missed is is_missed


def test_one_that_is_nobodys_has_no_names(session: Session) -> None:
    account = make_account(session)
    callback = make_callback(session, account=account)
    callback.patient_id = None
    session.flush()
    (line,) = callback_lines(session, from_at=NOON, until_at=NOON + DAY).rows
    assert (line.patient_id, line.patient_name, line.rep_id, line.rep_name) == (None, "", None, "")


def test_the_name_is_of_who_is_called(session: Session) -> None:
    guarantor = make_patient(session)
    phone = make_phone(session, patient=guarantor)
    make_callback(session, account=make_account(session), patient=guarantor, phone=phone)
    (line,) = callback_lines(session, from_at=NOON, until_at=NOON + DAY).rows
    assert (line.patient_id, line.phone_id) == (guarantor.id, phone.id)
    assert line.patient_name == f"{guarantor.last_name}, {guarantor.first_name}"


def test_pages_go_on_after_the_last_line_also_among_those_of_one_time(session: Session) -> None:
    at = [NOON + HOUR, NOON + 2 * HOUR, NOON + HOUR, NOON + HOUR, NOON]
    made = [make_callback(session, at=each) for each in at]
    expected = [each.id for each in sorted(made, key=lambda each: (each.at, each.id))]
    pages = in_pages(session, size=2)
    assert [[line.callback_id for line in page.rows] for page in pages] == [
        expected[:2],
        expected[2:4],
        expected[4:],
    ]


def test_a_full_last_page_has_no_next_one(session: Session) -> None:
    for hours in range(2):
        make_callback(session, at=NOON + hours * HOUR)
    assert callback_lines(session, from_at=NOON, until_at=NOON + DAY, limit=2).next is None


def in_pages(session: Session, *, size: int) -> list[CallbackList]:
    pages = [callback_lines(session, from_at=NOON, until_at=NOON + DAY, limit=size)]
    while pages[-1].next is not None:
        pages.append(
            callback_lines(session, from_at=NOON, until_at=NOON + DAY, after=pages[-1].next, limit=size)
        )
    return pages


def test_many_cost_one_statement(session: Session) -> None:
    for hours in range(5):
        make_callback(session, at=NOON + hours * HOUR)
    session.expire_all()
    with counted_statements(session) as statements:
        found = callback_lines(session, from_at=NOON, until_at=NOON + DAY)
    assert (len(found.rows), len(statements)) == (5, 1)
