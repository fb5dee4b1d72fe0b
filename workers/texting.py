"""Texts: to a provider over HTTP, or into a folder where none is named.

home/texts/NUMBER.txt       one file a message, where TEXT_URL is empty
"""

import json
import ssl
from base64 import b64encode
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import unquote, urlencode, urlsplit

from sqlalchemy.orm import Session

from workers.addressing import with_addresses
from workers.handing_over import NobodyKnows, Refused, into_folder
from workqueue.config import Config
from workqueue.logging import log
from workqueue.services.outbox import Claimed

TEXT_SECONDS = 10
"""For the provider's answer. Whoever writes STOP meanwhile waits for it, and their provider for us."""
MOST_READ = 64 * 1024
"""An answer is a page of JSON; more than this is none."""
TRY_AGAIN = frozenset({408, 425, 429})


def send(_session: Session, claimed: Claimed, config: Config, _now: datetime) -> str:
    """Hand a text over and return what the provider calls it."""
    body = with_addresses(claimed, config)
    if config.text_url:
        return by_http(config, claimed, body)
    words = f"To: {claimed.to_address}\nFrom: {config.text_from}\n\n{body}\n"
    into_folder(config.home / "texts", f"message-{claimed.message_id}.txt", words.encode())
    log.info("text_filed", message_id=claimed.message_id)
    return ""


def by_http(config: Config, claimed: Claimed, body: str) -> str:
    """Post the text; raises Refused when it was not taken, NobodyKnows when that cannot be told."""
    form = {"From": config.text_from, "To": claimed.to_address, "Body": body}
    if config.public_url:
        # Our own number comes back with the report: it finds a text whose sending nobody could confirm.
        given = urlencode({"message": claimed.message_id, "attempt": claimed.attempt})
        form["StatusCallback"] = f"{config.public_url}/texts/status?{given}"
    client = _connected(config.text_url)
    try:
        return _answer(_post(client, config.text_url, urlencode(form)))
    finally:
        client.close()


def _connected(url: str) -> HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    client = (
        HTTPSConnection(host, parts.port, timeout=TEXT_SECONDS, context=ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(host, parts.port, timeout=TEXT_SECONDS)
    )
    try:
        client.connect()
    except (OSError, HTTPException) as error:
        # Nothing was handed over yet.
        raise Refused(type(error).__name__) from error
    return client


def _post(client: HTTPConnection, url: str, form: str) -> HTTPResponse:
    parts = urlsplit(url)
    proof = b64encode(f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()).decode()
    headers = {
        "Authorization": f"Basic {proof}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    try:
        client.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), form, headers)
        return client.getresponse()
    except (OSError, HTTPException) as error:
        # Some of it was handed over, and there is no answer: it may have been taken.
        raise NobodyKnows(type(error).__name__) from error


def _answer(response: HTTPResponse) -> str:
    """Return what the provider calls the text; raises Refused."""
    said = _said(response)
    if 200 <= response.status < 300:
        # Taken, even where the rest of the answer was lost: its report names it.
        return str(said.get("sid") or "")
    code = said.get("code")
    error = f"text_{code}" if isinstance(code, int) else f"http_{response.status}"
    is_passing = response.status in TRY_AGAIN or response.status >= 500
    raise Refused(error, is_final=not is_passing)


def _said(response: HTTPResponse) -> dict[str, object]:
    try:
        found = json.loads(response.read(MOST_READ))
    except (OSError, HTTPException, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
