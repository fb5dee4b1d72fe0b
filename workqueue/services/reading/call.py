"""The call a rep has in hand: where it stands, what may be said now, what the person can be asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import Call, Patient, Phone, User
from workqueue.rules.call_states import CallEventKind, CallState, Identifier, after
from workqueue.rules.identification import MOST_FAILURES
from workqueue.rules.jurisdictions import jurisdictions
from workqueue.rules.kinds import Party
from workqueue.rules.phones import spoken
from workqueue.rules.scripts import (
    LANGUAGES,
    Script,
    Situation,
    Speaker,
    identifier_words,
    script,
)
from workqueue.rules.words import person_name
from workqueue.services import call_steps
from workqueue.services.office_profile import profile
from workqueue.services.reading.promised import PromisedCall, promised_call

STATES = {
    CallState.DIALLED: "Dialled",
    CallState.RINGING: "Ringing",
    CallState.ANSWERED: "Answered",
    CallState.THIRD_PARTY: "Somebody else is on the line",
    CallState.VERIFIED: "The right person is on the line",
    CallState.NOT_VERIFIED: "Not identified",
    CallState.VOICEMAIL: "The machine answers",
    CallState.ENDED: "The call has ended",
    CallState.LOGGED: "Logged",
}
STEPS = {
    CallEventKind.ANSWERED: "Somebody answers",
    CallEventKind.THIRD_PARTY: "It is somebody else",
    CallEventKind.VOICEMAIL: "The machine answers",
    CallEventKind.ENDED: "The call has ended",
}
_SAID: dict[CallState, tuple[Situation, ...]] = {
    CallState.DIALLED: (Situation.ASK_FOR, Situation.VOICEMAIL),
    CallState.RINGING: (Situation.ASK_FOR, Situation.VOICEMAIL),
    CallState.ANSWERED: (Situation.IDENTIFY,),
    CallState.THIRD_PARTY: (Situation.THIRD_PARTY, Situation.WRONG_NUMBER),
    CallState.VERIFIED: (Situation.PURPOSE,),
    CallState.NOT_VERIFIED: (Situation.NOT_IDENTIFIED,),
    CallState.VOICEMAIL: (Situation.VOICEMAIL,),
}
_BEFORE_IDENTIFICATION = {CallState.DIALLED, CallState.RINGING, CallState.ANSWERED}


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing the person can be asked."""

    identifier: Identifier
    label: str
    hint: str
    is_matched: bool


@dataclass(frozen=True, slots=True)
class CallInHand:
    """A call placed or received under this lease and not logged yet."""

    call_id: int
    phone_id: int | None
    placed_at: datetime
    is_inbound: bool
    state: CallState
    state_words: str
    steps: tuple[tuple[CallEventKind, str], ...]
    """What may follow, and how a button says it."""
    scripts: tuple[Script, ...]
    language: str
    asks: tuple[Ask, ...]
    tries_left: int


_HINTS = {
    Identifier.BIRTH_DATE: "For example 3/9/1960",
    Identifier.ZIP: "Five digits",
    Identifier.ACCOUNT_NUMBER: "From a statement",
    Identifier.SSN_LAST4: "The last four digits",
}


def call_of(session: Session, *, call_id: int, rep_id: int) -> Call:
    """Return a call of this rep; nobody else has any business with it while it lasts."""
    call = session.scalar(select(Call).where(Call.id == call_id, Call.rep_id == rep_id))
    if call is None:
        raise call_steps.NoSuchCall
    return call


def call_in_hand(session: Session, call: Call) -> CallInHand:
    """Return the call as the rep on the line needs it; a call to a payer has no steps."""
    if call.party is not Party.PATIENT:
        return CallInHand(
            call.id,
            None,
            call.placed_at,
            call.is_inbound,
            call.state,
            STATES[call.state],
            (),
            (),
            "en",
            (),
            0,
        )
    person = session.get_one(Patient, call.patient_id)
    promised = None if call.is_inbound else promised_call(session, call.task_id)
    language = promised.language if promised else person.language
    can_ask = after(call.state, CallEventKind.VERIFIED) is not None
    asked = call_steps.known_person(session, call).can_be_asked if can_ask else ()
    return CallInHand(
        call_id=call.id,
        phone_id=call.phone_id,
        placed_at=call.placed_at,
        is_inbound=call.is_inbound,
        state=call.state,
        state_words=STATES[call.state],
        steps=tuple(
            (kind, words)
            for kind, words in STEPS.items()
            if after(call.state, kind) and not (call.is_inbound and kind is CallEventKind.VOICEMAIL)
        ),
        scripts=_scripts(session, call, person, asked, promised),
        language=language if language in LANGUAGES else "en",
        asks=tuple(
            Ask(each, _begun_large(identifier_words(each)), _HINTS[each], each.value in call.verified_by)
            for each in asked
        ),
        tries_left=max(MOST_FAILURES - call.failed_identifications, 0),
    )


def _scripts(
    session: Session,
    call: Call,
    person: Patient,
    asked: tuple[Identifier, ...],
    promised: PromisedCall | None,
) -> tuple[Script, ...]:
    office = profile(session)
    if office is None:
        return ()
    rep_name = session.scalar(select(User.name).where(User.id == call.rep_id)) or ""
    e164 = session.scalar(select(Phone.e164).where(Phone.id == call.phone_id))
    speaker = Speaker(
        rep_name=rep_name,
        person_name=person_name(person.first_name, person.last_name),
        office_name=office.name,
        neutral_name=office.neutral_name,
        callback_number=spoken(office.callback_e164),
        hours=office.hours,
        collects_as=office.collects_as,
        jurisdictions=jurisdictions(person.state, person.zip, [e164] if e164 else []),
    )
    situations = list(_SAID.get(call.state, ()))
    if call.is_inbound and call.state is CallState.ANSWERED:
        situations.insert(0, Situation.GREET)
    if office.records_calls and call.state in {CallState.ANSWERED, CallState.VERIFIED}:
        situations.insert(0, Situation.RECORDING)
    phrase = promised.phrase if promised else ""
    if phrase and call.state in _BEFORE_IDENTIFICATION:
        situations.insert(0, Situation.WORDS)
    language = promised.language if promised else person.language
    words = _ask_words(asked, language)
    return tuple(script(each, speaker, language=language, asked=words, phrase=phrase) for each in situations)


def _begun_large(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ask_words(asked: tuple[Identifier, ...], language: str) -> str:
    spoken = [identifier_words(each, language) for each in asked[:2]]
    return (" y " if language == "es" else " and ").join(spoken)
