"""Messages: what waits, what went out, what did not arrive, and what people wrote back."""

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.rules.roles import READERS, Role
from workqueue.services import hearing, outbox
from workqueue.services.reading import messages as messages_reading
from workqueue.services.reading.messages import MessagesAsked
from workqueue.web.forms import Fields, local_path
from workqueue.web.guards import current_person, rep_work, roles, utc_now
from workqueue.web.render import done

bp = Blueprint("messages", __name__, url_prefix="/messages")

PAGE = 50
LABELS = {
    MessagesAsked.TO_LOOK_AT: "To look at",
    MessagesAsked.WAITING: "Waiting",
    MessagesAsked.SENT: "Sent",
    MessagesAsked.DELIVERED: "Delivered",
    MessagesAsked.NOT_SENT: "Not sent",
    MessagesAsked.ALL: "All",
}
TONES = {
    "waiting": "info",
    "sending": "info",
    "sent": "neutral",
    "delivered": "good",
    "undelivered": "bad",
    "failed": "bad",
    "unsure": "warn",
    "stopped": "neutral",
    "superseded": "neutral",
}


@bp.get("")
@roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)
def show() -> ResponseReturnValue:
    fields = Fields(request.args)
    asked = fields.choice("state", MessagesAsked, is_required=False) or MessagesAsked.TO_LOOK_AT
    before_id = fields.row_id("before", is_required=False)
    role = current_person().role
    with reading() as session:
        found = messages_reading.messages(session, asked, before_id=before_id, limit=PAGE + 1)
        counts = messages_reading.counts(session)
        # What a patient wrote is a patient's data, which an admin does not see.
        texts = messages_reading.unread_texts(session) if role in READERS else ()
        strangers = messages_reading.texts_of_strangers(session, now=utc_now())
    lines, more = found[:PAGE], found[PAGE:]
    return render_template(
        "messages/show.html",
        lines=lines,
        texts=texts,
        strangers=strangers,
        asked=asked,
        choices=[
            {
                "label": label,
                "count": counts[each],
                "href": url_for("messages.show", state=each),
                "is_current": each is asked,
            }
            for each, label in LABELS.items()
        ],
        older_url=url_for("messages.show", state=asked, before=lines[-1].message_id) if more else None,
        newest_url=url_for("messages.show", state=asked) if before_id else None,
        may_change=role in {Role.LEAD, Role.ADMIN},
        may_read_texts=role is Role.LEAD,
        sees_people=role in READERS,
        tones=TONES,
    )


@bp.post("/<int:message_id>/again")
@roles(Role.LEAD, Role.ADMIN)
def send_again(message_id: int) -> ResponseReturnValue:
    with transaction() as session:
        outbox.send_again(session, message_id, now=utc_now())
    log.info("message_sent_again", message_id=message_id, actor_id=current_person().id)
    flash("On its way again.", "success")
    return done(url_for("messages.show"))


@bp.post("/<int:message_id>/settle")
@roles(Role.LEAD, Role.ADMIN)
def settle(message_id: int) -> ResponseReturnValue:
    """Take it off the list: the person was told otherwise, or need not be."""
    with transaction() as session:
        outbox.settle(session, message_id, actor_id=current_person().id, now=utc_now())
    log.info("message_settled", message_id=message_id, actor_id=current_person().id)
    flash("Off the list. It stays under All.", "success")
    return done(url_for("messages.show"))


@bp.post("/texts/<int:text_id>/read")
@rep_work
def mark_read(text_id: int) -> ResponseReturnValue:
    with transaction() as session:
        hearing.mark_read(session, text_id, actor_id=current_person().id, now=utc_now())
    log.info("text_read", text_id=text_id, actor_id=current_person().id)
    flash("Noted as read.", "success")
    return done(local_path(request.form.get("back_to"), url_for("work.show")))
