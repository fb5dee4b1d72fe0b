"""Reports on the work: calls, promises, callbacks, time, and what waits.

None of them ranks people: a rep sees their own work, a lead the team's. Work is weighed by the minutes its
kind is expected to take, so that long tasks count as much as they ask (features reference, 18).
"""

from workqueue.rules.estimates import LEAST_HANDLE_SECONDS
from workqueue.rules.report_facts import (
    Dimension,
    Figure,
    Middle,
    Quotient,
    Report,
    ReportCode,
    Span,
    Sum,
    Unit,
)

PUNCTUAL_MINUTES = 10
"""A callback is on time when its call is placed no later than this (office reference 6.2: 10 minutes)."""

_BY_PEOPLE = (Dimension.TEAM, Dimension.REP)

CONTACT = Report(
    ReportCode.CONTACT,
    "Contact with patients",
    "How many calls reach somebody, and the right person?",
    Span.PERIOD,
    "Calls with patients, by the moment they were placed or received.",
    (*_BY_PEOPLE, Dimension.HOUR, Dimension.MONTH),
    (
        Figure(
            "dials", "Dials", Unit.COUNT, Sum("dialled"), "Calls placed to patients.",
            leaves_out="Calls to payers, texts and e-mails.",
        ),
        Figure(
            "contacts", "Somebody answered", Unit.COUNT, Sum("contact"),
            "Dials logged with an outcome in which a person spoke.",
            leaves_out="Dials not logged yet: they count as dials only.",
        ),
        Figure(
            "contact_rate", "Contact rate", Unit.SHARE, Quotient("contact", "dialled"),
            "Dials in which a person spoke.", "Dials.",
        ),
        Figure(
            "right_party", "Right party", Unit.COUNT, Sum("right_party"),
            "Dials logged with an outcome of the person who answers for the bill, or may speak of it.",
        ),
        Figure(
            "right_party_rate", "Right-party rate", Unit.SHARE, Quotient("right_party", "dialled"),
            "Dials that reached the right party.", "Dials.",
        ),
        Figure(
            "promises", "Promises", Unit.COUNT, Sum("promise"),
            "Right-party dials that ended in a promise or a plan.",
        ),
        Figure(
            "promise_rate", "Promise rate", Unit.SHARE, Quotient("promise", "right_party"),
            "Right-party dials that ended in a promise or a plan.", "Right-party dials.",
        ),
        Figure(
            "received", "Calls received", Unit.COUNT, Sum("received"),
            "Calls patients made to the office.",
        ),
    ),
    charts=("right_party_rate",),
    is_about_work=True,
)  # fmt: skip

PROMISES = Report(
    ReportCode.PROMISES,
    "Promises to pay",
    "How many promises that fell due were kept?",
    Span.PERIOD,
    "Promises and instalments whose last day of grace lies in the period and is over.",
    (*_BY_PEOPLE, Dimension.MONTH),
    (
        Figure(
            "matured", "Fallen due", Unit.COUNT, Sum("matured"), "Promises whose grace is over.",
            leaves_out="Promises called off or replaced before.",
        ),
        Figure(
            "kept", "Kept", Unit.COUNT, Sum("kept"),
            "Of these, those for which patients' payments with a day from the promise to the end of its grace"
            " reach the amount; of an instalment, its own and all before it.",
        ),
        Figure(
            "kept_rate", "Kept rate", Unit.SHARE, Quotient("kept", "matured"), "Promises kept.",
            "Promises whose grace is over.",
        ),
        Figure(
            "partial", "Kept in part", Unit.COUNT, Sum("partial"),
            "Of these, those for which something came, but less.",
        ),
        Figure(
            "promised", "Promised", Unit.MONEY, Sum("promised_cents"),
            "The amounts of all that fell due.",
        ),
        Figure(
            "paid", "Paid on them", Unit.MONEY, Sum("paid_cents"),
            "What came for each in time, up to its amount.",
        ),
        Figure(
            "paid_share", "Paid of promised", Unit.SHARE, Quotient("paid_cents", "promised_cents"),
            "What came in time.", "The amounts of all that fell due.",
        ),
    ),
    charts=("kept_rate",),
    is_about_work=True,
)  # fmt: skip

CALLBACKS = Report(
    ReportCode.CALLBACKS,
    "Callbacks on time",
    "Are patients called back when they were told?",
    Span.PERIOD,
    "Callbacks, by the time for which they were booked.",
    (Dimension.KIND, *_BY_PEOPLE, Dimension.HOUR),
    (
        Figure(
            "due", "Due", Unit.COUNT, Sum("due"), "Callbacks whose time has come.",
            leaves_out="Cancelled ones, and those to come.",
        ),
        Figure("met", "Called", Unit.COUNT, Sum("met"), "Those for which a call was placed and logged."),
        Figure(
            "on_time", "On time", Unit.COUNT, Sum("on_time"),
            f"Those called no later than {PUNCTUAL_MINUTES} minutes after their time.",
        ),
        Figure(
            "on_time_rate", "On-time rate", Unit.SHARE, Quotient("on_time", "due"),
            f"Callbacks called within {PUNCTUAL_MINUTES} minutes.", "Callbacks whose time has come.",
        ),
        Figure(
            "missed", "Missed", Unit.COUNT, Sum("missed"),
            f"Those not called, {PUNCTUAL_MINUTES} minutes and more after their time.",
        ),
        Figure(
            "late", "Minutes late, middle", Unit.MINUTES, Middle("late_minutes"),
            "Whole minutes from the time booked to the call, 0 for an early one; half were no later.",
            leaves_out="Callbacks that were missed.",
        ),
        Figure(
            "late_90", "Minutes late, 90%", Unit.MINUTES, Middle("late_minutes", 90),
            "The same; nine of ten were no later.",
        ),
    ),
    charts=("on_time_rate",),
    is_about_work=True,
)  # fmt: skip

HANDLE_TIME = Report(
    ReportCode.HANDLE_TIME,
    "Handle time",
    "How long does a piece of work take, of each kind?",
    Span.PERIOD,
    "Tasks a rep held until they logged an outcome, by the moment of the outcome.",
    (Dimension.KIND, *_BY_PEOPLE),
    (
        Figure(
            "handled", "Worked", Unit.COUNT, Sum("handled"), "Outcomes logged under a lease.",
            leaves_out=f"What was put off or passed on, and leases under {LEAST_HANDLE_SECONDS} seconds.",
        ),
        Figure(
            "mean", "Average", Unit.SECONDS, Quotient("seconds", "handled"),
            "Whole seconds from taking the task to its outcome, the call and the writing included.",
            "Worked.",
        ),
        Figure("middle", "Middle", Unit.SECONDS, Middle("seconds"), "The same; half took no longer."),
        Figure("slow", "90%", Unit.SECONDS, Middle("seconds", 90), "The same; nine of ten took no longer."),
        Figure(
            "talk", "Talk, average", Unit.SECONDS, Quotient("talk_seconds", "talked"),
            "Seconds from the answer to the end of the call.",
            "Work with a call that was answered and ended.",
        ),
    ),
    charts=("mean",),
    is_about_work=True,
)  # fmt: skip

WORK_DONE = Report(
    ReportCode.WORK_DONE,
    "Work by expected minutes",
    "How much work was done, weighed by what each kind asks?",
    Span.PERIOD,
    "Outcomes, by their moment, each with the minutes its task is expected to take.",
    _BY_PEOPLE,
    (
        Figure(
            "tasks", "Outcomes", Unit.COUNT, Sum("done"), "Outcomes logged.",
            leaves_out="What was put off or passed on.",
        ),
        Figure(
            "expected", "Expected minutes", Unit.MINUTES, Sum("expected_minutes"),
            "The minutes that tasks of this kind and age are expected to take, as the queue has them: see"
            " Chances.",
        ),
        Figure(
            "held", "In hand", Unit.SECONDS, Sum("held_seconds"),
            "Whole seconds from taking these tasks to their outcomes.",
        ),
        Figure(
            "pace", "Expected of in hand", Unit.SHARE, Quotient("expected_minutes", "held_seconds", 60),
            "Expected minutes of what was done.", "Minutes in hand.",
        ),
        Figure("put_aside", "Put aside", Unit.COUNT, Sum("put_aside"), "Tasks put off or passed on."),
        Figure(
            "shift", "Minutes for tasks", Unit.MINUTES, Sum("shift_minutes"),
            "Minutes of the shifts in the period until now, less breaks, absences and the share of each"
            " person's time that is for other things.",
            lists_accounts=False,
        ),
        Figure(
            "work_of_shift", "Work of the time", Unit.SHARE, Quotient("expected_minutes", "shift_minutes"),
            "Expected minutes of what was done.", "Minutes for tasks.",
        ),
    ),
    charts=("work_of_shift",),
    is_about_work=True,
)  # fmt: skip

QUEUE_AGE = Report(
    ReportCode.QUEUE_AGE,
    "Age of the queue",
    "How long has what may be worked been waiting?",
    Span.NOW,
    "Tasks that are in the queue or in a rep's hands, by the whole days since they came up.",
    (Dimension.KIND, Dimension.TEAM),
    (
        Figure(
            "tasks", "Tasks", Unit.COUNT, Sum("tasks"), "Tasks in the queue or in hand.",
            leaves_out="What waits for somebody or for a day, or is on hold.",
        ),
        Figure("today", "Up to 1 day", Unit.COUNT, Sum("days_0"), "Of these, up for 0 or 1 days."),
        Figure("week", "2 to 7 days", Unit.COUNT, Sum("days_2"), "Of these, up for 2 to 7 days."),
        Figure("month", "8 to 30 days", Unit.COUNT, Sum("days_8"), "Of these, up for 8 to 30 days."),
        Figure("older", "Over 30 days", Unit.COUNT, Sum("days_31"), "Of these, up for more than 30 days."),
        Figure("middle", "Days, middle", Unit.COUNT, Middle("age_days"), "Half have been up no longer."),
        Figure(
            "oldest", "Days, 90%", Unit.COUNT, Middle("age_days", 90),
            "Nine of ten have been up no longer.",
        ),
        Figure(
            "past_deadline", "Past deadline", Unit.COUNT, Sum("past_deadline"),
            "Of these, those whose deadline is over.",
        ),
        Figure(
            "minutes", "Minutes of work", Unit.MINUTES, Sum("minutes"),
            "The minutes they are expected to take.",
        ),
        Figure(
            "value", "At stake", Unit.MONEY, Sum("value_cents"),
            "What the queue takes to be at stake in them.",
        ),
    ),
    charts=("tasks",),
    parts=("today", "week", "month", "older"),
    parts_title="All tasks, by the days they have been up",
)  # fmt: skip

ACCOUNT_STATUS = Report(
    ReportCode.ACCOUNT_STATUS,
    "Status of accounts",
    "Where does every open account stand?",
    Span.NOW,
    "Open balances, the payers' and the patient's part of an account apart, each where the most urgent of its"
    " tasks stands.",
    (Dimension.STATUS, Dimension.PAYER_CLASS),
    (
        Figure(
            "balances", "Open balances", Unit.COUNT, Sum("balances"),
            "Parts of accounts that are not zero.",
        ),
        Figure("owed", "Owed", Unit.MONEY, Sum("owed_cents"), "Their sum, credits taken off."),
        Figure("payers", "By payers", Unit.MONEY, Sum("insurance_cents"), "The payers' parts."),
        Figure("patients", "By patients", Unit.MONEY, Sum("patient_cents"), "The patients' parts."),
        Figure(
            "idle", "Without a touch in 30 days", Unit.COUNT, Sum("idle"),
            "Parts of accounts on which nobody logged an outcome and nothing was posted for 30 days.",
        ),
    ),
    charts=("owed",),
)  # fmt: skip

WORK = (CONTACT, PROMISES, CALLBACKS, HANDLE_TIME, WORK_DONE, QUEUE_AGE, ACCOUNT_STATUS)
