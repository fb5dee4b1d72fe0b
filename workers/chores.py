"""What the sweeper looks after: each chore opens its own transactions and may be cut off anywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from flask import current_app

from workers import simulating, trying
from workers.drop_folder import look_into_the_folder
from workers.sending import send_what_waits
from workqueue import jobs
from workqueue.config import Config
from workqueue.database import transaction
from workqueue.jobs import Job
from workqueue.services import (
    covering,
    deriving,
    estimating,
    handing,
    health,
    heartbeats,
    holding,
    intake,
    leasing,
    posting,
    publishing,
    quality_sampling,
    report_schedules,
    sign_in,
    simulations,
    trials,
    whereabouts,
)
from workqueue.services.booking import doors, keeping, reminding, waiting

# A worker that hears its doorbell takes up a fact within a fraction of this.
RING_AGAIN_AFTER = timedelta(seconds=1)
# Nobody came though rung for: Valkey or the workers are away, and the sweeper does it itself.
POST_HERE_AFTER = timedelta(seconds=3)
READ_HERE_AFTER = timedelta(seconds=10)
# Both keep the other chores waiting for as long as a rebuild takes: a worker that is only busy is waited for.
PUBLISH_HERE_AFTER = timedelta(seconds=30)
TRY_HERE_AFTER = timedelta(minutes=2)
SIMULATE_HERE_AFTER = timedelta(minutes=2)
# So many rounds a tick, that one chore with much to do does not keep the others waiting.
ROUNDS = 5
RESCORED_AT_ONCE = 500


@dataclass(frozen=True)
class Chore:
    """Something to look after every so many seconds."""

    name: str
    every_seconds: float
    run: Callable[[datetime], None]


def post_what_waits(now: datetime) -> None:
    with transaction() as session:
        oldest = health.oldest_waiting(session)
        if oldest is not None and now - oldest > RING_AGAIN_AFTER:
            jobs.after_commit(session, Job.POST_INBOX)
    if oldest is None or now - oldest <= POST_HERE_AFTER:
        return
    for _ in range(ROUNDS):
        with transaction() as session:
            if not posting.post_received(session, now=now):
                return


def read_what_waits(now: datetime) -> None:
    """Read the files no worker came for; a file has a longer grace, since reading one takes longer."""
    with transaction() as session:
        unread = health.unread_files(session)
        for file_id, received_at in unread:
            if RING_AGAIN_AFTER < now - received_at <= READ_HERE_AFTER:
                jobs.after_commit(session, Job.READ_FILE, file_id)
    failed = []
    for file_id, received_at in unread:
        if now - received_at > READ_HERE_AFTER:
            try:
                with transaction() as session:
                    intake.read_file(session, file_id, now=now)
            except Exception as error:  # noqa: BLE001  # the files behind this one are read all the same
                failed.append(error)
    if failed:
        raise ExceptionGroup("files could not be read", failed)


def end_leases_that_ran_out(_now: datetime) -> None:
    with transaction() as session:
        leasing.run_out(session)


def rescore_what_is_due(now: datetime) -> None:
    for _ in range(ROUNDS):
        with transaction() as session:
            if deriving.rescore_due(session, now=now, limit=RESCORED_AT_ONCE) < RESCORED_AT_ONCE:
                return


def cover_who_is_away(now: datetime) -> None:
    """Hand on what waits on people who are away, and give back to those who are here again."""
    with transaction() as session:
        covering.give_back_what_is_over(session, now=now)
    with transaction() as session:
        covering.cover_the_absent(session, now=now)


def keep_callbacks(now: datetime) -> None:
    """Let no promised call be forgotten; each step finds done what was done before it was cut off."""
    steps: tuple[Callable[..., object], ...] = (
        keeping.call_off_what_is_held,
        keeping.follow_new_owners,
        keeping.open_what_is_due,
        keeping.notice_what_was_missed,
    )
    for step in steps:
        with transaction() as session:
            step(session, now=now)


def hand_on_what_is_left(now: datetime) -> None:
    """Do the moves of rebalances whose account somebody was writing on when all others were done."""
    with transaction() as session:
        handing.go_on_with_what_is_left(session, now=now)


def estimate_tonight(now: datetime) -> None:
    """Estimate chances and minutes once a night; done twice, the second time changes nothing."""
    with transaction() as session:
        if estimating.is_due(session, now=now):
            estimating.estimate_and_rebuild(session, now=now)


def try_rules_that_wait(now: datetime) -> None:
    """Ask for tonight's shadows, ring for what nobody runs, and run one here where no worker comes."""
    with transaction() as session:
        trials.ask_tonight(session, now=now)
        waiting = trials.waiting(session, now=now)
        for trial_id, asked_at in waiting:
            if now - asked_at > RING_AGAIN_AFTER:
                jobs.after_commit(session, Job.RUN_TRIAL, trial_id)
    alone = [trial_id for trial_id, asked_at in waiting if now - asked_at > TRY_HERE_AFTER]
    for trial_id in alone[:1]:
        trying.try_rules(trial_id)


def publish_what_waits(now: datetime) -> None:
    """Put in force what no worker came for."""
    with transaction() as session:
        waiting = publishing.waiting(session)
        if waiting is not None and now - waiting[1] > RING_AGAIN_AFTER:
            jobs.after_commit(session, Job.PUBLISH_RULES, waiting[0])
    if waiting is not None and now - waiting[1] > PUBLISH_HERE_AFTER:
        trying.publish(waiting[0])


def simulate_what_waits(now: datetime) -> None:
    """Ring for simulations that nobody runs; where no worker comes, work one seed of one here."""
    with transaction() as session:
        waiting = simulations.waiting(session, now=now)
        for simulation_id, since in waiting:
            if now - since > RING_AGAIN_AFTER:
                jobs.after_commit(session, Job.RUN_SIMULATION, simulation_id)
    alone = [simulation_id for simulation_id, since in waiting if now - since > SIMULATE_HERE_AFTER]
    for simulation_id in alone[:1]:
        simulating.simulate_a_seed(simulation_id)


def end_stale_whereabouts(now: datetime) -> None:
    """What people said of where they are holds for 30 days; then all that is known counts again."""
    for _ in range(ROUNDS):
        with transaction() as session:
            if whereabouts.end_stale(session, now=now) < whereabouts.STALE_AT_ONCE:
                return


def look_again_at_holds(now: datetime) -> None:
    """Derive the accounts that came into being in the same moment as a hold on their person."""
    with transaction() as session:
        holding.derive_what_was_missed(session, now=now)


def book_what_came_free(now: datetime) -> None:
    """Book times that came free for those who wait for one."""
    with transaction() as session:
        entry_ids = waiting.open_entries(session)
    for entry_id in entry_ids:
        with transaction() as session:
            waiting.offer(session, entry_id, now=now)


def remind_of_callbacks(now: datetime) -> None:
    """Write what reminds people of their calls, a day and an hour ahead."""
    with transaction() as session:
        reminding.remind(session, now=now)


def write_reports_that_are_due(now: datetime) -> None:
    config: Config = current_app.extensions["workqueue.config"]
    with transaction() as session:
        report_schedules.write_due(session, now=now, address=config.address)


def draw_last_week(now: datetime) -> None:
    """Draw what is to be reviewed of the week that is over, some reps at a time, each once."""
    with transaction() as session:
        quality_sampling.draw_weekly(session, seed=token_hex(16), now=now)


def forget_what_is_over(now: datetime) -> None:
    with transaction() as session:
        doors.forget_old(session, now=now)
        heartbeats.forget_the_dead(session, now=now)
        sign_in.forget_old(session, now)


CHORES = [
    Chore("read what waits", 1, read_what_waits),
    Chore("look into the drop folder", 2, look_into_the_folder),
    Chore("post what waits", 1, post_what_waits),
    Chore("end leases that ran out", 1, end_leases_that_ran_out),
    Chore("rescore what is due", 1, rescore_what_is_due),
    Chore("cover who is away", 1, cover_who_is_away),
    Chore("keep callbacks", 1, keep_callbacks),
    Chore("book what came free", 30, book_what_came_free),
    Chore("remind of callbacks", 15, remind_of_callbacks),
    Chore("hand on what is left", 1, hand_on_what_is_left),
    Chore("estimate tonight", 60, estimate_tonight),
    Chore("publish what waits", 2, publish_what_waits),
    Chore("try rules that wait", 2, try_rules_that_wait),
    Chore("simulate what waits", 2, simulate_what_waits),
    Chore("end stale whereabouts", 60, end_stale_whereabouts),
    Chore("look again at holds", 60, look_again_at_holds),
    Chore("write reports that are due", 60, write_reports_that_are_due),
    Chore("send what waits", 2, send_what_waits),
    Chore("draw last week", 60, draw_last_week),
    Chore("forget what is over", 600, forget_what_is_over),
]
