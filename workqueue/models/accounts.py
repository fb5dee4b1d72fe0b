"""Accounts and their claims: what was billed, to whom, and where it stands."""

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import At, Base, Cents, Id


class Account(Base):
    """One visit's bill.

    The balances are sums over the ledger, kept here so that the queue need not add it up; `flask verify`
    compares.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        # The office looks after what is not zero; verify and the summary count these only.
        Index("ix_accounts_open", "id", postgresql_where="insurance_cents <> 0 OR patient_cents <> 0"),
        Index("ix_accounts_patient_id", "patient_id"),
        # One call is about all a guarantor answers for.
        Index("ix_accounts_guarantor_id", "guarantor_id", postgresql_where="guarantor_id IS NOT NULL"),
    )
    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    """The number payers echo (CLM01, CLP01)."""
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))
    guarantor_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"))
    """Who answers for the bill, when it is not the patient; calls about it go to them and count as theirs."""
    guarantor_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who of the office said so, or said that it is the patient: their word goes before what claims say."""
    is_identified: Mapped[bool]
    """False while only a payment or a status has named it: its credit is unapplied cash."""
    service_on: Mapped[date | None]
    opened_at: Mapped[At]
    charge_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    charge_key: Mapped[str] = mapped_column(default="", server_default="")
    """Which submission the charge came from, so that the newest counts whatever the order of arrival."""
    insurance_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    """What payers still owe."""
    patient_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    """What the patient still owes."""
    patient_since_on: Mapped[date | None]
    """The first day on which a share fell to the patient."""
    patient_paid_on: Mapped[date | None]
    """The newest patient payment."""
    fact_id: Mapped[int | None]
    """The newest fact applied to this account; a deferral ends when it moves."""

    @hybrid_property
    def person_id(self) -> int | None:
        """The person called about it: whoever answers for the bill, else the patient."""
        return self.guarantor_id or self.patient_id

    @person_id.inplace.expression
    @classmethod
    def _person_id(cls) -> ColumnElement[int | None]:
        return func.coalesce(cls.guarantor_id, cls.patient_id)


class Claim(Base):
    """One bill to one payer. Sums are over all remittances, so that a reversal undoes what it reverses."""

    __tablename__ = "claims"
    __table_args__ = (
        UniqueConstraint("account_id", "sequence"),
        CheckConstraint("sequence BETWEEN 1 AND 9", name="sequence"),
    )
    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    sequence: Mapped[int] = mapped_column(SmallInteger)
    """1 primary, 2 secondary, 3 tertiary (SBR01 P, S, T; CLP02 1-3, 19-21)."""
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payers.id"))
    payer_control_number: Mapped[str] = mapped_column(default="", server_default="")
    charge_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    service_on: Mapped[date | None]
    service_through_on: Mapped[date | None]
    submitted_on: Mapped[date | None]
    """The newest submission (BHT04)."""
    submission_key: Mapped[str] = mapped_column(default="", server_default="")
    """Sorts submissions by day; the largest is the current one."""
    status_category: Mapped[str] = mapped_column(default="", server_default="")
    """X12 code list 507: A3, P1, F2 ..."""
    status_code: Mapped[str] = mapped_column(default="", server_default="")
    """X12 code list 508."""
    status_on: Mapped[date | None]
    status_key: Mapped[str] = mapped_column(default="", server_default="")
    """Sorts statuses by day, then by how far along they are; the largest is the current one."""
    adjudicated_on: Mapped[date | None]
    paid_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    contractual_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    patient_share_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    denied_cents: Mapped[Cents] = mapped_column(default=0, server_default="0")
    denial_key: Mapped[str] = mapped_column(default="", server_default="")
    """Day, then reason code of the newest denial; the largest is the current one."""
    denied_on: Mapped[date | None] = mapped_column(
        Computed(
            "CASE WHEN denial_key <> '' THEN make_date(substr(denial_key, 1, 4)::int,"
            " substr(denial_key, 5, 2)::int, substr(denial_key, 7, 2)::int) END",
            persisted=True,
        )
    )
    denial_code: Mapped[str] = mapped_column(Computed("substr(denial_key, 10)", persisted=True))
    """The CARC of the newest denial, with its group: `CO-50`."""
    fact_id: Mapped[int | None]
