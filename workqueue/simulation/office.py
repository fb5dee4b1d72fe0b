"""The office that is simulated: its people, its hours, its days, and how much work comes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workqueue.rules.business_days import business_day_from, is_business_day
from workqueue.rules.kinds import Skill

START_ON = date(2026, 3, 2)
"""A Monday; every simulated office opens on it, so that only the seed tells two runs apart."""
DAY_MINUTES = 480
"""Nine to five, office time. Breaks are the same under every policy and left out."""
OPENS_AT_HOUR = 9
MINUTES_A_BILL = 33
"""What a bill costs in work when all of it is done, follow-ups included: measured in the model, and only used
to turn a load into a number of bills."""
BACKLOG_DAYS = 365
"""How far back work may lie that nobody has done yet."""
BACKLOG_HALF_LIFE_DAYS = 45
"""Of what came up so many days ago earlier work has left half, whatever it was worth: the backlog of no order
in particular. A quarter of it is then older than 90 days, as offices report of their receivables (20 to 30 of
a hundred)."""

INSURANCE = (Skill.CLAIMS, Skill.DENIALS)
PATIENTS = (Skill.PATIENTS,)


@dataclass(frozen=True)
class Office:
    """What a run is given."""

    reps: int = 6
    days: int = 20
    seed: int = 1
    load_percent: int = 100
    """New work that comes in, in minutes, against the minutes the reps have. At 100 they could just do what
    comes; the backlog is on top."""

    @property
    def bills_a_day(self) -> int:
        return max(1, self.reps * DAY_MINUTES * self.load_percent // (100 * MINUTES_A_BILL))

    @property
    def hours(self) -> float:
        """Return the hours the reps are paid for."""
        return self.reps * self.days * DAY_MINUTES / 60

    @property
    def working_days(self) -> list[date]:
        """Return the days worked, and one more: the morning after, on which the last day is judged."""
        days = [START_ON]
        while len(days) <= self.days:
            days.append(business_day_from(days[-1] + timedelta(days=1)))
        return days

    @property
    def teams(self) -> list[tuple[Skill, ...]]:
        """Return the skills of each rep: two of three follow up insurance; fewer than three do everything."""
        if self.reps < 3:
            return [INSURANCE + PATIENTS] * self.reps
        return [PATIENTS if number % 3 == 2 else INSURANCE for number in range(self.reps)]


def days_before(first: date) -> list[date]:
    """Return the working days of the backlog, the oldest first."""
    days = (first - timedelta(days=ago) for ago in range(BACKLOG_DAYS, 0, -1))
    return [day for day in days if is_business_day(day)]


def groups(teams: Sequence[tuple[Skill, ...]]) -> dict[tuple[Skill, ...], int]:
    """Return how many reps there are of each set of skills."""
    return {team: teams.count(team) for team in dict.fromkeys(teams)}
