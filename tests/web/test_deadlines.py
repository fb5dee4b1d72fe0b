"""The page of deadlines: what it says, to whom, and the tasks behind each number."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import NOON, ada, ana, ben, make_account, make_patient, otto, sue, uma
from tests.factories.signing_in import make_api_token
from tests.services.deadlines import TODAY, TOMORROW, appeal, callback_of, works
from tests.services.desk import open_office
from workqueue.models import Task, User
from workqueue.rules.kinds import TaskKind
from workqueue.services.sign_in import digest

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


@pytest.fixture(autouse=True)
def an_office(session: Session) -> None:
    """Ana alone does denials: an hour today and one tomorrow."""
    open_office(session)
    works(session, ana(session), today=60, tomorrow=60)
    works(session, sue(session), today=0)


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).strip()


def rows_of(page: str) -> list[int]:
    return [int(each) for each in re.findall(r'href="/tasks/(\d+)" data-row-link', page)]


def of_rivera(session: Session, **more: object) -> Task:
    patient = make_patient(session, first_name="Marisol", last_name="Rivera")
    return appeal(session, account=make_account(session, patient=patient), **more)  # type: ignore[arg-type]


def test_an_office_that_can_keep_all_says_so(session: Session, sign_in_as: SignIn) -> None:
    appeal(session)
    page = plain(sign_in_as(sue(session)).get("/deadlines").text)
    assert "The one deadline of the next 10 working days can be kept." in page
    assert "What would help" not in page


def test_an_office_with_nothing_due_says_that(session: Session, sign_in_as: SignIn) -> None:
    page = plain(sign_in_as(sue(session)).get("/deadlines?days=1").text)
    assert "No hard deadline and no callback is due until Tue, Mar 10, 2026." in page
    assert "Nothing is due" in page


def test_a_shortage_is_said_in_a_sentence_with_its_proof(session: Session, sign_in_as: SignIn) -> None:
    for cents in (100_00, 200_00, 300_00, 400_00):
        appeal(session, cents=cents)
    page = plain(sign_in_as(sue(session)).get("/deadlines").text)
    assert "2 of 4 deadlines of the next 10 working days will be missed: 2 h short, $300.00." in page
    assert "Denials and appeals: 2 h short by Wed, Mar 11, 2026" in page
    assert "4 deadlines until then need 4 h. The one person who can do any of it has 2 h for it." in page
    assert "Overtime: 2 h" in page


def test_the_tasks_to_let_go_of_are_those_that_lose_least(session: Session, sign_in_as: SignIn) -> None:
    cheap = appeal(session, cents=100_00)
    for cents in (900_00, 800_00):
        appeal(session, cents=cents)
    client = sign_in_as(sue(session))
    assert rows_of(client.get("/deadlines/tasks").text) == [cheap.id]
    assert rows_of(client.get(f"/deadlines/tasks?skill=denials&due_on={TOMORROW}").text) == [cheap.id]
    assert rows_of(client.get(f"/deadlines/tasks?due_on={TODAY}").text) == []
    assert rows_of(client.get("/deadlines/tasks?skill=claims").text) == []


def test_what_to_begin_with_comes_in_the_order_of_deadlines(session: Session, sign_in_as: SignIn) -> None:
    later, sooner = appeal(session), appeal(session, on=TODAY)
    page = sign_in_as(sue(session)).get("/deadlines/tasks?which=first").text
    assert rows_of(page) == [sooner.id]
    assert later.id not in rows_of(page)


def test_what_passed_and_what_is_put_off_too_long_have_lists_of_their_own(
    session: Session, sign_in_as: SignIn
) -> None:
    passed = appeal(session, on=TODAY - timedelta(days=1))
    stuck = appeal(session, on=TODAY, deferred_until=NOON + timedelta(days=2))
    client = sign_in_as(uma(session))
    assert rows_of(client.get("/deadlines/tasks?which=passed").text) == [passed.id]
    assert rows_of(client.get("/deadlines/tasks?which=stuck").text) == [stuck.id]


def test_a_long_list_comes_fifty_at_a_time(session: Session, sign_in_as: SignIn) -> None:
    made = [appeal(session, on=TODAY - timedelta(days=1)).id for _ in range(60)]
    client = sign_in_as(sue(session))
    first = client.get("/deadlines/tasks?which=passed").text
    assert "page=2" in first
    second = client.get("/deadlines/tasks?which=passed&page=2").text
    assert [*rows_of(first), *rows_of(second)] == made


def test_an_admin_sees_how_many_and_not_whose(session: Session, sign_in_as: SignIn) -> None:
    for _ in range(3):
        of_rivera(session)
    client = sign_in_as(ada(session))
    page = client.get("/deadlines").text
    assert "1 of 3 deadlines" in plain(page)
    assert "Rivera" not in page
    assert "/deadlines/tasks" not in page
    assert "Rivera" in sign_in_as(sue(session)).get("/deadlines/tasks").text


def test_a_team_has_a_page_of_its_own_skills(session: Session, sign_in_as: SignIn) -> None:
    for _ in range(3):
        appeal(session)
    client = sign_in_as(sue(session))
    ours = plain(client.get(f"/deadlines?team_id={ana(session).team_id}").text)
    theirs = plain(client.get(f"/deadlines?team_id={otto(session).team_id}").text)
    assert "1 of 3 deadlines" in ours
    assert "No hard deadline" in theirs


@pytest.mark.parametrize("query", ["days=0", "days=31", "days=x", "team_id=0"])
def test_what_cannot_be_asked_is_refused(session: Session, sign_in_as: SignIn, query: str) -> None:
    assert sign_in_as(sue(session)).get(f"/deadlines?{query}").status_code == 422


@pytest.mark.parametrize("query", ["which=x", "page=0", "due_on=x"])
def test_a_list_that_cannot_be_is_refused(session: Session, sign_in_as: SignIn, query: str) -> None:
    assert sign_in_as(sue(session)).get(f"/deadlines/tasks?{query}").status_code == 422


@pytest.mark.parametrize(
    "path", ["/deadlines?team_id=99999", "/deadlines/tasks?team_id=99999", "/deadlines/tasks?skill=none"]
)
def test_a_team_or_skill_that_is_not_there_is_not_found(
    session: Session, sign_in_as: SignIn, path: str
) -> None:
    assert sign_in_as(sue(session)).get(path).status_code == 404


def test_the_lead_reads_it_in_a_line_on_the_page_of_the_team(session: Session, sign_in_as: SignIn) -> None:
    client = sign_in_as(sue(session))
    page = client.get("/team").text
    asked = re.search(r'hx-get="(/deadlines/line\?team_id=\d+)"', page)
    assert asked is not None
    assert "No hard deadline and no callback falls" in plain(client.get(asked[1]).text)
    appeal(session)
    assert "can be kept" in plain(client.get(asked[1]).text)
    for _ in range(2):
        appeal(session)
    assert "1 of 3 deadlines" in plain(client.get(asked[1]).text)


def test_what_was_passed_to_somebody_without_time_shows_even_if_all_can_be_kept(
    session: Session, sign_in_as: SignIn
) -> None:
    works(session, ben(session), today=10)
    appeal(session, owner=ben(session))
    page = sign_in_as(sue(session)).get("/deadlines").text
    assert "The one deadline" in plain(page)
    assert "Pass tasks on: 50 min" in plain(page)
    assert 'href="/rebalance"' in page


def asked_by(client: FlaskClient, session: Session, person: User) -> dict[str, object]:
    make_api_token(session, user=person, token_hash=digest(f"token of {person.username}"))
    answer = client.get(
        "/api/v1/feasibility?days=3", headers={"Authorization": f"Bearer token of {person.username}"}
    )
    assert answer.status_code == 200
    found: dict[str, object] = answer.json
    return found


def test_programs_get_the_same_figures(session: Session, client: FlaskClient) -> None:
    cheap = appeal(session, cents=100_00)
    for cents in (900_00, 800_00):
        appeal(session, cents=cents)
    found = asked_by(client, session, sue(session))
    assert (found["is_feasible"], found["due_count"], found["missed_count"]) == (False, 3, 1)
    assert (found["short_minutes"], found["missed_cents"]) == (60, 100_00)
    assert found["missed_task_ids"] == [cheap.id]
    assert [each["minutes"] for each in found["overtime"]] == [60]  # type: ignore[attr-defined]
    assert asked_by(client, session, ada(session))["missed_task_ids"] == []


def test_a_callback_is_listed_with_its_hour(session: Session, sign_in_as: SignIn) -> None:
    works(session, otto(session), today=0)
    task = callback_of(session, NOON + timedelta(hours=2), minutes=15)
    page = sign_in_as(sue(session)).get("/deadlines/tasks").text
    assert rows_of(page) == [task.id]
    assert task.kind is TaskKind.CALLBACK_DUE
    assert "Nobody who can do it is at work before then." in plain(
        sign_in_as(sue(session)).get("/deadlines").text
    )
