"""What the office sees: the tasks the derivation would have for a bill, with its own figures.

One claim in one turn needs a few of the derivation's rules only (services/deriving/claim_rules.py and
account_rules.py); a test brings the same bills through the real intake and compares task by task.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from workqueue.kit.office import Bill
from workqueue.kit.settling import Settled
from workqueue.kit.status import Status
from workqueue.rules.adjudication import effect_of
from workqueue.rules.claim_statuses import status_key
from workqueue.rules.kinds import Skill, TaskKind
from workqueue.rules.queue_rules import WAITS_BELOW_FLOOR, QueueRules
from workqueue.simulation.bills import TERMS, Heard

# As the derivation has them; it stands in a layer that is not imported here.
REJECTED, INFORMATION = ("A3", "A6", "A7", "A8"), ("P3", "P4", "R4")
NOT_FOUND, PENDING = ("A4", "D0"), ("P1", "P2")
PRESSED = {
    TaskKind.DENIAL: TaskKind.APPEAL_DEADLINE,
    TaskKind.CLAIM_REJECTED: TaskKind.FILING_DEADLINE,
    TaskKind.CLAIM_NOT_FOUND: TaskKind.FILING_DEADLINE,
}
"""What a kind turns into when its deadline is near."""


@dataclass(frozen=True)
class Case:
    """One piece of work, as its task would say it."""

    number: str
    kind: TaskKind
    """Outside of a deadline's lead time."""
    skill: Skill
    known_on: date
    since_on: date
    """From when its age counts."""
    available_on: date
    balance_cents: int
    net_bp: int
    state: str
    """Where the patient lives: whether they may be called yet."""
    filed_since_on: date | None = None
    """From when the age of its filing deadline counts: the day the claim was sent."""
    deadline_on: date | None = None
    lead_days: int = 0
    """So many days before its deadline it becomes another kind."""

    @property
    def value_cents(self) -> int:
        return self.balance_cents * self.net_bp // 10_000

    def is_pressed(self, today: date) -> bool:
        """Whether its deadline is near enough to make another kind of it."""
        if self.deadline_on is None or self.kind not in PRESSED:
            return False
        return self.deadline_on - timedelta(days=self.lead_days) <= today <= self.deadline_on

    def kind_on(self, today: date) -> TaskKind:
        return PRESSED[self.kind] if self.is_pressed(today) else self.kind

    def age_days(self, today: date) -> int:
        since_on = self.since_on
        if self.filed_since_on is not None and self.is_pressed(today):
            since_on = self.filed_since_on
        return (today - since_on).days


def cases_of(told: Heard, rules: QueueRules) -> Iterator[Case]:
    """Yield the tasks a bill makes: one of its claim at most, and one of what its patient owes."""
    if told.fate.settled:
        settled_on, settled = told.fate.settled[-1]
        yield from _settled(told, settled, settled_on, rules)
    else:
        heard = (*told.fate.acknowledged, *told.fate.status)
        said = max(heard, key=lambda each: status_key(each.on, each.category, each.code))
        yield _waiting(told, said, rules)


def _settled(told: Heard, settled: Settled, on: date, rules: QueueRules) -> Iterator[Case]:
    bill, terms = told.bill, TERMS[told.bill.insurer.code]
    refused_cents = sum(
        each.cents
        for line in settled.lines
        for each in line.adjustments
        if effect_of(each.group, each.reason).is_refusal
    )
    patient_cents = settled.patient_cents
    missing_cents = _expected(bill) - settled.paid_cents - patient_cents
    if refused_cents > 0:
        deadline_on = weekday_before(on + timedelta(days=terms.appeal_days))
        yield _case(
            told,
            TaskKind.DENIAL,
            on,
            refused_cents,
            rules,
            deadline_on=deadline_on,
            lead_days=rules.appeal_lead_days,
        )
    elif settled.paid_cents > 0 and _is_worth_disputing(missing_cents, bill, rules):
        yield _case(told, TaskKind.UNDERPAID, on, missing_cents, rules)
    if patient_cents > 0:
        called_on = on + timedelta(days=rules.first_call_days)
        yield _case(told, TaskKind.PATIENT_BALANCE, on, patient_cents, rules, available_on=called_on)


def _waiting(told: Heard, said: Status, rules: QueueRules) -> Case:
    bill, terms = told.bill, TERMS[told.bill.insurer.code]
    file_by = weekday_before(bill.service_on + timedelta(days=terms.filing_days))
    kind = _said_kind(said)
    if kind is not None and _is_open(kind, bill.charge_cents, rules):
        is_accepted = kind is TaskKind.INFORMATION_REQUESTED
        return _case(
            told,
            kind,
            said.on,
            bill.charge_cents,
            rules,
            deadline_on=None if is_accepted else file_by,
            lead_days=rules.filing_lead_days,
        )
    look_again_on = bill.submitted_on + timedelta(days=terms.response_days)
    if said.category in PENDING:
        look_again_on = max(look_again_on, said.on + timedelta(days=rules.recheck_days))
    sent_on, cents = bill.submitted_on, bill.charge_cents
    return _case(told, TaskKind.CLAIM_NO_RESPONSE, sent_on, cents, rules, available_on=look_again_on)


def _said_kind(said: Status) -> TaskKind | None:
    if said.category in REJECTED:
        return TaskKind.CLAIM_REJECTED
    if said.category in NOT_FOUND:
        return TaskKind.CLAIM_NOT_FOUND
    return TaskKind.INFORMATION_REQUESTED if said.category in INFORMATION else None


def _is_open(kind: TaskKind, cents: int, rules: QueueRules) -> bool:
    """Whether the rules open this kind for so much; else the claim is one without a response."""
    rule = rules.of(kind)
    return rule.is_on and cents >= rule.floor_cents


def _case(
    told: Heard,
    kind: TaskKind,
    since_on: date,
    balance_cents: int,
    rules: QueueRules,
    *,
    deadline_on: date | None = None,
    lead_days: int = 0,
    available_on: date | None = None,
) -> Case:
    bill, rule = told.bill, rules.of(kind)
    is_patients = kind is TaskKind.PATIENT_BALANCE
    comes_on = max(told.on, available_on or told.on)
    if kind in WAITS_BELOW_FLOOR and balance_cents < rule.floor_cents:
        comes_on = max(comes_on, since_on + timedelta(days=rules.small_waits_days))
    return Case(
        number=bill.number,
        kind=kind,
        skill=rule.skill,
        known_on=told.on,
        since_on=since_on,
        available_on=comes_on,
        balance_cents=balance_cents,
        net_bp=10_000 if is_patients else TERMS[bill.insurer.code].net_bp,
        state=bill.patient.state if is_patients else "",
        filed_since_on=bill.submitted_on if PRESSED.get(kind) is TaskKind.FILING_DEADLINE else None,
        deadline_on=deadline_on,
        lead_days=lead_days,
    )


def _expected(bill: Bill) -> int:
    share = bill.insurer.contract_bp
    return 0 if share is None else bill.charge_cents * share // 10_000


def _is_worth_disputing(missing_cents: int, bill: Bill, rules: QueueRules) -> bool:
    is_relevant = missing_cents * 10_000 > _expected(bill) * rules.underpaid_bp
    return (
        missing_cents > rules.underpaid_cents
        and is_relevant
        and _is_open(TaskKind.UNDERPAID, missing_cents, rules)
    )


def weekday_before(day: date) -> date:
    """Return the day itself, or the Friday before a weekend, as the derivation sets deadlines."""
    return day - timedelta(days=max(day.weekday() - 4, 0))
