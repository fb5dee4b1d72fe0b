"""What a person has allowed or forbidden: consents and revocations, bad times, confidential instructions."""

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Time
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.channels import ConsentScope, ContactChannel
from workqueue.rules.states import PhonePlace


class Consent(Base):
    """One word of a person about a medium: given or taken back. Rows are never changed; the newest counts."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_patient_id", "patient_id", "id"),)
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    channel: Mapped[ContactChannel] = mapped_column(text_enum(ContactChannel))
    scope: Mapped[ConsentScope] = mapped_column(text_enum(ConsentScope))
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phones.id"))
    """For this number only; empty for all."""
    is_given: Mapped[bool]
    """False for a revocation: heeded at once; the law allows 10 business days (47 CFR 64.1200(a)(10))."""
    how: Mapped[str]
    """On the telephone, in writing, a STOP by text ..."""
    said_at: Mapped[At]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[At]


class InconvenientTime(Base):
    """A time of the week, or a place, at which a person asked not to be called (12 CFR 1006.6(b)(1))."""

    __tablename__ = "inconvenient_times"
    __table_args__ = (
        Index("ix_inconvenient_times_patient_id", "patient_id", postgresql_where="ended_at IS NULL"),
        CheckConstraint("from_time < until_time", name="is_a_span"),
        CheckConstraint("weekdays BETWEEN 1 AND 127", name="has_a_day"),
    )
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    weekdays: Mapped[int] = mapped_column(SmallInteger)
    """Bit 0 is Monday."""
    from_time: Mapped[time] = mapped_column(Time)
    until_time: Mapped[time] = mapped_column(Time)
    """By the clock where the person is; 23:59:59.999999 for the end of the day."""
    place: Mapped[PhonePlace | None] = mapped_column(text_enum(PhonePlace))
    """At this place only; empty for everywhere."""
    how: Mapped[str]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[At]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ConfidentialInstruction(Base):
    """How a person asked to be reached instead of the usual way; nobody may ask why (45 CFR 164.522(b)).

    It overrides all other numbers and addresses from the moment it is written.
    """

    __tablename__ = "confidential_instructions"
    __table_args__ = (
        # One is in force at a time: a new one takes the place of the old in one transaction.
        Index(
            "uq_confidential_instructions_patient_id",
            "patient_id",
            unique=True,
            postgresql_where="ended_at IS NULL",
        ),
    )
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    channel: Mapped[ContactChannel] = mapped_column(text_enum(ContactChannel))
    """The one medium that may be used."""
    phone_id: Mapped[int | None] = mapped_column(ForeignKey("phones.id"))
    email_id: Mapped[int | None] = mapped_column(ForeignKey("email_addresses.id"))
    address_id: Mapped[int | None] = mapped_column(ForeignKey("postal_addresses.id"))
    how: Mapped[str] = mapped_column(default="", server_default="")
    """On the telephone, in writing ..."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[At]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Empty when a new one took its place."""
