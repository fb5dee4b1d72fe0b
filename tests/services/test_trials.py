"""A trial of rules: what it says, that it changes nothing, and that publishing does what it said."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_skill, make_user, sue
from tests.rules.queue_rule_sets import rule_sets
from tests.rules.test_queue_rules import with_kind
from tests.services.desk import billed_to_payer, deny, owed_by_patient, unmatched_payment
from tests.services.queues import derive, differences
from tests.services.test_deriving_clock import accounts, generated, make, undoing
from workqueue.models import Lane, QueueRuleVersion, Skill, Task, Trial
from workqueue.rules.business_days import is_business_day
from workqueue.rules.kinds import Skill as SkillCode
from workqueue.rules.kinds import TaskKind
from workqueue.rules.queue_rules import DELIVERED, QueueRules
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.trials import HORIZON_DAYS, MOST_TRIES, Movement, Outcome, TrialKind
from workqueue.services import publishing, queue_rules, trials
from workqueue.services.trials import comparing
from workqueue.services.trials.comparing import compare

DAY = timedelta(days=1)

__all__ = ["undoing"]


def tried(session: Session, rules: QueueRules) -> Outcome:
    return compare(session, rules, now=NOON, report=lambda _done, _of, _step: None)


def counts(outcome: Outcome) -> dict[str, int]:
    """Return the movements that happen."""
    return {move: each.tasks for move, each in outcome.moves.items() if each.tasks and move != "same"}


def office(session: Session) -> None:
    for cents in (1_500, 5_000, 90_000):
        owed_by_patient(session, cents)
        deny(session, billed_to_payer(session, cents), cents, on=TODAY - 130 * DAY)
        billed_to_payer(session, cents)
    unmatched_payment(session)


def add_version(session: Session, rules: QueueRules) -> int:
    return queue_rules.add_version(
        session, rules, label="Tried", note="", made_from_id=1, actor_id=sue(session).id, now=NOON
    )


EVERYTHING = """
    SELECT (SELECT jsonb_agg(to_jsonb(t) || jsonb_build_object('version', t.xmin::text) ORDER BY id)
            FROM tasks t),
        (SELECT count(*) FROM task_changes), (SELECT count(*) FROM leases), (SELECT count(*) FROM trials)
"""


def everything(session: Session) -> Any:
    """Return the live queue with the transaction that wrote each row last."""
    return session.execute(text(EVERYTHING)).one()


def test_the_rules_in_force_change_nothing(session: Session) -> None:
    office(session)
    found = tried(session, DELIVERED)
    assert found.is_unchanged
    assert found.was.queue.tasks == 10
    assert found.samples == {}


def test_a_trial_leaves_the_live_queue_as_it_is(session: Session) -> None:
    office(session)
    before = everything(session)
    assert not tried(session, with_kind(TaskKind.PATIENT_BALANCE, floor_cents=2_000)).is_unchanged
    assert everything(session) == before


def test_what_waits_below_a_floor_leaves_the_queue(session: Session) -> None:
    office(session)
    found = tried(session, with_kind(TaskKind.PATIENT_BALANCE, floor_cents=2_000))
    assert counts(found) == {"leaves": 1}
    assert (found.moves["leaves"].value_cents, found.moves["leaves"].minutes) == (1_500, 6)
    (sample,) = found.samples["leaves"]
    assert (sample.kind, sample.was_day, sample.now_day) == ("patient_balance", 0, None)


def test_an_earlier_lead_time_makes_appeals_of_denials(session: Session) -> None:
    office(session)
    found = tried(session, QueueRules(DELIVERED.kinds, appeal_lead_days=60))
    assert counts(found) == {"leaves": 3, "enters": 3}
    kinds = {each.kind: each.counts for each in found.kinds}
    assert (kinds["denial"], kinds["appeal_deadline"]) == ({"leaves": 3}, {"enters": 3})


def test_another_skill_is_another_team(session: Session) -> None:
    office(session)
    found = tried(session, with_kind(TaskKind.PAYMENT_UNMATCHED, skill=SkillCode.PATIENTS))
    assert counts(found) == {"team": 1}
    queues = {each.skill: (each.was.queue.tasks, each.now.queue.tasks) for each in found.teams}
    assert (queues["payments"], queues["patients"]) == ((1, 0), (3, 4))


def test_what_takes_longer_pushes_the_rest_to_later_days(session: Session) -> None:
    for _ in range(70):
        owed_by_patient(session, 50_000)
    found = tried(session, with_kind(TaskKind.PATIENT_BALANCE, minutes=12))
    # One person's day is 384 minutes: 64 tasks of six, 32 of twelve. 32 and 6 come a day later.
    assert counts(found) == {"later": 38}
    assert {(each.was_day, each.now_day) for each in found.samples["later"]} <= {(0, 1), (1, 2)}


def test_a_weight_lets_one_kind_overtake_another(session: Session) -> None:
    for _ in range(70):
        owed_by_patient(session, 50_000)
    unmatched_payment(session, 1_000_000)
    heavy, light = (
        tried(
            session,
            with_kind(TaskKind.PAYMENT_UNMATCHED, skill=SkillCode.PATIENTS, weight_percent=weight),
        )
        for weight in (1_000, 10)
    )
    assert [each.samples["team"][0].now_day for each in (heavy, light)] == [0, 0]
    heavier = tried(session, with_kind(TaskKind.PATIENT_BALANCE, weight_percent=1_000))
    assert heavier.is_unchanged  # alone in its team's queue, whatever it weighs


def test_a_team_is_measured_by_the_minutes_its_people_have(session: Session) -> None:
    office(session)
    skill = make_skill(session, SkillCode.PATIENTS)
    make_user(session, skills=[SkillCode.PATIENTS])
    make_user(session, skills=[SkillCode.PATIENTS, SkillCode.CLAIMS])
    team = next(each for each in tried(session, DELIVERED).teams if each.skill == skill.code)
    # Eight hours less a fifth, and half of that from who has two skills; noon of the first day is half over.
    workdays = sum(is_business_day(TODAY + count * DAY) for count in range(14))
    assert team.reps == 2
    assert 384 * 1.5 * (workdays - 1) / workdays <= team.minutes_a_day <= 384 * 1.5
    assert team.minutes_each(team.was) == 9


def test_a_deadline_the_team_does_not_get_to_is_at_risk(session: Session) -> None:
    for _ in range(30):
        deny(session, billed_to_payer(session, 90_000), 90_000, on=TODAY - 178 * DAY)
    deny(session, billed_to_payer(session, 5_000), 5_000, on=TODAY - 178 * DAY)
    found = tried(session, DELIVERED)
    # Two days of one person are 38 appeals of twenty minutes; 200 minutes each are three.
    assert found.was.at_risk.tasks == found.now.at_risk.tasks
    slow = tried(session, with_kind(TaskKind.APPEAL_DEADLINE, minutes=100))
    assert slow.now.at_risk.tasks > slow.was.at_risk.tasks
    assert slow.now.at_risk.value_cents > 0


def test_what_is_beyond_the_horizon_is_counted_and_not_put_in_order(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    for cents in range(10_000, 17_000, 100):
        owed_by_patient(session, cents)
    whole = tried(session, with_kind(TaskKind.PATIENT_BALANCE, minutes=12))
    assert counts(whole) == {"later": 38}
    monkeypatch.setattr(comparing, "HORIZON_DAYS", 1)
    short = tried(session, with_kind(TaskKind.PATIENT_BALANCE, minutes=12))
    # Half of the first day's 64 go beyond its end; what was beyond it stays there.
    assert counts(short) == {"later": 32}
    assert (short.was.queue, short.now.queue) == (whole.was.queue, whole.now.queue)


def test_accounts_whose_hour_has_come_are_left_to_the_clock(session: Session) -> None:
    office(session)
    task = session.scalars(select(Task).where(Task.kind == TaskKind.PATIENT_BALANCE)).first()
    assert task is not None
    task.rescore_at, task.priority = NOON, 0
    session.flush()
    found = tried(session, DELIVERED)
    assert (found.is_unchanged, found.left_out) == (True, 1)


def live(session: Session) -> dict[tuple[int, str, int], dict[str, Any]]:
    rows = session.execute(
        select(Task, Skill.code)
        .join(Lane, Lane.id == Task.lane_id)
        .join(Skill, Skill.id == Lane.skill_id)
        .where(Task.state.in_(["queued", "leased"]))
        .execution_options(populate_existing=True)
    )
    return {
        (task.account_id, task.kind.value, task.subject): {
            "skill": skill,
            "priority": task.priority,
            "minutes": task.minutes,
            "value": task.value_cents,
            "gain": task.gain_cents,
        }
        for task, skill in rows
    }


def with_days(queue: dict[Any, dict[str, Any]], paces: dict[str, int]) -> dict[Any, int]:
    """Say on which working day of its team each task is reached: a second computation, in plain Python."""
    found, spent = {}, Counter[str]()
    for key, task in sorted(queue.items(), key=lambda each: (-each[1]["priority"], each[0])):
        found[key] = min(spent[task["skill"]] // paces[task["skill"]], comparing.HORIZON_DAYS)
        spent[task["skill"]] += task["minutes"]
    return found


def moves(before: dict[Any, Any], after: dict[Any, Any], paces: dict[str, int]) -> dict[str, int]:
    days_before, days_after = with_days(before, paces), with_days(after, paces)
    found: Counter[str] = Counter()
    for key in before.keys() | after.keys():
        if key not in before:
            found["enters"] += 1
        elif key not in after:
            found["leaves"] += 1
        elif before[key]["skill"] != after[key]["skill"]:
            found["team"] += 1
        else:
            shift = days_after[key] - days_before[key]
            found["sooner" if shift < 0 else "later" if shift > 0 else "same"] += 1
    return dict(found)


def sums(queue: dict[Any, dict[str, Any]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for task in queue.values():
        for at, number in enumerate((1, task["minutes"], task["value"], task["gain"])):
            found[task["skill"]][at] += number
    return dict(found)


# Each example writes statements of its own; WORKQUEUE_RULE_EXAMPLES asks for more of them.
@settings(generated, max_examples=int(os.environ.get("WORKQUEUE_RULE_EXAMPLES", "8")))
@given(
    told=st.lists(accounts, min_size=1, max_size=4),
    rules=rule_sets(),
    horizon=st.sampled_from([0, 1, HORIZON_DAYS]),
)
def test_publishing_does_what_the_trial_said(
    session: Session,
    undoing: Callable[[Callable[[], None]], None],
    monkeypatch: pytest.MonkeyPatch,
    told: list[dict[str, Any]],
    rules: QueueRules,
    horizon: int,
) -> None:
    def example() -> None:
        monkeypatch.setattr(comparing, "HORIZON_DAYS", horizon)
        for each in told:
            derive(session, make(session, each))
        before = live(session)
        said = tried(session, rules)
        version_id = add_version(session, rules)
        session.add(
            Trial(version_id=version_id, kind=TrialKind.TODAY, asked_at=NOON, finished_at=NOON, result={})
        )
        publication_id = publishing.ask(session, version_id, actor_id=sue(session).id, now=NOON)
        publishing.publish(session, publication_id, now=NOON)
        after = live(session)
        paces = {each.skill: each.minutes_a_day for each in said.teams}
        assert {move: each.tasks for move, each in said.moves.items() if each.tasks} == moves(
            before, after, paces
        )
        for side, queue in (("was", before), ("now", after)):
            found = {each.skill: getattr(each, side).queue for each in said.teams}
            assert {
                skill: [each.tasks, each.minutes, each.value_cents, each.gain_cents]
                for skill, each in found.items()
                if each.tasks
            } == sums(queue)
        assert differences(session) == []

    undoing(example)


def test_a_trial_is_asked_for_once_while_it_runs(session: Session) -> None:
    version_id = add_version(session, DELIVERED)
    first = trials.ask(session, version_id, actor_id=sue(session).id, now=NOON)
    assert trials.ask(session, version_id, actor_id=sue(session).id, now=NOON) == first
    replay = trials.ask(session, version_id, actor_id=sue(session).id, now=NOON, days=3)
    assert replay != first


@pytest.mark.parametrize("days", [0, 15])
def test_a_replay_of_too_many_days_is_refused(session: Session, days: int) -> None:
    with pytest.raises(Invalid):
        trials.ask(session, 1, actor_id=None, now=NOON, days=days)


def test_a_version_nobody_made_is_not_tried(session: Session) -> None:
    with pytest.raises(NotFound):
        trials.ask(session, 999, actor_id=None, now=NOON)


def test_a_trial_is_run_by_one_and_taken_over_from_the_dead(session: Session) -> None:
    trial_id = trials.ask(session, 1, actor_id=None, now=NOON)
    begun = trials.begin(session, trial_id, now=NOON)
    assert begun is not None
    assert trials.begin(session, trial_id, now=NOON + timedelta(minutes=2)) is None
    assert trials.waiting(session, now=NOON + timedelta(minutes=2)) == []
    assert trials.begin(session, trial_id, now=NOON + timedelta(minutes=4)) == begun


def test_a_trial_that_breaks_off_again_and_again_ends_as_failed(session: Session) -> None:
    trial_id = trials.ask(session, 1, actor_id=None, now=NOON)
    for _ in range(MOST_TRIES):
        assert trials.begin(session, trial_id, now=NOON) is not None
        trials.let_go(session, trial_id)
    assert [each[0] for each in trials.waiting(session, now=NOON)] == [trial_id]
    assert trials.begin(session, trial_id, now=NOON) is None
    assert session.get_one(Trial, trial_id, populate_existing=True).failed_at == NOON
    assert trials.waiting(session, now=NOON) == []


def test_what_a_trial_found_is_kept_as_it_is(session: Session) -> None:
    office(session)
    version_id = add_version(session, with_kind(TaskKind.PATIENT_BALANCE, floor_cents=2_000))
    trial_id = trials.ask(session, version_id, actor_id=None, now=NOON)
    begun = trials.begin(session, trial_id, now=NOON)
    assert begun is not None
    said = trials.measure(session, begun, now=NOON, report=lambda _done, _of, _step: None)
    trials.finish(session, trial_id, said, now=NOON)
    trial = session.get_one(Trial, trial_id, populate_existing=True)
    assert (trial.finished_at, trial.against_id) == (NOON, 1)
    assert trial.result == json.loads(json.dumps(said))
    assert said["moves"][Movement.LEAVES]["tasks"] == 1
    trials.finish(session, trial_id, {}, now=NOON + DAY)
    assert session.get_one(Trial, trial_id, populate_existing=True).finished_at == NOON


def test_how_far_a_trial_is_only_grows_and_reaches_its_end(session: Session) -> None:
    office(session)
    said: list[tuple[int, int]] = []
    compare(session, DELIVERED, now=NOON, report=lambda done, of, _step: said.append((done, of)))
    assert [done for done, _ in said] == sorted(done for done, _ in said)
    assert said[0][0] == 0
    assert all(of > 0 and done <= of for done, of in said)
    assert asdict(tried(session, DELIVERED))["left_out"] == 0


NIGHT = NOON.replace(hour=8)  # three in the morning at the office, or four


def test_the_night_tries_what_is_in_shadow_once(session: Session) -> None:
    version_id = add_version(session, DELIVERED)
    assert trials.ask_tonight(session, now=NIGHT) == []
    trials.set_shadow(session, version_id, is_shadow=True)
    assert trials.ask_tonight(session, now=NOON) == []
    (trial_id,) = trials.ask_tonight(session, now=NIGHT)
    trial = session.get_one(Trial, trial_id)
    assert (trial.version_id, trial.is_nightly, trial.asked_by_id) == (version_id, True, None)
    trials.finish(session, trial_id, {}, now=NIGHT)
    assert trials.ask_tonight(session, now=NIGHT + timedelta(hours=1)) == []
    assert len(trials.ask_tonight(session, now=NIGHT + DAY)) == 1
    trials.set_shadow(session, version_id, is_shadow=False)
    assert trials.ask_tonight(session, now=NIGHT + 2 * DAY) == []
    assert not session.get_one(QueueRuleVersion, version_id).is_shadow
