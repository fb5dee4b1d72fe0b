"""The account's page as the answer to what was asked of it: forms that come back keep their text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue

from workqueue.database import reading
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.rules.holds import kinds_for
from workqueue.rules.notices import NOTICES
from workqueue.rules.roles import WORKERS, Role
from workqueue.rules.state_timers import FURNISH_NEVER
from workqueue.services import call_steps
from workqueue.services.people import workers
from workqueue.services.reading import free_times
from workqueue.services.reading.account import account_view
from workqueue.services.reading.collection import collection_view
from workqueue.services.reading.messages import messages_to, unread_texts
from workqueue.web.account_page import account_context, hold_choices
from workqueue.web.entry_inputs import callback_parts
from workqueue.web.guards import current_person, utc_now
from workqueue.web.messages import TONES
from workqueue.web.render import is_fragment_wanted, partial


@dataclass(frozen=True)
class Problems:
    """What is wrong in each form of the page: a sentence a field."""

    note: dict[str, str] = field(default_factory=dict)
    hold: dict[str, str] = field(default_factory=dict)
    callback: dict[str, str] = field(default_factory=dict)
    notice: dict[str, str] = field(default_factory=dict)
    referral: dict[str, str] = field(default_factory=dict)


def show_account(
    account_id: int,
    problems: Problems | None = None,
    *,
    note_text: str = "",
    chosen: Sequence[int] | None = None,
    nearest: Sequence[datetime] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """Render the account.

    `chosen`: the accounts looked at together in front of pre-collection. `nearest`: the free times around one
    that is taken.
    """
    problems = problems or Problems()
    person, now = current_person(), utc_now()
    with reading() as session:
        account = account_view(session, account_id=account_id, now=now)
        collection = collection_view(session, account_id, chosen=chosen, now=now)
        is_masked = call_steps.is_masked(session, account_id=account_id, reader_id=person.id, now=now)
        owners = workers(session) if person.role is Role.LEAD else []
        answering_id = account.reach.person_id if account.reach else 0
        messages = messages_to(session, answering_id)
        texts = unread_texts(session, patient_id=answering_id)
    zones = account.reach.zones if account.reach else ()
    zone = zones[0] if zones else OFFICE_ZONE
    context = {
        **account_context(account),
        **{f"{name}_errors": wrong for name, wrong in asdict(problems).items()},
        "zone": zone,
        "this_task_id": 0,
        "callback_parts": callback_parts,
        "free_times": None if nearest is None else free_times.told(nearest, zone),
        "is_masked": is_masked,
        "values": request.form,
        "note_text": note_text,
        "collection": collection,
        "furnish_never": FURNISH_NEVER,
        "hold_choices": hold_choices(kinds_for(person.role), now),
        "notice_choices": [(kind.value, label) for kind, label in NOTICES.items()],
        "owners": owners,
        "messages": messages,
        "message_tones": TONES,
        "texts": texts,
        "may_read_texts": person.role in WORKERS,
        "person_id": person.id,
        "may_place": person.role in WORKERS,
        "is_lead": person.role is Role.LEAD,
    }
    if is_fragment_wanted():
        return partial("accounts/_history.html", status, **context)
    return render_template("accounts/show.html", **context), status
