"""Rebalances for programs."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import ana, ben, make_user, sue
from tests.factories.people import PATIENT_TEAM, make_team
from tests.services.test_rebalancing import owned, owners, proposed
from workqueue.models import User
from workqueue.rules.roles import Role

Headers = Callable[[User], dict[str, str]]


def test_a_program_looks_applies_and_undoes(session: Session, client: FlaskClient, token_of: Headers) -> None:
    owned(session, ana(session), 20)
    ben(session)
    before, rebalance_id = owners(session), proposed(session)
    url = f"/api/v1/rebalances/{rebalance_id}"
    shown = client.get(f"{url}?limit=2", headers=token_of(sue(session))).json
    assert shown is not None
    assert (shown["rebalance"]["line"]["state"], len(shown["items"])) == ("draft", 2)
    assert shown["next_cursor"]
    applied = client.post(f"{url}/apply", json={}, headers=token_of(sue(session)))
    assert applied.json == {"moved": shown["rebalance"]["results"]["planned"], "stayed": 0, "left": 0}
    assert client.post(f"{url}/apply", json={}, headers=token_of(sue(session))).status_code == 409
    assert client.post(f"{url}/undo", json={}, headers=token_of(sue(session))).status_code == 200
    assert owners(session) == before


def test_asked_twice_with_one_key_it_is_proposed_once(
    session: Session, client: FlaskClient, token_of: Headers
) -> None:
    owned(session, ana(session), 3)
    headers = token_of(sue(session))
    first, second = (
        client.post("/api/v1/rebalances", json={"reason": "To see"}, headers=headers) for _ in range(2)
    )
    assert (first.status_code, first.json) == (201, second.json)


def test_a_lead_of_another_team_is_refused(session: Session, client: FlaskClient, token_of: Headers) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    other = make_user(session, "lea", role=Role.LEAD, team=make_team(session, PATIENT_TEAM))
    answer = client.post(f"/api/v1/rebalances/{rebalance_id}/apply", json={}, headers=token_of(other))
    assert answer.status_code == 403
