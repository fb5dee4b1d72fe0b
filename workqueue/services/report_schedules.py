"""Reports that are sent by e-mail: who made which for whom, and the ones that are due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import ReportSchedule, User
from workqueue.rules.calendar import office_day
from workqueue.rules.emails import NotAnEmail, domain_of, to_address
from workqueue.rules.messages import MessageChannel
from workqueue.rules.refusals import Invalid, NotFound
from workqueue.rules.report_facts import Dimension, ReportCode, said
from workqueue.rules.reports import DIMENSIONS, PERIODS, REPORTS, Period, days_of, may_see, scope_of
from workqueue.rules.roles import Role
from workqueue.rules.schedules import Every, next_moment, words
from workqueue.services import office_profile, outbox
from workqueue.services.reporting.drawing import Drawn, draw
from workqueue.services.reporting.items import Asked

MOST_RECIPIENTS = 20
DUE_AT_ONCE = 10


@dataclass(frozen=True)
class ScheduleLine:
    """A schedule as its page shows it."""

    schedule_id: int
    title: str
    by: str
    period: str
    how_often: str
    at_clock: time
    recipients: tuple[str, ...]
    made_by: str
    next_at: datetime


def add(
    session: Session,
    *,
    report: ReportCode,
    by: Dimension,
    period: Period,
    every: Every,
    day: int,
    at_clock: time,
    recipients: Sequence[str],
    actor_id: int,
    now: datetime,
) -> int:
    """Have a report sent from now on; raises Invalid beside the field that cannot be used."""
    if by not in REPORTS[report].by or not may_see(Role.LEAD, REPORTS[report], by):
        raise Invalid("This report is not divided so.", field="by")
    schedule = ReportSchedule(
        report=report,
        by=by,
        period=period,
        every=every,
        day=day,
        at_clock=at_clock,
        recipients=_addresses(session, recipients),
        made_by_id=actor_id,
        made_at=now,
        next_at=next_moment(every, day, at_clock, after=now),
    )
    session.add(schedule)
    session.flush()
    return schedule.id


def end(session: Session, schedule_id: int, *, actor_id: int, now: datetime) -> None:
    """Send it no more."""
    schedule = session.get(ReportSchedule, schedule_id, with_for_update=True, populate_existing=True)
    if schedule is None or schedule.ended_at is not None:
        raise NotFound
    schedule.ended_at, schedule.ended_by_id = now, actor_id


def listed(session: Session) -> tuple[ScheduleLine, ...]:
    """Return those in force, the next to be sent first."""
    rows = session.execute(
        select(ReportSchedule, User.name)
        .join(User, User.id == ReportSchedule.made_by_id)
        .where(ReportSchedule.ended_at.is_(None))
        .order_by(ReportSchedule.next_at, ReportSchedule.id)
    )
    return tuple(
        ScheduleLine(
            schedule_id=each.id,
            title=REPORTS[each.report].title,
            by=DIMENSIONS[each.by],
            period=PERIODS[each.period],
            how_often=words(each.every, each.day),
            at_clock=each.at_clock,
            recipients=tuple(each.recipients),
            made_by=name,
            next_at=each.next_at,
        )
        for each, name in rows
    )


def write_due(session: Session, *, now: datetime, address: str) -> int:
    """Write the messages of schedules that are due; return how many. `address` is where the office signs in.

    Whatever was due while nobody looked is sent once. The totals are drawn now, for the days before now.
    """
    due = session.execute(
        select(ReportSchedule, User)
        .join(User, User.id == ReportSchedule.made_by_id)
        .where(ReportSchedule.ended_at.is_(None), ReportSchedule.next_at <= now)
        .order_by(ReportSchedule.next_at, ReportSchedule.id)
        .limit(DUE_AT_ONCE)
        .with_for_update(of=ReportSchedule, skip_locked=True)
    ).all()
    count = 0
    for schedule, maker in due:
        if maker.is_active and maker.role is Role.LEAD:
            count += _write(session, schedule, maker, now, address)
        else:
            # Nobody answers for it any more.
            schedule.ended_at = now
        schedule.next_at = next_moment(schedule.every, schedule.day, schedule.at_clock, after=now)
    session.flush()
    return count


def asked_of(reference: dict[str, Any]) -> Asked:
    """Return what the reference of a message's attachment asks for."""
    return Asked(
        REPORTS[ReportCode(reference["report"])],
        date.fromisoformat(reference["first_on"]),
        date.fromisoformat(reference["last_on"]),
        Dimension(reference["by"]),
        {Dimension(each): key for each, key in reference["only"].items()},
    )


def _write(session: Session, schedule: ReportSchedule, maker: User, now: datetime, address: str) -> int:
    first_on, last_on = days_of(schedule.period, office_day(now))
    only = scope_of(Role.LEAD, schedule.by, person_id=maker.id, team_id=maker.team_id)
    asked = Asked(REPORTS[schedule.report], first_on, last_on, schedule.by, only)
    drawn = draw(session, asked, now=now)
    reference = {
        "report": schedule.report.value,
        "by": schedule.by.value,
        "first_on": first_on.isoformat(),
        "last_on": last_on.isoformat(),
        "only": {each.value: key for each, key in only.items()},
    }
    return sum(
        outbox.write(
            session,
            natural_key=f"report:{schedule.id}:{schedule.next_at:%Y%m%dT%H%M}:{recipient}",
            channel=MessageChannel.EMAIL,
            to_address=recipient,
            subject=f"{asked.report.title}. {asked.period}",
            body=_body(drawn, maker.name, address),
            attachments=[reference],
            send_after=now,
            now=now,
        )
        for recipient in schedule.recipients
    )


def _body(drawn: Drawn, maker: str, address: str) -> str:
    """Say the totals and where the rest is: mail leaves the office, so no account and no person is in it."""
    report, total = drawn.asked.report, drawn.total.values
    figures = [f"{each.label}: {said(total[each.code], each.unit)}" for each in report.figures]
    return "\n".join(
        [
            f"{report.title}. {drawn.asked.period}.",
            report.question,
            "",
            *figures,
            "",
            f"Sign in for the definitions and the accounts: {address}/reports/{report.code.value}",
            "",
            f"{maker} has this report sent to you. It holds totals only. Ask them to end it, to get no more.",
        ]
    )


def _addresses(session: Session, recipients: Sequence[str]) -> list[str]:
    profile = office_profile.profile(session)
    domains = profile.mail_domains if profile else ()
    if not domains:
        raise Invalid(
            "An admin enters the office's mail domains first, on the page Office.", field="recipients"
        )
    found = dict.fromkeys(filter(None, (each.strip() for each in recipients)))
    if not 1 <= len(found) <= MOST_RECIPIENTS:
        raise Invalid(f"Enter 1 to {MOST_RECIPIENTS} addresses, one a line.", field="recipients")
    try:
        addresses = [to_address(each) for each in found]
    except NotAnEmail as refusal:
        raise Invalid(refusal.sentence, field="recipients") from None
    strange = [each for each in addresses if domain_of(each) not in domains]
    if strange:
        raise Invalid(
            f"Reports go to the office's own addresses only ({', '.join(domains)}). {strange[0]} is none.",
            field="recipients",
        )
    return addresses
