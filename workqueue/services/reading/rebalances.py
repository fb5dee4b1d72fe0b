"""Rebalances as a lead reads them: who gets what and why, what must move, what became of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from workqueue.models import (
    Account,
    Callback,
    Lane,
    Patient,
    Phone,
    Rebalance,
    RebalanceLoad,
    RebalanceMove,
    Task,
    User,
)
from workqueue.rules.calendar import office_day
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.moves import STAYED_WORDS, WHY_WORDS, MoveResult, RebalanceCause, RebalanceState, Stayed
from workqueue.rules.refusals import NotFound
from workqueue.services import abilities
from workqueue.services.reading.lines import full_name

PAGE = 50
MOST_LISTED = 50

FROM, TO = aliased(User, name="from_user"), aliased(User, name="to_user")
COMING = (MoveResult.PLANNED, MoveResult.MOVED)


@dataclass(frozen=True, slots=True)
class RebalanceLine:
    """One rebalance in the list."""

    id: int
    cause: RebalanceCause
    state: RebalanceState
    reason: str
    made_at: datetime
    made_by_name: str
    moves: int
    failed: int
    team_id: int | None


@dataclass(frozen=True, slots=True)
class LoadLine:
    """One person's minutes, before and after."""

    person_id: int
    name: str
    capacity: int
    before: int
    after: int
    pinned: int

    @property
    def over(self) -> int:
        return max(self.before - self.capacity, 0)


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One task that changes hands."""

    id: int
    task_id: int
    account_id: int
    account_number: str
    kind: TaskKind
    kind_label: str
    minutes: int
    from_id: int | None
    from_name: str
    to_id: int | None
    to_name: str
    why_words: str
    result: MoveResult
    stayed: Stayed | None
    stayed_words: str
    choices: tuple[tuple[int, str], ...]
    """Who of the team could have it instead."""


@dataclass(frozen=True, slots=True)
class TellLine:
    """A patient whose call somebody else makes than they were told."""

    move_id: int
    account_id: int
    patient_name: str
    phone_e164: str
    at: datetime
    to_name: str
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class RebalanceView:
    """All of one rebalance but its moves, which come in pages."""

    line: RebalanceLine
    until_at: datetime
    ended_at: datetime | None
    ended_by_name: str
    tasks: int
    least_moves: int
    open_minutes: int
    given_out: int
    """What was nobody's and is given to somebody: it disturbs nobody and is no move."""
    results: Mapping[MoveResult, int]
    loads: tuple[LoadLine, ...]

    @property
    def over(self) -> tuple[LoadLine, ...]:
        """Whoever had more than their time, the most first."""
        return tuple(sorted((each for each in self.loads if each.over), key=lambda each: -each.over))


def listed(session: Session, *, team_id: int | None) -> tuple[RebalanceLine, ...]:
    """Return the newest rebalances of a team; of every team without one."""
    statement = _lines().order_by(Rebalance.id.desc()).limit(MOST_LISTED)
    if team_id is not None:
        statement = statement.where(or_(Rebalance.team_id == team_id, Rebalance.team_id.is_(None)))
    rows = session.execute(statement).all()
    counts = _counts(session, [row[0].id for row in rows])
    return tuple(_line(rebalance, name, counts[rebalance.id]) for rebalance, name in rows)


def shown(session: Session, rebalance_id: int) -> RebalanceView:
    """Return one rebalance; raises NotFound."""
    row = session.execute(_lines().where(Rebalance.id == rebalance_id)).one_or_none()
    if row is None:
        raise NotFound
    rebalance, name = row
    results = _counts(session, [rebalance_id])[rebalance_id]
    return RebalanceView(
        line=_line(rebalance, name, results),
        until_at=rebalance.until_at,
        ended_at=rebalance.ended_at,
        ended_by_name=session.scalar(select(User.name).where(User.id == rebalance.ended_by_id)) or "",
        tasks=rebalance.tasks,
        least_moves=rebalance.least_moves,
        open_minutes=rebalance.open_minutes,
        given_out=_given_out(session, rebalance_id) if rebalance.cause is RebalanceCause.LEAD else 0,
        results=dict(results),
        loads=_loads(session, rebalance_id),
    )


def moves(
    session: Session,
    rebalance_id: int,
    *,
    now: datetime,
    after_id: int = 0,
    person_id: int | None = None,
    limit: int = PAGE,
) -> tuple[tuple[MoveLine, ...], int | None]:
    """Return a page of moves, and where the next begins.

    `person_id`: only what leaves or reaches them.
    """
    statement = (
        select(RebalanceMove, Account.number, Task.kind, Lane.skill_id, FROM.name, TO.name)
        .join(Task, Task.id == RebalanceMove.task_id)
        .join(Lane, Lane.id == Task.lane_id)
        .join(Account, Account.id == RebalanceMove.account_id)
        .outerjoin(FROM, FROM.id == RebalanceMove.from_user_id)
        .outerjoin(TO, TO.id == RebalanceMove.to_user_id)
        .where(RebalanceMove.rebalance_id == rebalance_id, RebalanceMove.id > after_id)
        .order_by(RebalanceMove.id)
        .limit(limit + 1)
    )
    if person_id is not None:
        statement = statement.where(
            or_(RebalanceMove.from_user_id == person_id, RebalanceMove.to_user_id == person_id)
        )
    rows = session.execute(statement).all()
    able = _able(session, rebalance_id, now)
    lines = tuple(
        _move(move, number, kind, from_name, to_name, able.get(skill_id, ()))
        for move, number, kind, skill_id, from_name, to_name in rows[:limit]
    )
    return lines, lines[-1].id if len(rows) > limit else None


def to_tell(session: Session, rebalance_id: int) -> tuple[TellLine, ...]:
    """Return the patients whose call somebody else makes now, by the time of the call."""
    rows = session.execute(
        select(
            RebalanceMove.id,
            RebalanceMove.account_id,
            Patient.last_name,
            Patient.first_name,
            Phone.e164,
            Callback.at,
            TO.name,
            RebalanceMove.told_at,
        )
        .join(Callback, Callback.id == RebalanceMove.callback_id)
        .outerjoin(Patient, Patient.id == Callback.patient_id)
        .outerjoin(Phone, Phone.id == Callback.phone_id)
        .outerjoin(TO, TO.id == RebalanceMove.to_user_id)
        .where(RebalanceMove.rebalance_id == rebalance_id, RebalanceMove.result == MoveResult.MOVED)
        .order_by(Callback.at, RebalanceMove.id)
    )
    return tuple(
        TellLine(move_id, account_id, full_name(last, first), e164 or "", at, to_name or "", told_at)
        for move_id, account_id, last, first, e164, at, to_name, told_at in rows
    )


def team_of(session: Session, rebalance_id: int) -> int | None:
    """Return whose work it shares out; raises NotFound."""
    rebalance = session.get(Rebalance, rebalance_id)
    if rebalance is None:
        raise NotFound
    return rebalance.team_id


def _lines() -> Select[Rebalance, str]:
    return select(Rebalance, User.name).outerjoin(User, User.id == Rebalance.made_by_id)


def _line(rebalance: Rebalance, name: str | None, results: Mapping[MoveResult, int]) -> RebalanceLine:
    return RebalanceLine(
        id=rebalance.id,
        cause=rebalance.cause,
        state=rebalance.state,
        reason=rebalance.reason,
        made_at=rebalance.made_at,
        made_by_name=name or "",
        moves=sum(results.values()),
        failed=results.get(MoveResult.FAILED, 0),
        team_id=rebalance.team_id,
    )


def _counts(session: Session, ids: list[int]) -> dict[int, Counter[MoveResult]]:
    found: dict[int, Counter[MoveResult]] = defaultdict(Counter)
    rows = session.execute(
        select(RebalanceMove.rebalance_id, RebalanceMove.result, func.count())
        .where(RebalanceMove.rebalance_id.in_(ids))
        .group_by(RebalanceMove.rebalance_id, RebalanceMove.result)
    )
    for rebalance_id, result, count in rows:
        found[rebalance_id][result] = count
    return found


def _given_out(session: Session, rebalance_id: int) -> int:
    return session.execute(
        select(func.count())
        .select_from(RebalanceMove)
        .where(RebalanceMove.rebalance_id == rebalance_id, RebalanceMove.from_user_id.is_(None))
    ).scalar_one()


def _loads(session: Session, rebalance_id: int) -> tuple[LoadLine, ...]:
    moved = Counter[int | None]()
    rows = session.execute(
        select(RebalanceMove.from_user_id, RebalanceMove.to_user_id, func.sum(RebalanceMove.minutes))
        .where(RebalanceMove.rebalance_id == rebalance_id, RebalanceMove.result.in_(COMING))
        .group_by(RebalanceMove.from_user_id, RebalanceMove.to_user_id)
    )
    for from_id, to_id, minutes in rows:
        moved[from_id] -= minutes
        moved[to_id] += minutes
    loads = session.execute(
        select(RebalanceLoad, User.name)
        .join(User, User.id == RebalanceLoad.user_id)
        .where(RebalanceLoad.rebalance_id == rebalance_id)
        .order_by(User.name)
    )
    return tuple(
        LoadLine(
            load.user_id,
            name,
            load.capacity_minutes,
            load.before_minutes,
            load.before_minutes + moved[load.user_id],
            load.pinned_minutes,
        )
        for load, name in loads
    )


def _able(session: Session, rebalance_id: int, now: datetime) -> dict[int, tuple[tuple[int, str], ...]]:
    """Return by skill who of the people it was made for can do it."""
    names = {
        row.id: row.name
        for row in session.execute(
            select(User.id, User.name)
            .join(RebalanceLoad, RebalanceLoad.user_id == User.id)
            .where(RebalanceLoad.rebalance_id == rebalance_id)
            .order_by(User.name)
        )
    }
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    skills = abilities.levels(session, names, office_day(now))
    for person_id, name in names.items():
        for skill_id in skills[person_id]:
            found[skill_id].append((person_id, name))
    return {skill_id: tuple(people) for skill_id, people in found.items()}


def _move(
    move: RebalanceMove,
    number: str,
    kind: TaskKind,
    from_name: str | None,
    to_name: str | None,
    choices: tuple[tuple[int, str], ...],
) -> MoveLine:
    return MoveLine(
        id=move.id,
        task_id=move.task_id,
        account_id=move.account_id,
        account_number=number,
        kind=kind,
        kind_label=KINDS[kind].label,
        minutes=move.minutes,
        from_id=move.from_user_id,
        from_name=from_name or "",
        to_id=move.to_user_id,
        to_name=to_name or "",
        why_words=WHY_WORDS[move.why],
        result=move.result,
        stayed=move.stayed,
        stayed_words=STAYED_WORDS[move.stayed] if move.stayed else "",
        choices=choices,
    )
