"""What an account's page shows of the clocks of its bill: the gate, the dates behind it, the statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workqueue.models import Claim, LedgerEntry, Notice, Payer
from workqueue.rules.calendar import office_day
from workqueue.rules.collection_clock import (
    MedicareClock,
    estimate_dispute_ends_on,
    first_on,
    medicare_clock,
)
from workqueue.rules.holds import HoldKind
from workqueue.rules.notices import NoticeKind
from workqueue.rules.pre_collection import Gate, earliest_steps
from workqueue.rules.state_timers import STEP_LABELS
from workqueue.rules.states import EntryKind, PayerKind
from workqueue.services.reading.notices import NoticeLine, notices
from workqueue.services.referring import Bundle, bundle, bundled_with


@dataclass(frozen=True, slots=True)
class BundledAccount:
    """One account that may be referred together with the one at hand."""

    account_id: int
    number: str
    patient_cents: int
    first_statement_on: date | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class CollectionView:
    gate: Gate
    """Of all that are chosen."""
    own_gate: Gate
    """Of the account by itself."""
    bundle: tuple[BundledAccount, ...]
    later_steps: tuple[tuple[str, date], ...]
    """The first day of each extraordinary action, by the clocks alone."""
    notices: tuple[NoticeLine, ...]
    medicare: MedicareClock | None
    """For an account Medicare was billed for, once it has a statement."""
    estimate_dispute_until: date | None
    """For a bill without insurance: until then a dispute about a good faith estimate may be started."""
    is_referred: bool


def collection_view(
    session: Session, account_id: int, *, chosen: Sequence[int] | None = None, now: datetime
) -> CollectionView:
    """Look at the account together with what its person owes besides, or with those chosen of these."""
    offered = bundled_with(session, account_id)
    wanted = set(offered) if chosen is None else {account_id, *chosen} & set(offered)
    everything = bundle(session, offered, now)
    looked_at = Bundle(
        tuple(each for each in everything.episodes if each.account_id in wanted), everything.states
    )
    own = next(each for each in everything.episodes if each.account_id == account_id)
    first_bill_on = first_on(own.notices, NoticeKind.STATEMENT)
    payers = _payers(session, account_id)
    return CollectionView(
        gate=looked_at.gate(office_day(now)),
        own_gate=Bundle((own,), everything.states).gate(office_day(now)),
        bundle=tuple(
            BundledAccount(
                each.account_id,
                each.number,
                each.patient_cents,
                first_on(each.notices, NoticeKind.STATEMENT),
                each.account_id in wanted,
            )
            for each in everything.episodes
        ),
        later_steps=tuple(
            (STEP_LABELS[step], on)
            for step, on in earliest_steps(looked_at.episodes, states=looked_at.states)
        ),
        # The newest is what somebody asks for first.
        notices=tuple(reversed(notices(session, account_id))),
        medicare=_medicare(session, account_id, first_bill_on, payers),
        estimate_dispute_until=(
            estimate_dispute_ends_on(first_bill_on) if first_bill_on and not payers else None
        ),
        is_referred=HoldKind.PRE_COLLECTION in own.holds,
    )


def _payers(session: Session, account_id: int) -> dict[PayerKind, date | None]:
    """Return the kinds of payer billed, each with its latest remittance."""
    rows = session.execute(
        select(Payer.kind, func.max(Claim.adjudicated_on))
        .join(Claim, Claim.payer_id == Payer.id)
        .where(Claim.account_id == account_id)
        .group_by(Payer.kind)
    )
    return {row[0]: row[1] for row in rows}


def _medicare(
    session: Session,
    account_id: int,
    first_bill_on: date | None,
    payers: dict[PayerKind, date | None],
) -> MedicareClock | None:
    # Cost sharing of Advantage plans cannot be claimed as Medicare bad debt.
    if PayerKind.MEDICARE not in payers or first_bill_on is None:
        return None
    said = select(func.max(Notice.given_on)).where(
        Notice.account_id == account_id, Notice.kind == NoticeKind.PAYER_DECIDED
    )
    decided = [each for each in (*payers.values(), session.scalar(said)) if each is not None]
    paid_on = session.scalars(
        select(LedgerEntry.effective_on).where(
            LedgerEntry.account_id == account_id,
            LedgerEntry.kind == EntryKind.PATIENT_PAYMENT,
            LedgerEntry.patient_cents < 0,
            LedgerEntry.effective_on.is_not(None),
        )
    )
    return medicare_clock(
        first_bill_on, decided_on=max(decided, default=None), paid_on=[each for each in paid_on if each]
    )
