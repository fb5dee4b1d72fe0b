"""Drawing samples: what is in the set, that it can be drawn again, by risk with reasons, and weekly once."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    ben,
    make_account,
    make_call,
    make_lease,
    make_outcome,
    make_promise,
    make_task,
    otto,
    sue,
    uma,
)
from tests.factories.quality import make_item, make_policy
from workqueue.models import AuditEntry, Outcome, QualityItem, QualitySample, Team, User, UserSkill
from workqueue.rules.business_days import office_midnight
from workqueue.rules.kinds import TaskKind
from workqueue.rules.quality import SampleKind
from workqueue.rules.quality_draw import draw, fingerprint
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.shifts import SkillLevel
from workqueue.services import auditing, quality_sampling
from workqueue.services.call_steps import REVEALED
from workqueue.services.quality_risk import assessed
from workqueue.services.quality_sampling import Period

MONDAY, SUNDAY = date(2026, 3, 2), date(2026, 3, 8)
WEEK = Period(MONDAY, SUNDAY)
IN_WEEK = NOON - timedelta(days=5)
DAY = timedelta(days=1)


def worked(session: Session, rep: User, count: int, **given: object) -> list[Outcome]:
    """Let a rep have logged so much in the week."""
    task = make_task(session, TaskKind.PATIENT_BALANCE)
    given = {"at": IN_WEEK, "note": "Rang for a minute."} | given
    return [make_outcome(session, task=task, rep=rep, **given) for _ in range(count)]  # type: ignore[arg-type]


def draw_for(
    session: Session,
    rep: User | None,
    *,
    random: int = 0,
    risk: int = 0,
    seed: str = "s",
    period: Period = WEEK,
) -> list[QualitySample]:
    made = quality_sampling.draw_by_hand(
        session,
        rep_id=rep.id if rep else None,
        period=period,
        random_count=random,
        risk_count=risk,
        seed=seed,
        lead_id=sue(session).id,
        now=NOON,
    )
    return [session.get_one(QualitySample, sample_id) for sample_id in made]


def drawn(session: Session, sample: QualitySample) -> list[int]:
    items = select(QualityItem.outcome_id).where(QualityItem.sample_id == sample.id)
    return list(session.scalars(items.order_by(QualityItem.position)))


def ids(outcomes: Sequence[Outcome]) -> list[int]:
    return [each.id for each in outcomes]


def test_the_statement_draws_what_the_rule_draws_for_each_rep(session: Session) -> None:
    of_ana, of_ben = ids(worked(session, ana(session), 40)), ids(worked(session, ben(session), 7))
    worked(session, otto(session), 5)
    for seed in ("a1", "b2", "ünïcode"):
        samples = {each.rep_id: each for each in draw_for(session, None, random=10, seed=seed)}
        assert set(samples) == {ana(session).id, ben(session).id}
        for rep, numbers in ((ana(session), of_ana), (ben(session), of_ben)):
            sample = samples[rep.id]
            assert drawn(session, sample) == list(draw(numbers, seed, 10))
            assert (sample.population, sample.population_digest) == (len(numbers), fingerprint(numbers))
            again = quality_sampling.drawn_again(session, sample.id)
            assert (again.is_same_set, again.is_same_draw) == (True, True)


def test_the_set_is_the_work_of_the_days_of_the_office_both_included(session: Session) -> None:
    begins, ends = office_midnight(MONDAY), office_midnight(SUNDAY + DAY)
    second = timedelta(seconds=1)
    inside = [worked(session, ana(session), 1, at=at)[0] for at in (begins, ends - second)]
    for at in (begins - second, ends):
        worked(session, ana(session), 1, at=at)
    (sample,) = draw_for(session, ana(session), random=9)
    assert sorted(drawn(session, sample)) == sorted(ids(inside))


def test_a_sample_that_was_meddled_with_cannot_be_drawn_again(session: Session) -> None:
    outcomes = worked(session, ana(session), 20)
    (sample,) = draw_for(session, ana(session), random=5)
    left_out = next(each for each in ids(outcomes) if each not in drawn(session, sample))
    item = session.scalars(select(QualityItem).where(QualityItem.sample_id == sample.id)).first()
    assert item is not None
    item.outcome_id = left_out
    session.flush()
    again = quality_sampling.drawn_again(session, sample.id)
    assert (again.is_same_set, again.is_same_draw) == (True, False)
    worked(session, ana(session), 1)
    assert not quality_sampling.drawn_again(session, sample.id).is_same_set


def test_only_a_random_sample_can_be_drawn_again(session: Session) -> None:
    sample_id = make_item(session, kind=SampleKind.RISK).sample_id
    with pytest.raises(NotFound):
        quality_sampling.drawn_again(session, sample_id)


@pytest.mark.parametrize(
    ("period", "field"),
    [
        (Period(MONDAY, TODAY), "last_on"),
        (Period(SUNDAY, MONDAY), "last_on"),
        (Period(SUNDAY - timedelta(days=92), SUNDAY), "first_on"),
    ],
)
def test_days_that_are_not_over_are_refused(session: Session, period: Period, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        draw_for(session, ana(session), random=1, period=period)
    assert refusal.value.field == field


def test_a_lead_draws_from_the_own_team_only(session: Session) -> None:
    worked(session, otto(session), 3)
    for stranger in (otto(session), sue(session), uma(session)):
        with pytest.raises(Invalid, match="your team"):
            draw_for(session, stranger, random=1)


def test_a_draw_by_a_lead_stands_in_the_audit_chain(session: Session) -> None:
    worked(session, ana(session), 3)
    (sample,) = draw_for(session, ana(session), random=1)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "quality_sample_drawn")).one()
    assert (entry.actor_id, entry.details) == (sue(session).id, {"sample_id": sample.id})
    assert list(auditing.breaks(session)) == []


def test_by_risk_what_has_most_reasons_comes_first_and_nothing_is_drawn_twice(session: Session) -> None:
    rep = ana(session)
    rep.created_at = NOON - timedelta(days=900)
    worked(session, rep, 5)
    (put_off,) = worked(session, rep, 1, disposition="deferred")
    (money,) = worked(session, rep, 1, disposition="written_off", note="")
    (wish,) = worked(session, rep, 1, disposition="cease")
    (sample,) = draw_for(session, rep, risk=2)
    assert drawn(session, sample) == ids([money, wish])
    items = session.scalars(
        select(QualityItem).where(QualityItem.sample_id == sample.id).order_by(QualityItem.position)
    ).all()
    assert [each["code"] for each in items[0].reasons] == ["money_moved", "no_note"]
    assert items[0].reasons[0]["words"] == "Money was moved by hand: written off."
    (second,) = draw_for(session, rep, risk=2)
    # What has no reason at all is not drawn, however many were asked for.
    assert drawn(session, second) == ids([put_off])


def facts_of(session: Session, outcome: Outcome) -> set[str]:
    found = assessed(session, rep_ids=[outcome.rep_id], begins=WEEK.begins, ends=WEEK.ends)
    return {reason.code.value for each in found if each.outcome_id == outcome.id for reason in each.reasons}


@pytest.fixture
def rep(session: Session) -> User:
    """Return a rep who is not new."""
    rep = otto(session)
    rep.created_at = NOON - timedelta(days=900)
    return rep


def called(
    session: Session, rep: User, rules: list[dict[str, object]] | None = None, **given: object
) -> Outcome:
    task = make_task(session, TaskKind.PATIENT_BALANCE)
    call = make_call(
        session,
        task=task,
        rep=rep,
        placed_at=IN_WEEK - timedelta(minutes=5),
        verdict={"is_allowed": True, "rules": rules or []},
    )
    given = {"at": IN_WEEK, "note": "Rang for a minute."} | given
    return make_outcome(session, task=task, rep=rep, call=call, **given)  # type: ignore[arg-type]


def rule_said(*, calls: int, limit: int, is_ok: bool = True) -> dict[str, object]:
    return {
        "label": "At most 7 calls in 7 days",
        "sentence": f"{calls} calls, of {limit} at most.",
        "citation": "12 CFR 1006.14(b)(2)(i)(A)",
        "is_ok": is_ok,
        "inputs": {"calls": calls, "limit": limit, "days": 7},
    }


def test_a_look_at_the_details_before_the_identification_is_a_reason(session: Session, rep: User) -> None:
    for seconds_before, is_found in ((10, True), (400, False)):
        outcome = called(session, rep)
        auditing.record(
            session,
            actor_id=rep.id,
            action=REVEALED,
            account_id=outcome.account_id,
            details={"reason": "needed"},
            now=IN_WEEK - timedelta(seconds=seconds_before),
        )
        assert ("revealed" in facts_of(session, outcome)) == is_found


def test_a_look_after_the_identification_is_none(session: Session, rep: User) -> None:
    task = make_task(session, TaskKind.PATIENT_BALANCE)
    call = make_call(session, task=task, rep=rep, placed_at=IN_WEEK - timedelta(minutes=5))
    call.verified_at = IN_WEEK - timedelta(minutes=3)
    outcome = make_outcome(session, task=task, rep=rep, call=call, at=IN_WEEK, disposition="promise")
    auditing.record(
        session,
        actor_id=rep.id,
        action=REVEALED,
        account_id=outcome.account_id,
        details={"reason": "needed"},
        now=IN_WEEK - timedelta(minutes=1),
    )
    assert facts_of(session, outcome) & {"revealed", "not_identified"} == set()


def test_the_verdict_kept_with_the_call_tells_of_limits(session: Session, rep: User) -> None:
    near, far = rule_said(calls=6, limit=7), rule_said(calls=1, limit=7)
    assert "near_limit" in facts_of(session, called(session, rep, [far, near]))
    assert "near_limit" not in facts_of(session, called(session, rep, [far]))
    assert "against_rule" in facts_of(
        session, called(session, rep, [rule_said(calls=7, limit=7, is_ok=False)])
    )


def test_a_note_that_stands_on_another_account_too_is_a_copy(session: Session, rep: User) -> None:
    note = "Spoke to the payer, still in process."
    first, second = called(session, rep, note=note), called(session, rep, note=f" {note.upper()} ")
    other = called(session, ben(session), note=note)
    assert "copied_note" in facts_of(session, first) & facts_of(session, second)
    assert "copied_note" not in facts_of(session, other)


def test_work_done_in_a_fraction_of_the_time_is_a_reason(session: Session, rep: User) -> None:
    for seconds, is_found in ((20, True), (200, False)):
        task = make_task(session, TaskKind.PATIENT_BALANCE)
        task.minutes = 8
        lease = make_lease(session, task=task, rep=rep, granted_at=IN_WEEK - timedelta(seconds=seconds))
        lease.ended_at = IN_WEEK
        outcome = make_outcome(
            session, task=task, rep=rep, lease_token=lease.id, at=IN_WEEK, note="Rang for a minute."
        )
        assert ("short" in facts_of(session, outcome)) == is_found


def test_a_promise_broken_at_its_first_payment_is_a_reason(session: Session, rep: User) -> None:
    account = make_account(session, charge_cents=5_000, patient_cents=5_000)
    task = make_task(session, TaskKind.PATIENT_BALANCE, account=account)
    outcome = make_outcome(session, task=task, rep=rep, at=IN_WEEK, disposition="promise", note="By card.")
    promise = make_promise(session, account=account, outcome=outcome)
    assert "promise_broken" not in facts_of(session, outcome)
    broken = make_task(session, TaskKind.PROMISE_BROKEN, account=account)
    broken.subject = promise.id
    session.flush()
    assert "promise_broken" in facts_of(session, outcome)


def test_work_of_a_kind_the_rep_is_learning_is_a_reason(session: Session, rep: User) -> None:
    outcome = called(session, rep)
    assert "learning" not in facts_of(session, outcome)
    session.execute(update(UserSkill).where(UserSkill.user_id == rep.id).values(level=SkillLevel.LEARNING))
    assert "learning" in facts_of(session, outcome)


def test_the_week_is_drawn_once_for_teams_with_a_policy(session: Session) -> None:
    team = session.get_one(Team, ana(session).team_id)
    worked(session, ana(session), 9, disposition="cease")
    worked(session, otto(session), 9)
    ben(session)
    assert quality_sampling.draw_weekly(session, seed="w", now=NOON) == 0
    make_policy(session, team, random_per_rep=4, risk_per_rep=2)
    # Two kinds for each of the team's two reps; one of them had nothing to draw from.
    assert quality_sampling.draw_weekly(session, seed="w", now=NOON) == 4
    samples = session.scalars(select(QualitySample).where(QualitySample.rep_id == ana(session).id)).all()
    assert {each.kind: len(drawn(session, each)) for each in samples} == {
        SampleKind.RANDOM: 4,
        SampleKind.RISK: 2,
    }
    assert {(each.first_on, each.last_on, each.drawn_by_id) for each in samples} == {(MONDAY, SUNDAY, None)}
    everything = [each for sample in samples for each in drawn(session, sample)]
    assert len(set(everything)) == 6
    assert quality_sampling.draw_weekly(session, seed="x", now=NOON + timedelta(days=2)) == 0
    assert quality_sampling.draw_weekly(session, seed="y", now=NOON + timedelta(days=7)) == 4


def test_the_timetable_draws_some_reps_at_a_time_and_goes_on(session: Session) -> None:
    make_policy(session, session.get_one(Team, ana(session).team_id), random_per_rep=1, risk_per_rep=1)
    ben(session)
    made = [quality_sampling.draw_weekly(session, seed="w", now=NOON, most_reps=3) for _ in range(3)]
    assert made == [3, 1, 0]
    drawn_of = session.execute(select(QualitySample.rep_id, QualitySample.kind)).all()
    assert len(drawn_of) == len(set(drawn_of)) == 4


def test_whoever_is_of_no_use_any_more_is_not_drawn(session: Session) -> None:
    make_policy(session, session.get_one(Team, ana(session).team_id))
    ana(session).is_active = False
    assert quality_sampling.draw_weekly(session, seed="w", now=NOON) == 0


def test_the_database_refuses_a_random_sample_without_a_seed(session: Session) -> None:
    sample_id = make_item(session).sample_id
    with pytest.raises(IntegrityError, match="can_be_drawn_again"):
        session.execute(text("UPDATE quality_samples SET seed = '' WHERE id = :id"), {"id": sample_id})
