"""Sending what lies in the outbox: by SMTP, or into a folder where no mail server is named.

home/mail/NUMBER.eml        one file a message, where SMTP_URL is empty
"""

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

from workqueue.config import Config
from workqueue.database import reading, transaction
from workqueue.logging import log
from workqueue.services import outbox, report_schedules
from workqueue.services.outbox import Claimed
from workqueue.services.reporting.drawing import draw
from workqueue.web.documents import reports as documents
from workqueue.web.documents.tables import as_xlsx

SMTP_SECONDS = 20
MESSAGES_A_TICK = 20
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})

Send = Callable[[EmailMessage], None]


class Refused(Exception):  # noqa: N818  # named after what is the case
    """The message was not taken; nothing of it went out."""

    def __init__(self, error: str, *, is_final: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.is_final = is_final


class NobodyKnows(Exception):  # noqa: N818  # named after what is the case
    """The line broke after the message was handed over: it may have gone out."""


def send_what_waits(now: datetime) -> None:
    """Send what may go now, one after the other; the sweeper's chore."""
    config: Config = current_app.extensions["workqueue.config"]
    with transaction() as session:
        outbox.look_for_abandoned(session, now=now)
    for _ in range(MESSAGES_A_TICK):
        # Committed before it is sent: whatever happens then, nobody else has it.
        with transaction() as session:
            claimed = outbox.claim(session, now=now)
        if claimed is None:
            return
        _send(claimed, config, now)


def _send(claimed: Claimed, config: Config, now: datetime) -> None:
    try:
        mail = written(claimed, config, now)
        deliver(config)(mail)
    except Refused as refusal:
        log.warning("message_refused", message_id=claimed.message_id, error=refusal.error)
        with transaction() as session:
            outbox.refused(session, claimed, refusal.error, is_final=refusal.is_final, now=now)
    except NobodyKnows as trouble:
        log.warning("message_unsure", message_id=claimed.message_id)
        with transaction() as session:
            outbox.unsure(session, claimed, str(trouble))
    else:
        with transaction() as session:
            outbox.sent(session, claimed, now=now)


def written(claimed: Claimed, config: Config, now: datetime) -> EmailMessage:
    """Write the e-mail; what is attached is made now."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = config.mail_from, claimed.to_address, claimed.subject
    mail["Date"] = format_datetime(now)
    # The same at each attempt, so that a second copy can be known as one.
    mail["Message-ID"] = f"<message-{claimed.message_id}@{config.mail_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(claimed.body)
    for reference in claimed.attachments:
        asked = report_schedules.asked_of(reference)
        with reading() as session:
            drawn = draw(session, asked, now=now)
        name = documents.file_name(asked.report.code.value, asked.first_on, asked.last_on, "xlsx")
        mail.add_attachment(
            as_xlsx(documents.totals(drawn)), maintype=XLSX[0], subtype=XLSX[1], filename=name
        )
    return mail


def deliver(config: Config) -> Send:
    """Return the way mail goes in this office."""
    if config.smtp_url:
        return lambda mail: by_smtp(config.smtp_url, mail)
    return lambda mail: into_folder(config.home / "mail", mail)


def into_folder(folder: Path, mail: EmailMessage) -> None:
    """Put the mail into a folder under its own number: put there twice, it is one file."""
    number = str(mail["Message-ID"]).strip("<>").partition("@")[0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{number}.part"
        beside.write_bytes(mail.as_bytes())
        beside.replace(folder / f"{number}.eml")
    except OSError as error:
        raise Refused(type(error).__name__) from error


def by_smtp(url: str, mail: EmailMessage) -> None:
    """Hand the mail over; raises Refused when it was not taken, NobodyKnows when that cannot be told."""
    try:
        client = _connected(url)
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(type(error).__name__) from error
    try:
        _hand_over(client, mail)
    finally:
        client.close()


def _connected(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    client: smtplib.SMTP
    if parts.scheme == "smtps":
        client = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SMTP_SECONDS, context=context)
    else:
        client = smtplib.SMTP(host, parts.port or 25, timeout=SMTP_SECONDS)
        client.ehlo()
        if client.has_extn("starttls"):
            client.starttls(context=context)
    if parts.username:
        if parts.scheme == "smtp" and not client.has_extn("starttls") and host not in LOCAL:
            client.close()
            raise Refused("no_encryption")
        client.login(unquote(parts.username), unquote(parts.password or ""))
    return client


def _hand_over(client: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        client.ehlo_or_helo_if_needed()
        for code, _ in (client.mail(str(mail["From"])), client.rcpt(str(mail["To"]))):
            if code not in {250, 251}:
                raise _refusal(code)
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(type(error).__name__) from error
    try:
        code, _ = client.data(mail.as_bytes(policy=SMTP))
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code) from error
    except (OSError, smtplib.SMTPException) as error:
        # Handed over, and no answer: the server may have kept it.
        raise NobodyKnows(type(error).__name__) from error
    if code != 250:
        raise _refusal(code)


def _refusal(code: int) -> Refused:
    # 5yz is for good (RFC 5321, 4.2.1); anything else may be right in a while.
    return Refused(f"smtp_{code}", is_final=500 <= code < 600)
