"""Calls that are booked, for any number of accounts and persons at once: nobody else calls meanwhile."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger


@dataclass(frozen=True, slots=True)
class Booked:
    """When the last call is booked about an account, and with a person."""

    of_accounts: Mapping[int, datetime]
    of_persons: Mapping[int, datetime]

    def last_at(self, account_id: int, *person_ids: int) -> datetime | None:
        """Return when the last call is booked about the account or with one of these persons."""
        moments = [self.of_accounts.get(account_id), *(self.of_persons.get(each) for each in person_ids)]
        return max((each for each in moments if each is not None), default=None)


def booked_with(session: Session, account_ids: Collection[int], person_ids: Collection[int]) -> Booked:
    """Return the calls booked."""
    of_accounts: dict[int, datetime] = {}
    of_persons: dict[int, datetime] = {}
    rows = session.execute(_BOOKED, {"account_ids": list(account_ids), "person_ids": list(person_ids)})
    for account_id, person_id, at in rows:
        # Oldest first: the last one stays.
        of_accounts[account_id] = at
        if person_id is not None:
            of_persons[person_id] = at
    return Booked(of_accounts, of_persons)


_BOOKED = text(
    """
    SELECT account_id, patient_id, at FROM callbacks
    WHERE (account_id = ANY(:account_ids) OR patient_id = ANY(:person_ids)) AND state = 'booked'
    ORDER BY at
    """
).bindparams(
    bindparam("account_ids", type_=ARRAY(BigInteger)), bindparam("person_ids", type_=ARRAY(BigInteger))
)
