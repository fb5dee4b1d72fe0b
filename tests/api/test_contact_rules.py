"""The rules of contact, for programs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories.people import ada, ana
from tests.services.test_contact_rules import THREE_A_DAY
from workqueue.models import User
from workqueue.rules.calendar import office_day
from workqueue.services import contact_rules


def test_a_program_reads_what_holds_on_a_day(
    session: Session, client: FlaskClient, token_of: Callable[[User], dict[str, str]]
) -> None:
    headers = token_of(ana(session))
    now = datetime.now(UTC)
    tomorrow = office_day(now) + timedelta(days=1)
    new = replace(THREE_A_DAY, effective_from=tomorrow)
    contact_rules.add_version(session, new, actor_id=ada(session).id, now=now)
    today = client.get("/api/v1/contact-rules", headers=headers).json
    assert today is not None
    seven = {each["code"]: each for each in today["items"]}["FREQ_7IN7"]
    assert (seven["basis"], seven["parameters"]["most"], seven["is_to_be_confirmed"]) == (
        "house policy",
        7,
        False,
    )
    assert "OURS_A_DAY" not in {each["code"] for each in today["items"]}
    later = client.get(f"/api/v1/contact-rules?on={tomorrow}", headers=headers).json
    assert later is not None
    assert "OURS_A_DAY" in {each["code"] for each in later["items"]}
    assert client.get("/api/v1/contact-rules?on=soon", headers=headers).status_code == 422
