"""Rules of the queue put in force: a version and the queue it makes, in one transaction.

To go back is to publish the earlier version again: nothing is undone, the queue is derived anew.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workqueue import jobs
from workqueue.jobs import Job
from workqueue.models import QueueRulePublication, QueueRuleVersion, Trial
from workqueue.rules.refusals import NotFound, Refusal
from workqueue.rules.states import CauseKind
from workqueue.rules.trials import MOST_TRIES, TrialKind
from workqueue.services import deriving, queue_rules

PUBLISH_LOCK = 7_203
"""Advisory lock: two publications at once would both be the same number."""


class PublishedAlready(Refusal):
    """The version is the one in force."""

    code = "rules_in_force"
    sentence = "This version is in force already."


class PublicationUnderWay(Refusal):
    """Another version is being published."""

    code = "publication_under_way"
    sentence = "Another version is being published. Wait until the queue follows it."


class Untried(Refusal):
    """Nobody has seen what the version does."""

    code = "rules_untried"
    sentence = "Try this version on today's data first: nobody has seen yet what it does."


def ask(session: Session, version_id: int, *, actor_id: int, now: datetime) -> int:
    """Ask for a version to be put in force; return the number of the publication.

    A version that was in force before needs no new trial: going back has to be quick. Raises NotFound,
    PublishedAlready, PublicationUnderWay, Untried.
    """
    if session.get(QueueRuleVersion, version_id) is None:
        raise NotFound
    if queue_rules.in_force(session).version_id == version_id:
        raise PublishedAlready
    if not (_was_in_force(session, version_id) or _was_tried(session, version_id)):
        raise Untried
    publication = QueueRulePublication(version_id=version_id, asked_by_id=actor_id, asked_at=now)
    try:
        with session.begin_nested():
            session.add(publication)
    except IntegrityError as error:
        raise PublicationUnderWay from error
    jobs.after_commit(session, Job.PUBLISH_RULES, publication.id)
    return publication.id


def begin(session: Session, publication_id: int, *, now: datetime) -> bool:
    """Take a publication on; False where nothing is left to do. One begun too often ends as failed."""
    # Locked it is being put in force right now.
    publication = _waiting(session, publication_id, skips_locked=True)
    if publication is None:
        return False
    if publication.tries >= MOST_TRIES:
        publication.failed_at = now
        return False
    publication.tries += 1
    return True


def publish(session: Session, publication_id: int, *, now: datetime) -> None:
    """Put a version in force and derive the whole queue from it.

    One transaction: whoever derives before it ends goes by the old rules and before the rebuild, whoever
    derives after it by the new ones. Run twice, the second finds nothing to do.
    """
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL lock_timeout = '60s'"))
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": PUBLISH_LOCK})
    publication = _waiting(session, publication_id)
    if publication is None:
        return
    newest = session.scalar(select(func.max(QueueRulePublication.number))) or 0
    publication.number, publication.published_at = newest + 1, now
    report = deriving.rebuild(
        session, now=now, actor_id=publication.asked_by_id, cause=CauseKind.RULES, cause_id=publication_id
    )
    publication = session.get_one(QueueRulePublication, publication_id)
    publication.opened, publication.changed = report.opened, report.changed
    publication.closed = report.closed
    session.flush()


def waiting(session: Session) -> tuple[int, datetime] | None:
    """Return the publication that waits to be put in force, and since when; there is one at most."""
    row = session.execute(
        select(QueueRulePublication.id, QueueRulePublication.asked_at).where(_is_waiting())
    ).one_or_none()
    return (row.id, row.asked_at) if row else None


def _is_waiting() -> ColumnElement[bool]:
    return QueueRulePublication.number.is_(None) & QueueRulePublication.failed_at.is_(None)


def _waiting(
    session: Session, publication_id: int, *, skips_locked: bool = False
) -> QueueRulePublication | None:
    return session.scalar(
        select(QueueRulePublication)
        .where(QueueRulePublication.id == publication_id, _is_waiting())
        .with_for_update(skip_locked=skips_locked)
        .execution_options(populate_existing=True)
    )


def _was_in_force(session: Session, version_id: int) -> bool:
    rows = select(QueueRulePublication.id).where(
        QueueRulePublication.version_id == version_id, QueueRulePublication.number.is_not(None)
    )
    return session.scalar(rows.limit(1)) is not None


def _was_tried(session: Session, version_id: int) -> bool:
    rows = select(Trial.id).where(
        Trial.version_id == version_id, Trial.kind == TrialKind.TODAY, Trial.finished_at.is_not(None)
    )
    return session.scalar(rows.limit(1)) is not None
