"""What pages are fed: every number and sentence comes from rows of this office."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import (
    NOON,
    TODAY,
    ana,
    ben,
    make_call,
    make_fact,
    make_hold,
    make_lane,
    make_note,
    make_outcome,
    make_patient,
    make_payer,
    make_phone,
    make_promise,
    make_task,
    otto,
    sue,
)
from tests.services.desk import (
    billed_to_payer,
    deny,
    owed_by_patient,
    post,
    take,
    task_of,
    unmatched_payment,
)
from workqueue.models import Account, Patient, Task, TaskChange
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import Party, TaskKind
from workqueue.rules.promises import PromiseState
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.states import CauseKind, FactKind, TaskState
from workqueue.services import callbacks, deriving, drafts, holding, leasing, outcomes
from workqueue.services.reading.account import account_version, account_view
from workqueue.services.reading.history import history
from workqueue.services.reading.my_day import my_day
from workqueue.services.reading.summary import queue_summary
from workqueue.services.reading.task import colleagues, task_card
from workqueue.services.reading.team import TeamFilters, counts, team_page, who_holds_what

IN_PROCESS = OutcomeEntry("payer_in_process", reference_number="REF-1", spoke_with="Dana", note="Will pay")


def log(session: Session, held: tuple[int, int], entry: OutcomeEntry, rep_id: int) -> None:
    outcomes.log_outcome(session, task_id=held[0], lease_token=held[1], entry=entry, rep_id=rep_id, now=NOON)


# The task


@pytest.mark.parametrize("setting", ["claim", "denial", "patient"])
def test_the_parts_of_the_priority_sum_to_the_gain_that_sorts(session: Session, setting: str) -> None:
    account = owed_by_patient(session) if setting == "patient" else billed_to_payer(session, 73_331)
    if setting == "denial":
        deny(session, account, 41_017)
    task = session.scalars(select(Task).where(Task.account_id == account.id, Task.state != "closed")).one()
    why = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON).why
    assert why.gain_cents > 0
    assert (
        why.worth_now_cents - why.worth_later_cents + why.penalty_cents == why.gain_cents == task.gain_cents
    )
    assert why.worth_now_cents == why.value_cents * why.p_now_bp // 10_000
    assert why.cents_per_minute == why.gain_cents // why.minutes
    assert why.reasons
    assert all(reason.endswith(".") for reason in why.reasons)


def test_the_card_says_why_a_denial_is_here_and_by_when(session: Session) -> None:
    account = billed_to_payer(session, payer=make_payer(session, name="Prairie Health"))
    deny(session, account, 50_000)
    task = task_of(session, account, TaskKind.DENIAL)
    card = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON)
    assert card.why.reasons == (
        "Prairie Health refused $500.00 on March 10, 2026: Not medically necessary (CO-50).",
    )
    assert card.subject_words == "Primary claim, Prairie Health"
    assert card.why.deadline_on == task.deadline_on
    assert card.why.deadline_words.startswith("The deadline is in ")
    assert card.suggested_amount_cents == 50_000
    assert card.payer_verdict is not None
    assert card.payer_verdict.is_allowed


def test_every_kind_of_task_has_a_card(session: Session) -> None:
    account = billed_to_payer(session)
    for kind in TaskKind:
        task = (
            make_task(session, kind, account=account, subject=1)
            if kind is not TaskKind.CLAIM_NO_RESPONSE
            else None
        )
        task = task or task_of(session, account, kind)
        card = task_card(session, task_id=task.id, rep_id=ana(session).id, now=NOON)
        assert card.kind_label
        assert 4 <= len(card.dispositions) <= 9
        assert [each.code for each in card.put_aside] == ["deferred", "passed"]


def test_only_the_holder_gets_the_token(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    task_id, token = take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    mine = task_card(session, task_id=task_id, rep_id=rep.id, now=NOON)
    theirs = task_card(session, task_id=task_id, rep_id=ben(session).id, now=NOON)
    assert (mine.is_mine, mine.lease_token) == (True, token)
    assert (theirs.is_mine, theirs.lease_token, theirs.holder_name) == (False, None, "Ana")
    session.execute(update(Task).where(Task.id == task_id).values(lease_until=datetime.now(UTC)))
    assert not task_card(session, task_id=task_id, rep_id=rep.id, now=NOON).is_mine


def test_each_number_of_the_patient_has_its_own_verdict(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    patient = session.get_one(Account, account.id).patient_id
    person = session.get_one(Patient, patient)
    good = make_phone(session, patient=person)
    wrong = make_phone(session, patient=person, is_valid=False)
    task_id, _ = take(session, account, TaskKind.PATIENT_BALANCE, rep)
    drafts.save(session, user_id=rep.id, task_id=task_id, fields={"note": "half"}, now=NOON)
    card = task_card(session, task_id=task_id, rep_id=rep.id, now=NOON)
    allowed = {each.phone_id: each.verdict.is_allowed for each in card.phones}
    assert allowed == {good.id: True, wrong.id: False}
    assert card.draft == {"note": "half"}
    assert card.payer_verdict is None


def test_a_task_nobody_knows_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        task_card(session, task_id=987_654_321, rep_id=ana(session).id, now=NOON)


def test_a_task_is_passed_to_those_who_do_this_kind_of_work(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    ben(session), otto(session), sue(session)
    found = colleagues(
        session, task_id=task_of(session, account, TaskKind.CLAIM_NO_RESPONSE).id, rep_id=rep.id
    )
    assert [(each.name, each.role) for each in found] == [("Sue", "lead"), ("Ben", "rep")]


# The account


def test_the_ledger_runs_to_the_balances_of_the_account(session: Session) -> None:
    account = billed_to_payer(session, 50_000)
    post(
        session,
        make_fact(
            session,
            FactKind.REMITTANCE_CLAIM,
            account_number=account.number,
            code="1",
            paid_cents=20_000,
            patient_cents=5_000,
            contractual_cents=25_000,
            payload={
                "entries": [
                    ["payer_payment", "", "", -20_000, 0],
                    ["contractual", "CO", "45", -25_000, 0],
                    ["patient_responsibility", "PR", "1", -5_000, 5_000],
                ]
            },
        ),
    )
    view = account_view(session, account_id=account.id, now=NOON)
    assert [line.insurance_balance_cents for line in view.ledger] == [50_000, 30_000, 5_000, 0]
    last = view.ledger[-1]
    assert (last.insurance_balance_cents, last.patient_balance_cents) == (
        view.insurance_cents,
        view.patient_cents,
    )
    assert (view.insurance_cents, view.patient_cents) == (0, 5_000)
    assert [line.kind_words for line in view.ledger] == [
        "Charge",
        "Payer payment",
        "Contractual adjustment",
        "Patient's share",
    ]
    assert view.ledger[1].source_words == "Remittance"
    assert last.reason_words == "Deductible (1)"


def test_the_page_of_an_account_shows_all_that_happened_on_it(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    log(session, take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep), IN_PROCESS, rep.id)
    make_note(session, account=account)
    make_call(session, account=account)
    holding.place(
        session,
        account_id=account.id,
        reason="estate",
        until_on=TODAY + timedelta(days=10),
        owner_id=rep.id,
        now=NOON,
    )
    callbacks.book(
        session,
        account_id=account.id,
        at=NOON + timedelta(days=1),
        phone_id=None,
        booked_by_id=rep.id,
        now=NOON,
    )
    view = account_view(session, account_id=account.id, now=NOON)
    assert view.patient is not None
    assert view.patient.name == "Robin Testwell"
    assert view.claims[0].status_words == "Submitted, nothing heard yet"
    assert view.outcomes[0].note == "Will pay"
    assert view.outcomes[0].details == (("Call reference number", "REF-1"), ("Spoke with", "Dana"))
    assert view.holds[0].is_in_force
    assert (len(view.notes), len(view.calls), len(view.callbacks)) == (1, 1, 1)
    assert {line.kind for line in view.tasks} == {TaskKind.CLAIM_NO_RESPONSE, TaskKind.CALLBACK_DUE}
    assert view.changes[0].cause_words
    with pytest.raises(NotFound):
        account_view(session, account_id=987_654_321, now=NOON)


def test_the_version_of_a_page_changes_with_whatever_it_shows(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    seen = {account_version(session, account_id=account.id)}
    assert account_version(session, account_id=account.id) in seen

    def is_new() -> bool:
        version = account_version(session, account_id=account.id)
        known = version in seen
        seen.add(version)
        return not known

    make_note(session, account=account)
    assert is_new()
    deny(session, account, 50_000)
    assert is_new()
    log(session, take(session, account, TaskKind.DENIAL, rep), OutcomeEntry("appeal_sent"), rep.id)
    assert is_new()
    hold = holding.place(
        session,
        account_id=account.id,
        reason="estate",
        until_on=TODAY + timedelta(days=10),
        owner_id=rep.id,
        now=NOON,
    )
    assert is_new()
    holding.lift(session, hold_id=hold, actor_id=rep.id, now=NOON)
    assert is_new()
    booked = callbacks.book(
        session,
        account_id=account.id,
        at=NOON + timedelta(days=1),
        phone_id=None,
        booked_by_id=rep.id,
        now=NOON,
    )
    assert is_new()
    callbacks.cancel(session, callback_id=booked, actor_id=rep.id, now=NOON)
    assert is_new()


@pytest.mark.parametrize(
    ("paid", "later_days", "expected"),
    [
        (0, 0, PromiseState.OPEN),
        (4_000, 0, PromiseState.PARTIAL),
        (10_000, 0, PromiseState.KEPT),
        (4_000, 40, PromiseState.BROKEN),
    ],
)
def test_a_promise_is_shown_by_the_money_that_came(
    session: Session, paid: int, later_days: int, expected: PromiseState
) -> None:
    account = owed_by_patient(session)
    logged = make_outcome(session, task=task_of(session, account, TaskKind.PATIENT_BALANCE))
    make_promise(session, account=account, outcome=logged, amount_cents=10_000)
    if paid:
        post(
            session,
            make_fact(
                session,
                FactKind.PAYMENT,
                account_number=account.number,
                payload={"entries": [["patient_payment", "", "", 0, -paid]]},
            ),
        )
    view = account_view(session, account_id=account.id, now=NOON + timedelta(days=later_days))
    assert (view.promises[0].state, view.promises[0].paid_cents) == (expected, paid)


# What changed


def test_history_says_in_words_what_changed_and_what_caused_it(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    log(session, take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep), IN_PROCESS, rep.id)
    deny(session, account, 50_000)
    lines = history(session, account_id=account.id)
    assert [(each.words, each.cause_words) for each in lines][:2] == [
        ("Closed", "Remittance arrived"),
        ("Waits until March 24, 2026, 00:00", "Ana logged: payer is working on it"),
    ]
    assert {each.cause for each in lines} <= set(CauseKind)
    page = history(session, account_id=account.id, limit=1)
    rest = history(session, account_id=account.id, before_id=page[-1].change_id)
    assert (*page, *rest) == lines


def test_a_leads_reason_and_the_new_owner_are_named(session: Session) -> None:
    account, lead, rep = billed_to_payer(session), sue(session), ben(session)
    task = task_of(session, account, TaskKind.CLAIM_NO_RESPONSE)
    leasing.reassign(session, task.id, to_user_id=rep.id, reason="knows the payer", lead_id=lead.id, now=NOON)
    newest = history(session, account_id=account.id)[0]
    assert newest.words == "Given to Ben"
    assert newest.cause_words == "Sue reassigned it: knows the payer"


# My day and the team


def test_my_day_shows_what_i_hold_what_was_passed_to_me_and_what_i_did(session: Session) -> None:
    rep = ana(session)
    done, held, passed = (billed_to_payer(session) for _ in range(3))
    billed_to_payer(session)
    log(session, take(session, done, TaskKind.CLAIM_NO_RESPONSE, rep), IN_PROCESS, rep.id)
    leasing.reassign(
        session,
        task_of(session, passed, TaskKind.CLAIM_NO_RESPONSE).id,
        to_user_id=rep.id,
        reason="r",
        lead_id=sue(session).id,
        now=NOON,
    )
    task_id, _ = take(session, held, TaskKind.CLAIM_NO_RESPONSE, rep)
    day = my_day(session, rep_id=rep.id, now=NOON)
    assert [line.task_id for line in day.held] == [task_id]
    assert [line.account_id for line in day.passed] == [passed.id]
    assert [(each.kind, each.count) for each in day.open_counts] == [(TaskKind.CLAIM_NO_RESPONSE, 1)]
    assert (day.done_count, day.done[0].disposition_label) == (1, "Payer is working on it")
    assert my_day(session, rep_id=ben(session).id, now=NOON).done_count == 0


def test_patients_are_not_counted_as_open_at_night(session: Session) -> None:
    owed_by_patient(session)
    rep = otto(session)
    assert [each.kind for each in my_day(session, rep_id=rep.id, now=NOON).open_counts] == [
        TaskKind.PATIENT_BALANCE
    ]
    assert my_day(session, rep_id=rep.id, now=NOON + timedelta(hours=12)).open_counts == ()


def test_my_callbacks_come_in_the_order_of_their_times(session: Session) -> None:
    rep, account = otto(session), owed_by_patient(session)
    for days in (3, 1):
        callbacks.book(
            session,
            account_id=account.id,
            at=NOON + timedelta(days=days),
            phone_id=None,
            booked_by_id=rep.id,
            now=NOON,
        )
    found = my_day(session, rep_id=rep.id, now=NOON).callbacks
    assert [each.at for each in found] == [NOON + timedelta(days=1), NOON + timedelta(days=3)]
    assert all(each.task_id for each in found)


def test_pages_of_the_teams_queue_follow_each_other_without_gap_or_repeat(session: Session) -> None:
    team = ana(session).team_id or 0
    lane, other = make_lane(session), make_lane(session, skill="denials")
    strangers = make_lane(session, skill="payments")
    for number in range(23):
        # Equal priorities, too: the number of the task tells them apart.
        make_task(session, lane=(lane, other)[number % 2], priority=100 + number // 3)
    make_task(session, lane=lane, priority=999, owner=ben(session))
    make_task(session, TaskKind.CREDIT_BALANCE, lane=strangers, priority=10_000)
    expected = session.execute(
        select(Task.id).where(Task.lane_id != strangers.id).order_by(Task.priority.desc(), Task.id)
    )
    seen, after = [], None
    while True:
        page = team_page(session, team_id=team, filters=TeamFilters(), after=after, limit=5)
        seen.extend(line.task_id for line in page.rows)
        after = page.next
        if after is None:
            break
        assert len(page.rows) == 5
    assert seen == [row.id for row in expected]


def test_the_teams_queue_can_be_narrowed(session: Session) -> None:
    team, rep = ana(session).team_id or 0, ana(session)
    billed, denied = billed_to_payer(session), billed_to_payer(session)
    deny(session, denied, 50_000)
    take(session, billed, TaskKind.CLAIM_NO_RESPONSE, rep)

    def rows(filters: TeamFilters) -> list[TaskKind]:
        return [line.kind for line in team_page(session, team_id=team, filters=filters).rows]

    assert rows(TeamFilters()) == [TaskKind.DENIAL]
    assert rows(TeamFilters(kind=TaskKind.CLAIM_NO_RESPONSE)) == []
    assert rows(TeamFilters(state=TaskState.LEASED, holder_id=rep.id)) == [TaskKind.CLAIM_NO_RESPONSE]
    assert rows(TeamFilters(state=TaskState.LEASED, holder_id=ben(session).id)) == []
    with pytest.raises(Invalid):
        rows(TeamFilters(state=TaskState.CLOSED))


def test_what_waits_is_listed_by_when_it_comes_up(session: Session) -> None:
    team, lane = ana(session).team_id or 0, make_lane(session)
    for days in (5, 2, 9, 2):
        make_task(session, lane=lane, state=TaskState.WAITING, rescore_at=NOON + timedelta(days=days))
    filters = TeamFilters(state=TaskState.WAITING)
    first = team_page(session, team_id=team, filters=filters, limit=3)
    second = team_page(session, team_id=team, filters=filters, after=first.next, limit=3)
    days = [(line.rescore_at - NOON).days for line in (*first.rows, *second.rows) if line.rescore_at]
    assert days == [2, 2, 5, 9]
    assert len({line.task_id for line in (*first.rows, *second.rows)}) == 4


def test_the_lead_sees_who_holds_what(session: Session) -> None:
    rep, account = ana(session), billed_to_payer(session)
    ben(session), otto(session), sue(session)
    take(session, account, TaskKind.CLAIM_NO_RESPONSE, rep)
    lines = who_holds_what(session, team_id=rep.team_id or 0)
    assert [(each.rep_name, each.task.account_id if each.task else None) for each in lines] == [
        ("Ana", account.id),
        ("Ben", None),
        ("Sue", None),
    ]
    found = {
        each.kind: (each.queued, each.leased, each.waiting)
        for each in counts(session, team_id=rep.team_id or 0)
    }
    assert found == {TaskKind.CLAIM_NO_RESPONSE: (0, 1, 0)}


def test_every_open_balance_is_in_exactly_one_state(session: Session) -> None:
    rep = ana(session)
    queued, leased, waiting, deferred = (billed_to_payer(session) for _ in range(4))
    held, resting = owed_by_patient(session), owed_by_patient(session, service_on=TODAY)
    unmatched_payment(session)
    assert make_hold(session, account=held).until_at > NOON
    deriving.derive(session, {held.id: None}, cause=CauseKind.HOLD, now=NOON)
    log(session, take(session, waiting, TaskKind.CLAIM_NO_RESPONSE, rep), IN_PROCESS, rep.id)
    put_off = OutcomeEntry("deferred", next_on=TODAY + timedelta(days=3), reason="r")
    log(session, take(session, deferred, TaskKind.CLAIM_NO_RESPONSE, rep), put_off, rep.id)
    take(session, leased, TaskKind.CLAIM_NO_RESPONSE, rep)
    found = queue_summary(session, now=NOON)
    assert found.open_balances == session.scalar(select(func.count()).select_from(Account)) == 7
    assert (found.queued, found.leased, found.deferred, found.held) == (2, 1, 1, 1)
    assert found.waiting == {Party.PAYER: 1, Party.PATIENT: 1, Party.OFFICE: 0}
    assert (found.closed, found.unaccounted) == (0, 0)
    assert resting.patient_cents
    assert queued.insurance_cents
    session.execute(update(Task).where(Task.account_id == queued.id).values(state=TaskState.CLOSED))
    assert queue_summary(session, now=NOON).unaccounted == 1
    assert session.scalar(select(func.count()).select_from(TaskChange))
    assert make_patient(session).id
