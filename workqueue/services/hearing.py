"""Texts that come in: words that stop, start or ask are heeded at once, sentences are kept for a rep."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Callback, IncomingText, Patient
from workqueue.rules.channels import ContactChannel
from workqueue.rules.messages import MessageChannel
from workqueue.rules.phones import spoken
from workqueue.rules.preferences import is_stopped
from workqueue.rules.refusals import NotFound
from workqueue.rules.states import CallbackState
from workqueue.rules.text_words import TextWord, answer, read
from workqueue.rules.texts import segments
from workqueue.services import office_profile, outbox, preferences, stopping
from workqueue.services.outbox import About

HOW = {TextWord.STOP: "STOP by text", TextWord.START: "START by text"}
LONGEST = 1600
"""Providers put no more into one message."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a text."""

    text_id: int
    word: TextWord | None
    """None from a number nobody here has."""


def hear(session: Session, *, provider_id: str, e164: str, body: str, now: datetime) -> Heard | None:
    """Heed a text in one transaction; None when it was heard before."""
    text_id = session.scalar(
        insert(IncomingText)
        .values(provider_id=provider_id, came_at=now)
        .on_conflict_do_nothing(index_elements=["provider_id"])
        .returning(IncomingText.id)
    )
    if text_id is None:
        return None
    holders = stopping.holders(session, MessageChannel.TEXT, e164)
    if not holders:
        return Heard(text_id, None)
    said = read(body)
    kept = session.get_one(IncomingText, text_id)
    kept.word, kept.e164 = said.word, e164
    kept.body = body.strip()[:LONGEST] if said.is_for_a_person else ""
    was_stopped = _are_stopped(session, holders)
    if said.word is TextWord.STOP:
        stopping.stop(session, MessageChannel.TEXT, e164, how=HOW[said.word], now=now)
    elif said.word is TextWord.START:
        stopping.start(session, e164, how=HOW[said.word], now=now)
    # One confirmation of a STOP is allowed; who says it again has had it (47 CFR 64.1200(a)(12)).
    if not (said.word is TextWord.STOP and was_stopped):
        _answer(session, text_id, said.word, holders, e164, now)
    session.flush()
    return Heard(text_id, said.word)


def mark_read(session: Session, text_id: int, *, actor_id: int, now: datetime) -> None:
    """Write down who has read it; done twice, the first counts."""
    text = session.get(IncomingText, text_id, with_for_update=True, populate_existing=True)
    if text is None or not text.body:
        raise NotFound
    if text.read_at is None:
        text.read_at, text.read_by_id = now, actor_id


def _answer(
    session: Session, text_id: int, word: TextWord, holders: list[int], e164: str, now: datetime
) -> None:
    """Write the one answer to a word; it goes at any hour, since they wait for it."""
    profile = office_profile.profile(session)
    if profile is None:
        return
    words = answer(
        word,
        session.scalar(select(Patient.language).where(Patient.id == holders[0])) or "",
        name=profile.neutral_name,
        number=spoken(profile.callback_e164),
        has_call=_has_call(session, holders),
    )
    if words:
        outbox.write(
            session,
            natural_key=f"answer to text {text_id}",
            channel=MessageChannel.TEXT,
            to_address=e164,
            subject="Answer to a text",
            body=words,
            attachments=[],
            send_after=now,
            now=now,
            about=About(holders[0], goes_at_any_hour=True),
            pieces=segments(words),
        )


def _are_stopped(session: Session, holders: list[int]) -> bool:
    words = preferences.words_of(session, holders)
    return all(is_stopped(words.get(each, ()), ContactChannel.TEXT) for each in holders)


def _has_call(session: Session, holders: list[int]) -> bool:
    booked = select(Callback.id).where(
        Callback.patient_id.in_(holders), Callback.state == CallbackState.BOOKED
    )
    return session.scalar(booked.limit(1)) is not None
