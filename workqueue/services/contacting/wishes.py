"""What speaks against calling somebody: holds, and what the person asked for. For any number of persons at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workqueue.models import ConfidentialInstruction, Consent, Hold, InconvenientTime, Notice
from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.contact_facts import BadTime, ConfidentialWay, HoldInForce, Stop
from workqueue.rules.notices import NoticeKind

WIDTH = {ConsentScope.AUTOMATED_BILLING: 0, ConsentScope.BILLING: 1, ConsentScope.ALL: 2}
"""A wider scope includes the narrower ones."""


@dataclass(slots=True)
class Wishes:
    """What one person has allowed and forbidden."""

    stops: tuple[Stop, ...] = ()
    automated_phone_ids: frozenset[int | None] = frozenset()
    """Numbers that may be called by machine; None stands for all of them."""
    bad_times: list[BadTime] = field(default_factory=list)
    confidential: ConfidentialWay | None = None


NO_WISHES = Wishes()


def wishes_of(session: Session, person_ids: Collection[int]) -> Mapping[int, Wishes]:
    """Return what these persons asked for; who asked for nothing is left out."""
    found: dict[int, Wishes] = defaultdict(Wishes)
    # ix_consents_patient_id is in the order in which things were said.
    said = session.execute(
        select(
            Consent.patient_id,
            Consent.channel,
            Consent.scope,
            Consent.phone_id,
            Consent.is_given,
            Consent.said_at,
        )
        .where(Consent.patient_id.in_(person_ids))
        .order_by(Consent.patient_id, Consent.id)
    )
    by_person: dict[int, list[Word]] = defaultdict(list)
    for person_id, channel, scope, phone_id, is_given, said_at in said:
        by_person[person_id].append(Word(channel, scope, phone_id, is_given, said_at))
    for person_id, words in by_person.items():
        found[person_id].stops = standing_stops(words)
        found[person_id].automated_phone_ids = automated_phones(words)
    for person_id, mask, from_time, until_time, place in session.execute(
        select(
            InconvenientTime.patient_id,
            InconvenientTime.weekdays,
            InconvenientTime.from_time,
            InconvenientTime.until_time,
            InconvenientTime.place,
        ).where(InconvenientTime.patient_id.in_(person_ids), InconvenientTime.ended_at.is_(None))
    ):
        weekdays = frozenset(day for day in range(7) if mask >> day & 1)
        found[person_id].bad_times.append(BadTime(weekdays, from_time, until_time, place))
    for person_id, way, way_phone_id in session.execute(
        select(
            ConfidentialInstruction.patient_id,
            ConfidentialInstruction.channel,
            ConfidentialInstruction.phone_id,
        ).where(
            ConfidentialInstruction.patient_id.in_(person_ids), ConfidentialInstruction.ended_at.is_(None)
        )
    ):
        found[person_id].confidential = ConfidentialWay(way, way_phone_id)
    return found


@dataclass(frozen=True, slots=True)
class Word:
    """One consent or revocation, as it was said."""

    channel: ContactChannel
    scope: ConsentScope
    phone_id: int | None
    is_given: bool
    said_at: datetime


def standing_stops(words: Iterable[Word]) -> tuple[Stop, ...]:
    """Return the revocations that hold, from all words in the order in which they came.

    A consent ends those it covers: in the same medium, for the same number or for the same all of them, of
    the same scope or a narrower one.
    """
    stops: list[Stop] = []
    for word in words:
        if word.is_given:
            stops = [stop for stop in stops if not _covers(word, stop)]
        else:
            stops.append(Stop(word.channel, word.scope, word.phone_id, word.said_at))
    return tuple(stops)


def _covers(word: Word, stop: Stop) -> bool:
    return (
        word.channel is stop.channel
        and word.phone_id == stop.phone_id
        and WIDTH[word.scope] >= WIDTH[stop.scope]
    )


def automated_phones(words: Iterable[Word]) -> frozenset[int | None]:
    """Return the numbers that may be called by machine; a revocation for all numbers ends each consent."""
    allowed: set[int | None] = set()
    for word in words:
        if word.channel is not ContactChannel.CALL:
            continue
        if word.is_given:
            allowed.add(word.phone_id)
        elif word.phone_id is None:
            allowed.clear()
        else:
            allowed.discard(word.phone_id)
    return frozenset(allowed)


@dataclass(frozen=True, slots=True)
class Holds:
    """All holds in force on some accounts and persons."""

    of_accounts: Mapping[int, list[HoldInForce]]
    of_persons: Mapping[int, list[HoldInForce]]


def holds_of(
    session: Session, account_ids: Collection[int], person_ids: Collection[int], now: datetime
) -> Holds:
    """Return the holds in force; ix_holds_account_id and ix_holds_patient_id hold those not lifted."""
    of_accounts: dict[int, list[HoldInForce]] = defaultdict(list)
    of_persons: dict[int, list[HoldInForce]] = defaultdict(list)
    rows = session.execute(
        select(Hold.account_id, Hold.patient_id, Hold.kind, Hold.reason, Hold.until_at)
        .where(or_(Hold.account_id.in_(account_ids), Hold.patient_id.in_(person_ids)))
        .where(Hold.lifted_at.is_(None), Hold.until_at > now)
        .order_by(Hold.until_at.desc())
    )
    for account_id, person_id, kind, reason, until_at in rows:
        held = HoldInForce(kind, reason, until_at)
        if account_id is not None:
            of_accounts[account_id].append(held)
        if person_id is not None:
            of_persons[person_id].append(held)
    return Holds(of_accounts, of_persons)


def notices_of(session: Session, account_ids: Collection[int]) -> Mapping[int, date]:
    """Return when the last notice of intended collection went out, by account."""
    rows = session.execute(
        select(Notice.account_id, Notice.given_on)
        .where(Notice.account_id.in_(account_ids), Notice.kind == NoticeKind.COLLECTION_NOTICE)
        .order_by(Notice.given_on)
    )
    return dict(row._tuple() for row in rows)
