"""Where persons may be: every zone their numbers and addresses point to, as the window of their tasks."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from workqueue.models import Patient, Window
from workqueue.rules.preferences import stated_until
from workqueue.rules.refusals import Invalid
from workqueue.rules.states import CauseKind
from workqueue.rules.windows import zones_of_person
from workqueue.services import deriving
from workqueue.services.posting import lock_accounts
from workqueue.services.responsible import accounts_of

STALE_AT_ONCE = 100

EVIDENCE = """
    ARRAY(SELECT t.e164 FROM phones t WHERE t.patient_id = p.id AND t.is_valid AND t.ended_at IS NULL
        ORDER BY t.e164) AS phones,
    ARRAY(SELECT t.e164 FROM phones t WHERE t.patient_id = p.id AND NOT (t.is_valid AND t.ended_at IS NULL)
        ORDER BY t.e164) AS dead_phones,
    ARRAY(SELECT a.state || '|' || a.zip FROM postal_addresses a
        WHERE a.patient_id = p.id AND a.is_valid AND a.ended_at IS NULL ORDER BY a.id) AS places,
    CASE WHEN p.stated_until > :now THEN p.stated_zone ELSE '' END AS fresh_zone
"""
"""What says where patient `p` may be, at the moment `:now`."""


def refresh_windows(session: Session, patient_ids: Collection[int], now: datetime) -> set[int]:
    """Work out anew in which zones these persons may be; return for whom that moved.

    The caller derives their accounts.
    """
    session.flush()
    rows = session.execute(
        # In the order of their ids, so that two that refresh the same persons do not wait in a ring.
        text(
            f"SELECT p.id, p.state, p.zip, p.window_id, {EVIDENCE} FROM patients p"  # noqa: S608  # constants
            " WHERE p.id = ANY(:ids) ORDER BY p.id FOR NO KEY UPDATE OF p"
        ),
        {"ids": list(patient_ids), "now": now},
    ).all()
    zones = {row.id: zones_of(row, row.state, row.zip, row.phones) for row in rows}
    windows = window_ids(session, zones.values())
    moved = {row.id: windows[zones[row.id]] for row in rows if windows[zones[row.id]] != row.window_id}
    if moved:
        session.execute(
            text(
                "UPDATE patients SET window_id = m.window_id FROM unnest(CAST(:ids AS bigint[]),"
                " CAST(:windows AS bigint[])) AS m (id, window_id) WHERE patients.id = m.id"
            ),
            {"ids": list(moved), "windows": list(moved.values())},
        )
        # Written past the session: what it remembers of the persons is stale.
        for each in session.identity_map.values():
            if isinstance(each, Patient):
                session.expire(each, ["window_id"])
    return set(moved)


def zones_of(known: Any, state: str, zip_code: str, e164s: Iterable[str]) -> tuple[str, ...]:
    """Return the zones of a person of whom the EVIDENCE is `known`, and who has this address and numbers."""
    others = [tuple(place.split("|", 1)) for place in known.places]
    return zones_of_person(e164s, [(state, zip_code), *others], known.fresh_zone)


def window_ids(session: Session, sets: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """Find or make the windows of these sets of zones."""
    wanted = {zones: "|".join(zones) for zones in sets}
    if not wanted:
        return {}
    # In order, so that two that make the same windows do not wait in a ring.
    rows = [{"zones": each} for each in sorted(set(wanted.values()))]
    known = select(Window.zones, Window.id).where(Window.zones.in_(wanted.values()))
    found = {row.zones: row.id for row in session.execute(known)}
    if len(found) < len(rows):
        session.execute(insert(Window).values(rows).on_conflict_do_nothing(index_elements=["zones"]))
        found = {row.zones: row.id for row in session.execute(known)}
    return {zones: found[joined] for zones, joined in wanted.items()}


def state_zone(session: Session, *, patient_id: int, zone: str, now: datetime) -> None:
    """Note where the person says they are; alone it counts for 30 days. An empty zone takes that back.

    The person's accounts are locked, and the caller derives them.
    """
    if zone and zone not in available_timezones():
        raise Invalid("Choose a time zone from the list.", field="zone")
    session.execute(
        update(Patient)
        .where(Patient.id == patient_id)
        .values(stated_zone=zone, stated_until=stated_until(now) if zone else None)
    )
    refresh_windows(session, [patient_id], now)


def end_stale(session: Session, *, now: datetime, limit: int = STALE_AT_ONCE) -> int:
    """Let what persons said of where they are run out; return of how many."""
    stale = session.scalars(
        select(Patient.id).where(Patient.stated_until <= now).order_by(Patient.stated_until).limit(limit)
    ).all()
    if not stale:
        return 0
    # Accounts before persons, as everywhere.
    account_ids = accounts_of(session, stale)
    lock_accounts(session, account_ids)
    session.execute(
        update(Patient)
        # Somebody may have heard anew where the person is.
        .where(Patient.id.in_(stale), Patient.stated_until <= now)
        .values(stated_zone="", stated_until=None)
    )
    refresh_windows(session, stale, now)
    deriving.derive(session, dict.fromkeys(account_ids), cause=CauseKind.CLOCK, now=now)
    return len(stale)
