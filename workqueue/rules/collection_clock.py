"""The clocks that run from a bill: when collection may begin, and until when a patient may ask for help.

Days are calendar days of the office. Day 0 is the first statement after discharge; "120 days" after it is the
day with that date plus 120. Sources and tags: the office's reference, 3.1 to 3.6.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workqueue.rules.notices import NoticeKind

NO_ACTION_DAYS = 120
"""No extraordinary action for so many days after day 0 (26 CFR 1.501(r)-6(c)(3)(i)) [V2]."""
APPLICATION_DAYS = 240
"""Applications for assistance are taken until so many days after day 0 (26 CFR 1.501(r)-1(b)(3)) [V2]."""
NOTICE_DAYS = 30
"""So long before the first action notice, summary and oral effort (26 CFR 1.501(r)-6(c)(4)(i)) [K-high]."""
ESTIMATE_EXCESS_CENTS = 40_000
"""A bill so far above the good faith estimate may be disputed (45 CFR 149.620(a)(2)(ii)) [V]."""
ESTIMATE_DISPUTE_DAYS = 120
"""Calendar days after the initial bill in which the dispute may be started (45 CFR 149.620) [V2]."""
MEDICARE_BILL_DAYS = 120
MEDICARE_EFFORT_DAYS = 120
"""First bill after the latest remittance; effort after the first bill (42 CFR 413.89(e)(2)) [V; that a
payment starts it anew, K-high]."""
OVERPAYMENT_DAYS = 60
"""Days after identification in which a Medicare or Medicaid overpayment is returned (42 CFR 401.305) [V2]."""


@dataclass(frozen=True)
class NoticeGiven:
    """One thing sent or said about an account."""

    kind: NoticeKind
    given_on: date
    deadline_on: date | None = None
    """For a notice of collection: after which day action may begin, and until when applications come."""


def first_on(notices: Iterable[NoticeGiven], kind: NoticeKind) -> date | None:
    """Return the day on which the first notice of a kind was given."""
    return min((each.given_on for each in notices if each.kind is kind), default=None)


def day_zero(bundle: Sequence[Sequence[NoticeGiven]]) -> date | None:
    """Return day 0 of episodes collected together: the latest of their first statements.

    26 CFR 1.501(r)-6(c)(4)(iii) [K]. None while one of them has had no statement.
    """
    firsts = [first_on(notices, NoticeKind.STATEMENT) for notices in bundle]
    known = [each for each in firsts if each is not None]
    return max(known) if known and len(known) == len(firsts) else None


def no_action_before(day_0: date) -> date:
    return day_0 + timedelta(days=NO_ACTION_DAYS)


def application_ends_on(day_0: date, notices: Iterable[NoticeGiven] = ()) -> date:
    """Return the last day on which an application is taken: day 240, or a later one that a notice names."""
    named = [each.deadline_on for each in notices if each.deadline_on is not None]
    return max([day_0 + timedelta(days=APPLICATION_DAYS), *named])


def action_after(notice: NoticeGiven) -> date | None:
    """Return the first day a written notice leaves free; None for one that is none.

    It names a deadline at least 30 days away, and no action comes before that deadline.
    """
    earliest = notice.given_on + timedelta(days=NOTICE_DAYS)
    if notice.kind is not NoticeKind.COLLECTION_NOTICE or notice.deadline_on is None:
        return None
    return notice.deadline_on if notice.deadline_on >= earliest else None


def notice_allows_on(notices: Iterable[NoticeGiven]) -> date | None:
    """Return the first day any of the account's written notices leaves free."""
    return min((day for day in map(action_after, notices) if day is not None), default=None)


def evidence_allows_on(notices: Iterable[NoticeGiven], kind: NoticeKind) -> date | None:
    """Return the first day 30 days after the summary was sent, or the patient told."""
    given_on = first_on(notices, kind)
    return None if given_on is None else given_on + timedelta(days=NOTICE_DAYS)


def may_dispute_estimate(billed_cents: int, estimate_cents: int) -> bool:
    """Tell whether one provider's bill is far enough above the estimate."""
    return billed_cents - estimate_cents >= ESTIMATE_EXCESS_CENTS


def estimate_dispute_ends_on(initial_bill_on: date) -> date:
    """Return the last day on which a dispute about the estimate may be started."""
    return initial_bill_on + timedelta(days=ESTIMATE_DISPUTE_DAYS)


@dataclass(frozen=True)
class MedicareClock:
    """What 42 CFR 413.89(e)(2) asks before a Medicare patient's share is bad debt."""

    first_bill_on: date
    bill_due_on: date | None
    """The last day for the first bill; empty while no remittance says when the count began."""
    uncollectible_on: date
    """The earliest day on which it may be called uncollectible."""

    @property
    def is_billed_in_time(self) -> bool | None:
        return None if self.bill_due_on is None else self.first_bill_on <= self.bill_due_on


def medicare_clock(
    first_bill_on: date, *, decided_on: date | None, paid_on: Iterable[date] = ()
) -> MedicareClock:
    """Run the Medicare clock. `decided_on`: the latest remittance of Medicare or of the secondary payer.

    Effort lasts 120 days from the first bill; each payment before it is over starts 120 new ones.
    """
    effort = timedelta(days=MEDICARE_EFFORT_DAYS)
    until = first_bill_on + effort
    for day in sorted(paid_on):
        if first_bill_on <= day <= until:
            until = day + effort
    due_on = None if decided_on is None else decided_on + timedelta(days=MEDICARE_BILL_DAYS)
    return MedicareClock(first_bill_on, due_on, until)


def overpayment_due_on(identified_on: date) -> date:
    """Return the last day for reporting and returning an overpayment of Medicare or Medicaid."""
    return identified_on + timedelta(days=OVERPAYMENT_DAYS)
