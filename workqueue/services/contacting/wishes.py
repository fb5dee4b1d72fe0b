"""What speaks against calling somebody, for any number of persons at once: holds, and what they asked for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from workqueue.models import Notice
from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.contact_facts import BadTime, ConfidentialWay, HoldInForce, Stop
from workqueue.rules.holds import HoldKind
from workqueue.rules.notices import NoticeKind
from workqueue.rules.states import PhonePlace

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
    words: dict[int, list[Word]] = defaultdict(list)
    for row in session.execute(_WISHES, {"person_ids": list(person_ids)}):
        if row.scope is not None:
            word = Word(
                ContactChannel(row.channel), ConsentScope(row.scope), row.phone_id, row.is_given, row.said_at
            )
            words[row.patient_id].append(word)
        elif row.weekdays is not None:
            weekdays = frozenset(day for day in range(7) if row.weekdays >> day & 1)
            place = PhonePlace(row.place) if row.place else None
            bad = BadTime(weekdays, row.from_time, row.until_time, place)
            found[row.patient_id].bad_times.append(bad)
        else:
            way = ConfidentialWay(ContactChannel(row.channel), row.phone_id)
            found[row.patient_id].confidential = way
    for person_id, said in words.items():
        found[person_id].stops = standing_stops(said)
        found[person_id].automated_phone_ids = automated_phones(said)
    return found


# One statement for three tables, each by its index on the person: most people asked for nothing, and three
# answers that say so cost three times as much. Words come in the order in which they were said.
_WISHES = text(
    """
    (SELECT patient_id, channel, scope, phone_id, is_given, said_at, NULL::smallint AS weekdays,
        NULL::time AS from_time, NULL::time AS until_time, NULL AS place
     FROM consents WHERE patient_id = ANY(:person_ids) ORDER BY patient_id, id)
    UNION ALL
    SELECT patient_id, NULL, NULL, NULL, NULL, NULL, weekdays, from_time, until_time, place
    FROM inconvenient_times WHERE patient_id = ANY(:person_ids) AND ended_at IS NULL
    UNION ALL
    SELECT patient_id, channel, NULL, phone_id, NULL, NULL, NULL, NULL, NULL, NULL
    FROM confidential_instructions WHERE patient_id = ANY(:person_ids) AND ended_at IS NULL
    """
).bindparams(bindparam("person_ids", type_=ARRAY(BigInteger)))


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
        _HOLDS, {"account_ids": list(account_ids), "person_ids": list(person_ids), "now": now}
    )
    for account_id, person_id, kind, reason, until_at in rows:
        held = HoldInForce(HoldKind(kind), reason, until_at)
        if account_id is not None:
            of_accounts[account_id].append(held)
        else:
            of_persons[person_id].append(held)
    return Holds(of_accounts, of_persons)


_HOLDS = text(
    """
    SELECT account_id, patient_id, kind, reason, until_at FROM holds
    WHERE (account_id = ANY(:account_ids) OR patient_id = ANY(:person_ids))
      AND lifted_at IS NULL AND until_at > :now
    ORDER BY until_at DESC
    """
).bindparams(
    bindparam("account_ids", type_=ARRAY(BigInteger)), bindparam("person_ids", type_=ARRAY(BigInteger))
)


def notices_of(session: Session, account_ids: Collection[int]) -> Mapping[int, date]:
    """Return when the last notice of intended collection went out, by account."""
    rows = session.execute(
        select(Notice.account_id, Notice.given_on)
        .where(Notice.account_id.in_(account_ids), Notice.kind == NoticeKind.COLLECTION_NOTICE)
        .order_by(Notice.given_on)
    )
    return {row.account_id: row.given_on for row in rows}
