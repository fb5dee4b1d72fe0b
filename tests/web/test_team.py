"""The lead's page: the queue in pages, who holds what, giving a task away."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, ben, make_task, make_team, otto, sue, uma
from tests.services.desk import billed_to_payer, deny, open_office, owed_by_patient, take, task_of
from workqueue.models import Account, Skill, TaskChange, User
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CauseKind, TaskState
from workqueue.web import guards

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


def next_url(page: str) -> str | None:
    found = re.search(r'rel="next" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else None


def rows_of(page: str) -> list[int]:
    return [int(each) for each in re.findall(r'href="/tasks/(\d+)" data-row-link', page)]


def test_the_queue_comes_fifty_at_a_time_and_every_task_once(session: Session, sign_in_as: SignIn) -> None:
    open_office(session)
    made = [make_task(session, priority=1_000 - number // 3).id for number in range(120)]
    client, seen = sign_in_as(sue(session)), []
    url: str | None = "/team"
    while url:
        page = client.get(url).text
        seen.append(rows_of(page))
        url = next_url(page)
    assert [len(each) for each in seen] == [50, 50, 20]
    assert [each for page_rows in seen for each in page_rows] == made


def test_the_address_of_a_page_holds_ids_and_states_only(session: Session, sign_in_as: SignIn) -> None:
    open_office(session)
    for _ in range(51):
        make_task(session)
    url = next_url(sign_in_as(sue(session)).get("/team?kind=claim_no_response").text)
    assert url is not None
    assert re.fullmatch(r"/team\?team_id=\d+&state=queued&kind=claim_no_response&after=-?\d+~\d+", url)


@pytest.mark.parametrize("after", ["x", "1", "1~", "~1", "1~0", "1e9~3", "9" * 30 + "~1", "1~" + "9" * 19])
def test_a_link_to_a_page_that_is_not_whole_is_refused(
    session: Session, sign_in_as: SignIn, after: str
) -> None:
    open_office(session)
    assert sign_in_as(sue(session)).get("/team", query_string={"after": after}).status_code == 422


@pytest.mark.parametrize(
    "query", ["state=closed", "state=x", "kind=x", "window=x", "owner_id=x", "team_id=0"]
)
def test_a_filter_that_does_not_exist_is_refused(session: Session, sign_in_as: SignIn, query: str) -> None:
    open_office(session)
    assert sign_in_as(sue(session)).get(f"/team?{query}").status_code == 422


def test_an_unknown_team_is_not_found(session: Session, sign_in_as: SignIn) -> None:
    assert sign_in_as(sue(session)).get("/team?team_id=999999").status_code == 404


def test_the_queue_is_narrowed_by_kind_state_and_person(session: Session, sign_in_as: SignIn) -> None:
    open_office(session)
    first, second = billed_to_payer(session), billed_to_payer(session)
    deny(session, first, 20_000)
    waiting = task_of(session, second, TaskKind.CLAIM_NO_RESPONSE)
    denial = task_of(session, first, TaskKind.DENIAL)
    denial.owner_id = ben(session).id
    client = sign_in_as(sue(session))
    assert rows_of(client.get("/team?kind=denial").text) == [denial.id]
    assert rows_of(client.get(f"/team?owner_id={ben(session).id}").text) == [denial.id]
    assert rows_of(client.get("/team?kind=claim_no_response").text) == [waiting.id]
    assert "No task is like this" in client.get("/team?kind=underpaid").text
    take(session, second, TaskKind.CLAIM_NO_RESPONSE, ana(session))
    assert rows_of(client.get("/team?state=leased").text) == [waiting.id]
    part = client.get("/team?state=leased", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<html" not in part.text
    assert rows_of(part.text) == [waiting.id]


def test_the_queue_is_narrowed_to_the_call_windows_that_are_open(
    session: Session, sign_in_as: SignIn
) -> None:
    task = task_of(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE)
    client = sign_in_as(sue(session))
    page = client.get("/team?window=open").text
    assert rows_of(page) == [task.id]
    assert '<option value="open" selected>Open now</option>' in page
    assert "No task is like this" in client.get("/team?window=closed").text


def test_the_lead_sees_who_holds_what(session: Session, sign_in_as: SignIn) -> None:
    account = billed_to_payer(session)
    take(session, account, TaskKind.CLAIM_NO_RESPONSE, ana(session))
    page = sign_in_as(sue(session)).get("/team").text
    assert "Release the task Ana holds" in page
    assert "Otto" not in page
    reader = sign_in_as(uma(session)).get("/team").text
    assert "Release the task" not in reader


def test_a_lead_gives_a_task_to_a_rep_with_a_reason(session: Session, sign_in_as: SignIn) -> None:
    account = billed_to_payer(session)
    task_id, _ = take(session, account, TaskKind.CLAIM_NO_RESPONSE, ana(session))
    ben(session)
    client = sign_in_as(sue(session))
    form = client.get(f"/team/tasks/{task_id}").text
    assert "Ana is working on it now and loses it at once" in form
    answer = client.post(f"/team/tasks/{task_id}/give", data={"to": ben(session).id, "reason": "Ana is ill"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/team")
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert (task.owner_id, task.holder_id, task.state) == (ben(session).id, None, TaskState.QUEUED)
    change = session.scalars(select(TaskChange).where(TaskChange.cause == CauseKind.LEAD)).first()
    assert change is not None
    assert change.after["reason"] == "Ana is ill"
    page = client.get(f"/accounts/{account.id}").text
    assert "given to Ben" in page
    assert "Sue reassigned it: Ana is ill" in page


def test_a_task_goes_back_to_everybody(session: Session, sign_in_as: SignIn) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    task.owner_id = ben(session).id
    form = {"to": "everybody", "reason": "Ben is away"}
    assert sign_in_as(sue(session)).post(f"/team/tasks/{task.id}/give", data=form).status_code == 303
    assert task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).owner_id is None


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "to"),
        ({"to": "everybody"}, "reason"),
        ({"to": "999999", "reason": "x"}, "to"),
        ({"to": "x"}, "to"),
    ],
)
def test_giving_needs_a_person_and_a_reason(
    session: Session, sign_in_as: SignIn, form: dict[str, str], field: str
) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    answer = sign_in_as(sue(session)).post(f"/team/tasks/{task.id}/give", data=form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_stuck_task_is_released_and_stays_whose_it_was(session: Session, sign_in_as: SignIn) -> None:
    account = billed_to_payer(session)
    task_id, _ = take(session, account, TaskKind.CLAIM_NO_RESPONSE, ana(session))
    task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).owner_id = ana(session).id
    assert sign_in_as(sue(session)).post(f"/team/tasks/{task_id}/free").status_code == 303
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    assert (task.state, task.owner_id, task.lease_token) == (TaskState.QUEUED, ana(session).id, None)


def test_another_team_can_be_looked_at(session: Session, sign_in_as: SignIn) -> None:
    open_office(session)
    otto(session)
    patients = make_team(session, "Patient accounts")
    page = sign_in_as(sue(session)).get(f"/team?team_id={patients.id}").text
    assert "<h1" in page
    assert "Otto" in page


def test_each_patient_of_the_queue_shows_whether_they_may_be_called_now(
    session: Session, sign_in_as: SignIn, owing: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    billed_to_payer(session)
    no_number = owed_by_patient(session)
    client = sign_in_as(sue(session))
    team_id = session.scalars(select(Skill.team_id).where(Skill.code == SkillCode.PATIENTS)).one()
    page = client.get(f"/team?team_id={team_id}").text
    assert "outlook-yes" in page
    assert "No number" in page
    assert no_number.number in page
    night = NOON + timedelta(hours=12)
    monkeypatch.setattr(guards, "datetime", SimpleNamespace(now=night.astimezone))
    assert "From Wed, Mar 11, 9:00 AM" in client.get(f"/team?team_id={team_id}").text
