"""The scorecard in use, those before it, and a new version. Rows are added, never changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from workqueue.models import Scorecard
from workqueue.rules.quality_cards import Card, card_of, objections
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.services import auditing

PUBLISHING_LOCK = 4_108
"""Advisory lock: two new versions at once would be one number."""


@dataclass(frozen=True, slots=True)
class Published:
    """One version of the card."""

    id: int
    version: int
    card: Card


class BadCard(Invalid):
    """A card that cannot be used; the errors are by field and place."""

    code = "bad_scorecard"

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(next(iter(errors.values())))
        self.errors = errors


class CardChanged(Refusal):
    """Somebody else has published a version since the form was opened."""

    code = "scorecard_changed"
    sentence = "Somebody has published a newer version meanwhile. Look at it first, then send yours again."


def in_use(session: Session) -> Published:
    """Return the newest version."""
    row = session.scalars(select(Scorecard).order_by(Scorecard.version.desc()).limit(1)).one_or_none()
    if row is None:
        raise NotFound("There is no scorecard yet.")
    return published(row)


def version(session: Session, card_id: int) -> Published:
    row = session.get(Scorecard, card_id)
    if row is None:
        raise NotFound
    return published(row)


def published(row: Scorecard) -> Published:
    return Published(row.id, row.version, card_of(row.criteria, row.critical_cap_bp))


def publish(
    session: Session, card: Card, *, after_version: int, note: str, actor_id: int, now: datetime
) -> int:
    """Publish a version and return its number; reviews begun before stay with the card they were begun on.

    `after_version` is the one the form was made from. Raises BadCard, CardChanged.
    """
    errors = objections(card)
    if errors:
        raise BadCard(errors)
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PUBLISHING_LOCK})
    newest = session.scalar(select(func.max(Scorecard.version))) or 0
    if newest != after_version:
        raise CardChanged
    row = Scorecard(
        version=newest + 1,
        criteria=[vars(each) for each in card.criteria],
        critical_cap_bp=card.critical_cap_bp,
        note=note,
        published_by_id=actor_id,
        published_at=now,
    )
    session.add(row)
    session.flush()
    auditing.record(
        session,
        actor_id=actor_id,
        action="scorecard_published",
        account_id=None,
        details={"version": row.version},
        now=now,
    )
    return row.version
