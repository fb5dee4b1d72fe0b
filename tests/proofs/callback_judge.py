"""Which promised calls nobody kept, moved, cancelled or apologised for; judged by the rows alone."""

from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Call, Callback, CallbackChange, EmailAddress, Hold, Message, Task
from workqueue.models.booking import CallbackChangeKind
from workqueue.rules.booking_messages import SILENT
from workqueue.rules.kinds import TaskKind
from workqueue.rules.states import CallbackState

IN_TIME = timedelta(minutes=5), timedelta(minutes=15)
"""A call from five minutes before the promised time until fifteen after it keeps the promise."""


def silent(session: Session) -> dict[int, str]:
    """Return what became of each callback that went wrong without a word."""
    calls, changes = _calls(session), _changes(session)
    written, unheard = _written(session), _unheard(session)
    found = {}
    for callback in session.scalars(select(Callback)):
        kinds = changes[callback.id]
        before, after = IN_TIME
        is_kept = any(callback.at - before <= at < callback.at + after for at in calls[callback.id])
        if callback.state is CallbackState.CANCELLED and CallbackChangeKind.CANCELLED not in kinds:
            found[callback.id] = "cancelled, and nobody said so"
        elif callback.state is not CallbackState.CANCELLED and not (
            is_kept or CallbackChangeKind.MISSED in kinds
        ):
            found[callback.id] = f"{callback.state}, not called in time, and nobody noticed"
        elif callback.patient_id not in unheard:
            untold = {kind for kind in kinds if _is_told(kind)} - written[callback.id]
            if untold:
                found[callback.id] = f"the person was not told that it was {', '.join(sorted(untold))}"
    return found


def _is_told(kind: CallbackChangeKind) -> bool:
    # That it was made they know; that a colleague calls they are told only while there is time.
    return kind not in {CallbackChangeKind.MET, CallbackChangeKind.REHOMED}


def _calls(session: Session) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    rows = session.execute(
        select(Task.subject, Call.placed_at)
        .join(Call, Call.task_id == Task.id)
        .where(Task.kind == TaskKind.CALLBACK_DUE)
    )
    for callback_id, placed_at in rows:
        found[callback_id].append(placed_at)
    return found


def _changes(session: Session) -> dict[int, set[CallbackChangeKind]]:
    found: dict[int, set[CallbackChangeKind]] = defaultdict(set)
    for callback_id, kind in session.execute(select(CallbackChange.callback_id, CallbackChange.kind)):
        found[callback_id].add(kind)
    return found


def _written(session: Session) -> dict[int, set[str]]:
    """Return what each callback's person was written, as the outbox names its messages."""
    found: dict[int, set[str]] = defaultdict(set)
    for key in session.scalars(select(Message.natural_key).where(Message.natural_key.like("callback %"))):
        _, callback_id, event, *_ = key.split()
        found[int(callback_id)].add("cancelled" if event == "called_off" else event)
    return found


def _unheard(session: Session) -> set[int | None]:
    """Return who cannot be written to, or may not: a rep apologises to them in the call."""
    heard = select(EmailAddress.patient_id)
    held = select(Callback.patient_id).join(Hold, Hold.account_id == Callback.account_id)
    return {
        *session.scalars(select(Callback.patient_id).where(Callback.patient_id.not_in(heard))),
        *session.scalars(held.where(Hold.kind.in_(SILENT))),
    }
