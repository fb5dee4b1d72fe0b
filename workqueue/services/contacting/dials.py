"""Whom a task is about, and at which numbers they might be called: one statement for all tasks of a page."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Text

from workqueue.rules.channels import PointSource, RelationRole
from workqueue.rules.kinds import PATIENT_KINDS
from workqueue.rules.states import PhonePlace

STAND_IN = [RelationRole.PERSONAL_REPRESENTATIVE.value, RelationRole.EXECUTOR.value]
DIALLED_KINDS = [kind.value for kind in PATIENT_KINDS]


class Dial(NamedTuple):
    """One number that might be dialled about one task; without a number, a person who has none."""

    task_id: int
    holder_id: int | None
    account_id: int
    is_identified: bool
    patient_cents: int
    is_callback: bool
    """A callback is booked, which this task is."""
    asked_at: datetime | None
    """When this person asked for it."""
    patient_id: int | None
    """Whose account it is."""
    answering_id: int
    """Who answers for the bill: the guarantor, and the patient where there is none."""
    person_id: int
    first_name: str
    last_name: str
    is_as_patient: bool
    """The patient, or who stands in for them by law (45 CFR 164.502(g)(2), (4))."""
    role: RelationRole | None
    """By what right somebody else than who answers for the bill is called."""
    birth_on: date | None
    state: str
    zip_code: str
    stated_zone: str
    stated_until: datetime | None
    window_zones: str
    other_places: tuple[tuple[str, str], ...]
    """State and ZIP code of further addresses."""
    phone_id: int | None
    e164: str
    extension: str
    place: PhonePlace
    is_valid: bool
    is_stopped: bool
    source: PointSource


def dials_of(session: Session, task_ids: Collection[int], day: date) -> list[Dial]:
    """Return whom these tasks are about and all numbers of theirs, whatever speaks against calling them.

    Tasks that need no call to a patient are left out. First of a task comes who answers for the bill, then
    those who may speak for them on this day.
    """
    if not task_ids:
        return []
    known = {"task_ids": list(task_ids), "kinds": DIALLED_KINDS, "stand_in": STAND_IN, "day": day}
    return _dials(session.execute(_DIALS, known).all())


def dials_of_account(session: Session, account_id: int, day: date) -> list[Dial]:
    """Return whom a callback about this account might be made to, and their numbers; its task is number 0."""
    return _dials(
        session.execute(_DIALS_OF_ACCOUNT, {"account_id": account_id, "stand_in": STAND_IN, "day": day})
    )


def _dials(rows: Iterable[Any]) -> list[Dial]:
    return [
        Dial._make(row)._replace(
            role=RelationRole(row.role) if row.role else None,
            other_places=tuple((state, zip_code) for state, zip_code in row.other_places or ()),
            place=PLACES[row.place],
            source=SOURCES[row.source],
        )
        for row in rows
    ]


PLACES = {each.value: each for each in PhonePlace}
SOURCES = {each.value: each for each in PointSource}

# Every look-up is by a key that has an index: tasks, accounts, patients and windows by their own, relations
# by ix_relations_patient_id, phones by uq_phones_patient_id_e164, addresses by
# ix_postal_addresses_patient_id. LATERAL: joined as a set, PostgreSQL would lay all relations beside it.
_SELECT = """
    SELECT t.id AS task_id, t.holder_id, a.id AS account_id, a.is_identified, a.patient_cents,
        c.id IS NOT NULL AS is_callback,
        CASE WHEN c.patient_id = p.id THEN c.asked_at END AS asked_at,
        a.patient_id, coalesce(a.guarantor_id, a.patient_id) AS answering_id, p.id AS person_id,
        p.first_name, p.last_name, p.id = a.patient_id OR EXISTS (
            SELECT FROM relations r
            WHERE r.patient_id = a.patient_id AND r.person_id = p.id AND r.role = ANY(:stand_in)
              AND r.starts_on <= :day AND (r.ends_on IS NULL OR r.ends_on >= :day)
        ) AS is_as_patient, whom.role, p.birth_on, p.state, p.zip AS zip_code, p.stated_zone,
        p.stated_until, coalesce(w.zones, '') AS window_zones,
        (SELECT array_agg(ARRAY[o.state, o.zip]) FROM postal_addresses o
         WHERE o.patient_id = p.id AND o.is_valid AND o.ended_at IS NULL) AS other_places,
        ph.id AS phone_id, coalesce(ph.e164, '') AS e164, coalesce(ph.extension, '') AS extension,
        coalesce(ph.place, 'other') AS place,
        coalesce(ph.is_valid, false) AS is_valid, coalesce(ph.is_stopped, false) AS is_stopped,
        coalesce(ph.source, 'file') AS source
    FROM {about} t
    JOIN accounts a ON a.id = t.account_id
    CROSS JOIN LATERAL (
        SELECT coalesce(a.guarantor_id, a.patient_id) AS person_id, NULL AS role
        UNION ALL
        SELECT r.person_id, min(r.role) FROM relations r
        WHERE r.patient_id IN (a.patient_id, a.guarantor_id)
          AND r.person_id <> coalesce(a.guarantor_id, a.patient_id)
          AND r.starts_on <= :day AND (r.ends_on IS NULL OR r.ends_on >= :day)
        GROUP BY r.person_id
    ) whom
    JOIN patients p ON p.id = whom.person_id
    LEFT JOIN windows w ON w.id = p.window_id
    LEFT JOIN phones ph ON ph.patient_id = p.id AND ph.ended_at IS NULL
    LEFT JOIN callbacks c ON t.kind = 'callback_due' AND c.id = t.subject AND c.state = 'booked'
    WHERE {which}
    ORDER BY t.id, whom.role NULLS FIRST, p.id, ph.id
"""
_DIALS = text(
    _SELECT.format(about="tasks", which="t.id = ANY(:task_ids) AND t.kind = ANY(:kinds)")
).bindparams(
    bindparam("task_ids", type_=ARRAY(BigInteger)),
    bindparam("kinds", type_=ARRAY(Text)),
    bindparam("stand_in", type_=ARRAY(Text)),
)
_DIALS_OF_ACCOUNT = text(
    _SELECT.format(
        about="(SELECT 0::bigint AS id, NULL::bigint AS holder_id, CAST(:account_id AS bigint) AS account_id,"
        " 'callback_due' AS kind, 0::bigint AS subject)",
        which="true",
    )
).bindparams(bindparam("stand_in", type_=ARRAY(Text)))
