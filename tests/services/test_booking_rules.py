"""A team's rules of booking are set by one person at a time, and who did it is on record."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.factories import NOON, ada, leo, make_skill
from workqueue.models import AuditEntry
from workqueue.rules.kinds import Skill
from workqueue.rules.refusals import Invalid
from workqueue.rules.slots import SlotRules
from workqueue.services import booking_rules
from workqueue.services.booking_rules import RulesChanged

LATER = NOON + timedelta(hours=1)
OURS = SlotRules(minutes=20, has_waiting_list=False)


def set_ours(session: Session, rules: SlotRules = OURS, *, seen_at: datetime | None = None) -> None:
    booking_rules.change(session, rules, seen_at=seen_at, actor_id=leo(session).id, now=NOON)


def entries(session: Session) -> list[AuditEntry]:
    wanted = select(AuditEntry).where(AuditEntry.action == "booking_rules_changed").order_by(AuditEntry.id)
    return list(session.scalars(wanted))


def test_until_somebody_sets_them_the_defaults_hold(session: Session) -> None:
    team = make_skill(session, Skill.PATIENTS).team_id
    found = booking_rules.in_force(session)
    assert (found.team_id, found.rules) == (team, SlotRules())
    assert (found.changed_at, found.changed_by) == (None, "")


def test_who_set_them_when_and_what_they_changed_is_on_record(session: Session) -> None:
    set_ours(session)
    found = booking_rules.in_force(session)
    assert (found.rules, found.changed_at, found.changed_by) == (OURS, NOON, leo(session).name)
    assert [(each.actor_id, each.at) for each in entries(session)] == [(leo(session).id, NOON)]
    assert entries(session)[0].details == {"minutes": [15, 20], "has_waiting_list": [True, False]}


def test_whoever_started_from_older_rules_changes_nothing(session: Session) -> None:
    set_ours(session)
    for older in (None, NOON - timedelta(hours=1)):
        with pytest.raises(RulesChanged):
            booking_rules.change(session, SlotRules(), seen_at=older, actor_id=ada(session).id, now=LATER)
    assert booking_rules.in_force(session).rules == OURS
    booking_rules.change(session, SlotRules(), seen_at=NOON, actor_id=ada(session).id, now=LATER)
    assert booking_rules.in_force(session).rules == SlotRules()
    assert len(entries(session)) == 2


def test_a_number_that_cannot_stand_is_refused_by_its_field(session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        set_ours(session, replace(OURS, share_percent=0))
    assert refusal.value.field == "share_percent"
    assert booking_rules.in_force(session).rules == SlotRules()


def test_of_two_at_the_same_moment_one_learns_of_the_other(fresh_database: str) -> None:
    engine = create_engine(fresh_database)
    with Session(engine) as session, session.begin():
        actors = [leo(session).id, ada(session).id]

    def change(actor_id: int) -> bool:
        with Session(engine) as session, session.begin():
            gate.wait(10)
            try:
                booking_rules.change(session, OURS, seen_at=None, actor_id=actor_id, now=NOON)
            except RulesChanged:
                session.rollback()
                return False
            return True

    gate = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(change, actors))
    with Session(engine) as session:
        recorded = len(entries(session))
    engine.dispose()
    assert sorted(outcomes) == [False, True]
    assert recorded == 1
