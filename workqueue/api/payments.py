"""POST /api/v1/payments: one payment of a patient, reported by the program that took it."""

from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from workqueue.api import bp
from workqueue.api.auth import api_roles
from workqueue.api.idempotency import Reply, idempotent, json_fields
from workqueue.rules.calendar import office_day
from workqueue.rules.roles import Role
from workqueue.services.intake.payments import receive_payment
from workqueue.web.forms import MOST_CENTS
from workqueue.web.guards import utc_now

EARLIEST_AT = datetime(2000, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(hours=1)
"""So far may the other program's clock be ahead of ours."""


@bp.post("/payments")
@api_roles(Role.REP, Role.LEAD, Role.ADMIN)
@idempotent
def take_payment(session: Session) -> Reply:
    """Note a payment once, whatever key the request has: its source and source_id say which it is."""
    fields = json_fields()
    source = fields.text("source", longest=50)
    source_id = fields.text("source_id", longest=200)
    account = fields.text("account", longest=200)
    amount_cents = fields.whole_number("amount_cents", least=1, most=MOST_CENTS)
    received_at = fields.moment("received_at")
    if received_at is not None and not EARLIEST_AT <= received_at <= utc_now() + CLOCKS_DIFFER:
        fields.refuse("received_at", "Give the time at which the payment was taken; it cannot lie ahead.")
    fields.check()
    receipt = receive_payment(
        session,
        source=source,
        source_id=source_id,
        account_number=account,
        amount_cents=cast("int", amount_cents),
        received_on=office_day(cast("datetime", received_at)),
        now=utc_now(),
    )
    said = {
        "fact_id": receipt.fact_id,
        "status": "duplicate" if receipt.is_duplicate else "received",
        "is_matched": receipt.is_matched,
    }
    return said, 200 if receipt.is_duplicate else 201
