"""The rules of the queue on a page: tried by a lead, read by an auditor, published, and back again."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_outcome
from tests.factories.people import sue, uma
from tests.services.desk import billed_to_payer, owed_by_patient
from tests.services.queues import task_of
from workqueue.models import QueueRulePublication, QueueRuleVersion, Task, Trial, User
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import DELIVERED, rules_of
from workqueue.rules.trials import TrialKind
from workqueue.services import publishing, trials
from workqueue.web.queue_rule_form import filled

pytestmark = pytest.mark.usefixtures("at_noon")

SignIn = Callable[[User], FlaskClient]


def form(**changed: str) -> dict[str, str]:
    """Return the form as a browser sends it: boxes that are off are not sent."""
    values = filled(DELIVERED) | {"from": "1", "label": "Small balances wait"} | changed
    return {name: value for name, value in values.items() if value or not name.endswith(".is_on")}


def newest(session: Session) -> QueueRuleVersion:
    session.expire_all()
    return session.scalars(select(QueueRuleVersion).order_by(QueueRuleVersion.id.desc())).first()  # type: ignore[return-value]


def run(session: Session, trial_id: int) -> None:
    begun = trials.begin(session, trial_id, now=NOON)
    assert begun is not None
    found = trials.measure(
        session,
        begun,
        now=NOON,
        report=lambda done, of, step: trials.tell(session, trial_id, done=done, of=of, step=step, now=NOON),
    )
    trials.finish(session, trial_id, found, now=NOON)
    session.flush()


def asked(session: Session, kind: TrialKind = TrialKind.TODAY) -> int:
    found = session.scalar(select(func.max(Trial.id)).where(Trial.kind == kind))
    assert found is not None
    return found


@pytest.fixture
def tried(session: Session, sign_in_as: SignIn) -> int:
    """A version that lets balances below 20 dollars wait, tried on an office of two accounts."""
    owed_by_patient(session, 1_500)
    billed_to_payer(session)
    sign_in_as(sue(session)).post("/queue-rules/new", data=form(**{"patient_balance.floor_cents": "20"}))
    version_id = newest(session).id
    run(session, asked(session))
    return version_id


def test_the_rules_in_force_are_shown_with_their_versions(session: Session, sign_in_as: SignIn) -> None:
    page = sign_in_as(uma(session)).get("/queue-rules").text
    assert "As delivered" in page
    assert "In force" in page
    assert "Try other rules" not in page
    assert "Try other rules" in sign_in_as(sue(session)).get("/queue-rules").text


def test_what_is_typed_becomes_a_version_that_is_tried(session: Session, sign_in_as: SignIn) -> None:
    lead = sign_in_as(sue(session))
    assert "Denial: weight in per cent" in lead.get("/queue-rules/new").text
    answer = lead.post(
        "/queue-rules/new",
        data=form(
            **{
                "denial.weight_percent": "150",
                "denial.minutes": "20",
                "underpaid.is_on": "",
                "patient_balance.floor_cents": "12.50",
                "payment_unmatched.skill": "patients",
                "claim_rejected.tier": "1",
                "underpaid_cents": "25",
                "revisit_days": "5",
            }
        ),
    )
    made = newest(session)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/queue-rules/{made.id}")
    rules = rules_of(made.parameters)
    assert (rules.revisit_days, rules.underpaid_cents) == (5, 2_500)
    assert (rules.of(TaskKind.DENIAL).weight_percent, rules.of(TaskKind.DENIAL).minutes) == (150, 20)
    assert not rules.of(TaskKind.UNDERPAID).is_on
    assert rules.of(TaskKind.PATIENT_BALANCE).floor_cents == 1_250
    assert rules.of(TaskKind.PAYMENT_UNMATCHED).skill == "patients"
    assert rules.of(TaskKind.CLAIM_REJECTED).tier == 1
    page = lead.get(f"/queue-rules/{made.id}").text
    for words in ("Denial: weight", "150 %", "Underpaid", "$12.50", "Before all that can wait".lower()):
        assert words in page
    trial = session.get_one(Trial, asked(session))
    assert (trial.version_id, trial.kind, trial.asked_by_id) == (made.id, TrialKind.TODAY, sue(session).id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revisit_days", "0"),
        ("revisit_days", "soon"),
        ("denial.weight_percent", "9"),
        ("denial.floor_cents", "5000"),
        ("denial.minutes", "121"),
        ("denial.skill", "cooking"),
        ("denial.tier", "0"),
        ("label", ""),
    ],
)
def test_what_cannot_stand_is_said_beside_its_field_and_nothing_is_lost(
    session: Session, sign_in_as: SignIn, field: str, value: str
) -> None:
    answer = sign_in_as(sue(session)).post(
        "/queue-rules/new", data=form(**{"note": "Typed with care"} | {field: value})
    )
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "Typed with care" in answer.text
    assert newest(session).id == 1


def test_a_kind_that_has_no_choice_is_not_switched_off_by_hand(session: Session, sign_in_as: SignIn) -> None:
    sign_in_as(sue(session)).post(
        "/queue-rules/new", data=form(**{"credit_balance.is_on": "", "credit_balance.floor_cents": "50"})
    )
    assert rules_of(newest(session).parameters) == DELIVERED


def test_a_trial_says_how_far_it_is_and_then_what_it_found(session: Session, sign_in_as: SignIn) -> None:
    owed_by_patient(session, 1_500)
    lead = sign_in_as(sue(session))
    lead.post("/queue-rules/new", data=form(**{"patient_balance.floor_cents": "20"}))
    trial_id = asked(session)
    waiting = lead.get(f"/queue-rules/trials/{trial_id}")
    assert "<progress" in waiting.text
    etag = waiting.headers["ETag"]
    assert lead.get(f"/queue-rules/trials/{trial_id}", headers={"If-None-Match": etag}).status_code == 304
    trials.tell(session, trial_id, done=30, of=120, step="30 of 100 tasks derived", now=NOON)
    half = lead.get(f"/queue-rules/trials/{trial_id}", headers={"If-None-Match": etag})
    assert (half.status_code, "25 %" in half.text) == (200, True)
    assert "data-changes-url" in lead.get(f"/queue-rules/{newest(session).id}").text
    trials.let_go(session, trial_id)
    run(session, trial_id)
    found = lead.get(f"/queue-rules/trials/{trial_id}", headers={"If-None-Match": half.headers["ETag"]})
    assert "Leave the queue: 1 task" in found.text
    assert "data-changes-url" not in lead.get(f"/queue-rules/{newest(session).id}").text


def test_what_moves_leads_to_its_accounts(session: Session, sign_in_as: SignIn, tried: int) -> None:
    account_id = session.scalars(select(Task.account_id).where(Task.kind == TaskKind.PATIENT_BALANCE)).one()
    page = sign_in_as(uma(session)).get(f"/queue-rules/{tried}").text
    assert f'href="/accounts/{account_id}"' in page
    assert "Nothing in the live queue was changed" in page
    assert "Publish it" not in page


def test_rules_that_change_nothing_say_so(session: Session, sign_in_as: SignIn) -> None:
    owed_by_patient(session)
    lead = sign_in_as(sue(session))
    lead.post("/queue-rules/1/trials")
    run(session, asked(session))
    assert "Nothing changes" in lead.get("/queue-rules/1").text


def test_a_trial_that_failed_says_so(session: Session, sign_in_as: SignIn) -> None:
    lead = sign_in_as(sue(session))
    lead.post("/queue-rules/1/trials")
    session.get_one(Trial, asked(session)).failed_at = NOON
    assert "The trial broke off" in lead.get("/queue-rules/1").text


def test_a_lead_publishes_what_was_tried_and_goes_back(
    session: Session, sign_in_as: SignIn, tried: int
) -> None:
    lead = sign_in_as(sue(session))
    assert lead.post(f"/queue-rules/{tried}/publish").status_code == 303
    assert "is being put in force" in lead.get("/queue-rules").text
    assert lead.post(f"/queue-rules/{tried}/publish").status_code == 409
    waiting = publishing.waiting(session)
    assert waiting is not None
    publishing.publish(session, waiting[0], now=NOON)
    page = lead.get("/queue-rules").text
    assert "Go back to version 1" in page
    assert lead.post("/queue-rules/1/publish").status_code == 303
    publication = session.get_one(QueueRulePublication, waiting[0])
    assert (publication.number, publication.changed) == (2, 1)


def test_what_was_not_tried_cannot_be_published(session: Session, sign_in_as: SignIn) -> None:
    lead = sign_in_as(sue(session))
    lead.post("/queue-rules/new", data=form(revisit_days="9"))
    answer = lead.post(f"/queue-rules/{newest(session).id}/publish")
    assert (answer.status_code, "Try this version on today" in answer.text) == (409, True)


def test_the_last_days_are_replayed_on_demand(session: Session, sign_in_as: SignIn, tried: int) -> None:
    account = owed_by_patient(session, 9_000)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    task.opened_at = NOON.replace(day=8)
    make_outcome(session, task=task, at=NOON.replace(day=9))
    lead = sign_in_as(sue(session))
    assert lead.post(f"/queue-rules/{tried}/trials", data={"days": "40"}).status_code == 422
    lead.post(f"/queue-rules/{tried}/trials", data={"days": "3"})
    run(session, asked(session, TrialKind.REPLAY))
    page = lead.get(f"/queue-rules/{tried}").text
    days = page.partition('id="replay"')[2].partition('id="shadow"')[0]
    assert "Mon, Mar 9, 2026" in days
    assert f"Mar {TODAY.day}, 2026" not in days


def test_a_version_in_shadow_shows_its_nights_beside_the_rules_in_force(
    session: Session, sign_in_as: SignIn, tried: int
) -> None:
    lead = sign_in_as(sue(session))
    lead.post(f"/queue-rules/{tried}/shadow", data={"is_shadow": "on"})
    (trial_id,) = trials.ask_tonight(session, now=NOON.replace(hour=8))
    run(session, trial_id)
    page = lead.get(f"/queue-rules/{tried}").text
    assert "Nights in shadow" in page
    assert "against version 1" in page
    lead.post(f"/queue-rules/{tried}/shadow", data={})
    assert not newest(session).is_shadow


@pytest.mark.parametrize("path", ["/queue-rules/999", "/queue-rules/trials/999", "/queue-rules/new?from=999"])
def test_what_does_not_exist_is_not_found(session: Session, sign_in_as: SignIn, path: str) -> None:
    assert sign_in_as(sue(session)).get(path).status_code == 404


def kinds_in(values: dict[str, Any]) -> set[str]:
    return {name.partition(".")[0] for name in values if "." in name}


def test_every_kind_has_its_row() -> None:
    assert kinds_in(filled(DELIVERED)) == {kind.value for kind in TaskKind}
