"""Whatever the order and the batches in which facts arrive, the office ends in the same state."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.factories import NOON, TODAY, make_fact, make_patient, make_payer, make_window
from tests.services.desk import open_office
from tests.services.queues import differences, whole_queue
from workqueue.rules.states import FactKind
from workqueue.services import posting, verifying

ACCOUNTS = """
    SELECT a.number, p.key, g.key, a.is_identified, a.service_on, a.charge_cents, a.charge_key,
        a.insurance_cents, a.patient_cents, a.patient_since_on, a.patient_paid_on
    FROM accounts a LEFT JOIN patients p ON p.id = a.patient_id LEFT JOIN patients g ON g.id = a.guarantor_id
    ORDER BY 1
"""
CLAIMS = """
    SELECT a.number, c.sequence, y.code, c.payer_control_number, c.charge_cents, c.service_on,
        c.service_through_on, c.submitted_on, c.submission_key, c.status_category, c.status_code,
        c.status_on, c.adjudicated_on, c.paid_cents, c.contractual_cents, c.patient_share_cents,
        c.denied_cents, c.denial_key
    FROM claims c JOIN accounts a ON a.id = c.account_id LEFT JOIN payers y ON y.id = c.payer_id ORDER BY 1, 2
"""
# A charge that came in two steps stands in two rows; what it adds up to is the same.
LEDGER = """
    SELECT a.number, replace(e.kind, 'charge_change', 'charge') AS kind, e.group_code, e.reason_code,
        sum(e.insurance_cents), sum(e.patient_cents)
    FROM ledger_entries e JOIN accounts a ON a.id = e.account_id GROUP BY 1, 2, 3, 4
    HAVING sum(e.insurance_cents) <> 0 OR sum(e.patient_cents) <> 0 ORDER BY 1, 2, 3, 4
"""


def office(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that the facts have made, by what it is and not by its number."""
    rows = {"accounts": ACCOUNTS, "claims": CLAIMS, "ledger": LEDGER}
    found = {name: [tuple(row) for row in session.execute(text(sql))] for name, sql in rows.items()}
    return found | {"queue": whole_queue(session)}


days = st.integers(-120, 0).map(lambda count: TODAY + timedelta(days=count))
few_days = st.sampled_from([TODAY - timedelta(days=each) for each in (0, 1, 90)])
cents = st.sampled_from([0, 1, 2_500, 10_000, 49_999])
parties = st.none() | st.integers(0, 1)


def fact(kind: FactKind, **said: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"kind": st.just(kind), "number": st.sampled_from("AB"), "effective_on": st.none() | few_days | days}
        | said
    )


facts = st.one_of(
    fact(
        FactKind.ACCOUNT_OPENED,
        charge_cents=cents,
        code=st.sampled_from(["self_pay", ""]),
        patient=parties,
        service_on=st.none() | days,
    ),
    fact(
        FactKind.CLAIM_SUBMITTED,
        sequence=st.integers(1, 2),
        charge_cents=cents,
        payer=parties,
        patient=parties,
        guarantor=parties,
        service_on=st.none() | days,
    ),
    fact(
        FactKind.CLAIM_STATUS,
        payer=parties,
        code=st.sampled_from(["A1", "A2", "A3", "A7", "P1", "F2"]),
        reason=st.sampled_from(["20", "21"]),
        payer_control_number=st.sampled_from(["", "ICN1", "ICN2"]),
    ),
    fact(
        FactKind.REMITTANCE_CLAIM,
        sequence=st.integers(1, 2),
        payer=parties,
        code=st.sampled_from(["1", "2", "4", "22", "25"]),
        paid_cents=cents,
        patient_cents=cents,
        denied_cents=cents,
        reason=st.sampled_from(["", "CO-50", "CO-97"]),
        payer_control_number=st.sampled_from(["", "ICN1", "ICN2"]),
    ),
    fact(FactKind.PAYMENT, paid_cents=cents),
)


def receive(session: Session, number: int, said: dict[str, Any], parties_of: dict[str, list[Any]]) -> None:
    """Put a fact into the inbox as intake does: the key belongs to the fact, not to its arrival."""
    said = dict(said)
    kind, paid, sign = said.pop("kind"), said.get("paid_cents", 0), -1 if said.get("code") == "22" else 1
    patient, service_on = said.pop("patient", None), said.pop("service_on", None)
    payer, guarantor = said.pop("payer", None), said.pop("guarantor", None)
    payload: dict[str, Any] = {"entries": []}
    if kind is FactKind.PAYMENT:
        payload["entries"] = [["patient_payment", "", "", 0, -paid]] if paid else []
    elif kind is FactKind.REMITTANCE_CLAIM:
        for name in ("paid_cents", "patient_cents", "denied_cents"):
            said[name] *= sign
        paid, share = said["paid_cents"], said["patient_cents"]
        if said["code"] == "25":
            paid = share = 0
        payload["entries"] = [["payer_payment", "", "", -paid, 0]] if paid else []
        payload["entries"] += [["patient_responsibility", "PR", "1", -share, share]] if share else []
    elif kind is FactKind.CLAIM_STATUS:
        payload["status_key"] = f"{said['effective_on'] or ''}:{said['code']}"
    else:
        day = service_on.isoformat() if service_on else None
        payload |= {"service_on": day, "service_through_on": day}
        payload["patient_id"] = parties_of["patients"][patient].id if patient is not None else None
        if guarantor is not None:
            payload["guarantor_id"] = parties_of["patients"][guarantor].id
    make_fact(
        session,
        kind,
        account_number=said.pop("number"),
        source_key=UUID(int=number + 1),
        payer=parties_of["payers"][payer] if payer is not None else None,
        payload=payload,
        **said,
    )


def arrive(
    session: Session, told: Sequence[dict[str, Any]], order: Sequence[int], batches: Sequence[int]
) -> dict[str, list[tuple[Any, ...]]]:
    """Let the facts arrive in this order and these batches; return the office and take it all back."""
    with session.begin_nested() as savepoint:
        open_office(session)
        parties_of = {
            "payers": [make_payer(session, code=code) for code in ("FIRST", "SECOND")],
            # Of two zones: whose bill it is shows in the lane of its tasks.
            "patients": [
                make_patient(session, key="first"),
                make_patient(session, key="second", window=make_window(session, "Pacific/Honolulu")),
            ],
        }
        waiting = list(order)
        for size in [*batches, len(waiting)]:
            for number in waiting[:size]:
                receive(session, number, told[number], parties_of)
            del waiting[:size]
            posting.post_received(session, now=NOON)
        assert not waiting
        assert differences(session) == []
        off = [each.sentence for each in verifying.certify(session, now=NOON).checks if not each.is_ok]
        assert off == []
        found = office(session)
        savepoint.rollback()
    return found


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), told=st.lists(facts, min_size=2, max_size=9))
def test_no_order_and_no_batching_of_facts_shows_in_the_office(
    session: Session, data: st.DataObject, told: list[dict[str, Any]]
) -> None:
    order = data.draw(st.permutations(range(len(told))), label="order")
    batches = data.draw(st.lists(st.integers(1, 4), max_size=6), label="batches")
    at_once = arrive(session, told, range(len(told)), [])
    assert arrive(session, told, order, batches) == at_once
    assert arrive(session, told, order[::-1], [1] * len(told)) == at_once


def test_of_two_statuses_of_one_day_and_rank_the_same_one_counts_in_either_order(session: Session) -> None:
    said = {
        "kind": FactKind.CLAIM_STATUS,
        "number": "A",
        "effective_on": TODAY,
        "payer": None,
        "code": "A7",
        "payer_control_number": "",
    }
    told = [said | {"reason": "20"}, said | {"reason": "21"}]
    assert arrive(session, told, [0, 1], [1]) == arrive(session, told, [1, 0], [1])
