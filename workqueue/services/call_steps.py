"""The steps of a call between the dial and the log, as the rep tells them or the telephone system does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Account, Call, CallEvent, Patient, Phone, PostalAddress, Task
from workqueue.rules.call_states import CallEventKind, CallState, EventSource, Identifier, WrongStep, after
from workqueue.rules.identification import MOST_FAILURES, NEEDED, Answers, KnownPerson, compare
from workqueue.rules.kinds import Party
from workqueue.rules.refusals import Invalid, NotFound, Refusal
from workqueue.services import auditing
from workqueue.services.contacting.attempts import LONGEST_CALL
from workqueue.services.responsible import answered_for_by, concerns

REVEALED = "details_revealed"
CLOCK_SLACK = timedelta(minutes=5)
"""The clock of a telephone system may go differently by so much."""

TOLD_BY_TELEPHONE = frozenset(
    {
        CallEventKind.RANG,
        CallEventKind.ANSWERED,
        CallEventKind.VOICEMAIL,
        CallEventKind.NOT_CONNECTED,
        CallEventKind.ENDED,
    }
)
PUT_THROUGH = frozenset(
    {
        CallEventKind.ANSWERED,
        CallEventKind.THIRD_PARTY,
        CallEventKind.VOICEMAIL,
        CallEventKind.VERIFIED,
        CallEventKind.NOT_VERIFIED,
    }
)
"""Steps after which a call can no longer have been busy or out of service."""
TOLD_BY_REP = frozenset(
    {
        CallEventKind.RANG,
        CallEventKind.ANSWERED,
        CallEventKind.THIRD_PARTY,
        CallEventKind.VOICEMAIL,
        CallEventKind.ENDED,
    }
)


class NoSuchCall(NotFound):
    """No call has this number, or it is not this rep's, or it is over."""

    code = "no_such_call"
    sentence = "There is no such call in hand."


class CallNotLogged(Refusal):
    """The rep would let go of a task in the middle of a call about it."""

    code = "call_not_logged"
    sentence = "Log the call first, with No answer if nobody answered: it counts towards the limits."


@dataclass(frozen=True)
class Identification:
    """What came of comparing answers; which matched, never what was said."""

    state: CallState
    matched: frozenset[Identifier]
    wrong: frozenset[Identifier]
    tries_left: int

    @property
    def sentence(self) -> str:
        if self.state is CallState.VERIFIED:
            return "Identified. Details may be spoken of."
        if self.state is CallState.NOT_VERIFIED:
            return "Not identified. End the call and log it; a letter goes out."
        if self.wrong:
            left = "is one more try" if self.tries_left == 1 else f"are {self.tries_left} more tries"
            return f"That does not match. There {left}."
        if len(self.matched) < NEEDED:
            return f"{NEEDED} identifiers have to match; ask for another one."
        return "Ask for one more, which others in the household do not know: an account number, for instance."


def check_logged(session: Session, *, task_id: int, rep_id: int) -> None:
    """Raise CallNotLogged while the rep has a call to the patient about this task that nobody logged."""
    is_open = session.scalar(
        select(Call.id)
        .where(Call.task_id == task_id, Call.rep_id == rep_id, Call.disposition == "")
        .where(Call.party == Party.PATIENT, Call.verdict["lease_token"].as_integer() == Task.lease_token)
        .join(Task, Task.id == Call.task_id)
        .limit(1)
    )
    if is_open is not None:
        raise CallNotLogged


def take_step(
    session: Session, *, call_id: int, kind: CallEventKind, rep_id: int, now: datetime
) -> CallState:
    """Write a step the rep took; the same step told twice is one. Raises WrongStep when it cannot follow."""
    if kind not in TOLD_BY_REP:
        raise Invalid("Choose what happened on the line.", field="step")
    call = _in_hand(session, call_id, rep_id)
    state = after(call.state, kind)
    if state is None:
        if _is_told(session, call, kind):
            return call.state
        raise WrongStep
    _tell(session, call, kind, EventSource.REP, kind.value, now, now)
    _move(session, call, kind, state, now)
    session.flush()
    return state


def hear(
    session: Session, *, call_id: int, kind: CallEventKind, key: str, at: datetime, now: datetime
) -> CallState:
    """Write what the telephone system reports, in whatever order and however often it does.

    A report of something the call has left behind is kept and changes nothing; `key` is the system's own
    name of the event.
    """
    if kind not in TOLD_BY_TELEPHONE:
        raise Invalid("Report ringing, an answer, voicemail, no connection or the end.", field="event")
    call = session.scalars(select(Call).where(Call.id == call_id).with_for_update()).one_or_none()
    if call is None or call.party is not Party.PATIENT:
        raise NoSuchCall
    if not call.placed_at - CLOCK_SLACK <= at <= now + CLOCK_SLACK:
        raise Invalid("That moment lies before the call or in the future.", field="at")
    if _tell(session, call, kind, EventSource.TELEPHONE, key, at, now):
        state = after(call.state, kind)
        if state is not None:
            _move(session, call, kind, state, at)
        elif kind in {CallEventKind.ANSWERED, CallEventKind.VOICEMAIL}:
            # A call that was put through counts, whatever was said of it before.
            call.is_connected = True
            if kind is CallEventKind.ANSWERED:
                call.answered_at = call.answered_at or at
        elif kind is CallEventKind.ENDED:
            call.ended_at = call.ended_at or at
        session.flush()
    return call.state


def identify(
    session: Session, *, call_id: int, stated: Mapping[Identifier, str], rep_id: int, now: datetime
) -> Identification:
    """Compare what the person says with what is known; keep which matched, never what was said.

    What matched before still counts. After three tries with something wrong the call has to end.
    """
    call = _in_hand(session, call_id, rep_id)
    if after(call.state, CallEventKind.VERIFIED) is None:
        raise WrongStep
    if not any(text.strip() for text in stated.values()):
        raise Invalid("Type what the person says.", field=f"stated_{next(iter(Identifier))}")
    answers = compare(stated, known_person(session, call))
    matched = answers.matched | frozenset(map(Identifier, call.verified_by))
    call.verified_by = sorted(each.value for each in matched)
    call.failed_identifications += bool(answers.wrong)
    kind = None
    if Answers(matched, frozenset()).is_enough and not answers.wrong:
        kind = CallEventKind.VERIFIED
    elif call.failed_identifications >= MOST_FAILURES:
        kind = CallEventKind.NOT_VERIFIED
    if kind is not None:
        _tell(session, call, kind, EventSource.REP, kind.value, now, now)
        _move(session, call, kind, after(call.state, kind) or call.state, now)
    session.flush()
    return Identification(
        call.state, matched, answers.wrong, max(MOST_FAILURES - call.failed_identifications, 0)
    )


def was_put_through(session: Session, call: Call) -> bool:
    """Return whether somebody or a machine took the call, by all that was told of it."""
    if call.is_inbound or call.answered_at is not None:
        return True
    return bool(
        session.scalar(
            select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.kind.in_(PUT_THROUGH)).limit(1)
        )
    )


def known_person(session: Session, call: Call) -> KnownPerson:
    """Return what the person on this line can be known by."""
    person = session.get(Patient, call.patient_id)
    if person is None:
        return KnownPerson()
    zips = session.scalars(
        select(PostalAddress.zip).where(
            PostalAddress.patient_id == person.id, PostalAddress.ended_at.is_(None)
        )
    )
    numbers = session.scalars(
        select(Account.number).where(or_(Account.id == call.account_id, answered_for_by(person.id)))
    )
    return KnownPerson(
        birth_on=person.birth_on,
        zip_codes=frozenset(filter(None, [person.zip, *zips])),
        account_numbers=frozenset(numbers),
        ssn_last4=person.ssn_last4,
    )


def is_masked(session: Session, *, account_id: int, reader_id: int, now: datetime) -> bool:
    """Return whether an account's details are hidden from a reader on the line with an unknown person."""
    person = select(Account.person_id).where(Account.id == account_id).scalar_subquery()
    about = or_(Call.account_id == account_id, Call.patient_id == person)
    return _is_hidden(session, about, account_id, reader_id, now)


def is_person_masked(session: Session, *, person_id: int, reader_id: int, now: datetime) -> bool:
    """Return the same for a person's page: it holds the answers the caller is asked for."""
    concerned = select(Account.id).where(concerns(person_id))
    about = or_(Call.patient_id == person_id, Call.account_id.in_(concerned))
    return _is_hidden(session, about, None, reader_id, now)


def _is_hidden(
    session: Session, about: ColumnElement[bool], account_id: int | None, reader_id: int, now: datetime
) -> bool:
    call = session.scalars(
        select(Call)
        .where(Call.rep_id == reader_id, Call.disposition == "", Call.party == Party.PATIENT)
        .where(about, Call.placed_at > now - LONGEST_CALL)
        .order_by(Call.id.desc())
        .limit(1)
    ).one_or_none()
    if call is None or call.state in {CallState.VERIFIED, CallState.ENDED}:
        return False
    return not auditing.was_recorded(
        session,
        actor_id=reader_id,
        action=REVEALED,
        account_id=account_id or call.account_id,
        since=call.placed_at,
    )


def reveal(session: Session, *, account_id: int, reason: str, reader_id: int, now: datetime) -> None:
    """Show the details all the same; who did it and why is kept in the audit chain."""
    if not reason.strip():
        raise Invalid("Say why the details are needed now.", field="reveal_reason")
    auditing.record(
        session,
        actor_id=reader_id,
        action=REVEALED,
        account_id=account_id,
        details={"reason": reason.strip()},
        now=now,
    )


def _in_hand(session: Session, call_id: int, rep_id: int) -> Call:
    # Locked: the telephone system may report in the same instant.
    call = session.scalars(
        select(Call)
        .where(Call.id == call_id, Call.rep_id == rep_id, Call.disposition == "", Call.party == Party.PATIENT)
        .with_for_update()
    ).one_or_none()
    if call is None:
        raise NoSuchCall
    return call


def _is_told(session: Session, call: Call, kind: CallEventKind) -> bool:
    return bool(
        session.scalar(
            select(CallEvent.id).where(CallEvent.call_id == call.id, CallEvent.kind == kind).limit(1)
        )
    )


def _tell(
    session: Session,
    call: Call,
    kind: CallEventKind,
    source: EventSource,
    key: str,
    at: datetime,
    now: datetime,
) -> bool:
    """Write the event; return whether it is news."""
    written = session.execute(
        insert(CallEvent)
        .values(call_id=call.id, kind=kind, source=source, key=key, at=at, recorded_at=now)
        .on_conflict_do_nothing(index_elements=["call_id", "source", "key"])
        .returning(CallEvent.id)
    ).scalar_one_or_none()
    return written is not None


def _move(session: Session, call: Call, kind: CallEventKind, state: CallState, at: datetime) -> None:
    call.state = state
    if kind in {CallEventKind.ANSWERED, CallEventKind.THIRD_PARTY, CallEventKind.VERIFIED}:
        call.answered_at = call.answered_at or at
    if kind is CallEventKind.VERIFIED:
        call.verified_at = at
        session.execute(update(Phone).where(Phone.id == call.phone_id).values(verified_at=at))
    if kind is CallEventKind.NOT_CONNECTED:
        call.is_connected = False
    if state is CallState.ENDED:
        call.ended_at = call.ended_at or at
