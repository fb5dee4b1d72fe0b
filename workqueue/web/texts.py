"""Where the provider of texts tells what became of them, and what people write back.

Nobody is signed in here: each request is proven by the provider's signature, and only by that.
"""

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue

from workqueue.config import Config
from workqueue.database import retrying, transaction
from workqueue.extensions import csrf
from workqueue.logging import log
from workqueue.models.booking import Door
from workqueue.rules.networks import network_of
from workqueue.rules.refusals import NotFound
from workqueue.rules.signatures import is_of_provider
from workqueue.services import delivering, hearing
from workqueue.services.booking import doors
from workqueue.web.forms import Fields
from workqueue.web.guards import public, takes_files, utc_now

bp = Blueprint("texts", __name__, url_prefix="/texts")
# The provider's programs have no form of ours; its signature over all they send is stronger.
csrf.exempt(bp)

PROVIDER = "the provider of texts proves by its signature that it is the one who asks"
MOST_BYTES = 16 * 1024
"""A text of ten pieces and all that is said about it."""
NOTHING_TO_SEND = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
"""Answers go out through the outbox, each once, and not in this reply, which nobody would know was taken."""


@bp.post("/status")
@public(PROVIDER)
@takes_files(MOST_BYTES)
def status() -> ResponseReturnValue:
    """Take a report; the answer is the same whether it was news, known, or about no text of ours."""
    _check_signature()
    given = Fields(request.args)
    message_id = given.row_id("message", is_required=False)
    attempt = given.whole_number("attempt", least=0, most=100, is_required=False) or 0

    def note() -> bool:
        with transaction() as session:
            return delivering.report(
                session,
                provider_id=_field("MessageSid"),
                message_id=message_id,
                attempt=attempt,
                status=_field("MessageStatus"),
                error_code=_code(_field("ErrorCode")),
                now=utc_now(),
            )

    is_news = retrying(note)
    log.info("text_reported", is_news=is_news)
    return "", 204


@bp.post("/incoming")
@public(PROVIDER)
@takes_files(MOST_BYTES)
def incoming() -> ResponseReturnValue:
    """Take a text somebody wrote; told twice, it is heeded once."""
    _check_signature()

    def heed() -> hearing.Heard | None:
        with transaction() as session:
            return hearing.hear(
                session,
                provider_id=_field("MessageSid"),
                e164=_field("From"),
                body=request.form.get("Body", ""),
                now=utc_now(),
            )

    # Nobody says STOP twice because our database hiccuped; heard twice, it is heeded once.
    heard = retrying(heed)
    if heard is None:
        log.info("text_came_again")
    else:
        log.info("text_came", text_id=heard.text_id, reason_code=heard.word or "unknown_number")
    return Response(NOTHING_TO_SEND, content_type="text/xml; charset=utf-8")


def _check_signature() -> None:
    """Raise NotFound for what the provider did not sign, and TooManyAttempts for a crowd of that."""
    config: Config = current_app.extensions["workqueue.config"]
    # The address the provider was given: behind a proxy ours may look otherwise.
    query = request.query_string.decode(errors="replace")
    url = f"{config.address}{request.path}{'?' + query if query else ''}"
    form = list(request.form.items(multi=True))
    if is_of_provider(url, form, request.headers.get("X-Twilio-Signature", ""), config.text_secret):
        return
    with transaction() as session:
        attempt_id = doors.knock(session, Door.PROVIDER, network_of(request.remote_addr), now=utc_now())
    log.warning("signature_refused", attempt_id=attempt_id)
    raise NotFound


def _field(name: str) -> str:
    return request.form.get(name, "")[:100]


def _code(text: str) -> str:
    """Return the provider's code if it is one: nothing else is kept as an error."""
    return text if text.isascii() and text.isdigit() and len(text) <= 6 else ""
