"""A lead's room: who does what, how the queue stands, which callbacks are ahead, and what went wrong."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import Fact, Lane, Skill, Task, Window
from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.room import AgeBand, DeadlineBand
from workqueue.rules.states import FactState, TaskState
from workqueue.rules.windows import is_open
from workqueue.services import contact_rules, health, heartbeats, queue_rules
from workqueue.services.intake import quarantine
from workqueue.services.reading import holds
from workqueue.services.reading.callback_board import CallbackBoard, callback_board
from workqueue.services.reading.holds import HoldsAsked
from workqueue.services.reading.lines import IS_HELD
from workqueue.services.reading.people_now import PersonNow, people_now
from workqueue.services.reading.tallies import Tally, TaskCount, tally
from workqueue.services.reading.team import TeamFilters, filtered, lanes_of

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class LaneNow:
    """One lane: a skill and those who may be called at the same hours."""

    lane_id: int
    skill: SkillCode
    skill_name: str
    zones: tuple[str, ...]
    """None for what calls no patient."""
    is_open: bool
    queued: int


@dataclass(frozen=True, slots=True)
class SkillNow:
    """The tasks of one skill, by where they stand."""

    skill: SkillCode
    name: str
    open_now: int
    closed_now: int
    """In the queue, of people who may not be called at this moment."""
    in_hand: int
    waiting: int


@dataclass(frozen=True, slots=True)
class KindNow:
    kind: TaskKind
    label: str
    queued: int


@dataclass(frozen=True, slots=True)
class QueueNow:
    """What a team has in its queue."""

    skills: tuple[SkillNow, ...]
    lanes: tuple[LaneNow, ...]
    """Those with something in the queue, the fullest first."""
    kinds: tuple[KindNow, ...]
    tiers: Mapping[int, int]
    deadlines: Mapping[DeadlineBand, int]
    ages: Mapping[AgeBand, int]

    @property
    def queued(self) -> int:
        return sum(self.deadlines.values())


@dataclass(frozen=True, slots=True)
class Troubles:
    """What somebody has to look at, in the whole office."""

    quarantined: int
    unmatched: int
    """Payments in the queue for which nobody knows the account."""
    unmatched_team_id: int | None
    ended_holds: int
    is_worker_alive: bool
    is_sweeper_alive: bool
    backlog: int
    """Facts that arrived and are not posted yet."""
    oldest_fact_at: datetime | None


@dataclass(frozen=True, slots=True)
class Room:
    """All of it, for one team."""

    people: tuple[PersonNow, ...]
    queue: QueueNow
    callbacks: CallbackBoard | None
    """None for a team that makes none."""
    troubles: Troubles
    on_the_absent: int
    """Tasks only somebody who is away is offered: has to be 0."""


def room(session: Session, *, team_id: int, now: datetime) -> Room:
    """Return the room of a team as it stands at this moment; the counts of the queue, of some seconds ago."""
    counts = tally(session, now=now)
    lanes = _lanes(session, now)
    skill_of_callbacks = queue_rules.in_force(session).rules.of(TaskKind.CALLBACK_DUE).skill
    makes_callbacks = any(
        each.team_id == team_id for each in lanes.values() if each.skill == skill_of_callbacks
    )
    return Room(
        people=people_now(session, team_id=team_id, now=now),
        queue=_queue(session, counts, {key: each for key, each in lanes.items() if each.team_id == team_id}),
        callbacks=callback_board(session, now=now) if makes_callbacks else None,
        troubles=_troubles(session, counts, lanes, now),
        on_the_absent=waiting_on_the_absent(session, team_id=team_id, now=now),
    )


def waiting_on_the_absent(session: Session, *, team_id: int, now: datetime) -> int:
    """Count a team's tasks in the queue that only somebody who is away is offered: has to be 0."""
    asked = TeamFilters(is_owner_away=True)
    count = (
        select(func.count())
        .select_from(Task)
        .where(Task.state == TaskState.QUEUED, Task.owner_id.is_not(None), *filtered(asked, now))
        .where(Task.lane_id.in_(lanes_of(session, team_id, asked, now)))
    )
    return session.execute(count).scalar_one()


@dataclass(frozen=True, slots=True)
class _Lane:
    skill: SkillCode
    skill_name: str
    team_id: int
    zones: tuple[str, ...]
    is_open: bool


def _lanes(session: Session, now: datetime) -> dict[int, _Lane]:
    """Return every lane of the office: a few hundred at most."""
    hours = contact_rules.hours(session)
    rows = session.execute(
        select(Lane.id, Skill.code, Skill.name, Skill.team_id, Window.zones)
        .join(Skill, Skill.id == Lane.skill_id)
        .join(Window, Window.id == Lane.window_id)
        .order_by(Skill.id, Lane.id)
    )
    zoned = [(row, tuple(filter(None, row.zones.split("|")))) for row in rows]
    return {
        row.id: _Lane(SkillCode(row.code), row.name, row.team_id, zones, is_open(zones, hours, now))
        for row, zones in zoned
    }


def _queue(session: Session, counts: Tally, lanes: Mapping[int, _Lane]) -> QueueNow:
    of_team = [each for each in counts if each.lane_id in lanes]
    queued = [each for each in of_team if each.state is TaskState.QUEUED]
    waiting = [each for each in of_team if each.state is TaskState.WAITING]
    of_kind = _summed((each.kind, each.count) for each in queued)
    return QueueNow(
        skills=_skills(lanes, queued, waiting, _in_hand(session)),
        lanes=_fullest_first(lanes, _by_lane(queued)),
        kinds=tuple(KindNow(kind, KINDS[kind].label, count) for kind, count in of_kind.most_common()),
        tiers={tier: sum(each.count for each in queued if each.tier == tier) for tier in range(3)},
        deadlines={
            band: sum(each.count for each in queued if each.deadline is band) for band in DeadlineBand
        },
        ages={band: sum(each.count for each in queued if each.age is band) for band in AgeBand},
    )


def _skills(
    lanes: Mapping[int, _Lane],
    queued: Iterable[TaskCount],
    waiting: Iterable[TaskCount],
    in_hand: Counter[int],
) -> tuple[SkillNow, ...]:
    in_queue, waits = _by_lane(queued), _by_lane(waiting)
    names = {lane.skill: lane.skill_name for lane in lanes.values()}

    def total(counts: Counter[int], skill: SkillCode, *, is_open: bool | None = None) -> int:
        return sum(
            counts[lane_id]
            for lane_id, lane in lanes.items()
            if lane.skill is skill and is_open in {None, lane.is_open}
        )

    return tuple(
        SkillNow(
            skill,
            name,
            open_now=total(in_queue, skill, is_open=True),
            closed_now=total(in_queue, skill, is_open=False),
            in_hand=total(in_hand, skill),
            waiting=total(waits, skill),
        )
        for skill, name in names.items()
    )


def _fullest_first(lanes: Mapping[int, _Lane], queued: Counter[int]) -> tuple[LaneNow, ...]:
    return tuple(
        LaneNow(lane_id, lane.skill, lane.skill_name, lane.zones, lane.is_open, count)
        for lane_id, count in queued.most_common()
        for lane in (lanes[lane_id],)
    )


def _by_lane(counts: Iterable[TaskCount]) -> Counter[int]:
    return _summed((each.lane_id, each.count) for each in counts)


def _summed(pairs: Iterable[tuple[Key, int]]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for key, count in pairs:
        found[key] += count
    return found


def _in_hand(session: Session) -> Counter[int]:
    """Count by lane what is in somebody's hands: as many as there are reps."""
    rows = session.execute(
        select(Task.lane_id, func.count().label("tasks")).where(IS_HELD).group_by(Task.lane_id)
    )
    return Counter({row.lane_id: row.tasks for row in rows})


def _troubles(session: Session, counts: Tally, lanes: Mapping[int, _Lane], now: datetime) -> Troubles:
    unmatched = [
        each
        for each in counts
        if each.kind is TaskKind.PAYMENT_UNMATCHED
        and each.state is TaskState.QUEUED
        and each.lane_id in lanes
    ]
    return Troubles(
        quarantined=quarantine.count_open(session),
        unmatched=sum(each.count for each in unmatched),
        unmatched_team_id=next((lanes[each.lane_id].team_id for each in unmatched), None),
        ended_holds=holds.counts(session, now=now)[HoldsAsked.ENDED],
        is_worker_alive=_is_alive(session, "worker", now),
        is_sweeper_alive=_is_alive(session, "sweeper", now),
        backlog=_backlog(session),
        oldest_fact_at=health.oldest_waiting(session),
    )


def _is_alive(session: Session, kind: str, now: datetime) -> bool:
    beat_at = heartbeats.last_beat(session, kind)
    return beat_at is not None and now - beat_at <= heartbeats.MISSED_AFTER


def _backlog(session: Session) -> int:
    # From the index alone, however many wait.
    count = select(func.count()).select_from(Fact).where(Fact.state == FactState.RECEIVED)
    return session.execute(count).scalar_one()
