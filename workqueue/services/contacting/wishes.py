"""What speaks against calling somebody, for any number of persons at once: holds, and what they asked for."""

from collections import defaultdict
from collections.abc import Collection, Mapping
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
from workqueue.rules.preferences import Word, from_mask, is_stopped
from workqueue.rules.states import PhonePlace


@dataclass(slots=True)
class Wishes:
    """What one person has allowed and forbidden."""

    words: list[Word] = field(default_factory=list)
    """All they said of media, oldest first."""
    bad_times: list[BadTime] = field(default_factory=list)
    confidential: ConfidentialWay | None = None

    def stops(self, phone_id: int | None) -> tuple[Stop, ...]:
        """Return what they said against calls to this number, if that is their newest word."""
        if not is_stopped(self.words, ContactChannel.CALL, phone_id):
            return ()
        word = next(
            each
            for each in reversed(self.words)
            if not each.is_given
            and each.channel is ContactChannel.CALL
            and each.scope is not ConsentScope.AUTOMATED_BILLING
            and each.phone_id in {None, phone_id}
        )
        return (Stop(word.channel, word.scope, word.phone_id, word.said_at),)


NO_WISHES = Wishes()


def wishes_of(session: Session, person_ids: Collection[int]) -> Mapping[int, Wishes]:
    """Return what these persons asked for; who asked for nothing is left out."""
    found: dict[int, Wishes] = defaultdict(Wishes)
    for row in session.execute(_WISHES, {"person_ids": list(person_ids)}):
        if row.scope is not None:
            word = Word(
                ContactChannel(row.channel), ConsentScope(row.scope), row.phone_id, row.is_given, row.said_at
            )
            found[row.patient_id].words.append(word)
        elif row.weekdays is not None:
            place = PhonePlace(row.place) if row.place else None
            bad = BadTime(from_mask(row.weekdays), row.from_time, row.until_time, place)
            found[row.patient_id].bad_times.append(bad)
        else:
            way = ConfidentialWay(ContactChannel(row.channel), row.phone_id)
            found[row.patient_id].confidential = way
    return found


# One statement for three tables, each by its index on the person: most people asked for nothing, and three
# answers that say so cost three times as much. Words come in the order in which they were said.
_WISHES = text(
    """
    (SELECT patient_id, channel, scope, phone_id, is_given, said_at, NULL::smallint AS weekdays,
        NULL::time AS from_time, NULL::time AS until_time, NULL AS place
     FROM consents WHERE patient_id = ANY(:person_ids) ORDER BY said_at, id)
    UNION ALL
    SELECT patient_id, NULL, NULL, NULL, NULL, NULL, weekdays, from_time, until_time, place
    FROM inconvenient_times WHERE patient_id = ANY(:person_ids) AND ended_at IS NULL
    UNION ALL
    SELECT patient_id, channel, NULL, phone_id, NULL, NULL, NULL, NULL, NULL, NULL
    FROM confidential_instructions WHERE patient_id = ANY(:person_ids) AND ended_at IS NULL
    """
).bindparams(bindparam("person_ids", type_=ARRAY(BigInteger)))


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
