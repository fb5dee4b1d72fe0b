"""What the office is to those it calls: its names, its number, and in whose name it collects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import OfficeProfile
from workqueue.rules.channels import CollectsAs
from workqueue.rules.emails import NotAnEmail, to_domain
from workqueue.rules.phones import NotAPhone, to_e164
from workqueue.rules.refusals import Invalid
from workqueue.services import contact_rules

THE_ONE = 1
"""There is one row, and one office."""


@dataclass(frozen=True)
class Profile:
    """The office as it introduces itself."""

    name: str
    neutral_name: str
    """Said to anybody: it tells neither of a debt nor of a kind of care (12 CFR 1006.2(j))."""
    callback_e164: str
    hours: str
    collects_as: CollectsAs
    records_calls: bool
    mail_domains: tuple[str, ...]
    """Reports are sent there and nowhere else."""
    hours_es: str = ""
    """When somebody answers, in Spanish; empty where nobody has written it."""


class TellsTooMuch(Invalid):
    """The neutral name would tell a stranger who answers what the call is about."""

    code: ClassVar[str] = "name_tells_too_much"


TELLING = ("collect", "debt", "billing", "recover", "account", "payment", "bill ", "past due", "financial")
"""Words that speak of a debt: a message that names one is no limited-content message (12 CFR 1006.2(j))."""


def profile(session: Session) -> Profile | None:
    """Return the office's profile; None until an admin has filled it in."""
    row = session.scalar(select(OfficeProfile).where(OfficeProfile.id == THE_ONE))
    if row is None:
        return None
    return Profile(
        row.name,
        row.neutral_name,
        row.callback_e164,
        row.hours,
        row.collects_as,
        row.records_calls,
        tuple(row.mail_domains),
        row.hours_es,
    )


def change(
    session: Session,
    *,
    name: str,
    neutral_name: str,
    callback_number: str,
    hours: str,
    collects_as: CollectsAs,
    records_calls: bool,
    mail_domains: Sequence[str],
    hours_es: str = "",
) -> None:
    """Write the profile; raises Invalid beside the field that cannot be used."""
    try:
        callback_e164 = to_e164(callback_number)
    except NotAPhone as refusal:
        raise Invalid(refusal.sentence, field="callback_number") from None
    told = next((word for word in TELLING if word in f"{neutral_name.lower()} "), None)
    if told is not None:
        raise TellsTooMuch(
            f"Leave “{told.strip()}” out: whoever answers may be a stranger, and must not learn of a bill.",
            field="neutral_name",
        )
    values = {
        "name": name,
        "neutral_name": neutral_name,
        "callback_e164": callback_e164,
        "hours": hours,
        "hours_es": hours_es,
        "collects_as": collects_as,
        "records_calls": records_calls,
        "mail_domains": _domains(mail_domains),
    }
    session.execute(
        insert(OfficeProfile)
        .values(id=THE_ONE, **values)
        .on_conflict_do_update(index_elements=["id"], set_=values)
    )
    contact_rules.forget()


def _domains(typed: Sequence[str]) -> list[str]:
    try:
        return list(dict.fromkeys(to_domain(each) for each in typed if each.strip()))
    except NotAnEmail:
        raise Invalid(
            "Enter domains as hospital.example, with commas between.", field="mail_domains"
        ) from None
