"""Mail: by SMTP, or into a folder where no mail server is named.

home/mail/NUMBER.eml        one file a message, where SMTP_URL is empty
"""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from workers.addressing import leave_address, with_addresses
from workers.handing_over import NobodyKnows, Refused, into_folder
from workqueue.config import THIS_MACHINE, Config
from workqueue.services import report_schedules
from workqueue.services.booking import entries
from workqueue.services.outbox import Claimed
from workqueue.services.reporting.drawing import draw
from workqueue.web.documents import reports as documents
from workqueue.web.documents.tables import as_xlsx

SMTP_SECONDS = 20
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def send(session: Session, claimed: Claimed, config: Config, now: datetime) -> str:
    """Hand a mail over; a mail server gives it no name of its own."""
    mail = written(session, claimed, config, now)
    if config.smtp_url:
        by_smtp(config.smtp_url, mail)
    else:
        into_folder(config.home / "mail", f"message-{claimed.message_id}.eml", mail.as_bytes())
    return ""


def written(session: Session, claimed: Claimed, config: Config, now: datetime) -> EmailMessage:
    """Write the e-mail; what is attached is made now."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = config.mail_from, claimed.to_address, claimed.subject
    mail["Date"] = format_datetime(now)
    # The same at each attempt, so that a second copy can be known as one.
    mail["Message-ID"] = f"<message-{claimed.message_id}@{config.mail_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if claimed.about is not None:
        # One press in the person's own mail program (RFC 8058).
        mail["List-Unsubscribe"] = f"<{leave_address(claimed, config)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(with_addresses(claimed, config))
    for kept in claimed.attachments:
        if entries.is_entry(kept):
            _attach_entry(session, mail, kept)
        else:
            _attach_report(session, mail, kept, now)
    return mail


def _attach_entry(session: Session, mail: EmailMessage, kept: dict[str, object]) -> None:
    entry = entries.entry_of(session, kept)
    mail.add_attachment(
        entry.data,
        maintype="text",
        subtype="calendar",
        filename="call.ics",
        # Mail programs offer to enter, move or remove it by what stands here (RFC 6047, 2.4).
        params={"method": entry.method.value, "charset": "utf-8"},
    )


def _attach_report(session: Session, mail: EmailMessage, kept: dict[str, object], now: datetime) -> None:
    asked = report_schedules.asked_of(kept)
    drawn = draw(session, asked, now=now)
    name = documents.file_name(asked.report.code.value, asked.first_on, asked.last_on, "xlsx")
    mail.add_attachment(as_xlsx(documents.totals(drawn)), maintype=XLSX[0], subtype=XLSX[1], filename=name)


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
        if parts.scheme == "smtp" and not client.has_extn("starttls") and host not in THIS_MACHINE:
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
