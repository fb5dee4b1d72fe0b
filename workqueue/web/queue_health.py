"""Queue health: where every open balance stands, what waits to be posted, and the proofs on demand."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from workqueue.database import reading
from workqueue.logging import log
from workqueue.rules.holds import kind_words
from workqueue.rules.roles import Role
from workqueue.schema import newest
from workqueue.services import deriving, verifying
from workqueue.services.deriving import Difference
from workqueue.services.health import backlog, database_findings, unread_files
from workqueue.services.reading.summary import QueueSummary, queue_summary
from workqueue.services.verifying import Certificate
from workqueue.web.guards import current_person, roles, utc_now

bp = Blueprint("queue_health", __name__, url_prefix="/health-of-queue")

MOST_SHOWN = 50

guard = roles(Role.LEAD, Role.ADMIN, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the two proofs said just now."""

    differences: list[Difference]
    certificate: Certificate


@bp.get("")
@guard
def show() -> ResponseReturnValue:
    return _page(None)


@bp.post("/check")
@guard
def check() -> ResponseReturnValue:
    """Compare the live queue with a rebuild, and the books with themselves. It reads only, but at length."""
    now = utc_now()
    with reading() as session:
        proof = Proof(deriving.check(session, now=now, limit=MOST_SHOWN), verifying.certify(session, now=now))
    log.info(
        "queue_checked",
        actor_id=current_person().id,
        differences=len(proof.differences),
        is_ok=proof.certificate.is_ok,
    )
    return _page(proof)


def places(summary: QueueSummary) -> list[dict[str, object]]:
    """Return the states of open balances as rows of a chart."""
    rows = [
        ("In the queue", summary.queued),
        ("In a rep's hands", summary.leased),
        ("Put off until a day", summary.deferred),
        *((f"Waiting for the {party.value}", count) for party, count in summary.waiting.items()),
        ("On hold", summary.held),
        *(
            (f"On hold: {kind_words(kind)}", count)
            for kind, count in sorted(summary.held_by_kind.items(), key=lambda each: (-each[1], each[0]))
        ),
        ("Closed with a reason", summary.closed),
    ]
    return [{"label": label, "value": count, "text": f"{count:,}"} for label, count in rows]


def _page(proof: Proof | None) -> ResponseReturnValue:
    now = utc_now()
    with reading() as session:
        summary = queue_summary(session, now=now)
        waiting = backlog(session)
        unread = unread_files(session)
        findings = list(database_findings(session, newest_migration=newest(), now=now))
    return render_template(
        "queue_health/show.html",
        summary=summary,
        places=places(summary),
        waiting=waiting,
        unread_count=len(unread),
        findings=findings,
        proof=proof,
        most=MOST_SHOWN,
        now=now,
        # An admin sees that something is off, not whose account it is.
        may_open=current_person().role is not Role.ADMIN,
    )
