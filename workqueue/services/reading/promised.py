"""What a person was promised when they booked their call, for the rep who makes it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Callback, Patient, Task
from workqueue.rules.kinds import TaskKind
from workqueue.rules.languages import LANGUAGES
from workqueue.rules.slots import CallbackTopic

TOPICS = {
    CallbackTopic.BILL: "A question about a bill",
    CallbackTopic.PAYMENT: "Making a payment",
    CallbackTopic.PLAN: "Paying in parts",
    CallbackTopic.INSURANCE: "Their insurance",
    CallbackTopic.OTHER: "Something else",
}


@dataclass(frozen=True, slots=True)
class PromisedCall:
    """A booked callback, for whoever makes it."""

    at: datetime
    topic_words: str
    """Empty for a call the office booked."""
    language: str
    language_words: str
    needs_interpreter: bool
    phrase: str
    """Said first: the person was told to hang up on whoever does not say it."""
    is_missed: bool


def promised_call(session: Session, task_id: int | None) -> PromisedCall | None:
    """Return the callback a task is about; None for every other task."""
    row = session.execute(
        select(Callback, Patient.language)
        .join(Task, Task.subject == Callback.id)
        .outerjoin(Patient, Patient.id == Callback.patient_id)
        .where(Task.id == task_id, Task.kind == TaskKind.CALLBACK_DUE)
    ).one_or_none()
    if row is None:
        return None
    callback, own_language = row
    language = callback.language or own_language or "en"
    return PromisedCall(
        callback.at,
        TOPICS[callback.topic] if callback.topic else "",
        language,
        LANGUAGES.get(language, language),
        callback.needs_interpreter,
        callback.phrase,
        is_missed=callback.missed_at is not None,
    )
