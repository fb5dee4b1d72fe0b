"""A rebalance: proposed for a team, amended by hand, applied as a whole, undone as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from workqueue.models import Rebalance, RebalanceLoad, RebalanceMove, Task, User
from workqueue.models.people import UserSkill
from workqueue.models.tasks import Lane
from workqueue.rules.calendar import office_day
from workqueue.rules.moves import MoveResult, MoveWhy, RebalanceCause, RebalanceState, Stayed
from workqueue.rules.rebalancing import Proposal, propose
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.services import handing, staffing
from workqueue.services.rebalancing.facts import Seen, team_people, team_work

LONGEST = timedelta(days=31)
"""Farther ahead nobody's work is known."""


class NothingToShare(Refusal):
    """Nobody of the team is here, or they have no work of their own."""

    code = "nothing_to_share"
    sentence = (
        "Nobody of this team is here, or nothing was given to any of them: there is nothing to share out."
    )


class NotADraft(Refusal):
    """It was applied or dropped before."""

    code = "not_a_draft"
    sentence = "This was applied or dropped before. Look at what became of it."


class NotApplied(Refusal):
    """There is nothing to undo."""

    code = "not_applied"
    sentence = "Only what was applied by a lead and not undone yet can be undone."


@dataclass(frozen=True, slots=True)
class Done:
    """How many tasks changed hands, and how many stayed where they were."""

    moved: int
    stayed: int
    left: int = 0
    """Somebody was writing on the account: the sweeper does these within a second."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a lead wants of one move: it stays where it is, or goes to somebody (None: to everybody)."""

    stays: bool = False
    to_user_id: int | None = None


def draft(
    session: Session,
    *,
    team_id: int,
    until: datetime,
    with_open_deadlines: bool,
    reason: str,
    made_by_id: int,
    now: datetime,
) -> int:
    """Propose how the team's work could be shared out until then; return the rebalance. Nothing moves yet."""
    if not now < until <= now + LONGEST:
        raise Invalid("Choose a day from today to a month ahead.", field="until_on")
    people = team_people(session, team_id, until=until, now=now)
    work = team_work(session, team_id, until=until, with_open_deadlines=with_open_deadlines, now=now)
    if not people or not work:
        raise NothingToShare
    proposal = propose([each.item for each in work], people)
    rebalance = Rebalance(
        team_id=team_id,
        cause=RebalanceCause.LEAD,
        state=RebalanceState.DRAFT,
        reason=reason,
        made_by_id=made_by_id,
        made_at=now,
        until_at=until,
        tasks=proposal.tasks,
        least_moves=proposal.least_moves,
        open_minutes=proposal.open_minutes,
    )
    session.add(rebalance)
    session.flush()
    _write(session, rebalance.id, proposal, {each.item.task_id: each for each in work})
    return rebalance.id


def _write(session: Session, rebalance_id: int, proposal: Proposal, seen: Mapping[int, Seen]) -> None:
    session.execute(
        insert(RebalanceLoad),
        [
            {
                "rebalance_id": rebalance_id,
                "user_id": load.person_id,
                "capacity_minutes": load.capacity,
                "before_minutes": load.before,
                "pinned_minutes": load.pinned,
            }
            for load in proposal.loads
        ],
    )
    if not proposal.changes:
        return
    session.execute(
        insert(RebalanceMove),
        [
            {
                "rebalance_id": rebalance_id,
                "task_id": change.task_id,
                "account_id": seen[change.task_id].account_id,
                "from_user_id": change.from_id,
                "to_user_id": change.to_id,
                "minutes": change.minutes,
                "why": change.why,
                "callback_id": seen[change.task_id].callback_id,
                "seen_worked_at": seen[change.task_id].worked_at,
                "result": MoveResult.PLANNED,
            }
            for change in proposal.changes
        ],
    )


def amend(session: Session, rebalance_id: int, wanted: Mapping[int, Amendment], *, now: datetime) -> int:
    """Change moves of a draft by hand, by their numbers; return how many are changed.

    Raises Invalid, with the field of the move, for somebody who cannot do that task or is not here.
    """
    _locked(session, rebalance_id, RebalanceState.DRAFT, NotADraft)
    moves = session.scalars(
        select(RebalanceMove).where(RebalanceMove.rebalance_id == rebalance_id, RebalanceMove.id.in_(wanted))
    )
    changed = 0
    for move in moves:
        amendment = wanted[move.id]
        if amendment.stays or amendment.to_user_id == move.from_user_id:
            session.delete(move)
        elif amendment.to_user_id == move.to_user_id:
            continue
        else:
            _check_able(session, move, amendment.to_user_id, now)
            move.to_user_id, move.why = amendment.to_user_id, MoveWhy.LEAD
        changed += 1
    session.flush()
    return changed


def _check_able(session: Session, move: RebalanceMove, user_id: int | None, now: datetime) -> None:
    if user_id is None:
        return
    able = session.scalar(
        select(User.id)
        .join(UserSkill, UserSkill.user_id == User.id)
        .join(Lane, Lane.skill_id == UserSkill.skill_id)
        .join(Task, Task.lane_id == Lane.id)
        .where(Task.id == move.task_id, User.id == user_id, User.is_active)
        .where(UserSkill.holds_on(office_day(now)), staffing.is_here(now))
    )
    if able is None:
        raise Invalid("Choose somebody who does this kind of work and is here.", field=f"to_{move.id}")


def drop(session: Session, rebalance_id: int, *, actor_id: int, now: datetime) -> None:
    """Throw a draft away; its rows stay, so that it can be seen what was not wanted."""
    rebalance = _locked(session, rebalance_id, RebalanceState.DRAFT, NotADraft)
    rebalance.state, rebalance.ended_at, rebalance.ended_by_id = RebalanceState.DROPPED, now, actor_id


def apply(session: Session, rebalance_id: int, *, actor_id: int, now: datetime) -> Done:
    """Do all of it: a task of which the world has changed since stays where it is, and says why."""
    rebalance = _locked(session, rebalance_id, RebalanceState.DRAFT, NotADraft)
    rebalance.state, rebalance.applied_at, rebalance.applied_by_id = RebalanceState.APPLIED, now, actor_id
    moved = handing.go_on(session, rebalance, now=now)
    return _done(session, rebalance_id, moved, MoveResult.FAILED, MoveResult.PLANNED)


def undo(session: Session, rebalance_id: int, *, actor_id: int, now: datetime) -> Done:
    """Give every task that is still where it was put back to whose it was; the others say why they stay."""
    rebalance = _locked(session, rebalance_id, RebalanceState.APPLIED, NotApplied)
    if rebalance.cause is not RebalanceCause.LEAD:
        raise NotApplied
    rebalance.state, rebalance.ended_at, rebalance.ended_by_id = RebalanceState.UNDONE, now, actor_id
    # What somebody kept from being moved until now is not moved any more.
    session.execute(
        update(RebalanceMove)
        .where(RebalanceMove.rebalance_id == rebalance_id, RebalanceMove.result == MoveResult.PLANNED)
        .values(result=MoveResult.FAILED, stayed=Stayed.IN_HAND)
    )
    back = handing.go_on(session, rebalance, now=now)
    return _done(session, rebalance_id, back, MoveResult.KEPT, MoveResult.MOVED)


def tell(session: Session, rebalance_id: int, move_id: int, *, actor_id: int, now: datetime) -> None:
    """Write down that the patient was told who calls them; told twice, the first time counts."""
    told = session.execute(
        update(RebalanceMove)
        .where(RebalanceMove.rebalance_id == rebalance_id, RebalanceMove.id == move_id)
        .where(RebalanceMove.callback_id.is_not(None))
        .values(
            told_at=func.coalesce(RebalanceMove.told_at, now),
            told_by_id=func.coalesce(RebalanceMove.told_by_id, actor_id),
        )
        .returning(RebalanceMove.id)
    ).scalar_one_or_none()
    if told is None:
        raise NotFound


def _locked(
    session: Session, rebalance_id: int, state: RebalanceState, otherwise: type[Refusal]
) -> Rebalance:
    # Two leads who press the button at once: the second is told that it was done.
    rebalance = session.get(Rebalance, rebalance_id, with_for_update=True, populate_existing=True)
    if rebalance is None:
        raise NotFound
    if rebalance.state is not state:
        raise otherwise
    return rebalance


def _done(session: Session, rebalance_id: int, moved: int, stayed: MoveResult, left: MoveResult) -> Done:
    count = select(func.count()).select_from(RebalanceMove).where(RebalanceMove.rebalance_id == rebalance_id)
    stayed_count, left_count = (
        session.execute(count.where(RebalanceMove.result == result)).scalar_one() for result in (stayed, left)
    )
    return Done(moved, stayed_count, left_count)
