"""One effect for each Idempotency-Key, and the same answer to whoever asks again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models.people import IdempotencyKey
from workqueue.rules.refusals import Invalid


class KeyUsedOtherwise(Invalid):
    """The key belongs to another request; answering with that one's reply would be a lie."""

    code = "idempotency_key_reused"
    sentence = "This Idempotency-Key was used for another request. Send a new key with a new request."


@dataclass(frozen=True, slots=True)
class KeptReply:
    status: int
    body: dict[str, Any] | None


def reserve(session: Session, user_id: int, key: str, request_hash: str, now: datetime) -> KeptReply | None:
    """Return the reply kept under this key; None when there is none and the caller is to make it now.

    The row is written first, in the transaction of the effect: a second request with the same key waits here
    until the first has committed (and gets its reply) or has rolled back (and takes its place).
    """
    is_first = session.scalar(
        insert(IdempotencyKey)
        .values(user_id=user_id, key=key, request_hash=request_hash, status=0, body=None, created_at=now)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    )
    if is_first is not None:
        return None
    kept = session.execute(
        select(IdempotencyKey.request_hash, IdempotencyKey.status, IdempotencyKey.body).where(
            IdempotencyKey.user_id == user_id, IdempotencyKey.key == key
        )
    ).one()
    if kept.request_hash != request_hash:
        raise KeyUsedOtherwise
    return KeptReply(kept.status, kept.body)


def keep(session: Session, user_id: int, key: str, status: int, body: dict[str, Any] | None) -> None:
    """Keep the reply for whoever asks again."""
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
        .values(status=status, body=body)
    )
