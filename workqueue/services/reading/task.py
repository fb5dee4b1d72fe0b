"""A task as the rep sees it: why it is here and where it stands, whom to call, what may be logged."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import Lane, Task, User, UserSkill
from workqueue.rules.calendar import office_day
from workqueue.rules.contact_verdict import Verdict
from workqueue.rules.disposition_facts import Disposition
from workqueue.rules.dispositions import PUT_ASIDE, dispositions_for
from workqueue.rules.holds import HoldKind
from workqueue.rules.kinds import KINDS, Party, TaskKind
from workqueue.rules.queue_rules import FIRST_TIER
from workqueue.rules.refusals import NotFound
from workqueue.rules.roles import WORKERS
from workqueue.rules.states import CauseKind, PhonePlace, TaskState
from workqueue.rules.words import day_words, moment_words, person_name
from workqueue.services import calling, contacting, drafts, staffing
from workqueue.services.contacting.dials import Dial
from workqueue.services.reading.call import CallInHand, call_in_hand
from workqueue.services.reading.promised import PromisedCall, promised_call
from workqueue.services.reading.reach import offered_phone_ids
from workqueue.services.reading.reasons import Behind, behind, reasons, subject_words

FAR_DAYS = 3_650
"""A moment so far away stands for never."""

TIER_WORDS = {
    0: "A callback at its time comes before everything else.",
    1: "It comes before all that can wait.",
    2: "Ordered by what a minute of work on it is expected to bring.",
}
HARD_DEADLINE_WORDS = "A hard deadline is near: it comes before all that can wait."
OPENED_WORDS = {
    CauseKind.FACT: "Opened when a fact about the account arrived",
    CauseKind.CLOCK: "Opened when its time came",
    CauseKind.REBUILD: "Opened when the queue was built",
    CauseKind.OUTCOME: "Opened by what was logged",
    CauseKind.LEAD: "Opened by a lead",
    CauseKind.LEASE: "Opened when a lease ended",
    CauseKind.HOLD: "Opened when a hold changed",
    CauseKind.CALLBACK: "Opened when a callback was booked",
    CauseKind.CONTACT: "Opened when it changed how the person is reached",
    CauseKind.RULES: "Opened when the rules of the queue changed",
}


@dataclass(frozen=True, slots=True)
class Why:
    """The parts of the priority.

    worth_now - worth_later + penalty = gain; gain x weight / minutes sorts a tier.
    """

    value_cents: int
    p_now_bp: int
    p_later_bp: int
    chances_words: str
    """Whether both chances are the reviewed default or the office's own, and from how many outcomes."""
    discount_percent: int
    revisit_days: int
    worth_now_cents: int
    worth_later_cents: int
    penalty_cents: int
    gain_cents: int
    minutes: int
    minutes_words: str
    weight_percent: int
    """What the rules let the gain of this kind count for; 100 is its money and no more."""
    cents_per_minute: int
    tier: int
    tier_words: str
    priority: int
    deadline_on: date | None
    deadline_words: str
    reasons: tuple[str, ...]
    opened_words: str
    next_words: str
    rescore_at: datetime | None


@dataclass(frozen=True, slots=True)
class PhoneOption:
    phone_id: int
    e164: str
    extension: str
    place: PhonePlace
    is_valid: bool
    verdict: Verdict
    whose: str = ""
    """Whose number it is when it is not that of who answers for the bill; never in a title or a log."""


@dataclass(frozen=True, slots=True)
class Colleague:
    user_id: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class TaskCard:
    id: int
    account_id: int
    account_number: str
    kind: TaskKind
    kind_label: str
    subject_words: str
    state: TaskState
    party: Party
    why: Why
    phones: tuple[PhoneOption, ...]
    payer_verdict: Verdict | None
    dispositions: tuple[Disposition, ...]
    put_aside: tuple[Disposition, ...]
    suggested_amount_cents: int
    open_call: CallInHand | None
    promised: PromisedCall | None
    """What the person was promised, when the task is their callback."""
    draft: dict[str, str]
    owner_id: int | None
    owner_name: str
    holder_id: int | None
    holder_name: str
    is_mine: bool
    """The reading rep holds it now; only then is there a token."""
    lease_token: int | None
    lease_until: datetime | None
    attempts: int
    worked_at: datetime | None
    waiting_on: Party | None
    deferred_until: datetime | None
    held_until: datetime | None
    hold_kind: HoldKind | None
    available_at: datetime


def task_card(session: Session, *, task_id: int, rep_id: int, now: datetime) -> TaskCard:
    # A lease runs by the clock of the database, whatever moment the page speaks of.
    is_live = (Task.lease_until > func.clock_timestamp()).label("is_live")
    row = session.execute(
        select(Task, is_live).where(Task.id == task_id).execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    task = row[0]
    is_mine = task.holder_id == rep_id and bool(row[1])
    about = behind(session, task, office_day(now))
    facts = KINDS[task.kind]
    names = _names(session, task.owner_id, task.holder_id)
    return TaskCard(
        id=task.id,
        account_id=task.account_id,
        account_number=about.account.number,
        kind=task.kind,
        kind_label=facts.label,
        subject_words=subject_words(about),
        state=task.state,
        party=facts.party,
        why=why(about),
        phones=_phones(session, task, now),
        payer_verdict=calling.payer_verdict(session, about.account, now)
        if facts.party is Party.PAYER
        else None,
        dispositions=dispositions_for(task.kind),
        put_aside=PUT_ASIDE,
        suggested_amount_cents=_suggested_cents(about),
        open_call=_open_call(session, task, rep_id) if is_mine else None,
        promised=promised_call(session, task.id),
        draft=drafts.load(session, user_id=rep_id, task_id=task_id),
        owner_id=task.owner_id,
        owner_name=names.get(task.owner_id or 0, ""),
        holder_id=task.holder_id,
        holder_name=names.get(task.holder_id or 0, ""),
        is_mine=is_mine,
        lease_token=task.lease_token if is_mine else None,
        lease_until=task.lease_until if is_mine else None,
        attempts=task.attempts,
        worked_at=task.worked_at,
        waiting_on=task.deferred_for or task.waiting_on,
        deferred_until=task.deferred_until,
        held_until=task.held_until,
        hold_kind=about.hold.kind if about.hold else None,
        available_at=task.available_at,
    )


def why(about: Behind) -> Why:
    """Lay the priority out so that its parts sum to what sorts the queue."""
    task = about.task
    weight_percent = about.rules.of(task.kind).weight_percent
    worth_now = task.value_cents * task.p_now_bp // 10_000
    return Why(
        value_cents=task.value_cents,
        p_now_bp=task.p_now_bp,
        p_later_bp=task.p_later_bp,
        chances_words=about.grounds.chances_words,
        discount_percent=about.rules.discount_percent,
        revisit_days=about.rules.revisit_days,
        worth_now_cents=worth_now,
        worth_later_cents=worth_now + task.penalty_cents - task.gain_cents,
        penalty_cents=task.penalty_cents,
        gain_cents=task.gain_cents,
        minutes=task.minutes,
        minutes_words=about.grounds.minutes_words,
        weight_percent=weight_percent,
        cents_per_minute=task.gain_cents * weight_percent // 100 // task.minutes,
        tier=task.tier,
        tier_words=HARD_DEADLINE_WORDS
        if task.tier == FIRST_TIER and KINDS[task.kind].has_hard_deadline
        else TIER_WORDS[task.tier],
        priority=task.priority,
        deadline_on=task.deadline_on,
        deadline_words=_deadline_words(task.deadline_on, about.today),
        reasons=reasons(about),
        opened_words=f"{OPENED_WORDS[task.opened_by_cause]}, {moment_words(task.opened_at)}.",
        next_words=_next_words(about),
        rescore_at=task.rescore_at,
    )


def _deadline_words(deadline_on: date | None, today: date) -> str:
    if deadline_on is None:
        return ""
    days = (deadline_on - today).days
    if days < 0:
        return f"The deadline passed on {day_words(deadline_on)}."
    left = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    return f"The deadline is {left}, on {day_words(deadline_on)}."


def _next_words(about: Behind) -> str:
    """Say what the clock alone will change, and when."""
    task, today, at = about.task, about.today, about.task.rescore_at
    if at is None or (office_day(at) - today).days > FAR_DAYS:
        return "Only news or work on it will change its place."
    when, day = moment_words(at), office_day(at)
    if at in {task.deferred_until, task.held_until, task.available_at}:
        return f"It comes up on {when}."
    if task.deadline_on is not None:
        days_left = (task.deadline_on - day).days
        if days_left < 0:
            return f"On {when} its deadline will have passed."
        if days_left < about.rules.revisit_days:
            return f"From {when} on the next look would miss the deadline, and it rises."
        return f"On {when} its deadline comes near, and it rises."
    return f"On {when} its chances are judged anew."


def _phones(session: Session, task: Task, now: datetime) -> tuple[PhoneOption, ...]:
    """Judge every number a rep may be shown; a confidential instruction hides all but its own."""
    judged = contacting.judged(session, [task.id], now)
    persons = {each.dial.person_id for each in judged}
    offered = {phone_id for each in persons for phone_id in offered_phone_ids(session, each)}
    return tuple(
        PhoneOption(
            each.phone_id, dial.e164, dial.extension, dial.place, dial.is_valid, each.verdict, _whose(dial)
        )
        for each in judged
        for dial in [each.dial]
        if each.phone_id in offered
    )


def _whose(dial: Dial) -> str:
    if dial.role is None:
        return ""
    return f"{person_name(dial.first_name, dial.last_name)}, {dial.role.replace('_', ' ')}"


def _open_call(session: Session, task: Task, rep_id: int) -> CallInHand | None:
    call = calling.open_call(session, task, rep_id)
    return call_in_hand(session, call) if call else None


def _suggested_cents(about: Behind) -> int:
    """Return the amount a form starts with: what is owed, or what there is too much of."""
    account = about.account
    if KINDS[about.task.kind].party is Party.PATIENT:
        return about.promise.amount_cents if about.promise else max(account.patient_cents, 0)
    if account.insurance_cents > 0:
        return account.insurance_cents
    return max(-account.insurance_cents, -account.patient_cents, 0)


def _names(session: Session, *ids: int | None) -> dict[int, str]:
    wanted = [each for each in ids if each is not None]
    if not wanted:
        return {}
    return {
        row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    }


def colleagues(session: Session, *, task_id: int, rep_id: int, now: datetime) -> tuple[Colleague, ...]:
    """Return to whom this task can be passed: those who do this kind of work and are not away."""
    rows = session.execute(
        select(User.id, User.name, User.role)
        .join(UserSkill, UserSkill.user_id == User.id)
        .join(Lane, Lane.skill_id == UserSkill.skill_id)
        .join(Task, Task.lane_id == Lane.id)
        .where(Task.id == task_id, User.is_active, User.role.in_(WORKERS), User.id != rep_id)
        .where(UserSkill.holds_on(office_day(now)), staffing.is_here(now))
        .order_by(User.role, User.name)
    )
    return tuple(Colleague(user_id, name, role.value) for user_id, name, role in rows)
