"""Proof that something came from where it says: a provider's report, an address out of a mail of ours."""

import hmac
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1, sha256


def provider_signature(url: str, form: Iterable[tuple[str, str]], secret: str) -> str:
    """Return how a provider signs what it posts: the whole address, then each field with its value, in order.

    The scheme of the header X-Twilio-Signature, which prescribes SHA-1; as a keyed digest it is still sound.
    """
    signed = url + "".join(f"{name}{value}" for name, value in sorted(set(form)))
    return b64encode(hmac.new(secret.encode(), signed.encode(), sha1).digest()).decode()


def is_of_provider(url: str, form: Iterable[tuple[str, str]], signature: str, secret: str) -> bool:
    """Return whether the provider signed this; nothing is, where there is no secret."""
    expected = provider_signature(url, form, secret)
    return bool(secret) and hmac.compare_digest(expected.encode(), signature.encode())


def leave_token(message_id: int, secret: str) -> str:
    """Return what stands in a mail for ending such mails: its number, and what only the office can add."""
    return f"{message_id}-{_mark(message_id, secret)}"


def message_of(token: str, secret: str) -> int | None:
    """Return the message whose mail held this; None for a token that is none of ours."""
    number, _, mark = token.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    is_ours = hmac.compare_digest(mark.encode(), _mark(int(number), secret).encode())
    return int(number) if is_ours else None


def _mark(message_id: int, secret: str) -> str:
    return hmac.new(secret.encode(), f"no more mail {message_id}".encode(), sha256).hexdigest()[:32]
