"""The lead's pages of a rebalance: propose, look, amend, apply, undo; a cover, and whom to tell."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, ben, make_user, otto, sue, uma
from tests.factories.people import PATIENT_SKILLS, PATIENT_TEAM, make_team
from tests.services.test_covering import promised_call
from tests.services.test_rebalancing import moves_of, owned, owners, proposed
from workqueue.models import Rebalance, RebalanceMove, Task, User
from workqueue.rules.moves import MoveResult, RebalanceState
from workqueue.rules.roles import Role
from workqueue.services import covering

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def lead(session: Session, sign_in_as: SignIn) -> FlaskClient:
    return sign_in_as(sue(session))


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_lead_proposes_and_sees_how_many_must_move_and_why(session: Session, lead: FlaskClient) -> None:
    owned(session, ana(session), 20)
    ben(session)
    form = {"until_on": TODAY.isoformat(), "reason": "Ana has too much"}
    answer = lead.post("/rebalance", data=form)
    assert answer.status_code == 303
    page = text_of(lead.get(answer.location).text)
    rebalance = session.scalars(select(Rebalance)).one()
    moves = len(moves_of(session, rebalance.id))
    assert moves == rebalance.least_moves > 0
    assert f"{moves} of 20 move; at least {moves} must" in page
    assert re.search(r"Ana is (\d\.\d h|\d+ min) over", page)
    assert "Its owner has more than there is time for" in page


def test_what_was_typed_stays_when_a_day_is_wrong(session: Session, lead: FlaskClient) -> None:
    owned(session, ana(session), 1)
    form = {"until_on": (TODAY - timedelta(days=1)).isoformat(), "reason": "Ana has too much"}
    answer = lead.post("/rebalance", data=form)
    assert answer.status_code == 422
    assert 'value="Ana has too much"' in answer.text
    assert "or later" in answer.text


def test_nothing_to_share_is_said_beside_the_day(session: Session, lead: FlaskClient) -> None:
    answer = lead.post("/rebalance", data={"until_on": TODAY.isoformat(), "reason": "To see"})
    assert answer.status_code == 422
    assert "there is nothing to share out" in answer.text


def test_apply_and_undo_are_one_button_each(session: Session, lead: FlaskClient) -> None:
    owned(session, ana(session), 20)
    ben(session)
    before, rebalance_id = owners(session), proposed(session)
    url = f"/rebalance/{rebalance_id}"
    assert f'action="{url}/undo"' not in lead.get(url).text
    assert "changed hands" in lead.post(f"{url}/apply", follow_redirects=True).text
    assert owners(session) != before
    assert f'action="{url}/apply"' not in lead.get(url).text
    assert "went back" in lead.post(f"{url}/undo", follow_redirects=True).text
    assert owners(session) == before
    assert lead.post(f"{url}/undo").status_code == 409


def test_a_move_is_amended_by_choosing_in_its_row(session: Session, lead: FlaskClient) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    first, second, *_ = (move.id for move in moves_of(session, rebalance_id))
    lead.post(f"/rebalance/{rebalance_id}/amend", data={f"to_{first}": "stays", f"to_{second}": "everybody"})
    left = {move.id: move.to_user_id for move in moves_of(session, rebalance_id)}
    assert first not in left
    assert left[second] is None


def test_somebody_who_cannot_do_it_is_refused_beside_the_row(session: Session, lead: FlaskClient) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    name = f"to_{moves_of(session, rebalance_id)[0].id}"
    answer = lead.post(f"/rebalance/{rebalance_id}/amend", data={name: str(otto(session).id)})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text


def test_a_dropped_draft_has_no_buttons(session: Session, lead: FlaskClient) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    assert lead.post(f"/rebalance/{rebalance_id}/drop").status_code == 303
    assert session.get_one(Rebalance, rebalance_id).state is RebalanceState.DROPPED
    assert "/apply" not in lead.get(f"/rebalance/{rebalance_id}").text


def test_what_stayed_says_why(session: Session, lead: FlaskClient) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    session.get_one(Task, moves_of(session, rebalance_id)[0].task_id).owner_id = sue(session).id
    page = text_of(lead.post(f"/rebalance/{rebalance_id}/apply", follow_redirects=True).text)
    assert "1 task had changed and stayed." in page
    assert "It was given to somebody else meanwhile." in page


def test_a_lead_of_another_team_looks_and_changes_nothing(session: Session, sign_in_as: SignIn) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    other = make_user(session, "lea", role=Role.LEAD, team=make_team(session, PATIENT_TEAM))
    client = sign_in_as(other)
    assert "/apply" not in client.get(f"/rebalance/{rebalance_id}").text
    assert client.post(f"/rebalance/{rebalance_id}/apply").status_code == 403
    assert {move.result for move in moves_of(session, rebalance_id)} == {MoveResult.PLANNED}


def test_an_auditor_reads(session: Session, sign_in_as: SignIn) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    client = sign_in_as(uma(session))
    assert 'method="post" action="/rebalance' not in client.get("/rebalance").text
    assert "Save changes" not in client.get(f"/rebalance/{rebalance_id}").text


def test_the_page_of_a_cover_says_whom_to_tell(session: Session, sign_in_as: SignIn) -> None:
    make_user(session, "olga", team=make_team(session, PATIENT_TEAM), skills=PATIENT_SKILLS)
    lead = make_user(session, "lea", role=Role.LEAD, team=make_team(session, PATIENT_TEAM))
    promised_call(session, otto(session), otto(session), NOON + timedelta(hours=2))
    rebalance_id = covering.report_sick(session, otto(session).id, actor_id=lead.id, now=NOON)
    client = sign_in_as(lead)
    page = client.get(f"/rebalance/{rebalance_id}").text
    assert "Patients to tell" in page
    assert "Calls now" in page
    move = session.scalars(select(RebalanceMove)).one()
    client.post(f"/rebalance/{rebalance_id}/moves/{move.id}/told")
    assert (move.told_by_id, move.told_at) == (lead.id, NOON)
    assert f"/moves/{move.id}/told" not in client.get(f"/rebalance/{rebalance_id}").text


def test_the_list_counts_what_waits_on_the_absent(session: Session, lead: FlaskClient) -> None:
    owned(session, ana(session), 1)
    covering.report_sick(session, ana(session).id, actor_id=sue(session).id, now=NOON)
    page = text_of(lead.get("/rebalance").text)
    assert "Waiting on somebody who is away 0 has to be 0" in page
    assert "Ana is away" in page


def test_a_page_of_moves_leads_to_the_next(session: Session, lead: FlaskClient) -> None:
    owned(session, ana(session), 80)
    ben(session)
    rebalance_id = proposed(session)
    page = lead.get(f"/rebalance/{rebalance_id}").text
    found = re.search(r'rel="next" href="([^"]+)"', page)
    assert found
    further = lead.get(found[1].replace("&amp;", "&")).text
    names = [set(re.findall(r'name="(to_\d+)"', each)) for each in (page, further)]
    assert len(names[0]) == 50
    assert names[0] & names[1] == set()
