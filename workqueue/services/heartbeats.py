"""Signs of life of the background processes."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models.heartbeats import ProcessHeartbeat

BEAT_EVERY = timedelta(seconds=5)
MISSED_AFTER = timedelta(seconds=45)  # an idle worker wakes every 15 s; a long batch may take a while
FORGOTTEN_AFTER = timedelta(hours=1)


def beat(session: Session, *, kind: str, host: str, process_id: int, now: datetime) -> None:
    """Write down that this process is alive."""
    row = insert(ProcessHeartbeat).values(
        kind=kind, host=host, process_id=process_id, started_at=now, beat_at=now
    )
    session.execute(
        row.on_conflict_do_update(index_elements=["kind", "host", "process_id"], set_={"beat_at": now})
    )


def forget_the_dead(session: Session, *, now: datetime) -> None:
    """Remove the rows of processes that ended long ago."""
    session.execute(delete(ProcessHeartbeat).where(ProcessHeartbeat.beat_at < now - FORGOTTEN_AFTER))


def last_beat(session: Session, kind: str) -> datetime | None:
    """Return when any process of this kind was last known to be alive."""
    return session.scalar(select(func.max(ProcessHeartbeat.beat_at)).where(ProcessHeartbeat.kind == kind))
