"""Rules put in force: tried first, one at a time, with the queue they make; and back again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories import NOON, sue
from tests.rules.test_queue_rules import with_kind
from tests.services.desk import billed_to_payer, owed_by_patient
from tests.services.queues import differences, history_of, task_of, whole_queue
from workqueue.models import QueueRulePublication, Trial
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import DELIVERED, QueueRules
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.states import CauseKind, TaskState
from workqueue.rules.trials import MOST_TRIES, TrialKind
from workqueue.services import publishing, queue_rules, verifying

FLOOR = with_kind(TaskKind.PATIENT_BALANCE, floor_cents=2_000)


def add_version(session: Session, rules: QueueRules = FLOOR, *, is_tried: bool = True) -> int:
    version_id = queue_rules.add_version(
        session, rules, label="Floor", note="", made_from_id=1, actor_id=sue(session).id, now=NOON
    )
    if is_tried:
        session.add(
            Trial(version_id=version_id, kind=TrialKind.TODAY, asked_at=NOON, finished_at=NOON, result={})
        )
        session.flush()
    return version_id


def publish(session: Session, version_id: int) -> int:
    publication_id = publishing.ask(session, version_id, actor_id=sue(session).id, now=NOON)
    assert publishing.begin(session, publication_id, now=NOON)
    publishing.publish(session, publication_id, now=NOON)
    return publication_id


def test_a_published_version_is_in_force_with_the_queue_it_makes(session: Session) -> None:
    account = owed_by_patient(session, 1_500)
    publication_id = publish(session, add_version(session))
    assert queue_rules.in_force(session).rules == FLOOR
    assert task_of(session, account, TaskKind.PATIENT_BALANCE).state is TaskState.WAITING
    change = history_of(session, account)[-1]
    assert (change.cause, change.cause_id, change.actor_id) == (
        CauseKind.RULES,
        publication_id,
        sue(session).id,
    )
    published = session.get_one(QueueRulePublication, publication_id)
    assert (published.number, published.opened, published.changed, published.closed) == (2, 0, 1, 0)
    assert differences(session) == []
    certificate = verifying.certify(session, now=NOON)
    assert certificate.open_balances["none"] == 0
    assert next(each for each in certificate.checks if each.name == "causes").is_ok


def test_going_back_gives_the_queue_as_it_was(session: Session) -> None:
    owed_by_patient(session, 1_500)
    billed_to_payer(session)
    before = whole_queue(session)
    publish(session, add_version(session))
    assert whole_queue(session) != before
    publish(session, 1)
    assert whole_queue(session) == before
    assert queue_rules.in_force(session).version_id == 1


def test_what_nobody_has_tried_is_not_published(session: Session) -> None:
    version_id = add_version(session, is_tried=False)
    with pytest.raises(publishing.Untried):
        publishing.ask(session, version_id, actor_id=sue(session).id, now=NOON)


def test_the_version_in_force_is_not_published_again(session: Session) -> None:
    with pytest.raises(publishing.PublishedAlready):
        publishing.ask(session, 1, actor_id=sue(session).id, now=NOON)


def test_a_second_publication_waits_for_the_first(session: Session) -> None:
    first, second = add_version(session), add_version(session, replace(FLOOR, revisit_days=9))
    publication_id = publishing.ask(session, first, actor_id=sue(session).id, now=NOON)
    with pytest.raises(publishing.PublicationUnderWay):
        publishing.ask(session, second, actor_id=sue(session).id, now=NOON)
    assert publishing.waiting(session) == (publication_id, NOON)
    publishing.publish(session, publication_id, now=NOON)
    assert publishing.waiting(session) is None
    publishing.ask(session, second, actor_id=sue(session).id, now=NOON)


def test_a_publication_done_twice_counts_once(session: Session) -> None:
    account = owed_by_patient(session, 1_500)
    publication_id = publish(session, add_version(session))
    changes = len(history_of(session, account))
    assert not publishing.begin(session, publication_id, now=NOON)
    publishing.publish(session, publication_id, now=NOON + timedelta(hours=1))
    assert len(history_of(session, account)) == changes
    assert session.get_one(QueueRulePublication, publication_id).published_at == NOON


def test_a_publication_that_never_ends_fails_and_leaves_the_rules_as_they_are(session: Session) -> None:
    publication_id = publishing.ask(session, add_version(session), actor_id=sue(session).id, now=NOON)
    for _ in range(MOST_TRIES):
        assert publishing.begin(session, publication_id, now=NOON)
    assert not publishing.begin(session, publication_id, now=NOON)
    assert publishing.waiting(session) is None
    assert queue_rules.in_force(session).rules == DELIVERED


def test_a_version_nobody_made_is_not_published(session: Session) -> None:
    with pytest.raises(NotFound):
        publishing.ask(session, 999, actor_id=sue(session).id, now=NOON)


def test_rules_that_cannot_stand_are_not_kept(session: Session) -> None:
    with pytest.raises(Invalid) as caught:
        add_version(session, replace(DELIVERED, revisit_days=0))
    assert caught.value.field == "revisit_days"
