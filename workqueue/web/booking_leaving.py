"""The way out of e-mails: a page that asks first, and one press in a mail program (RFC 8058)."""

from flask import current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from workqueue.config import Config
from workqueue.database import transaction
from workqueue.extensions import csrf
from workqueue.logging import log
from workqueue.models import Message
from workqueue.models.booking import Door
from workqueue.rules.messages import MessageChannel
from workqueue.rules.networks import network_of
from workqueue.rules.signatures import message_of
from workqueue.services import stopping
from workqueue.services.booking import doors
from workqueue.services.booking.links import NoSuchLink
from workqueue.web.booking_visit import PATIENTS, page, patients_pages
from workqueue.web.guards import public, utc_now

bp = patients_pages("booking_leaving")

HOW = "By the link in an e-mail"


@bp.get("/no-mail/<token>")
@public(PATIENTS)
def ask(token: str) -> ResponseReturnValue:
    """Ask first: programs that look for harm in mails come here too."""
    _check(token)
    return page("booking/leaving.html", token=token)


@bp.post("/no-mail/<token>")
@public(PATIENTS)
def leave(token: str) -> ResponseReturnValue:
    """Send no more e-mail to this address; done twice, it is done."""
    message_id = _check(token)
    with transaction() as session:
        address = _address(session, message_id)
        if address:
            stopping.stop(session, MessageChannel.EMAIL, address, how=HOW, now=utc_now())
    log.info("mail_stopped_by_patient", message_id=message_id)
    return page("booking/left.html")


# A mail program presses it and has no form of ours; the token is the proof (RFC 8058, 3.1).
csrf.exempt(leave)


def _check(token: str) -> int:
    """Return the message whose mail held the token; raises NoSuchLink."""
    config: Config = current_app.extensions["workqueue.config"]
    message_id = message_of(token, config.secret_key)
    if message_id is None:
        with transaction() as session:
            doors.knock(session, Door.LINK, network_of(request.remote_addr), now=utc_now())
        raise NoSuchLink
    return message_id


def _address(session: Session, message_id: int) -> str:
    message = session.get(Message, message_id)
    is_mail = message is not None and message.channel is MessageChannel.EMAIL
    return message.to_address if message is not None and is_mail else ""
