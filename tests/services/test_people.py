"""Adding, changing and disabling people."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.factories.moments import NOON
from tests.factories.people import PASSWORD, ada, ana, ben, make_skill, make_team, make_user
from tests.factories.signing_in import make_api_token, make_sign_in_session
from tests.services.desk import billed_to_payer, task_of
from workqueue.models.people import ApiToken, SignInSession, Skill, User
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.kinds import TaskKind
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.roles import Role
from workqueue.rules.states import LeaseEnd, TaskState
from workqueue.services import leasing, people, taking, teams, verifying
from workqueue.services.people import LastAdmin, UsernameTaken, WrongPassword
from workqueue.services.reading.history import history

NEW = "another long phrase"


def add(session: Session, username: str = "carla", **given: Any) -> int:
    team_id = make_team(session).id
    fields: dict[str, Any] = {
        "name": "Carla",
        "role": Role.REP,
        "team_id": team_id,
        "password": NEW,
        **given,
    }
    return people.add_user(session, username=username, now=NOON, **fields)


def change(session: Session, user_id: int, *, role: Role, actor_id: int = 0, **given: Any) -> None:
    fields: dict[str, Any] = {"name": "Carla", "team_id": None, **given}
    people.change(session, user_id, role=role, now=NOON, actor_id=actor_id or user_id, **fields)


def test_a_person_is_added_with_team_and_skills(session: Session) -> None:
    skill = make_skill(session, SkillCode.DENIALS)
    row = people.get(session, add(session, "Carla", skill_ids=[skill.id]))
    assert (row.username, row.role, row.skills, row.is_active) == ("carla", Role.REP, skill.name, True)


def test_a_username_is_given_once_in_any_case(session: Session) -> None:
    add(session, "carla")
    with pytest.raises(UsernameTaken):
        add(session, "CARLA")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"team_id": None}, "team_id"),
        ({"team_id": 999_999}, "team_id"),
        ({"skill_ids": [31_000]}, "skill_ids"),
        ({"password": "short"}, "password"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_to_look_at(
    session: Session, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add(session, **wrong)
    assert refused.value.field == field


def test_an_admin_needs_no_team(session: Session) -> None:
    assert people.get(session, add(session, role=Role.ADMIN, team_id=None)).team == ""


def test_another_role_leaves_the_skills_as_they_are(session: Session) -> None:
    denials = make_skill(session, SkillCode.DENIALS)
    user_id = add(session, skill_ids=[denials.id])
    change(session, user_id, role=Role.LEAD, team_id=make_team(session).id)
    row = people.get(session, user_id)
    assert (row.role, row.skill_ids) == (Role.LEAD, frozenset({denials.id}))


def test_disabling_ends_sessions_and_tokens_and_enabling_brings_none_back(session: Session) -> None:
    person = ana(session)
    make_sign_in_session(session, user=person)
    make_api_token(session, user=person)
    people.disable(session, person.id, NOON)
    people.enable(session, person.id)
    assert session.scalars(select(SignInSession.ended_at)).all() == [NOON]
    assert session.scalars(select(ApiToken.revoked_at)).all() == [NOON]


def test_what_a_disabled_person_held_or_was_given_is_everybodys_again(session: Session) -> None:
    given, held = (task_of(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE) for _ in range(2))
    admin, rep, colleague = ada(session), ana(session), ben(session)
    taking.take(session, task_id=held.id, rep_id=rep.id, now=NOON, lease_seconds=900)
    leasing.reassign(session, given.id, to_user_id=rep.id, reason="r", lead_id=admin.id, now=NOON)
    people.disable(session, rep.id, NOON, actor_id=admin.id)
    session.expire_all()
    for task in (given, held):
        assert (task.state, task.owner_id, task.holder_id) == (TaskState.QUEUED, None, None)
        assert taking.take(session, task_id=task.id, rep_id=colleague.id, now=NOON, lease_seconds=900).token
        leasing.end(session, task, LeaseEnd.RELEASED)
    assert history(session, account_id=given.account_id)[0].cause_words == (
        f"{admin.name} reassigned it: works here no more"
    )
    assert verifying.certify(session, now=NOON).is_ok


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMIN])
def test_what_was_passed_to_somebody_who_takes_no_tasks_any_more_is_everybodys(
    session: Session, role: Role
) -> None:
    given, held = (task_of(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE) for _ in range(2))
    admin, rep, colleague = ada(session), ana(session), ben(session)
    leasing.reassign(session, given.id, to_user_id=rep.id, reason="r", lead_id=admin.id, now=NOON)
    taking.take(session, task_id=held.id, rep_id=rep.id, now=NOON, lease_seconds=900)
    change(session, rep.id, role=role, actor_id=admin.id)
    session.expire_all()
    for task in (given, held):
        assert (task.state, task.owner_id, task.holder_id) == (TaskState.QUEUED, None, None)
        assert taking.take(session, task_id=task.id, rep_id=colleague.id, now=NOON, lease_seconds=900).token
        leasing.end(session, task, LeaseEnd.RELEASED)
    assert verifying.certify(session, now=NOON).is_ok


def test_a_rep_who_becomes_a_lead_keeps_what_was_passed_to_them(session: Session) -> None:
    given = task_of(session, billed_to_payer(session), TaskKind.CLAIM_NO_RESPONSE)
    admin, rep = ada(session), ana(session)
    leasing.reassign(session, given.id, to_user_id=rep.id, reason="r", lead_id=admin.id, now=NOON)
    change(session, rep.id, role=Role.LEAD, team_id=rep.team_id, actor_id=admin.id)
    session.expire_all()
    assert given.owner_id == rep.id


def test_the_last_admin_cannot_be_disabled_or_given_another_role(session: Session) -> None:
    person = ada(session)
    make_user(session, "gone", role=Role.ADMIN, is_active=False)
    with pytest.raises(LastAdmin):
        people.disable(session, person.id, NOON)
    with pytest.raises(LastAdmin):
        change(session, person.id, role=Role.AUDITOR)
    make_user(session, "second", role=Role.ADMIN)
    people.disable(session, person.id, NOON)


def test_two_admins_who_disable_each_other_at_once_leave_one(fresh_database: str) -> None:
    engine = create_engine(fresh_database)
    with Session(engine) as session, session.begin():
        admins = [make_user(session, name, role=Role.ADMIN).id for name in ("ada", "second")]

    def disable(user_id: int) -> bool:
        with Session(engine) as session, session.begin():
            gate.wait(10)
            try:
                people.disable(session, user_id, NOON)
            except LastAdmin:
                session.rollback()
                return False
            return True

    gate = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(disable, admins))
    with Session(engine) as session:
        active = session.scalars(select(User.id).where(User.is_active)).all()
    engine.dispose()
    assert sorted(outcomes) == [False, True]
    assert len(active) == 1


def test_a_password_set_by_the_admin_ends_all_sessions(session: Session) -> None:
    person = ana(session)
    make_sign_in_session(session, user=person)
    people.set_password(session, person.id, NEW, NOON)
    assert session.scalars(select(SignInSession.ended_at)).all() == [NOON]


def test_changing_ones_own_password_ends_all_other_sessions(session: Session) -> None:
    person = ana(session)
    here, there = (make_sign_in_session(session, user=person) for _ in range(2))
    people.change_own_password(session, person.id, PASSWORD, NEW, NOON, keep_session_id=here.id)
    session.expire_all()
    assert (here.ended_at, there.ended_at) == (None, NOON)


def test_changing_ones_own_password_takes_the_present_one(session: Session) -> None:
    person = ana(session)
    kept = person.password_hash
    with pytest.raises(WrongPassword):
        people.change_own_password(session, person.id, "not this one", NEW, NOON, keep_session_id=0)
    assert person.password_hash == kept


def test_who_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        people.disable(session, 999_999, NOON)
    with pytest.raises(NotFound):
        people.get(session, 999_999)


def test_everybody_is_listed_the_active_first(session: Session) -> None:
    make_user(session, "zoe", name="Zoe")
    make_user(session, "abe", name="Abe", is_active=False)
    seen = make_sign_in_session(session, user=ana(session), last_seen_at=NOON + timedelta(minutes=3))
    rows = people.listed(session)
    assert [row.name for row in rows] == ["Ana", "Zoe", "Abe"]
    assert rows[0].last_seen_at == seen.last_seen_at


def test_an_office_has_a_team_for_every_skill_from_the_start(session: Session) -> None:
    assert {row.code for row in teams.skills(session)} == set(SkillCode)


def test_a_team_is_added_once(session: Session) -> None:
    team_id = teams.add(session, "Appeals")
    assert teams.add(session, "Appeals") == team_id


def test_a_skill_is_given_to_another_team(session: Session) -> None:
    skill, team_id = make_skill(session, SkillCode.DENIALS), teams.add(session, "Appeals")
    teams.give_skill(session, skill.id, team_id)
    assert session.get_one(Skill, skill.id).team_id == team_id
    with pytest.raises(Invalid):
        teams.give_skill(session, skill.id, 999_999)
