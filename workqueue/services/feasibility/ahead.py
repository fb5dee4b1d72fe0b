"""What is due in the next days, and the time there is for it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from workqueue.rules.calendar import office_day
from workqueue.rules.deadline_network import Batch, DueTask, PersonTime
from workqueue.rules.deadline_slots import Slots, horizon
from workqueue.services import teams
from workqueue.services.feasibility import due, staff
from workqueue.services.feasibility.due import Load, Tally
from workqueue.services.feasibility.staff import Member
from workqueue.services.teams import SkillRow

DAYS = 10
MOST_DAYS = 30


@dataclass(frozen=True, slots=True)
class Ahead:
    """The whole office: a person may help another team, so no team's deadlines stand alone."""

    now: datetime
    days: int
    slots: Slots
    loads: list[Load]
    staff: dict[int, Member]
    people: list[PersonTime]
    skills: dict[str, SkillRow]

    @property
    def last_on(self) -> date:
        return self.slots.days[-1]

    @property
    def needed(self) -> dict[Batch, int]:
        """Minutes by batch, whoever it was passed to: a lead may pass it on."""
        found: dict[Batch, int] = defaultdict(int)
        for load in self.loads:
            if not load.is_stuck:
                found[load.batch] += load.minutes
        return dict(found)

    def needed_as_passed(self, skills: set[str]) -> dict[Batch, int]:
        """Minutes by batch, where what was passed to somebody of these skills stays with them."""
        found: dict[Batch, int] = defaultdict(int)
        for load in self.loads:
            if not load.is_stuck:
                only_id = load.owner_id if load.batch.skill in skills else None
                found[load.batch._replace(only_id=only_id)] += load.minutes
        return dict(found)

    def due_on(self, task: DueTask) -> date:
        return self.slots.days[task.due]

    def skills_of(self, team_id: int | None) -> set[str]:
        """Return the skills a team works; of no team in particular, all."""
        return {code for code, skill in self.skills.items() if team_id in {None, skill.team_id}}


def ahead(session: Session, *, now: datetime, days: int = DAYS) -> Ahead:
    """Read what is due within so many working days, today included, and who has time for it."""
    slots = due.slots_for(session, horizon(office_day(now), days), now=now)
    members = staff.members(session)
    return Ahead(
        now=now,
        days=days,
        slots=slots,
        loads=due.loads(session, slots, now=now),
        staff=members,
        people=staff.time_of(session, members, slots),
        skills={each.code: each for each in teams.skills(session)},
    )


def stuck(found: Ahead, skills: set[str]) -> Tally:
    """Count what waits until after its deadline."""
    loads = [load for load in found.loads if load.is_stuck and load.batch.skill in skills]
    return Tally(sum(load.count for load in loads), sum(load.value_cents for load in loads))
