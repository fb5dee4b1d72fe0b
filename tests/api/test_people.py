"""A workforce system tells who is away and who is back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import ada, ana, otto, sue
from workqueue.models import Absence, User
from workqueue.rules.shifts import AbsenceKind

Headers = dict[str, str]
TokenOf = Callable[[User], Headers]
DAY = timedelta(days=1)


def test_an_absence_is_told_once_and_its_end_later(
    session: Session, client: FlaskClient, token_of: TokenOf
) -> None:
    person, headers = ana(session), token_of(ada(session))
    begins = datetime.now(UTC) + DAY
    sent = {
        "kind": "planned",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + 3 * DAY).isoformat(),
    }
    first, again = (
        client.post(f"/api/v1/people/{person.id}/absences", json=sent, headers=headers) for _ in range(2)
    )
    assert first.status_code == 201
    assert first.json == again.json
    absence = session.get_one(Absence, first.json["absence_id"] if first.json else 0)
    assert (absence.kind, absence.ends_at - absence.starts_at) == (AbsenceKind.PLANNED, 3 * DAY)
    other = client.post(
        f"/api/v1/people/{person.id}/absences", json=sent, headers=headers | {"Idempotency-Key": "other"}
    )
    assert (other.status_code, other.json["code"] if other.json else "") == (409, "away_then")
    ended = client.post(
        f"/api/v1/absences/{absence.id}/end", json={}, headers=headers | {"Idempotency-Key": "end"}
    )
    assert ended.json == {"absence_id": absence.id, "is_called_off": True}


def test_who_falls_sick_is_away_from_now_on(session: Session, client: FlaskClient, token_of: TokenOf) -> None:
    person = ana(session)
    sent = {"kind": "sick", "ends_at": (datetime.now(UTC) + DAY).isoformat()}
    answer = client.post(f"/api/v1/people/{person.id}/absences", json=sent, headers=token_of(sue(session)))
    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "fishing", "ends_at": "2036-01-01T00:00:00Z"}, "kind"),
        ({"kind": "sick"}, "ends_at"),
        ({"kind": "sick", "ends_at": "2020-01-01T00:00:00Z"}, "ends_at"),
        ({"kind": "sick", "ends_at": "2036-01-01T00:00:00Z"}, "ends_at"),
        ({"kind": "sick", "starts_at": "later", "ends_at": "2036-01-01T00:00:00Z"}, "starts_at"),
    ],
)
def test_what_cannot_be_used_is_named(
    session: Session, client: FlaskClient, token_of: TokenOf, sent: dict[str, str], field: str
) -> None:
    path = f"/api/v1/people/{ana(session).id}/absences"
    answer = client.post(path, json=sent, headers=token_of(ada(session)))
    assert answer.json is not None
    assert (answer.status_code, answer.json["field"]) == (422, field)


def test_the_program_of_a_lead_speaks_for_their_own_team_only(
    session: Session, client: FlaskClient, token_of: TokenOf
) -> None:
    sent = {"kind": "sick", "ends_at": (datetime.now(UTC) + DAY).isoformat()}
    path = f"/api/v1/people/{otto(session).id}/absences"
    assert client.post(path, json=sent, headers=token_of(sue(session))).status_code == 403
