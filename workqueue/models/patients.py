"""The people who were treated, and how they can be reached."""

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Id, text_enum
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
    """A person whose care was billed."""

    __tablename__ = "patients"
    __table_args__ = (
        # Names are looked for by how they begin; the pattern operators serve LIKE in any collation. With the
        # first name in it, "Smith, Jo" does not read every Smith.
        Index(
            "ix_patients_name",
            func.lower(text("last_name")).label("last"),
            func.lower(text("first_name")).label("first"),
            postgresql_ops={"last": "text_pattern_ops", "first": "text_pattern_ops"},
        ),
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
    place: Mapped[PhonePlace] = mapped_column(text_enum(PhonePlace))
    is_valid: Mapped[bool] = mapped_column(default=True, server_default="true")
    """False once a call has shown that it is not this patient's or out of service."""
    created_at: Mapped[At]
