"""The entry of a callback in the person's calendar, made when it is sent or fetched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Callback, CallbackChange, Patient
from workqueue.rules.booking_messages import BookingFacts, invitation_words
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.invitations import Invitation, Method, written
from workqueue.rules.phones import spoken
from workqueue.services import office_profile
from workqueue.services.contacting import zones_of_patient

KIND = "invitation"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file for a calendar."""

    data: bytes
    method: Method


def reference(callback: Callback, method: Method) -> dict[str, Any]:
    """Return what a message keeps instead of the file."""
    return {"kind": KIND, "callback_id": callback.id, "method": method.value}


def is_entry(kept: Mapping[str, Any]) -> bool:
    return kept.get("kind") == KIND


def entry_of(session: Session, kept: Mapping[str, Any]) -> Entry:
    """Make the file that a message refers to."""
    callback = session.get_one(Callback, kept["callback_id"])
    language = callback.language or session.scalar(
        select(Patient.language).where(Patient.id == callback.patient_id)
    )
    zones = zones_of_patient(session, callback.patient_id)
    method = Method(kept["method"])
    zone = zones[0] if zones else OFFICE_ZONE
    return Entry(written(invitation(session, callback, zone, language or ""), method), method)


def invitation(session: Session, callback: Callback, zone: str, language: str) -> Invitation:
    """Return a callback as a calendar keeps it, by the clock of `zone`, in words of this language."""
    changed_at = session.scalar(
        select(CallbackChange.at)
        .where(CallbackChange.callback_id == callback.id)
        .order_by(CallbackChange.id.desc())
        .limit(1)
    )
    summary, description = _words(session, callback, zone, language)
    return Invitation(
        callback.id,
        callback.at,
        callback.ends_at,
        zone,
        callback.sequence,
        changed_at or callback.booked_at,
        summary,
        description,
    )


def _words(session: Session, callback: Callback, zone: str, language: str) -> tuple[str, str]:
    profile = office_profile.profile(session)
    name, number = (profile.neutral_name, spoken(profile.callback_e164)) if profile else ("", "")
    facts = BookingFacts(name, number, at=callback.at, zone=zone, phrase=callback.phrase)
    return invitation_words(facts, language)
