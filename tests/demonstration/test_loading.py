import json
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import make_account, make_user
from workqueue.database import transaction
from workqueue.demonstration.loading import AlreadyLoaded, Loaded, NotEmpty, load
from workqueue.demonstration.people import CAST, SignIn, kept_sign_ins
from workqueue.extensions import db
from workqueue.models import (
    Account,
    Call,
    Callback,
    CoachingNote,
    Fact,
    FileReceipt,
    Hold,
    Lane,
    Note,
    Notice,
    Patient,
    Promise,
    QualityDispute,
    QualityReview,
    QuarantinedItem,
    Skill,
    Task,
    User,
    Window,
)
from workqueue.rules.business_days import office_midnight
from workqueue.rules.kinds import TaskKind
from workqueue.rules.roles import Role
from workqueue.rules.shifts import PACE_PERCENT, Span
from workqueue.rules.states import FactState, TaskState
from workqueue.services import deriving, estimating, feasibility, leasing, staffing
from workqueue.services.reading import holds
from workqueue.services.reading.collection import collection_view
from workqueue.services.reading.holds import HoldsAsked

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)
SIGN_INS = [SignIn(each.name, each.role.value, each.username, f"{each.role} river stone 7") for each in CAST]


@pytest.fixture(scope="module")
def office(clone: Callable[[], str], make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An office of 400 accounts, loaded once for all that look at it."""
    app = make_app(clone())
    with app.app_context(), transaction() as session:
        load(session, accounts=400, seed=7, today=TODAY, now=NOW, sign_ins=SIGN_INS)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def loaded(office: Flask) -> Iterator[Session]:
    """A look at it that leaves nothing behind."""
    with office.app_context():
        session = db.session()
        yield session
        session.rollback()
        db.session.remove()


def test_every_kind_of_task_is_there_to_be_worked(loaded: Session) -> None:
    queued = set(loaded.scalars(select(Task.kind).where(Task.state == TaskState.QUEUED)))
    assert queued == set(TaskKind)


def test_tasks_of_half_the_kinds_wait(loaded: Session) -> None:
    waiting = loaded.scalars(select(Task.kind).where(Task.state == TaskState.WAITING)).all()
    assert 2 * len(set(waiting)) >= len(TaskKind)


def test_the_queue_is_what_a_rebuild_would_give(loaded: Session) -> None:
    assert deriving.check(loaded, now=NOW) == []


def test_estimating_pretends_to_nothing_about_work_that_was_only_told(loaded: Session) -> None:
    """Its reps were at work in the last weeks only, each for an instant: too young and too short to count."""
    report = estimating.estimate_and_rebuild(loaded, now=NOW)
    assert (report.own_chances, report.own_minutes) == (0, 0)
    assert deriving.check(loaded, now=NOW) == []


def test_every_fact_came_to_rest(loaded: Session) -> None:
    states = set(loaded.scalars(select(Fact.state).distinct()))
    assert FactState.RECEIVED not in states
    assert FactState.APPLIED in states


def test_some_payments_wait_for_a_person_and_a_file_came_twice(loaded: Session) -> None:
    assert len(loaded.scalars(select(QuarantinedItem.id)).all()) >= 4
    assert loaded.scalars(select(FileReceipt.id).where(FileReceipt.is_duplicate)).all()


@pytest.mark.parametrize(
    "model", [Call, Callback, Promise, Hold, Note, QualityReview, QualityDispute, CoachingNote]
)
def test_the_reps_have_been_at_work(loaded: Session, model: type) -> None:
    assert loaded.scalar(select(func.count()).select_from(model))


def test_some_patients_have_chosen_when_they_are_called(loaded: Session) -> None:
    chosen = loaded.scalars(select(Callback).where(Callback.link_id.is_not(None))).all()
    assert {each.language for each in chosen} == {"en", "es"}
    assert all(each.at > NOW and each.rep_id and each.phrase for each in chosen)


def test_holds_of_several_kinds_stand_in_every_way(loaded: Session) -> None:
    assert len(set(loaded.scalars(select(Hold.kind)))) >= 8
    assert loaded.scalars(select(Hold.id).where(Hold.patient_id.is_not(None))).all()
    found = holds.counts(loaded, now=NOW)
    assert all(found[each] for each in HoldsAsked), found


def test_the_gate_before_pre_collection_is_open_for_some_and_closed_for_others(loaded: Session) -> None:
    ids = loaded.scalars(select(Notice.account_id).distinct()).all()
    gates = [collection_view(loaded, each, chosen=[], now=NOW).gate for each in ids]
    assert any(each.is_open for each in gates)
    assert any(not each.is_open and each.earliest_on for each in gates)
    assert any(not each.is_open and each.day_0 and not each.earliest_on for each in gates)


def test_every_role_is_there_and_reps_have_work_to_take(loaded: Session) -> None:
    assert set(loaded.scalars(select(User.role))) == set(Role)
    for username in ("ana", "otto"):
        rep_id = loaded.scalars(select(User.id).where(User.username == username)).one()
        assert leasing.lease_next(loaded, rep_id=rep_id, now=NOW, lease_seconds=60)


def test_patients_are_called_by_the_clock_where_they_live(loaded: Session) -> None:
    zones = dict(
        loaded.execute(
            select(Patient.state, func.max(Window.zones)).join(Window).group_by(Patient.state)
        ).all()
    )
    assert zones["HI"] == "Pacific/Honolulu"
    assert zones["NY"] == "America/New_York"
    assert zones["AZ"].endswith("America/Phoenix")


def test_open_balances_are_positive_money_for_the_most_part(loaded: Session) -> None:
    owed = loaded.scalar(select(func.count()).where(Account.insurance_cents + Account.patient_cents > 0))
    overpaid = loaded.scalar(select(func.count()).where(Account.insurance_cents + Account.patient_cents < 0))
    assert owed
    assert overpaid
    assert owed > 5 * overpaid


def load_few(session: Session, sign_ins: list[SignIn] = SIGN_INS) -> Loaded:
    return load(session, accounts=20, seed=3, today=TODAY, now=NOW, sign_ins=sign_ins)


def test_a_second_load_changes_nothing_and_says_so(session: Session) -> None:
    load_few(session)
    before = session.scalar(select(func.count()).select_from(Account))
    with pytest.raises(AlreadyLoaded, match="loaded already"):
        load_few(session)
    assert session.scalar(select(func.count()).select_from(Account)) == before


def test_an_office_with_people_of_its_own_is_left_alone(session: Session) -> None:
    make_user(session, "real")
    with pytest.raises(NotEmpty, match="into an empty one only"):
        load_few(session)


def test_an_office_with_accounts_of_its_own_is_left_alone(session: Session) -> None:
    make_account(session)
    with pytest.raises(NotEmpty):
        load_few(session)


def test_sign_ins_are_made_once_and_kept_for_their_owner_only(tmp_path: Path) -> None:
    made = kept_sign_ins(tmp_path)
    path = tmp_path / "demonstration.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert kept_sign_ins(tmp_path) == made
    assert len({each.password for each in made}) == len(CAST)
    assert {each["username"] for each in json.loads(path.read_text())} == {each.username for each in CAST}


def test_the_command_refuses_a_database_named_by_hand(
    runner: FlaskCliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/office")
    said = runner.invoke(args=["demo", "load"])
    assert said.exit_code == 1
    assert "may be a real office" in said.output


def test_the_command_loads_and_tells_how_to_sign_in(
    fresh_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    runner = fresh_app.test_cli_runner()
    assert runner.invoke(args=["demo", "sign-ins"]).output == ""
    said = runner.invoke(args=["demo", "load", "--accounts", "20", "--today", "2026-03-10"])
    assert said.exit_code == 0, said.output
    assert "accounts" in said.output
    again = runner.invoke(args=["demo", "load"])
    assert (again.exit_code, again.output.strip()) == (0, AlreadyLoaded.sentence)
    shown = runner.invoke(args=["demo", "sign-ins"]).output
    assert len(shown.splitlines()) == len(CAST)
    assert "otto" in shown


@pytest.mark.parametrize("times", [1, 60])
def test_its_deadlines_are_short_by_the_worst_of_all_prefixes(loaded: Session, times: int) -> None:
    """The cut once more, by trying every pair of days up to which claims and denials are looked at."""
    # Every deadline free at once and no callback in between: then the days of two skills say it all.
    loaded.execute(update(Task).where(Task.kind == TaskKind.CALLBACK_DUE).values(state=TaskState.CLOSED))
    loaded.execute(
        update(Task)
        .where(Task.deadline_on.is_not(None))
        .values(available_at=NOW, held_until=None, deferred_until=None, minutes=Task.minutes * times)
    )
    found = feasibility.ahead(loaded, now=NOW)
    report = feasibility.report(loaded, found)
    days = sorted(set(found.slots.days))
    due: Counter[tuple[str, date]] = Counter()
    for code, day, minutes in loaded.execute(
        select(Skill.code, Task.deadline_on, Task.minutes)
        .join(Lane, Lane.id == Task.lane_id)
        .join(Skill, Skill.id == Lane.skill_id)
        .where(Task.state != TaskState.CLOSED, Task.deadline_on.between(days[0], days[-1]))
    ):
        due[code, day] += minutes
    assert {(line.skill, line.due_on): line.needed_minutes for line in report.lines} == dict(due)
    spare = minutes_by_day(loaded, found)
    worst = max(
        sum(minutes for (code, day), minutes in due.items() if day <= until[code])
        - most_of(found, spare, until)
        for until in (
            {"claims": first, "denials": second}
            for first, second in product([date.min, *days], [date.min, *days])
        )
    )
    assert report.short_minutes == worst
    assert (worst > 0) == (times > 1), "one of the two is short, so that both are tried"


def minutes_by_day(session: Session, found: feasibility.Ahead) -> dict[tuple[int, date], int]:
    return {
        (who, day): minutes
        for day in sorted(set(found.slots.days))
        for who, minutes in staffing.capacity(
            session,
            list(found.staff),
            between=Span(max(NOW, office_midnight(day)), office_midnight(day + timedelta(days=1))),
        ).items()
    }


def most_of(found: feasibility.Ahead, spare: dict[tuple[int, date], int], until: dict[str, date]) -> int:
    """What people could do of these skills up to these days, in minutes of somebody who is able."""
    total = 0
    for (who, day), minutes in spare.items():
        paces = {
            each.skill: PACE_PERCENT[each.level]
            for each in found.staff[who].abilities
            if each.expires_on is None or each.expires_on >= day
        }
        wanted = [pace for code, pace in paces.items() if day <= until.get(code, date.min)]
        most = -(-minutes * 100 // min(paces.values())) if paces else 0
        total += min(most, sum(-(-minutes * 100 // pace) for pace in wanted))
    return total
