"""Which processes are alive: each writes the time every few seconds."""

from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base


class ProcessHeartbeat(Base):
    """The last sign of life of one process; a row that grows old means it is gone or stuck."""

    __tablename__ = "process_heartbeats"
    kind: Mapped[str] = mapped_column(primary_key=True)
    """worker or sweeper."""
    host: Mapped[str] = mapped_column(primary_key=True)
    process_id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[At]
    beat_at: Mapped[At]
