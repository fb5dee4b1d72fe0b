"""Reports on money: what is owed, how old it is, what was denied, what came in, and what that cost.

Names and formulas follow HFMA's MAP Keys where they have one. Two choices are our own and hold for all: money
counts on the office day on which it was posted to this office's ledger, so that a month that is over never
changes; and a balance is divided into the payers' part, which stands under the class of the payer of the
first claim, and the patient's part, which stands under Patient. Only in A/R days both parts of an account
stand under one class, since the revenue they are divided by was earned from both.
"""

from workqueue.rules.report_facts import (
    Dimension,
    Figure,
    Quotient,
    Report,
    ReportCode,
    Span,
    Sum,
    Unit,
)

REVENUE_DAYS = 90
"""Over how many days the daily revenue of A/R days is averaged (MAP Keys: a rolling three months)."""

MAP_DAYS = "HFMA MAP Key: Net Days in Accounts Receivable"
MAP_AGED = "HFMA MAP Key: Aged A/R as a Percentage of Billed A/R"
MAP_DENIAL = "HFMA MAP Key: Remittance Denial Rate"
MAP_CASH = "HFMA MAP Key: Cash Collection as a Percentage of Net Patient Service Revenue"
MAP_COST = "HFMA MAP Key: Cost to Collect"
TASK_FORCE = "HFMA Claim Integrity Task Force: overturned denials"

_CLASSES = (Dimension.PAYER_CLASS, Dimension.PAYER)
_NO_ALLOWANCE = (
    "An allowance for what payers will not pay of claims they have not decided: the ledger has none."
)

AR_DAYS = Report(
    ReportCode.AR_DAYS,
    "Days in A/R",
    "How many days of revenue are still owed?",
    Span.DAY,
    "Accounts, with the balance of their ledger at the end of the day and the revenue posted in the 90 days"
    " up to it. All of an account stands under the payer of its first claim; without a claim, under Patient.",
    _CLASSES,
    (
        Figure(
            "ar", "A/R", Unit.MONEY, Sum("owed_cents"),
            "All balances at the end of the day, credits taken off.",
            leaves_out=_NO_ALLOWANCE,
        ),
        Figure(
            "credits", "Of it credits", Unit.MONEY, Sum("credit_cents"),
            "Balances below zero, money for unknown accounts among them.",
        ),
        Figure(
            "net_revenue", "Net revenue, 90 days", Unit.MONEY, Sum("net_cents"),
            "Charges and their corrections less contractual adjustments (with what several payers' decisions"
            " correct of them), posted in the 90 days up to the day.",
            leaves_out="Write-offs and refunds: they settle revenue and are none.",
        ),
        Figure(
            "net_days", "Net days in A/R", Unit.DAYS, Quotient("owed_cents", "net_cents", REVENUE_DAYS),
            "A/R.", "Net revenue of the 90 days, divided by 90.",
            leaves_out=_NO_ALLOWANCE, source=MAP_DAYS,
        ),
        Figure(
            "gross_days", "Gross days in A/R", Unit.DAYS, Quotient("owed_cents", "gross_cents", REVENUE_DAYS),
            "A/R.", "Charges and their corrections of the 90 days, divided by 90.",
        ),
    ),
    charts=("net_days",),
)  # fmt: skip

AGING = Report(
    ReportCode.AGING,
    "Aging of A/R",
    "How old is what is owed, and by whom?",
    Span.DAY,
    "Balances at the end of the day, by the days since the last day of service of the claims (without a"
    " claim: since the account's own day of service, or its opening).",
    _CLASSES,
    (
        Figure("days_0", "0 to 30 days", Unit.MONEY, Sum("days_0"), "Balances above zero of that age."),
        Figure("days_31", "31 to 60", Unit.MONEY, Sum("days_31"), "Balances above zero of that age."),
        Figure("days_61", "61 to 90", Unit.MONEY, Sum("days_61"), "Balances above zero of that age."),
        Figure("days_91", "91 to 120", Unit.MONEY, Sum("days_91"), "Balances above zero of that age."),
        Figure("days_121", "Over 120", Unit.MONEY, Sum("days_121"), "Balances above zero of that age."),
        Figure(
            "total", "Total", Unit.MONEY, Sum("due_cents"), "All balances above zero.",
            leaves_out="Credits, which stand in a column of their own.",
        ),
        Figure("credits", "Credits", Unit.MONEY, Sum("credit_cents"), "Balances below zero."),
        Figure(
            "over_90", "Over 90 days", Unit.SHARE, Quotient("over_90_cents", "due_cents"),
            "Balances above zero that are older than 90 days.", "All balances above zero.",
            leaves_out="Credits, and visits that were not billed or entered yet.", source=MAP_AGED,
        ),
    ),
    charts=("total",),
    parts=("days_0", "days_31", "days_61", "days_91", "days_121"),
    parts_title="All balances above zero, by age",
)  # fmt: skip

DENIALS = Report(
    ReportCode.DENIALS,
    "Denials and overturns",
    "How much do payers deny, and how much of that is won back?",
    Span.PERIOD,
    "Decisions: claims on a remittance, by the day they were posted. Reversals (status 22) and"
    " predeterminations (25) are no decisions.",
    (Dimension.PAYER_CLASS, Dimension.PAYER, Dimension.REASON, Dimension.MONTH),
    (
        Figure("decided", "Decided", Unit.COUNT, Sum("decided"), "Decisions."),
        Figure(
            "denied", "Denied", Unit.COUNT, Sum("denied"),
            "Decisions that deny some of the claim, or all of it.",
        ),
        Figure(
            "denial_rate", "Denial rate", Unit.SHARE, Quotient("denied", "decided"),
            "Decisions that deny some of the claim, or all of it.", "Decisions.", source=MAP_DENIAL,
        ),
        Figure(
            "zero_paid", "Denied and nothing paid", Unit.COUNT, Sum("zero_paid"),
            "Denials with a payment of zero.",
        ),
        Figure("denied_cents", "Amount denied", Unit.MONEY, Sum("denied_cents"), "What was denied."),
        Figure(
            "overturned", "Overturned", Unit.COUNT, Sum("overturned"),
            "Denials whose claim was paid by a later remittance, whenever it came until now.",
            leaves_out="Claims paid under another number, and what a later reversal took back.",
        ),
        Figure(
            "overturn_rate", "Overturn rate", Unit.SHARE, Quotient("overturned", "denied"),
            "Denials whose claim was paid by a later remittance.", "Denials.", source=TASK_FORCE,
        ),
        Figure(
            "overturned_cents", "Amount won back", Unit.MONEY, Sum("overturned_cents"),
            "What later remittances paid for these claims, up to what was denied.",
        ),
    ),
    charts=("denied_cents", "denial_rate"),
)  # fmt: skip

COLLECTIONS = Report(
    ReportCode.COLLECTIONS,
    "Collections",
    "How much came in, from whom, and against what revenue?",
    Span.PERIOD,
    "Entries of the ledger, by the day they were posted. A payment taken back counts against the day on which"
    " it was taken back.",
    (Dimension.PAYER_CLASS, Dimension.PAYER, Dimension.MONTH),
    (
        Figure("payers", "From payers", Unit.MONEY, Sum("payer_cents"), "Payments of payers."),
        Figure("patients", "From patients", Unit.MONEY, Sum("patient_cents"), "Payments of patients."),
        Figure("refunds", "Refunds", Unit.MONEY, Sum("refund_cents"), "Money given back."),
        Figure(
            "cash", "Cash", Unit.MONEY, Sum("cash_cents"), "Payments of payers and patients less refunds.",
            leaves_out="What payers kept or added for themselves on a remittance (PLB): no account has it.",
        ),
        Figure(
            "net_revenue", "Net revenue", Unit.MONEY, Sum("net_cents"),
            "Charges and their corrections less contractual adjustments.",
        ),
        Figure("write_offs", "Written off", Unit.MONEY, Sum("write_off_cents"), "Write-offs of the office."),
        Figure(
            "cash_share", "Cash of net revenue", Unit.SHARE, Quotient("cash_cents", "net_cents"),
            "Cash of the period.", "Net revenue of the same period.", source=MAP_CASH,
        ),
    ),
    charts=("cash",),
)  # fmt: skip

COST_TO_COLLECT = Report(
    ReportCode.COST_TO_COLLECT,
    "Cost to collect",
    "What does it cost to bring in a dollar?",
    Span.PERIOD,
    "Whole months, from the one in which the period begins to the one in which it ends: the costs entered for"
    " them, and the cash posted in them.",
    (Dimension.MONTH,),
    (
        Figure(
            "cost", "Cost", Unit.MONEY, Sum("cost_cents"),
            "The newest amount entered for each category of the month.", lists_accounts=False,
        ),
        Figure(
            "cash", "Cash", Unit.MONEY, Sum("cash_cents"),
            "Payments of payers and patients less refunds.",
        ),
        Figure(
            "cost_to_collect", "Cost to collect", Unit.SHARE, Quotient("cost_cents", "cash_cents"),
            "The cost of the months.", "The cash of the same months.",
            leaves_out="Months for which no cost was entered lower it: see the column Cost.", source=MAP_COST,
            lists_accounts=False,
        ),
    ),
    charts=("cost_to_collect",),
)  # fmt: skip

MONEY = (AR_DAYS, AGING, DENIALS, COLLECTIONS, COST_TO_COLLECT)
