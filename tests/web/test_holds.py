"""Holds on pages: placing one by its kind, the banner, the list of leads, lifting with a reason."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    make_account,
    make_hold,
    make_patient,
    otto,
    sue,
    uma,
)
from tests.services.desk import owed_by_patient, task_of
from workqueue.models import Account, Hold, Patient, User
from workqueue.rules.business_days import office_midnight
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import TaskState

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]
DAY = timedelta(days=1)


def waits(session: Session, *accounts: Account) -> list[bool]:
    return [task_of(session, each, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING for each in accounts]


def test_a_lead_holds_an_account_and_lifts_the_hold_with_a_reason(
    session: Session, sign_in_as: SignIn
) -> None:
    account = owed_by_patient(session)
    client = sign_in_as(sue(session))
    form = {"kind": "office", "reason": "the bill is looked at", "until_on_office": "2026-04-01"}
    assert client.post(f"/accounts/{account.id}/holds", data=form).status_code == 303
    assert waits(session, account) == [True]
    assert "On hold until Wed, Apr 1, 2026" in client.get(f"/accounts/{account.id}").text
    hold = session.scalars(select(Hold)).one()
    silent = client.post(f"/holds/{hold.id}/lift", data={"reason": " "})
    assert (silent.status_code, 'id="reason-error"' in silent.text) == (422, True)
    assert client.post(f"/holds/{hold.id}/lift", data={"reason": "corrected"}).status_code == 303
    assert waits(session, account) == [False]
    again = client.post(f"/holds/{hold.id}/lift", data={"reason": "corrected"})
    assert (again.status_code, "lifted already" in again.text) == (409, True)
    assert client.get("/holds/987654321").status_code == 404


def test_a_rep_places_what_a_patient_tells_and_nothing_else(session: Session, sign_in_as: SignIn) -> None:
    account = owed_by_patient(session)
    client = sign_in_as(otto(session))
    page = client.get(f"/accounts/{account.id}").text
    assert 'value="bankruptcy"' in page
    assert 'value="legal"' not in page
    assert "looks after it" not in page
    refused = client.post(f"/accounts/{account.id}/holds", data={"kind": "legal", "reason": "x"})
    assert refused.status_code == 422
    assert "placed by a lead" in refused.text
    referral = client.post(f"/accounts/{account.id}/holds", data={"kind": "pre_collection", "reason": "x"})
    assert referral.status_code == 422
    form = {"kind": "dispute", "reason": "was never there", "owner_id": str(sue(session).id)}
    assert client.post(f"/accounts/{account.id}/holds", data=form).status_code == 303
    hold = session.scalars(select(Hold)).one()
    # Left empty it ends when such a hold usually does; a rep looks after what a rep places.
    assert (hold.until_at, hold.owner_id) == (office_midnight(TODAY + 30 * DAY), otto(session).id)


def test_every_kind_comes_with_its_words_and_its_usual_end(session: Session, sign_in_as: SignIn) -> None:
    page = sign_in_as(sue(session)).get(f"/accounts/{owed_by_patient(session).id}").text
    assert 'data-shown-by="hold-qmb"' in page
    assert 'name="until_on_dispute" type="date" value="2026-04-09"' in page
    assert "Covers all accounts this person answers for" in page
    assert "Stops the payer&#39;s tasks" in page
    assert "policy until counsel has confirmed it" in page


def test_a_persons_hold_is_shown_on_every_account_they_answer_for(
    session: Session, sign_in_as: SignIn
) -> None:
    person = make_patient(session)
    child = make_account(session, guarantor=person, patient_cents=5_000)
    own = owed_by_patient(session, patient=person)
    client = sign_in_as(sue(session))
    form = {"kind": "deceased", "reason": "the daughter called", "owner_id": str(otto(session).id)}
    assert client.post(f"/accounts/{own.id}/holds", data=form).status_code == 303
    assert session.scalars(select(Hold)).one().owner_id == otto(session).id
    for account in (own, child):
        page = client.get(f"/accounts/{account.id}").text
        assert "Deceased: on hold until" in page
        assert "it covers all accounts of the person" in page
        assert "Only the executor" in page
    hold = session.scalars(select(Hold)).one()
    view = client.get(f"/holds/{hold.id}").text
    assert own.number in view
    assert child.number in view


def test_a_bankruptcy_asks_for_the_day_of_the_petition(session: Session, sign_in_as: SignIn) -> None:
    person = make_patient(session)
    before = owed_by_patient(session, patient=person, service_on=TODAY - 60 * DAY)
    after = owed_by_patient(session, patient=person, service_on=TODAY - 20 * DAY)
    client = sign_in_as(otto(session))
    form = {"kind": "bankruptcy", "reason": "case 26-10001"}
    missing = client.post(f"/accounts/{after.id}/holds", data=form)
    assert (missing.status_code, 'id="petition_on-error"' in missing.text) == (422, True)
    assert 'value="case 26-10001"' in missing.text
    form["petition_on"] = (TODAY - 30 * DAY).isoformat()
    assert client.post(f"/accounts/{after.id}/holds", data=form).status_code == 303
    assert "1 account is on hold now" in client.get(f"/accounts/{after.id}").text
    assert waits(session, before, after) == [True, False]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"reason": "x"}, "kind"),
        ({"kind": "nonsense", "reason": "x"}, "kind"),
        ({"kind": "office"}, "reason"),
        ({"kind": "office", "reason": "x", "until_on_office": "2026-03-10"}, "until_on_office"),
        ({"kind": "office", "reason": "x", "until_on_office": "2030-01-01"}, "until_on_office"),
        ({"kind": "office", "reason": "x", "until_on_office": "soon"}, "until_on_office"),
        ({"kind": "office", "reason": "x", "owner_id": "987654321"}, "owner_id"),
    ],
)
def test_what_is_wrong_with_a_hold_is_said_beside_the_field(
    session: Session, sign_in_as: SignIn, form: dict[str, str], field: str
) -> None:
    account = make_account(session)
    answer = sign_in_as(sue(session)).post(f"/accounts/{account.id}/holds", data=form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert session.scalar(select(func.count()).select_from(Hold)) == 0


def test_the_list_tells_what_is_in_force_ends_soon_and_ran_out(session: Session, sign_in_as: SignIn) -> None:
    placed = NOON - 60 * DAY
    for reason, ends_at, lifted_at in (
        ("far off", NOON + 30 * DAY, None),
        ("nearly over", NOON + 2 * DAY, None),
        ("let go", NOON - DAY, None),
        ("was lifted", NOON - DAY, NOON - 2 * DAY),
    ):
        make_hold(session, reason=reason, placed_at=placed, until_at=ends_at, lifted_at=lifted_at)
    client = sign_in_as(uma(session))

    def reasons(address: str) -> set[str]:
        page = client.get(address).text
        return {each for each in ("far off", "nearly over", "let go", "was lifted") if each in page}

    assert reasons("/holds") == {"far off", "nearly over"}
    assert reasons("/holds?state=ending") == {"nearly over"}
    assert reasons("/holds?state=ended") == {"let go"}
    assert "Ended, look again" in client.get("/holds").text
    assert client.get("/holds?state=nonsense").status_code == 422


def test_one_that_ran_out_stays_until_somebody_has_looked(session: Session, sign_in_as: SignIn) -> None:
    hold = make_hold(session, reason="let go", placed_at=NOON - 9 * DAY, until_at=NOON - DAY)
    client = sign_in_as(sue(session))
    assert "1 hold ended, look again" in client.get("/team").text
    assert "It has been looked at" in client.get(f"/holds/{hold.id}").text
    assert client.post(f"/holds/{hold.id}/lift", data={"reason": "settled"}).status_code == 303
    assert "let go" not in client.get("/holds?state=ended").text


def test_the_list_is_filtered_and_paged(session: Session, sign_in_as: SignIn) -> None:
    account = make_account(session)
    for number in range(52):
        make_hold(session, account=account, reason=f"no{number:02}.", until_at=NOON + (number + 1) * DAY)
    make_hold(session, account=account, kind=HoldKind.DISPUTE, reason="disputed", owner=otto(session))
    client = sign_in_as(sue(session))
    page = client.get("/holds").text
    assert "no48." in page
    assert "no50." not in page
    following = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(following).text
    assert "no51." in second
    assert "no48." not in second
    only = client.get("/holds?kind=dispute").text
    assert ("disputed" in only, "no01." in only) == (True, False)
    assert "disputed" in client.get(f"/holds?owner_id={otto(session).id}").text
    assert "Nothing to look at again" in client.get("/holds?state=ended").text
    assert client.get("/holds?after=torn").status_code == 422


def test_the_title_of_a_hold_names_nobody(session: Session, sign_in_as: SignIn) -> None:
    person = make_patient(session, last_name="Secretly")
    hold = make_hold(session, person=person, kind=HoldKind.QMB)
    page = sign_in_as(sue(session)).get(f"/holds/{hold.id}").text
    assert page.partition("<title>")[2].partition("</title>")[0] == "Hold · Workqueue"
    assert "This person answers for no account now" in page


def test_a_minor_without_a_guarantor_is_said_on_the_task(session: Session, sign_in_as: SignIn) -> None:
    account = owed_by_patient(session, patient=make_patient(session, birth_on=date(2020, 5, 1)))
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    client = sign_in_as(otto(session))
    assert "no guarantor is known" in client.get(f"/tasks/{task.id}").text
    account.guarantor_id = make_patient(session).id
    session.flush()
    assert "no guarantor is known" not in client.get(f"/tasks/{task.id}").text


def test_a_held_task_says_which_hold_it_waits_for(session: Session, sign_in_as: SignIn) -> None:
    account = owed_by_patient(session)
    client = sign_in_as(sue(session))
    form = {"kind": "bankruptcy", "reason": "case 26-10001", "petition_on": TODAY.isoformat()}
    client.post(f"/accounts/{account.id}/holds", data=form)
    page = client.get(f"/tasks/{task_of(session, account, TaskKind.PATIENT_BALANCE).id}").text
    assert "On hold: bankruptcy, case 26-10001, until June 8, 2026." in page
    assert "On hold: bankruptcy until" in client.get(f"/accounts/{account.id}").text
    assert "On hold: bankruptcy" in client.get("/health-of-queue").text
    assert session.get_one(Patient, account.patient_id)
