"""A team's work is shared out anew, amended, applied as one thing, and undone as one."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, ana, ben, make_outcome, make_user, otto, sue
from tests.factories.people import INSURANCE_SKILLS, make_team
from tests.factories.queue import make_lease, make_task
from tests.services.desk import billed_to_payer, task_of
from tests.services.queues import differences, history_of
from workqueue.database import transaction
from workqueue.extensions import db
from workqueue.models import Account, Rebalance, RebalanceLoad, RebalanceMove, Task, User
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.moves import MoveResult, MoveWhy, RebalanceState, Stayed
from workqueue.rules.refusals import Invalid
from workqueue.rules.shifts import AbsenceKind
from workqueue.rules.states import CauseKind, TaskState
from workqueue.services import covering, handing, rebalancing, staffing, verifying
from workqueue.services.rebalancing import Amendment, Done, NotADraft, NotApplied, NothingToShare
from workqueue.services.rebalancing.facts import team_work

UNTIL = NOON + timedelta(hours=4)
"""17:00 in New York: of the usual week 3.5 hours are left, 168 minutes for tasks less the break."""
LATER = NOON + timedelta(minutes=5)


def owned(session: Session, owner: User, count: int, minutes: int = 12) -> list[Task]:
    made = []
    for number in range(count):
        task = task_of(session, billed_to_payer(session, 50_000 + number), TaskKind.CLAIM_NO_RESPONSE)
        task.owner_id, task.minutes, task.priority = owner.id, minutes, 10_000 - number
        made.append(task)
    session.flush()
    return made


def proposed(session: Session, *, with_open_deadlines: bool = False) -> int:
    lead = sue(session)
    assert lead.team_id is not None
    return rebalancing.draft(
        session,
        team_id=lead.team_id,
        until=UNTIL,
        with_open_deadlines=with_open_deadlines,
        reason="Ana has too much",
        made_by_id=lead.id,
        now=NOON,
    )


def applied(session: Session, rebalance_id: int) -> Done:
    return rebalancing.apply(session, rebalance_id, actor_id=sue(session).id, now=LATER)


def undone(session: Session, rebalance_id: int) -> Done:
    return rebalancing.undo(session, rebalance_id, actor_id=sue(session).id, now=LATER)


def moves_of(session: Session, rebalance_id: int) -> list[RebalanceMove]:
    found = select(RebalanceMove).where(RebalanceMove.rebalance_id == rebalance_id).order_by(RebalanceMove.id)
    return list(session.scalars(found))


def owners(session: Session) -> dict[int, int | None]:
    return {row.id: row.owner_id for row in session.execute(select(Task.id, Task.owner_id))}


def test_a_draft_moves_nothing_and_says_what_it_would(session: Session) -> None:
    tasks = owned(session, ana(session), 20)
    ben(session)
    before = owners(session)
    rebalance_id = proposed(session)
    assert owners(session) == before
    found, rebalance = moves_of(session, rebalance_id), session.get_one(Rebalance, rebalance_id)
    assert {(move.from_user_id, move.to_user_id, move.why) for move in found} == {
        (ana(session).id, ben(session).id, MoveWhy.OVER)
    }
    loads = {
        load.user_id: load
        for load in session.scalars(select(RebalanceLoad).where(RebalanceLoad.rebalance_id == rebalance_id))
    }
    time = loads[ana(session).id].capacity_minutes
    assert (loads[ana(session).id].before_minutes, loads[ben(session).id].before_minutes) == (240, 0)
    assert len(found) == rebalance.least_moves == -((time - 240) // 12)
    assert rebalance.tasks == 20
    # The most urgent stay.
    assert {move.task_id for move in found} == {task.id for task in tasks[-len(found) :]}


def test_apply_and_undo_restore_every_owner_exactly(session: Session) -> None:
    owned(session, ana(session), 20)
    ben(session)
    before, rebalance_id = owners(session), proposed(session)
    done = applied(session, rebalance_id)
    assert done.moved == len(moves_of(session, rebalance_id)) > 0
    assert owners(session) != before
    assert undone(session, rebalance_id) == Done(done.moved, 0)
    assert owners(session) == before
    assert {move.result for move in moves_of(session, rebalance_id)} == {MoveResult.BACK}
    assert session.get_one(Rebalance, rebalance_id).state is RebalanceState.UNDONE


def test_the_history_names_the_rebalance_once_each_way_and_the_queue_is_what_a_rebuild_gives(
    session: Session,
) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    applied(session, rebalance_id)
    move = moves_of(session, rebalance_id)[0]
    account = session.get_one(Account, session.get_one(Task, move.task_id).account_id)
    [change] = history_of(session, account)
    assert (change.cause, change.cause_id, change.actor_id) == (
        CauseKind.REBALANCE, rebalance_id, sue(session).id,
    )  # fmt: skip
    assert change.after["reason"] == "Ana has too much"
    undone(session, rebalance_id)
    assert [each.after["owner_id"] for each in history_of(session, account)] == [
        ben(session).id,
        ana(session).id,
    ]
    checks = {each.name: each.is_ok for each in verifying.certify(session, now=LATER).checks}
    assert checks["causes"]
    assert checks["history"]


def test_rebalancing_leaves_the_derivation_alone(session: Session) -> None:
    account = billed_to_payer(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    task.owner_id = ana(session).id
    make_user(session, "new", team=make_team(session), skills=INSURANCE_SKILLS)
    staffing.set_week(session, ana(session).id, [], from_on=TODAY)
    staffing.add_absence(
        session, ana(session).id, AbsenceKind.TRAINING, starts_at=LATER, ends_at=UNTIL,
        actor_id=sue(session).id, now=NOON,
    )  # fmt: skip
    assert differences(session) == []
    applied(session, proposed(session))
    assert differences(session) == []


def test_what_changed_since_the_preview_stays_and_says_why(session: Session) -> None:
    owned(session, ana(session), 24)
    ben(session)
    rebalance_id = proposed(session)
    first, second, third, fourth, *rest = moves_of(session, rebalance_id)
    session.get_one(Task, first.task_id).state = TaskState.CLOSED
    session.get_one(Task, second.task_id).owner_id = otto(session).id
    session.get_one(Task, third.task_id).worked_at = LATER
    make_lease(session, task=session.get_one(Task, fourth.task_id), rep=ana(session))
    assert applied(session, rebalance_id) == Done(len(rest), 4)
    assert [(move.result, move.stayed) for move in (first, second, third, fourth)] == [
        (MoveResult.FAILED, why) for why in (Stayed.DONE, Stayed.GIVEN, Stayed.WORKED, Stayed.IN_HAND)
    ]
    assert {move.result for move in rest} == {MoveResult.MOVED}


def test_nobody_who_has_gone_away_or_lost_the_skill_since_gets_anything(session: Session) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    staffing.sick_now(session, ben(session).id, actor_id=sue(session).id, now=LATER)
    assert applied(session, rebalance_id).moved == 0
    assert {move.stayed for move in moves_of(session, rebalance_id)} == {Stayed.AWAY}
    assert covering.waiting_on_the_absent(session, now=LATER) == 0


def test_what_moved_on_since_is_not_taken_back(session: Session) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    done = applied(session, rebalance_id)
    first, second, *_ = moves_of(session, rebalance_id)
    session.get_one(Task, first.task_id).owner_id = None
    session.get_one(Task, second.task_id).state = TaskState.CLOSED
    assert undone(session, rebalance_id) == Done(done.moved - 2, 2)
    assert [(first.result, first.stayed), (second.result, second.stayed)] == [
        (MoveResult.KEPT, Stayed.GIVEN), (MoveResult.KEPT, Stayed.DONE),
    ]  # fmt: skip


def test_nothing_goes_back_to_somebody_who_is_away_by_now(session: Session) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    done = applied(session, rebalance_id)
    covering.report_sick(session, ana(session).id, actor_id=sue(session).id, now=LATER)
    assert undone(session, rebalance_id) == Done(0, done.moved)
    assert covering.waiting_on_the_absent(session, now=LATER) == 0


def test_what_somebody_is_writing_on_is_moved_a_moment_later(fresh_app: Flask) -> None:
    with fresh_app.app_context(), transaction() as session:
        owned(session, ana(session), 20)
        ben(session)
        rebalance_id, lead_id = proposed(session), sue(session).id
        busy_id = moves_of(session, rebalance_id)[0].account_id
    with fresh_app.app_context():
        with db.engine.begin() as other:
            other.execute(text("SELECT id FROM accounts WHERE id = :id FOR NO KEY UPDATE"), {"id": busy_id})
            with transaction() as session:
                done = rebalancing.apply(session, rebalance_id, actor_id=lead_id, now=LATER)
        assert (done.left, done.stayed) == (1, 0)
        with transaction() as session:
            assert handing.go_on_with_what_is_left(session, now=LATER) == 1
            assert handing.go_on_with_what_is_left(session, now=LATER) == 0
            assert {move.result for move in moves_of(session, rebalance_id)} == {MoveResult.MOVED}


def test_each_button_works_once(session: Session) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    with pytest.raises(NotApplied):
        undone(session, rebalance_id)
    applied(session, rebalance_id)
    with pytest.raises(NotADraft):
        applied(session, rebalance_id)
    undone(session, rebalance_id)
    with pytest.raises(NotApplied):
        undone(session, rebalance_id)


def test_a_cover_is_given_back_by_the_absence_and_never_undone(session: Session) -> None:
    owned(session, ana(session), 1)
    rebalance_id = covering.report_sick(session, ana(session).id, actor_id=sue(session).id, now=NOON)
    with pytest.raises(NotApplied):
        undone(session, rebalance_id)


def test_a_lead_amends_the_draft_by_hand(session: Session) -> None:
    owned(session, ana(session), 22)
    ben(session)
    cleo = make_user(session, "cleo", team=make_team(session), skills=[Skill.CLAIMS])
    rebalance_id = proposed(session)
    first, second, third, *_ = moves_of(session, rebalance_id)
    wanted = {
        first.id: Amendment(stays=True),
        second.id: Amendment(to_user_id=cleo.id),
        third.id: Amendment(to_user_id=None),
    }
    rebalancing.amend(session, rebalance_id, wanted, now=NOON)
    assert first.id not in {move.id for move in moves_of(session, rebalance_id)}
    assert (second.to_user_id, second.why) == (cleo.id, MoveWhy.LEAD)
    applied(session, rebalance_id)
    assert owners(session)[third.task_id] is None


def test_a_task_is_not_dragged_to_somebody_who_cannot_do_it(session: Session) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    move = moves_of(session, rebalance_id)[0]
    with pytest.raises(Invalid) as refusal:
        rebalancing.amend(session, rebalance_id, {move.id: Amendment(to_user_id=otto(session).id)}, now=NOON)
    assert refusal.value.field == f"to_{move.id}"


def test_a_dropped_draft_cannot_be_applied(session: Session) -> None:
    owned(session, ana(session), 20)
    ben(session)
    rebalance_id = proposed(session)
    rebalancing.drop(session, rebalance_id, actor_id=sue(session).id, now=NOON)
    with pytest.raises(NotADraft):
        applied(session, rebalance_id)


def test_a_team_without_work_of_its_own_has_nothing_to_share(session: Session) -> None:
    with pytest.raises(NothingToShare):
        proposed(session)


def test_deadlines_that_are_nobodys_can_be_given_out(session: Session) -> None:
    task = make_task(session, TaskKind.FILING_DEADLINE, deadline_on=TODAY, tier=1)
    make_task(session, TaskKind.FILING_DEADLINE, deadline_on=TODAY + timedelta(days=9), tier=1)
    ana(session)
    rebalance_id = proposed(session, with_open_deadlines=True)
    [move] = moves_of(session, rebalance_id)
    assert (move.task_id, move.from_user_id, move.why) == (task.id, None, MoveWhy.OPEN)
    assert session.get_one(Rebalance, rebalance_id).least_moves == 0
    applied(session, rebalance_id)
    assert undone(session, rebalance_id).moved == 1
    assert owners(session)[task.id] is None


def test_who_spoke_with_the_patient_this_week_keeps_the_task(session: Session) -> None:
    lately, before, held = owned(session, ana(session), 3)
    make_outcome(session, task=lately, rep=ana(session), disposition="promise", at=NOON - timedelta(days=2))
    make_outcome(session, task=before, rep=ben(session), disposition="promise", at=NOON - timedelta(days=9))
    make_lease(session, task=held, rep=ana(session))
    work = team_work(session, sue(session).team_id or 0, until=UNTIL, with_open_deadlines=False, now=NOON)
    found = {each.item.task_id: (each.item.is_pinned, each.item.known_by_id) for each in work}
    assert found == {
        lately.id: (True, ana(session).id), before.id: (False, ben(session).id), held.id: (True, None),
    }  # fmt: skip


def test_what_comes_up_after_that_time_is_left_alone(session: Session) -> None:
    [task] = owned(session, ana(session), 1)
    task.state, task.deferred_until = TaskState.WAITING, UNTIL + timedelta(days=1)
    session.flush()
    team_id = sue(session).team_id or 0
    assert team_work(session, team_id, until=UNTIL, with_open_deadlines=False, now=NOON) == []
    [seen] = team_work(session, team_id, until=UNTIL + timedelta(days=2), with_open_deadlines=False, now=NOON)
    assert seen.item.task_id == task.id
