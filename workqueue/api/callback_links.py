"""POST /api/v1/accounts/ID/callback-links: a mail house or a portal gets a person's way to book a call."""

from sqlalchemy.orm import Session

from workqueue.api import bp
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, idempotent, json_fields
from workqueue.rules.channels import ContactChannel
from workqueue.rules.roles import WORKERS
from workqueue.services.booking import links
from workqueue.web.callback_links import config, link_url
from workqueue.web.guards import current_person, utc_now


@bp.post("/accounts/<int:account_id>/callback-links")
@api_roles(*WORKERS)
@idempotent
def make_callback_link(session: Session, account_id: int) -> Reply:
    """Make a way in. Asked again with the same key, the same is told for as long as replies are kept."""
    fields = json_fields()
    channel = fields.choice("channel", ContactChannel)
    if channel is ContactChannel.CALL:
        fields.refuse("channel", "A link is sent by letter, email or text.")
    fields.check()
    issued = links.issue(
        session,
        account_id=account_id,
        channel=channel or ContactChannel.LETTER,
        secret=config().secret_key,
        made_by_id=current_person().id,
        now=utc_now(),
    )
    return {
        "link_id": issued.link_id,
        "url": link_url(issued.token),
        "letter_code": issued.letter_code,
        "expires_at": issued.expires_at,
    }, 201
