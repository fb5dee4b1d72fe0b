"""Holds: a reason to leave a patient or a payer alone, with a kind, an owner and an end.

A hold on a person covers all accounts they answer for, also those opened later: the derivation looks at the
person whenever it looks at an account. What is true of a patient covers the bills for their care besides,
whoever answers for them.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workqueue.models import Account, Hold
from workqueue.rules.business_days import office_midnight
from workqueue.rules.calendar import office_day
from workqueue.rules.contact_facts import HoldInForce
from workqueue.rules.holds import HOLDS, LONGEST_DAYS, HoldKind, HoldReach, is_petition_debt
from workqueue.rules.kinds import Party
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.rules.states import CauseKind
from workqueue.services import deriving
from workqueue.services.people import check_worker
from workqueue.services.posting import lock_accounts
from workqueue.services.responsible import accounts_of, accounts_reached, accounts_under, covers, makes_wait

NOTHING_UNDER_PETITION = "All care of this person came after that day; it stays collectible."

MISSED_WITHIN = timedelta(minutes=5)
"""Longer than any transaction that opens accounts is let run."""


class HoldOver(Refusal):
    """Somebody has lifted the hold already."""

    code = "hold_over"
    sentence = "This hold was lifted already."


def place(
    session: Session,
    *,
    account_id: int,
    kind: HoldKind = HoldKind.OFFICE,
    reason: str,
    until_on: date | None = None,
    owner_id: int,
    placed_by_id: int | None = None,
    now: datetime,
) -> int:
    """Hold the account, or who answers for it, or its patient: whom the kind reaches.

    It lasts until the beginning of `until_on`, or as long as such a hold usually does. All accounts it covers
    are derived. Return the hold's number.
    """
    check_worker(session, owner_id, field="owner_id")
    until_on = _checked(kind, reason, until_on, now)
    row = session.execute(select(Account).where(Account.id == account_id)).scalar_one_or_none()
    if row is None:
        raise NotFound
    person_id = person_reached(row, kind)
    if person_id is None and HOLDS[kind].reach is not HoldReach.ACCOUNT:
        raise Invalid("Nobody is known whom this is true of; find out first.", field="kind")
    covered = [account_id] if person_id is None else accounts_reached(session, kind, person_id)
    lock_accounts(session, covered)
    hold_id = put(
        session,
        kind=kind,
        account_id=account_id if person_id is None else None,
        patient_id=person_id,
        reason=reason,
        until_on=until_on,
        owner_id=owner_id,
        now=now,
    )
    _derive(session, dict.fromkeys(covered, hold_id), placed_by_id or owner_id, now)
    return hold_id


def place_bankruptcy(
    session: Session,
    *,
    account_id: int,
    petition_on: date,
    reason: str,
    until_on: date | None = None,
    owner_id: int,
    placed_by_id: int | None = None,
    now: datetime,
) -> tuple[int, ...]:
    """Hold every account of the person with care up to the day of the petition, in one act.

    With a guarantor it covers what either answers for: whose petition it is only the court's notice says.
    Care after the petition stays collectible (11 USC 362(a)(6)). Accounts already held for it until then are
    left as they are. Return the accounts that are held now because of it.
    """
    kind = HoldKind.BANKRUPTCY
    check_worker(session, owner_id, field="owner_id")
    until_on = _checked(kind, reason, until_on, now)
    if petition_on > office_day(now):
        raise Invalid(
            "The petition cannot lie ahead; enter the day of the court's notice.", field="petition_on"
        )
    account = session.scalar(select(Account).where(Account.id == account_id))
    if account is None:
        raise NotFound
    lock_accounts(session, _owed_together(session, account))
    ids = under_petition(session, account, petition_on)
    if not ids:
        raise Invalid(NOTHING_UNDER_PETITION, field="petition_on")
    holds = put_on_each(session, ids, kind=kind, reason=reason, until_on=until_on, owner_id=owner_id, now=now)
    _derive(session, holds, placed_by_id or owner_id, now)
    return tuple(holds)


def under_petition(session: Session, account: Account, petition_on: date | None) -> list[int]:
    """Return the accounts a petition covers: care up to its day, and all there is now if nobody knows it.

    Care that comes later stays collectible, so no person is held.
    """
    rows = session.execute(
        select(Account.id, Account.service_on, Account.opened_at)
        .where(Account.id.in_(_owed_together(session, account)))
        .order_by(Account.id)
    )
    return [
        row.id
        for row in rows
        if petition_on is None or is_petition_debt(row.service_on or office_day(row.opened_at), petition_on)
    ]


def _owed_together(session: Session, account: Account) -> list[int]:
    persons = [each for each in (account.guarantor_id, account.patient_id) if each is not None]
    return sorted({account.id}.union(accounts_of(session, persons)))


def put_on_each(
    session: Session,
    account_ids: Collection[int],
    *,
    kind: HoldKind,
    reason: str,
    until_on: date,
    owner_id: int,
    now: datetime,
) -> dict[int, int | None]:
    """Write a hold on each account that is not held for it until then already; return them by account.

    The caller has locked the accounts, and derives them.
    """
    held = set(
        session.scalars(
            select(Hold.account_id)
            .where(Hold.account_id.in_(account_ids), Hold.kind == kind, Hold.lifted_at.is_(None))
            .where(Hold.until_at >= office_midnight(until_on))
        )
    )
    return {
        each: put(
            session, kind=kind, account_id=each, reason=reason, until_on=until_on, owner_id=owner_id, now=now
        )
        for each in sorted(set(account_ids) - held)
    }


def person_reached(account: Account, kind: HoldKind) -> int | None:
    """Return the person such a hold is put on; None where it is put on the account, or nobody is known."""
    reach = HOLDS[kind].reach
    if reach is HoldReach.PATIENT:
        return account.patient_id
    return account.person_id if reach is HoldReach.PERSON else None


def put(
    session: Session,
    *,
    kind: HoldKind = HoldKind.OFFICE,
    account_id: int | None = None,
    patient_id: int | None = None,
    reason: str,
    until_on: date,
    owner_id: int,
    now: datetime,
    findings: dict[str, Any] | None = None,
) -> int:
    """Write a hold on an account or on a person, one of the two.

    The caller has locked the accounts it covers, and derives them.
    """
    hold = Hold(
        kind=kind,
        account_id=account_id,
        patient_id=patient_id,
        reason=reason.strip(),
        owner_id=owner_id,
        placed_at=now,
        until_at=office_midnight(until_on),
        findings=findings or {},
    )
    session.add(hold)
    session.flush()
    return hold.id


def lift(session: Session, *, hold_id: int, reason: str, actor_id: int, now: datetime) -> None:
    """End a hold before its time, or close one that ran out; what waited for it is derived.

    Raises HoldOver when somebody lifted it before.
    """
    if not reason.strip():
        raise Invalid("Say why the hold is lifted.", field="reason")
    hold = session.get(Hold, hold_id)
    if hold is None:
        raise NotFound
    covered = accounts_under(session, hold)
    lock_accounts(session, covered)
    # A hold on a person who answers for nothing has no account to be locked by.
    hold = session.get_one(Hold, hold_id, populate_existing=True, with_for_update=True)
    if hold.lifted_at is not None:
        raise HoldOver
    hold.lifted_at, hold.lifted_by_id, hold.lift_reason = now, actor_id, reason.strip()
    _derive(session, dict.fromkeys(covered, hold_id), actor_id, now)


def derive_what_was_missed(session: Session, *, now: datetime) -> int:
    """Derive the accounts of persons on whom a hold was placed or lifted a moment ago; return how many.

    An account that is opened, or given its patient, in the very moment of the hold sees nothing of it, and
    the hold nothing of the account. Persons are not locked against this: intake names thousands at once.
    """
    since = now - MISSED_WITHIN
    holds = session.scalars(
        select(Hold).where(Hold.patient_id.is_not(None), or_(Hold.placed_at > since, Hold.lifted_at > since))
    ).all()
    ids = {each for hold in holds for each in accounts_under(session, hold)}
    if ids:
        lock_accounts(session, ids)
        deriving.derive(session, dict.fromkeys(ids), cause=CauseKind.CLOCK, now=now)
    return len(ids)


def in_force(session: Session, account: Account, party: Party, now: datetime) -> tuple[HoldInForce, ...]:
    """Return the holds for which an account's tasks with this party wait, the longest first."""
    rows = session.execute(
        select(Hold.kind, Hold.reason, Hold.until_at)
        .where(covers(account), makes_wait(account, party), Hold.lifted_at.is_(None), Hold.until_at > now)
        .order_by(Hold.until_at.desc(), Hold.id)
    )
    return tuple(HoldInForce(*row) for row in rows)


def _checked(kind: HoldKind, reason: str, until_on: date | None, now: datetime) -> date:
    today = office_day(now)
    if kind is HoldKind.PRE_COLLECTION:
        raise Invalid("Refer the account to pre-collection; the gate decides.", field="kind")
    if not reason.strip():
        raise Invalid("Say why it is held.", field="reason")
    until_on = until_on or today + timedelta(days=HOLDS[kind].usual_days)
    if not today < until_on <= today + timedelta(days=LONGEST_DAYS):
        raise Invalid(f"A hold ends within {LONGEST_DAYS} days; choose a day after today.", field="until_on")
    return until_on


def _derive(session: Session, causes: dict[int, int | None], actor_id: int, now: datetime) -> None:
    deriving.derive(session, causes, cause=CauseKind.HOLD, now=now, actor_id=actor_id)
