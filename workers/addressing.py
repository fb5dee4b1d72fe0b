"""The addresses in a message that open something: made when it is sent, kept nowhere."""

from workqueue.config import Config
from workqueue.rules.booking_messages import LEAVE, LINK
from workqueue.rules.signatures import leave_token
from workqueue.services.booking import links
from workqueue.services.outbox import Claimed


def with_addresses(claimed: Claimed, config: Config) -> str:
    """Return the words of a message with its link and its way out."""
    words = claimed.body
    if claimed.about is None:
        return words
    if claimed.about.link_nonce:
        token = links.token_of(claimed.about.link_nonce, config.secret_key)
        words = words.replace(LINK, f"{config.address}/b/{token}")
    return words.replace(LEAVE, leave_address(claimed, config))


def leave_address(claimed: Claimed, config: Config) -> str:
    """Return where the person ends such e-mails."""
    return f"{config.address}/no-mail/{leave_token(claimed.message_id, config.secret_key)}"
