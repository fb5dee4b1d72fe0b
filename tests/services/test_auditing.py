"""The audit chain: each entry seals the one before."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import NOON, ana, make_account, sue
from workqueue.services import auditing


def write(session: Session, count: int = 3) -> list[int]:
    account, actor = make_account(session), ana(session)
    return [
        auditing.record(
            session,
            actor_id=actor.id,
            action="exported",
            account_id=account.id,
            details={"file": number},
            now=NOON + timedelta(seconds=number),
        )
        for number in range(count)
    ]


def test_an_untouched_chain_has_no_break(session: Session) -> None:
    write(session)
    assert list(auditing.breaks(session)) == []


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entries SET action = 'looked' WHERE id = :id",
        "UPDATE audit_entries SET details = '{}' WHERE id = :id",
        "UPDATE audit_entries SET at = at + interval '1 second' WHERE id = :id",
        "UPDATE audit_entries SET account_id = NULL WHERE id = :id",
        "DELETE FROM audit_entries WHERE id = :id",
    ],
)
def test_whoever_changes_or_takes_out_an_entry_breaks_the_chain(session: Session, tampering: str) -> None:
    middle = write(session)[1]
    session.execute(text(tampering), {"id": middle})
    session.expire_all()
    assert list(auditing.breaks(session))


def test_it_can_be_asked_whether_somebody_did_something(session: Session) -> None:
    account = make_account(session)
    asked = {"action": "details_revealed", "account_id": account.id}
    auditing.record(session, actor_id=ana(session).id, now=NOON, **asked)
    assert auditing.was_recorded(session, actor_id=ana(session).id, since=NOON, **asked)
    assert not auditing.was_recorded(session, actor_id=sue(session).id, since=NOON, **asked)
    later = NOON + timedelta(seconds=1)
    assert not auditing.was_recorded(session, actor_id=ana(session).id, since=later, **asked)
