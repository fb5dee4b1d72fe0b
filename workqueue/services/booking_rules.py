"""How a team gives out its time, as a lead sets it: shown with who set it, changed by one at a time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import BookingRules, Team, User
from workqueue.rules.refusals import Refusal
from workqueue.rules.slots import SlotRules, check
from workqueue.services import auditing
from workqueue.services.booking import times


class RulesChanged(Refusal):
    """Somebody else has set them since the form was opened."""

    code = "booking_rules_changed"
    sentence = "Somebody else has changed these rules meanwhile. Look at theirs below, then send yours again."


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """What holds for the team that calls patients, and since when."""

    team_id: int
    team_name: str
    rules: SlotRules
    changed_at: datetime | None
    """None while nobody has changed the defaults."""
    changed_by: str


def in_force(session: Session) -> RulesInForce:
    team_id = times.calling_team(session)
    row = session.execute(
        select(BookingRules.changed_at, User.name)
        .join(User, User.id == BookingRules.changed_by_id)
        .where(BookingRules.team_id == team_id)
    ).one_or_none()
    return RulesInForce(
        team_id,
        session.scalar(select(Team.name).where(Team.id == team_id)) or "",
        times.rules_of(session, team_id),
        row.changed_at if row else None,
        row.name if row else "",
    )


def change(
    session: Session, rules: SlotRules, *, seen_at: datetime | None, actor_id: int, now: datetime
) -> None:
    """Set the rules; what is promised stays promised. `seen_at`: when those were set they were made from.

    Raises Invalid where a number cannot stand, RulesChanged when others have been set since.
    """
    check(rules)
    # The team's row: whoever changes its rules at the same moment waits, and then learns of it.
    session.execute(select(Team.id).where(Team.id == times.calling_team(session)).with_for_update())
    before = in_force(session)
    if before.changed_at != seen_at:
        raise RulesChanged
    times.set_rules(session, before.team_id, rules, actor_id=actor_id, now=now)
    auditing.record(
        session,
        actor_id=actor_id,
        action="booking_rules_changed",
        account_id=None,
        details={
            name: [getattr(before.rules, name), getattr(rules, name)]
            for name in times.NAMES
            if getattr(before.rules, name) != getattr(rules, name)
        },
        now=now,
    )
