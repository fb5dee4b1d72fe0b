"""Nothing waits on an absent person; what was theirs comes back with them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    ben,
    make_call,
    make_callback,
    make_outcome,
    make_user,
    otto,
    sue,
)
from tests.factories.people import PATIENT_SKILLS, PATIENT_TEAM, make_team
from tests.factories.queue import make_lease, make_task
from tests.services.desk import billed_to_payer, owed_by_patient, task_of
from tests.services.queues import derive, differences, history_of
from workqueue.models import Account, Lease, Patient, Rebalance, RebalanceMove, Task, User, UserLanguage
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.moves import MoveResult, MoveWhy, RebalanceState, Stayed
from workqueue.rules.shifts import AbsenceKind, SkillLevel
from workqueue.rules.states import CauseKind, LeaseEnd, TaskState
from workqueue.services import covering, leasing, staffing, verifying
from workqueue.services.staffing import AwayThen

MORNING = NOON.replace(hour=13)
"""9:00 in New York on the same Tuesday."""
LATER = MORNING + timedelta(minutes=1)


def owned(session: Session, owner: User, cents: int = 50_000) -> Task:
    account = billed_to_payer(session, cents)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    task.owner_id = owner.id
    session.flush()
    return task


def promised_call(session: Session, owner: User | None, booked_by: User, at: datetime) -> Task:
    """Return the task of a callback, waiting for its time."""
    account = owed_by_patient(session)
    make_callback(session, account=account, at=at, booked_at=MORNING, booked_by=booked_by)
    derive(session, account, at=MORNING)
    task = task_of(session, account, TaskKind.CALLBACK_DUE)
    task.owner_id = owner.id if owner else None
    session.flush()
    return task


def colleague_of_otto(session: Session, username: str = "olga") -> User:
    return make_user(session, username, team=make_team(session, PATIENT_TEAM), skills=PATIENT_SKILLS)


def moves(session: Session, rebalance_id: int) -> dict[int, RebalanceMove]:
    found = session.scalars(select(RebalanceMove).where(RebalanceMove.rebalance_id == rebalance_id))
    return {each.task_id: each for each in found}


def sick(session: Session, person: User, now: datetime = MORNING) -> int:
    rebalance_id = covering.report_sick(session, person.id, actor_id=sue(session).id, now=now)
    assert covering.waiting_on_the_absent(session, now=now) == 0
    return rebalance_id


def test_what_was_theirs_is_open_to_everybody_at_once(session: Session) -> None:
    task = owned(session, ana(session))
    ben(session)
    rebalance_id = sick(session, ana(session))
    move = moves(session, rebalance_id)[task.id]
    assert (task.owner_id, task.state) == (None, TaskState.QUEUED)
    assert (move.why, move.result, move.to_user_id) == (MoveWhy.ABSENT, MoveResult.MOVED, None)
    assert leasing.lease_next(session, rep_id=ben(session).id, now=MORNING, lease_seconds=60) is not None


def test_the_history_names_the_cover_as_the_cause(session: Session) -> None:
    task = owned(session, ana(session))
    rebalance_id = sick(session, ana(session))
    [change] = history_of(session, session.get_one(Account, task.account_id))
    assert (change.cause, change.cause_id, change.actor_id) == (
        CauseKind.REBALANCE, rebalance_id, sue(session).id,
    )  # fmt: skip
    assert change.after == {"owner_id": None, "state": "queued", "reason": "Ana is away"}
    assert differences(session, MORNING) == []


def test_a_callback_goes_to_who_is_here_and_has_the_time(session: Session) -> None:
    here = colleague_of_otto(session)
    task = promised_call(session, otto(session), otto(session), MORNING + timedelta(hours=3))
    move = moves(session, sick(session, otto(session)))[task.id]
    assert (task.owner_id, move.why, move.callback_id) == (here.id, MoveWhy.CALLBACK, task.subject)


def test_a_callback_they_promised_finds_a_caller_though_it_was_open(session: Session) -> None:
    here = colleague_of_otto(session)
    task = promised_call(session, None, otto(session), MORNING + timedelta(hours=3))
    sick(session, otto(session))
    assert task.owner_id == here.id


def test_a_callback_nobody_can_make_at_its_time_is_open_to_everybody(session: Session) -> None:
    here = colleague_of_otto(session)
    at = MORNING + timedelta(hours=3)
    staffing.add_absence(
        session, here.id, AbsenceKind.TRAINING, starts_at=at, ends_at=at + timedelta(hours=1),
        actor_id=here.id, now=MORNING,
    )  # fmt: skip
    task = promised_call(session, otto(session), otto(session), at)
    sick(session, otto(session))
    assert task.owner_id is None


def test_a_callback_goes_to_who_speaks_the_language(session: Session) -> None:
    colleague_of_otto(session)
    speaks = colleague_of_otto(session, "ofelia")
    session.add(UserLanguage(user_id=speaks.id, language="es", level=SkillLevel.ABLE))
    task = promised_call(session, otto(session), otto(session), MORNING + timedelta(hours=3))
    account = session.get_one(Account, task.account_id)
    session.get_one(Patient, account.patient_id).language = "es"
    sick(session, otto(session))
    assert task.owner_id == speaks.id


def test_a_deadline_inside_the_absence_goes_to_who_has_the_time(session: Session) -> None:
    task = owned(session, ana(session))
    task.deadline_on = TODAY
    here = ben(session)
    move = moves(session, sick(session, ana(session)))[task.id]
    assert (task.owner_id, move.why) == (here.id, MoveWhy.DEADLINE)


def test_a_task_in_their_hands_is_taken_out_of_them(session: Session) -> None:
    task = owned(session, ana(session))
    lease = make_lease(session, task=task, rep=ana(session), granted_at=MORNING)
    sick(session, ana(session))
    session.expire_all()
    assert (task.state, task.lease_token, task.owner_id) == (TaskState.QUEUED, None, None)
    assert session.get_one(Lease, lease.id).ended_by is LeaseEnd.TAKEN_OVER
    assert differences(session, MORNING) == []


def test_who_is_on_the_line_keeps_the_task(session: Session) -> None:
    account = owed_by_patient(session)
    task = task_of(session, account, TaskKind.PATIENT_BALANCE)
    lease = make_lease(session, task=task, rep=otto(session), granted_at=MORNING)
    make_call(session, task=task, rep=otto(session), verdict={"allowed": True, "lease_token": lease.id})
    sick(session, otto(session))
    session.expire_all()
    assert (task.state, task.holder_id) == (TaskState.LEASED, otto(session).id)


def test_all_of_it_comes_back_when_they_do(session: Session) -> None:
    task = owned(session, ana(session))
    rebalance_id = sick(session, ana(session))
    covering.report_back(session, ana(session).id, actor_id=sue(session).id, now=LATER)
    assert task.owner_id == ana(session).id
    assert moves(session, rebalance_id)[task.id].result is MoveResult.BACK
    assert session.get_one(Rebalance, rebalance_id).state is RebalanceState.RETURNED
    changes = history_of(session, session.get_one(Account, task.account_id))
    assert [each.after["owner_id"] for each in changes] == [None, ana(session).id]


def test_it_stays_with_who_has_spoken_with_the_patient_since(session: Session) -> None:
    here = colleague_of_otto(session)
    task = promised_call(session, otto(session), otto(session), MORNING + timedelta(hours=3))
    rebalance_id = sick(session, otto(session))
    make_outcome(session, task=task, rep=here, disposition="promise", at=LATER)
    covering.report_back(session, otto(session).id, actor_id=sue(session).id, now=LATER)
    move = moves(session, rebalance_id)[task.id]
    assert (task.owner_id, move.result, move.stayed) == (here.id, MoveResult.KEPT, Stayed.SPOKEN)


def test_work_covered_twice_comes_back_to_whose_it_was(session: Session) -> None:
    first, second = colleague_of_otto(session), colleague_of_otto(session, "oskar")
    task = promised_call(session, otto(session), otto(session), MORNING + timedelta(hours=3))
    sick(session, otto(session))
    assert task.owner_id == first.id
    again = sick(session, first, LATER)
    assert task.owner_id == second.id
    covering.report_back(session, otto(session).id, actor_id=sue(session).id, now=LATER + timedelta(hours=1))
    assert task.owner_id == otto(session).id
    assert moves(session, again)[task.id].result is MoveResult.BACK


def test_the_office_covers_a_planned_absence_when_it_begins_and_gives_back_when_it_ends(
    session: Session,
) -> None:
    task, begins_at = owned(session, ana(session)), MORNING + timedelta(hours=1)
    staffing.add_absence(
        session, ana(session).id, AbsenceKind.PLANNED, starts_at=begins_at,
        ends_at=begins_at + timedelta(days=2), actor_id=sue(session).id, now=MORNING,
    )  # fmt: skip
    assert covering.cover_the_absent(session, now=MORNING) == 0
    assert covering.waiting_on_the_absent(session, now=begins_at) == 1
    assert covering.cover_the_absent(session, now=begins_at) == 1
    assert covering.waiting_on_the_absent(session, now=begins_at) == 0
    assert covering.cover_the_absent(session, now=begins_at) == 0
    assert covering.give_back_what_is_over(session, now=begins_at + timedelta(days=2)) == 1
    assert task.owner_id == ana(session).id


def test_what_comes_up_later_for_who_is_away_is_handed_on_too(session: Session) -> None:
    rebalance_id = sick(session, ana(session))
    task = owned(session, ana(session))
    assert covering.waiting_on_the_absent(session, now=LATER) == 1
    assert covering.cover_the_absent(session, now=LATER) == 1
    assert covering.waiting_on_the_absent(session, now=LATER) == 0
    assert list(moves(session, rebalance_id)) == [task.id]


def test_what_comes_up_only_after_they_are_back_stays_theirs(session: Session) -> None:
    task = owned(session, ana(session))
    task.state, task.deferred_until = TaskState.WAITING, MORNING + timedelta(days=3)
    sick(session, ana(session))
    assert task.owner_id == ana(session).id


def test_who_is_away_already_cannot_fall_ill(session: Session) -> None:
    sick(session, ana(session))
    with pytest.raises(AwayThen):
        covering.report_sick(session, ana(session).id, actor_id=sue(session).id, now=LATER)


def test_the_certificate_finds_out_an_office_that_covers_nobody(session: Session) -> None:
    task = owned(session, ana(session))
    task.changed_at = MORNING
    staffing.sick_now(session, ana(session).id, actor_id=sue(session).id, now=MORNING)
    certificate = verifying.certify(session, now=LATER)
    [check] = [each for each in certificate.checks if each.name == "absent"]
    assert (check.is_ok, check.count) == (False, 1)
    covering.cover_the_absent(session, now=LATER)
    certificate = verifying.certify(session, now=LATER)
    assert [
        each.name for each in certificate.checks if not each.is_ok and each.name in {"absent", "causes"}
    ] == []


def test_a_lead_takes_over_what_no_rep_who_is_here_can_do(session: Session) -> None:
    task = make_task(session, TaskKind.APPEAL_DEADLINE, owner=ana(session), deadline_on=TODAY)
    make_user(session, "new", team=make_team(session), skills=[Skill.CLAIMS])
    sick(session, ana(session))
    assert task.owner_id == sue(session).id
