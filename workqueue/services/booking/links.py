"""A person's way to book one callback: a link nobody can guess, and a code to type from a letter."""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from secrets import choice, token_urlsafe

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from workqueue.models import Account, CallbackLink, Patient
from workqueue.rules.channels import ContactChannel
from workqueue.rules.refusals import NotFound, Refusal

TOKEN_BYTES = 24
"""192 bits: not to be guessed."""

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What is typed from paper: nothing that looks like something else (0 O, 1 I L)."""
CODE_LENGTH = 10
"""31^10, more than 2^49: with a check, a few wrong ones and the throttle of the door, not to be guessed."""

VALID_DAYS = 30
MOST_WRONG_CHECKS = 5
"""After so many wrong checks the code opens nothing any more; the office sends another."""


class NoSuchLink(Refusal):
    """Wrong, used, ended, expired: whoever asks learns no more than that it opens nothing."""

    code = "no_such_link"
    sentence = "This link or number is not valid any more."


@dataclass(frozen=True, slots=True)
class Issued:
    """A new way in; token and code are kept nowhere and told once."""

    link_id: int
    token: str
    letter_code: str
    expires_at: datetime
    nonce: str
    """With the office's secret it makes the token again; a message that sends the link keeps it."""


@dataclass(frozen=True, slots=True)
class Link:
    """A way in that is open."""

    id: int
    account_id: int
    person_id: int
    language: str
    """The person's own, as far as the office knows."""
    expires_at: datetime


def issue(
    session: Session,
    *,
    account_id: int,
    channel: ContactChannel,
    secret: str,
    made_by_id: int | None,
    now: datetime,
) -> Issued:
    """Make a way in for whoever answers for an account; raises NotFound where nobody does.

    `secret` is the office's own: the code is short, and a digest without it could be searched through.
    """
    person_id = session.scalar(select(Account.person_id).where(Account.id == account_id))
    if person_id is None:
        raise NotFound
    nonce = token_urlsafe(TOKEN_BYTES)
    token = token_of(nonce, secret)
    code = "".join(choice(LETTERS) for _ in range(CODE_LENGTH))
    link = CallbackLink(
        token_hash=digest(token),
        code_hash=keyed_digest(code, secret),
        account_id=account_id,
        person_id=person_id,
        channel=channel,
        made_by_id=made_by_id,
        made_at=now,
        expires_at=now + timedelta(days=VALID_DAYS),
    )
    session.add(link)
    session.flush()
    return Issued(link.id, token, f"{code[:5]}-{code[5:]}", link.expires_at, nonce)


def open_by_token(session: Session, token: str, *, now: datetime) -> Link:
    """Return the way in that a link names; raises NoSuchLink."""
    return _opened(session, CallbackLink.token_hash == digest(token), now)


def open_again(session: Session, link_id: int, *, now: datetime) -> Link:
    """Return a way in somebody came through a while ago, if it is open still; raises NoSuchLink."""
    return _opened(session, CallbackLink.id == link_id, now)


def open_by_code(
    session: Session, code: str, born_on: date | None, *, secret: str, now: datetime
) -> Link | None:
    """Return the way in that a letter's code names, for whoever knows the birth date of whom it was sent to.

    None for a wrong check, which is counted, and for a code that opens nothing: the caller commits the count
    and answers both alike. A person whose birth date the office does not know cannot be checked.
    """
    typed = "".join(each for each in code.upper() if each in LETTERS)
    row = session.execute(
        select(CallbackLink.id, Patient.birth_on)
        .join(Patient, Patient.id == CallbackLink.person_id)
        .where(CallbackLink.code_hash == keyed_digest(typed, secret), *is_open(now))
        .with_for_update(of=CallbackLink)
    ).one_or_none()
    if row is None:
        return None
    if born_on is None or row.birth_on != born_on:
        session.execute(
            update(CallbackLink)
            .where(CallbackLink.id == row.id)
            .values(wrong_checks=CallbackLink.wrong_checks + 1)
        )
        return None
    return _opened(session, CallbackLink.id == row.id, now)


def end(session: Session, link_id: int, *, now: datetime) -> None:
    """Let a way in open nothing any more."""
    session.execute(
        update(CallbackLink)
        .where(CallbackLink.id == link_id, CallbackLink.ended_at.is_(None))
        .values(ended_at=now)
    )


def token_of(nonce: str, secret: str) -> str:
    """Return the token a nonce stands for: whoever copies the database has the nonce and not the secret."""
    made = hmac.new(secret.encode(), b"callback link " + nonce.encode(), sha256).digest()[:TOKEN_BYTES]
    return urlsafe_b64encode(made).decode()


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def keyed_digest(code: str, secret: str) -> str:
    return hmac.new(secret.encode(), b"callback code " + code.replace("-", "").encode(), sha256).hexdigest()


def is_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether a way in opens something, as conditions."""
    return (
        CallbackLink.ended_at.is_(None),
        CallbackLink.expires_at > now,
        CallbackLink.wrong_checks < MOST_WRONG_CHECKS,
    )


def _opened(session: Session, which: ColumnElement[bool], now: datetime) -> Link:
    row = session.execute(
        select(
            CallbackLink.id,
            CallbackLink.account_id,
            CallbackLink.person_id,
            Patient.language,
            CallbackLink.expires_at,
        )
        .join(Patient, Patient.id == CallbackLink.person_id)
        .where(which, *is_open(now))
    ).one_or_none()
    if row is None:
        raise NoSuchLink
    return Link(*row)
