"""A stored file is read: facts into the inbox, what is not sound set aside, a report of it all."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from io import BufferedReader
from typing import Any, BinaryIO, cast

from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue import jobs
from workqueue.models import File
from workqueue.rules.refusals import NotFound, Unavailable
from workqueue.rules.states import CauseKind
from workqueue.services.deriving import derive
from workqueue.services.intake.arrivals import Arrivals
from workqueue.services.intake.context import Aside, Reading, Target
from workqueue.services.intake.parties import Parties
from workqueue.services.intake.remittances import Remittances
from workqueue.services.intake.report import Report
from workqueue.services.intake.statuses import Statuses
from workqueue.services.intake.stored import StoredFile
from workqueue.services.intake.submissions import Submissions
from workqueue.services.intake.synthea.reader import TableReader
from workqueue.services.intake.synthea.tables import table_of
from workqueue.services.intake.unknown import what_it_is
from workqueue.services.posting import lock_accounts
from workqueue.x12 import UnreadableFile, read
from workqueue.x12.records import (
    ClaimEnd,
    ClaimStart,
    ClaimStatus,
    ClaimSubmission,
    FileEnd,
    Finding,
    Interchange,
    InterchangeAcknowledgement,
    LevelStatus,
    OtherSet,
    ProviderAdjustment,
    Record,
    RemittanceClaim,
    RemittanceEnd,
    RemittanceStart,
    StatusEnd,
    StatusStart,
)

HEAD_BYTES = 1 << 16
LOCK = 835_277
"""Advisory lock: one file is read at a time, so that two that name the same new payer or the same payment do
not stand in each other's way. The posting of their facts runs beside it."""


def read_file(session: Session, file_id: int, *, now: datetime, waits: bool = False) -> dict[str, Any] | None:
    """Read a stored file once, all in this transaction; a second call returns the first one's report.

    While another file is being read, nothing is done and None returned: the sweeper calls again. A person at
    a command line `waits`.
    """
    if not _take_turn(session, waits=waits):
        return None
    file = session.get(File, file_id, populate_existing=True)
    if file is None:
        raise NotFound
    if file.read_at is not None:
        return file.report
    report = _read(session, file, now, None)
    file.kind, file.status, file.report, file.read_at = report.kind, report.status, report.as_json(), now
    session.flush()
    return file.report


def read_again(session: Session, file_id: int, target: Target, *, now: datetime) -> Report:
    """Read the file once more for the one set or claim that a lead released."""
    if not _take_turn(session, waits=False):
        raise Unavailable("A file is being read at the moment. Try again when it is done.")
    return _read(session, session.get_one(File, file_id), now, target)


def _take_turn(session: Session, *, waits: bool) -> bool:
    # A file of any size takes the time it takes; the limits are there for pages.
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(text("SET LOCAL lock_timeout = 0"))
    if waits:
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        return True
    is_free: bool = session.execute(
        text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": LOCK}
    ).scalar_one()
    return is_free


def _read(session: Session, file: File, now: datetime, target: Target | None) -> Report:
    report = Report(file.name, file.sha256)
    newest = session.execute(text("SELECT coalesce(max(id), 0) FROM inbox")).scalar_one()
    reading = Reading(
        session=session,
        file_id=file.id,
        sha256=file.sha256,
        now=now,
        report=report,
        arrivals=Arrivals(session, file.id, now),
        parties=Parties(session, now),
        content_hash=_ContentHashes(session, file.id),
        target=target,
    )
    _take(reading)
    reading.arrivals.pause()
    _finish(reading, newest)
    return report


def _take(reading: Reading) -> None:
    """Tell what the file is by its first bytes, and read it."""
    with closing(StoredFile(reading.session, reading.file_id)) as stored:
        head = stored.read(HEAD_BYTES)
    whole = StoredFile(reading.session, reading.file_id, reading.arrivals.pause)
    table = table_of(head)
    try:
        if table is not None:
            TableReader(reading, table).read(BufferedReader(whole), head)
        else:
            _take_x12(reading, read(cast("BinaryIO", whole)))
    except UnreadableFile as refusal:
        reading.report.is_unreadable = True
        reading.report.say(refusal.code, what_it_is(head) or refusal.sentence)


def _finish(reading: Reading, newest: int) -> None:
    session, report = reading.session, reading.report
    report.applied, report.duplicates = reading.arrivals.applied, reading.arrivals.duplicates
    report.unmatched = _count_unmatched(session, reading.file_id, newest) if report.applied else 0
    report.quarantined = len(reading.asides)
    if reading.target is None:
        _set_aside(reading)
    changed = reading.parties.changed_accounts()
    if changed:
        lock_accounts(session, changed)
        derive(session, dict.fromkeys(changed), cause=CauseKind.FACT, now=reading.now)
    if report.applied:
        jobs.after_commit(session, jobs.Job.POST_INBOX)


def _count_unmatched(session: Session, file_id: int, newest: int) -> int:
    """Count the new facts about money or status whose account nobody has named yet."""
    count: int = session.execute(
        text(
            "SELECT count(*) FROM inbox f WHERE f.id > :newest AND f.file_id = :file AND f.state = 'received'"
            " AND f.kind IN ('remittance_claim', 'claim_status', 'payment') AND NOT EXISTS"
            " (SELECT FROM accounts a WHERE a.number = f.account_number AND a.is_identified)"
        ),
        {"newest": newest, "file": file_id},
    ).scalar_one()
    return count


def _set_aside(reading: Reading) -> None:
    for aside in reading.asides:
        reading.session.execute(
            text(
                "INSERT INTO quarantined_items (file_id, set_ordinal, claim_ordinal, segment, position, code,"
                " message, amount_cents, fact_count, state, quarantined_at) VALUES (:file, :set_ordinal,"
                " :claim_ordinal, :segment, :position, :code, :message, :amount_cents, :fact_count, 'open',"
                " :now)"
                " ON CONFLICT (file_id, set_ordinal, claim_ordinal) DO UPDATE SET fact_count ="
                " quarantined_items.fact_count + excluded.fact_count"
            ),
            aside._asdict() | {"file": reading.file_id, "now": reading.now},
        )


def _take_x12(reading: Reading, records: Iterator[Record]) -> None:
    """Hand each record to who understands it."""
    remittances, statuses, submissions = Remittances(reading), Statuses(reading), Submissions(reading)
    others = _Others(reading)
    handlers: dict[type, Any] = {
        RemittanceStart: remittances.start,
        RemittanceClaim: remittances.claim,
        ProviderAdjustment: remittances.adjustment,
        RemittanceEnd: remittances.end,
        StatusStart: statuses.start,
        ClaimStatus: statuses.claim,
        LevelStatus: statuses.level,
        StatusEnd: statuses.end,
        ClaimStart: submissions.start,
        ClaimSubmission: submissions.claim,
        ClaimEnd: submissions.end,
        OtherSet: others.other_set,
        InterchangeAcknowledgement: others.acknowledgement,
        Interchange: others.interchange,
        Finding: others.finding,
        FileEnd: others.file_end,
    }
    find = handlers.get
    for record in records:
        handler = find(type(record))
        if handler is not None:
            handler(record)


class _Others:
    """What moves nothing in the office, and what is wrong outside of sets."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.has_content = False
        self.errors: list[Finding] = []

    def interchange(self, record: Interchange) -> None:
        if record.is_test:
            self.reading.report.say(
                "test_file",
                "ISA15 marks this interchange as a test. It was read like any other.",
                segment="ISA",
                position=record.position,
            )

    def other_set(self, record: OtherSet) -> None:
        self.reading.saw_set(record.header)
        self.reading.say(record.summary.findings)

    def acknowledgement(self, record: InterchangeAcknowledgement) -> None:
        self.reading.report.saw("TA1")
        if record.code != "A":
            self.reading.report.say(
                "interchange_refused",
                f"The receiver answered an interchange of ours with {record.code}, note {record.note}. "
                "Look what was sent, and send it again.",
                segment="TA1",
                position=record.position,
            )

    def finding(self, record: Finding) -> None:
        self.reading.say([record])
        if record.severity.value == "error":
            self.errors.append(record)

    def file_end(self, _record: FileEnd) -> None:
        report = self.reading.report
        if not report.kinds:
            report.is_unreadable = True
            report.say("no_transaction", "The file has an envelope but no transaction set in it.")
        elif self.errors:
            # Segments outside of every set may have been part of one: a person looks at the file as a whole.
            error = self.errors[0]
            self.reading.set_aside(
                Aside(0, 0, error.segment, error.position, error.code, error.message, 0, 0)
            )


class _ContentHashes:
    """Digests of the sets of a file, from a reading of its own; asked for by few files."""

    def __init__(self, session: Session, file_id: int) -> None:
        self._session = session
        self._file_id = file_id
        self._hashes: dict[int, str] | None = None

    def __call__(self, ordinal: int) -> str:
        if self._hashes is None:
            with closing(StoredFile(self._session, self._file_id)) as stored:
                self._hashes = {
                    each.header.ordinal: each.summary.content_hash
                    for each in read(cast("BinaryIO", stored))
                    if isinstance(each, RemittanceEnd | StatusEnd | ClaimEnd | OtherSet)
                }
        return self._hashes[ordinal]
