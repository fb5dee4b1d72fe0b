"""The people who were treated or answer for a bill, and how they can be reached."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
from workqueue.rules.channels import PointSource, RelationRole
from workqueue.rules.states import PhonePlace

NO_CALL_WINDOW = 0
"""The window of work that calls no patient; the first migration makes it."""

UNKNOWN_WINDOW = 1
"""The window of a patient of whom no place is known: every zone of the country must allow the call."""


class Window(Base):
    """One distinct set of time zones a person may be in; all of them must allow a call at the same moment."""

    __tablename__ = "windows"
    id: Mapped[Id]
    zones: Mapped[str] = mapped_column(unique=True)
    """IANA names in order, joined by `|`; empty for work that needs no call to a patient."""


class Patient(Base):
    """A person the office knows: one whose care was billed, or who answers or speaks for somebody's bill.

    The limits of calling are counted by this person, over all their numbers and all bills they answer for.
    """

    __tablename__ = "patients"
    __table_args__ = (
        # The sweeper looks for what persons said of where they are and what is true no more.
        Index("ix_patients_stated_until", "stated_until", postgresql_where="stated_until IS NOT NULL"),
    )
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(unique=True)
    """The identity the source gave: an export's id, or a digest of member id, name and birth date."""
    first_name: Mapped[str] = mapped_column(default="", server_default="")
    last_name: Mapped[str] = mapped_column(default="", server_default="")
    birth_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    street: Mapped[str] = mapped_column(default="", server_default="")
    city: Mapped[str] = mapped_column(default="", server_default="")
    state: Mapped[str] = mapped_column(default="", server_default="")
    zip: Mapped[str] = mapped_column(default="", server_default="")
    window_id: Mapped[int | None] = mapped_column(ForeignKey("windows.id"))
    ssn_last4: Mapped[str] = mapped_column(default="", server_default="")
    """To identify a caller with; never shown, never logged."""
    stated_zone: Mapped[str] = mapped_column(default="", server_default="")
    """Where the person says they are now: knowledge, it goes before all guesses (12 CFR 1006.6(b)(1)(i))."""
    stated_until: Mapped[datetime | None]
    contact_changed_at: Mapped[datetime | None]
    """When the office last changed a number, an address, a wish or a relation; pages ask whether it moved."""
    created_at: Mapped[At]


class Phone(Base):
    """A number a patient may be reached at."""

    __tablename__ = "phones"
    __table_args__ = (
        UniqueConstraint("patient_id", "e164"),
        # An incoming call or a complaint starts from a number.
        Index("ix_phones_e164", "e164"),
    )
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    e164: Mapped[str]
    extension: Mapped[str] = mapped_column(default="", server_default="")
    """Digits to dial after the connection."""
    place: Mapped[PhonePlace] = mapped_column(text_enum(PhonePlace))
    source: Mapped[PointSource] = mapped_column(
        text_enum(PointSource), default=PointSource.FILE, server_default=PointSource.FILE
    )
    language: Mapped[str] = mapped_column(default="", server_default="")
    """Who picks up here speaks it; empty for the person's own."""
    is_valid: Mapped[bool] = mapped_column(default=True, server_default="true")
    """False once a call has shown that it is not this patient's or out of service."""
    is_stopped: Mapped[bool] = mapped_column(default=False, server_default="false")
    """The person asked not to be called here, or an employer forbids it (12 CFR 1006.6(b)(3), 1006.14(h))."""
    verified_at: Mapped[datetime | None]
    """When the person was last reached here and identified."""
    ended_at: Mapped[datetime | None]
    """When it was taken off the list."""
    created_at: Mapped[At]


class PostalAddress(Base):
    """Where a person gets letters, besides the address on the claims."""

    __tablename__ = "postal_addresses"
    __table_args__ = (Index("ix_postal_addresses_patient_id", "patient_id"),)
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    place: Mapped[PhonePlace] = mapped_column(text_enum(PhonePlace))
    street: Mapped[str]
    city: Mapped[str]
    state: Mapped[str]
    zip: Mapped[str]
    source: Mapped[PointSource] = mapped_column(text_enum(PointSource))
    is_valid: Mapped[bool] = mapped_column(default=True, server_default="true")
    """False once mail came back."""
    created_at: Mapped[At]
    ended_at: Mapped[datetime | None]


class EmailAddress(Base):
    """An e-mail address of a person."""

    __tablename__ = "email_addresses"
    __table_args__ = (UniqueConstraint("patient_id", "address"),)
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    address: Mapped[str]
    place: Mapped[PhonePlace] = mapped_column(text_enum(PhonePlace))
    """At work it is not used unless the person wrote from it (12 CFR 1006.22(f)(3))."""
    source: Mapped[PointSource] = mapped_column(text_enum(PointSource))
    is_valid: Mapped[bool] = mapped_column(default=True, server_default="true")
    created_at: Mapped[At]
    ended_at: Mapped[datetime | None]


class Relation(Base):
    """Somebody who may be spoken to about a patient's bills, and by what right."""

    __tablename__ = "relations"
    __table_args__ = (
        Index("ix_relations_patient_id", "patient_id"),
        # Whoever is found by a name or a number leads to those they speak for.
        Index("ix_relations_person_id", "person_id"),
        CheckConstraint("patient_id <> person_id", name="is_somebody_else"),
    )
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    """The somebody, with numbers and limits of their own."""
    role: Mapped[RelationRole] = mapped_column(text_enum(RelationRole))
    authority: Mapped[str] = mapped_column(default="", server_default="")
    """The paper or the word it rests on."""
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[At]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who of the office ended it before its time."""
