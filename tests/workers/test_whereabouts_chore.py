"""The sweeper's part in where persons may be."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from tests.factories import NOON, make_patient
from workers.chores import CHORES, end_stale_whereabouts
from workqueue.database import transaction
from workqueue.models import Patient, Window
from workqueue.services import whereabouts


def test_what_persons_said_of_where_they_are_runs_out_by_itself(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        with transaction() as session:
            patient_id = make_patient(session).id
            whereabouts.state_zone(session, patient_id=patient_id, zone="Pacific/Honolulu", now=NOON)
        end_stale_whereabouts(NOON + timedelta(days=31))
        with transaction() as session:
            zones = session.scalar(
                select(Window.zones)
                .join(Patient, Patient.window_id == Window.id)
                .where(Patient.id == patient_id)
            )
    assert zones == "America/Chicago"
    assert end_stale_whereabouts in {chore.run for chore in CHORES}
