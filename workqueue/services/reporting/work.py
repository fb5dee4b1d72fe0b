"""What was done and how long it took, and how long what may be worked has been waiting."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import User
from workqueue.rules.dispositions import PUT_ASIDE
from workqueue.rules.estimates import LEAST_HANDLE_SECONDS
from workqueue.rules.report_facts import ReportCode
from workqueue.rules.roles import Role
from workqueue.rules.shifts import Span
from workqueue.services import staffing
from workqueue.services.reporting.attributing import named

PARAMETERS = {"put_aside": [each.code for each in PUT_ASIDE]}

_HELD_SECONDS = "floor(extract(epoch FROM l.ended_at - l.granted_at))::bigint"
_LEASE = "leases l ON l.id = o.lease_token AND l.task_id = o.task_id AND l.ended_by = 'outcome'"

HANDLE_TIME = f"""
    SELECT o.account_id, 1 AS handled, {_HELD_SECONDS} AS seconds,
        (c.ended_at >= c.answered_at)::int AS talked,
        CASE WHEN c.ended_at >= c.answered_at
            THEN floor(extract(epoch FROM c.ended_at - c.answered_at))::bigint END AS talk_seconds,
        o.task_kind AS kind, o.rep_id::text AS rep, {named("u.team_id")} AS team
    FROM outcomes o JOIN {_LEASE} JOIN users u ON u.id = o.rep_id LEFT JOIN calls c ON c.id = o.call_id
    WHERE o.at >= :from_at AND o.at < :until_at AND o.disposition <> ALL(CAST(:put_aside AS text[]))
      AND l.ended_at - l.granted_at >= interval '{LEAST_HANDLE_SECONDS} seconds'
"""  # noqa: S608  # put together from constants

WORK_DONE = f"""
    SELECT o.account_id, w.is_done::int AS done, (NOT w.is_done)::int AS put_aside, 0 AS shift_minutes,
        CASE WHEN w.is_done THEN t.minutes ELSE 0 END AS expected_minutes,
        CASE WHEN w.is_done THEN coalesce({_HELD_SECONDS}, 0) ELSE 0 END AS held_seconds,
        o.rep_id::text AS rep, {named("u.team_id")} AS team
    FROM outcomes o JOIN tasks t ON t.id = o.task_id JOIN users u ON u.id = o.rep_id LEFT JOIN {_LEASE}
    CROSS JOIN LATERAL (SELECT o.disposition <> ALL(CAST(:put_aside AS text[])) AS is_done) w
    WHERE o.at >= :from_at AND o.at < :until_at
    UNION ALL
    SELECT NULL, 0, 0, s.minutes, 0, 0, u.id::text, {named("u.team_id")}
    FROM unnest(CAST(:shift_reps AS bigint[]), CAST(:shift_minutes AS bigint[])) AS s(rep_id, minutes)
    JOIN users u ON u.id = s.rep_id
"""  # noqa: S608  # put together from constants

# A task that was put off or on hold came up when that ended.
QUEUE_AGE = f"""
    SELECT t.account_id, 1 AS tasks, (d.days <= 1)::int AS days_0, (d.days BETWEEN 2 AND 7)::int AS days_2,
        (d.days BETWEEN 8 AND 30)::int AS days_8, (d.days > 30)::int AS days_31, d.days AS age_days,
        coalesce(t.deadline_on < :today, false)::int AS past_deadline, t.minutes, t.value_cents,
        t.kind, {named("s.team_id")} AS team
    FROM tasks t JOIN lanes n ON n.id = t.lane_id JOIN skills s ON s.id = n.skill_id
    CROSS JOIN LATERAL (
        SELECT greatest(floor(extract(epoch FROM CAST(:now AS timestamptz)
            - greatest(t.opened_at, t.available_at, t.deferred_until, t.held_until)) / 86400), 0)::bigint
            AS days
    ) d
    WHERE t.state IN ('queued', 'leased')
"""  # noqa: S608  # put together from constants


def minutes_for_tasks(session: Session, from_at: datetime, until_at: datetime) -> dict[str, Any]:
    """Return how many minutes every rep's shifts leave for tasks in this time."""
    reps = session.scalars(select(User.id).where(User.is_active, User.role == Role.REP)).all()
    found = staffing.capacity(session, reps, between=Span(from_at, until_at)) if from_at < until_at else {}
    return {"shift_reps": list(found), "shift_minutes": list(found.values())}


ITEMS = {
    ReportCode.HANDLE_TIME: HANDLE_TIME,
    ReportCode.WORK_DONE: WORK_DONE,
    ReportCode.QUEUE_AGE: QUEUE_AGE,
}
