"""Those who are billed before the patient is."""

from sqlalchemy import SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from workqueue.models.base import Base, Id, text_enum
from workqueue.rules.states import PayerKind


class Payer(Base):
    """An insurer or programme, with the limits the office works to."""

    __tablename__ = "payers"
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    """The payer's identifier as its files give it; upper-case name where they give none."""
    name: Mapped[str]
    kind: Mapped[PayerKind] = mapped_column(text_enum(PayerKind))
    response_days: Mapped[int] = mapped_column(SmallInteger)
    """Days after submission in which an answer is usual."""
    filing_days: Mapped[int] = mapped_column(SmallInteger)
    """Days from service in which a claim must reach the payer."""
    appeal_days: Mapped[int] = mapped_column(SmallInteger)
    """Days from the denial in which an appeal must be filed, presumed delivery included."""
    net_bp: Mapped[int]
    """Share of a billed balance that is usually collected, in basis points."""
    contract_bp: Mapped[int | None]
    """Allowed share of charges under contract, in basis points; unknown leaves underpayment undetected."""
