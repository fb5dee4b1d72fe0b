"""Statements and notices: what the office sent or said about a bill, with the day."""

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.notices import NoticeKind


class Notice(Base):
    """One thing sent or said about an account. 26 CFR 1.501(r)-6 and 42 CFR 413.89 count days from it."""

    __tablename__ = "notices"
    __table_args__ = (
        # One of a kind a day: a run that is reported twice changes nothing. Also how an account's are found.
        UniqueConstraint("account_id", "kind", "given_on"),
    )
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind))
    given_on: Mapped[date]
    deadline_on: Mapped[date | None]
    """The day a notice names for applications."""
    evidence: Mapped[str] = mapped_column(default="", server_default="")
    """Where the copy is: a batch, a mail house's number."""
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[At]
