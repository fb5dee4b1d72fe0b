"""The reports counted a second time, from the exported books, in polars and plain Python.

Nothing of the reports' own code is used here: definitions are read off the page and written down again. A
count is a table of items, each with the keys it is divided by; figures are made of them at the end.
"""

import io
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

OFFICE = ZoneInfo("America/New_York")
NET = {"charge", "charge_change", "contractual", "coordination"}
CASH = {"payer_payment", "patient_payment", "refund"}
PUT_ASIDE = {"deferred", "passed"}
ANSWERED = {
    "hung_up", "third_party_message", "wrong_number", "id_failed", "promise", "plan", "says_paid",
    "says_paid_part", "callback", "insurance_given", "assistance_requested", "cannot_pay", "refuses",
    "disputes", "answered", "has_attorney", "bankruptcy", "deceased", "cease", "opt_out", "inconvenient",
    "language",
}  # fmt: skip
NOT_THE_PERSON = {
    "hung_up", "third_party_message", "wrong_number", "id_failed", "has_attorney", "bankruptcy", "deceased",
    "language",
}  # fmt: skip

Item = dict[str, Any]
Value = int | None
Figures = dict[str, Value]


@dataclass(frozen=True)
class Question:
    """A period, in days of the office, and the moment at which it is asked."""

    first_on: date
    last_on: date
    now: datetime

    @property
    def from_at(self) -> datetime:
        return datetime.combine(self.first_on, time.min, OFFICE).astimezone(UTC)

    @property
    def until_at(self) -> datetime:
        return datetime.combine(self.last_on + timedelta(days=1), time.min, OFFICE).astimezone(UTC)

    @property
    def today(self) -> date:
        return self.now.astimezone(OFFICE).date()

    def holds(self, at: datetime) -> bool:
        return self.from_at <= at < self.until_at


class Books:
    """The exported books, read once."""

    def __init__(self, export: Callable[[str], bytes]) -> None:
        self._export = export
        self._read: dict[str, list[Item]] = {}

    def __getitem__(self, name: str) -> list[Item]:
        if name not in self._read:
            table = pl.read_csv(io.BytesIO(self._export(name)), infer_schema_length=None)
            moments = [each for each in table.columns if each in MOMENTS]
            days = [each for each in table.columns if each.endswith("_on") and each != "waiting_on"]
            flags = [each for each in table.columns if each.startswith("is_")]
            table = table.with_columns(
                *(
                    pl.col(each).cast(pl.String).map_elements(_moment, pl.Datetime("us", "UTC"))
                    for each in moments
                ),
                *(pl.col(each).cast(pl.String).str.to_date(strict=True) for each in days),
                *(pl.col(each).cast(pl.String) == "t" for each in flags),
            )
            self._read[name] = table.to_dicts()
        return self._read[name]

    def payer_of_first_claim(self) -> dict[int, tuple[str, str]]:
        """By account: class and number of the payer of its first claim with a known payer."""
        kinds = {each["id"]: each["kind"] for each in self["payers"]}
        found: dict[int, tuple[str, str]] = {}
        for claim in sorted(self["claims"], key=lambda each: (each["payer_id"] is None, each["sequence"])):
            known = claim["payer_id"] is not None
            keys = (kinds[claim["payer_id"]], str(claim["payer_id"])) if known else ("unknown", "unknown")
            found.setdefault(claim["account_id"], keys)
        return found

    def teams(self) -> dict[int, str]:
        return {each["id"]: row_key(each["team_id"]) for each in self["people"]}


MOMENTS = {
    "posted_at", "opened_at", "processed_at", "placed_at", "answered_at", "ended_at", "granted_at", "at",
    "cancelled_at", "available_at", "held_until", "deferred_until", "entered_at", "asked_at", "starts_at",
    "ends_at",
}  # fmt: skip


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def row_key(number: int | None) -> str:
    return "unknown" if number is None else str(number)


def month_of(at: datetime) -> str:
    return at.astimezone(OFFICE).strftime("%Y-%m")


def whole_seconds(seconds: timedelta) -> int:
    return math.floor(seconds.total_seconds())


def ar_days(books: Books, asked: Question) -> Iterable[Item]:
    first = books.payer_of_first_claim()
    known = {each["id"]: each["is_identified"] for each in books["accounts"]}
    start = datetime.combine(asked.last_on - timedelta(days=89), time.min, OFFICE).astimezone(UTC)
    sums: dict[int, Item] = {}
    for entry in books["ledger"]:
        if entry["posted_at"] >= asked.until_at:
            continue
        account = entry["account_id"]
        payer = first.get(account, ("patient",) * 2 if known[account] else ("unknown",) * 2)
        item = sums.setdefault(
            account, {"payer_class": payer[0], "payer": payer[1], "ar": 0, "net": 0, "gross": 0}
        )
        cents = entry["insurance_cents"] + entry["patient_cents"]
        item["ar"] += cents
        if entry["posted_at"] >= start:
            item["net"] += cents if entry["kind"] in NET else 0
            item["gross"] += cents if entry["kind"] in {"charge", "charge_change"} else 0
    return sums.values()


def ar_days_figures(items: list[Item]) -> Figures:
    ar, net, gross = (sum(each[name] for each in items) for name in ("ar", "net", "gross"))
    return {
        "ar": ar,
        "credits": sum(min(each["ar"], 0) for each in items),
        "net_revenue": net,
        "net_days": over(ar * 90 * 10, net),
        "gross_days": over(ar * 90 * 10, gross),
    }


def aging(books: Books, asked: Question) -> Iterable[Item]:
    first = books.payer_of_first_claim()
    served: dict[int, date] = {}
    for claim in books["claims"]:
        if not claim["is_void"] and claim["service_through_on"]:
            before = served.get(claim["account_id"], date.min)
            served[claim["account_id"]] = max(before, claim["service_through_on"])
    for account in books["accounts"]:
        opened_on = account["opened_at"].astimezone(OFFICE).date()
        served.setdefault(account["id"], account["service_on"] or opened_on)
    ledger = pl.DataFrame(
        [each for each in books["ledger"] if each["posted_at"] < asked.until_at], infer_schema_length=None
    )
    sums = ledger.group_by("account_id").agg(pl.col("insurance_cents").sum(), pl.col("patient_cents").sum())
    for account_id, insurance, patient in sums.iter_rows():
        age = (asked.last_on - served[account_id]).days
        payer = first.get(account_id, ("unknown", "unknown"))
        if insurance:
            yield {"payer_class": payer[0], "payer": payer[1], "cents": insurance, "age": age}
        if patient:
            yield {"payer_class": "patient", "payer": "patient", "cents": patient, "age": age}


def aging_figures(items: list[Item]) -> Figures:
    due = [each for each in items if each["cents"] > 0]
    ages = {"days_0": (-9999, 30), "days_31": (31, 60), "days_61": (61, 90), "days_91": (91, 120)}
    ages["days_121"] = (121, 99999)
    found: Figures = {
        name: sum(each["cents"] for each in due if least <= each["age"] <= most)
        for name, (least, most) in ages.items()
    }
    total = sum(each["cents"] for each in due)
    old = sum(each["cents"] for each in due if each["age"] > 90)
    credit = sum(min(each["cents"], 0) for each in items)
    return found | {"total": total, "credits": credit, "over_90": over(old * 10_000, total)}


def denials(books: Books, asked: Question) -> Iterable[Item]:
    kinds = {each["id"]: each["kind"] for each in books["payers"]}
    payers = {(each["account_id"], each["sequence"]): each["payer_id"] for each in books["claims"]}
    decisions = [each for each in books["decisions"] if str(each["code"]) not in {"22", "25"}]
    by_claim: dict[tuple[int, int], list[Item]] = defaultdict(list)
    for each in decisions:
        by_claim[each["account_id"], each["sequence"]].append(each)
    for each in decisions:
        if not asked.holds(each["processed_at"]):
            continue
        claim = each["account_id"], each["sequence"]
        is_denied = each["denied_cents"] > 0
        later = sum(
            other["paid_cents"]
            for other in by_claim[claim]
            if is_denied and other["id"] > each["id"] and other["paid_cents"] > 0
        )
        payer = each["payer_id"] or payers.get(claim)
        yield {
            "payer_class": kinds[payer] if payer else "unknown",
            "payer": row_key(payer),
            "reason": (each["reason"] or "") if is_denied else "not_denied",
            "month": month_of(each["processed_at"]),
            "denied": max(each["denied_cents"], 0),
            "paid": each["paid_cents"],
            "won": min(later, each["denied_cents"]),
        }


def denials_figures(items: list[Item]) -> Figures:
    denied = [each for each in items if each["denied"]]
    won = [each for each in denied if each["won"]]
    return {
        "decided": len(items),
        "denied": len(denied),
        "denial_rate": over(len(denied) * 10_000, len(items)),
        "zero_paid": sum(each["paid"] == 0 for each in denied),
        "denied_cents": sum(each["denied"] for each in denied),
        "overturned": len(won),
        "overturn_rate": over(len(won) * 10_000, len(denied)),
        "overturned_cents": sum(each["won"] for each in won),
    }


def collections(books: Books, asked: Question) -> Iterable[Item]:
    first = books.payer_of_first_claim()
    known = {each["id"]: each["is_identified"] for each in books["accounts"]}
    kinds = {each["id"]: each["kind"] for each in books["payers"]}
    payers = {each["id"]: each["payer_id"] for each in books["claims"]}
    for entry in books["ledger"]:
        if not asked.holds(entry["posted_at"]) or entry["kind"] not in NET | CASH | {"write_off"}:
            continue
        payer = payers.get(entry["claim_id"])
        keys = (kinds[payer], str(payer)) if payer else first.get(entry["account_id"])
        if entry["kind"] == "patient_payment" or (entry["kind"] == "refund" and not entry["insurance_cents"]):
            keys = ("patient", "patient")
        if entry["account_id"] not in first and known[entry["account_id"]]:
            keys = ("patient", "patient")
        keys = keys or ("unknown", "unknown")
        yield {
            "payer_class": keys[0],
            "payer": keys[1],
            "month": month_of(entry["posted_at"]),
            "kind": entry["kind"],
            "cents": entry["insurance_cents"] + entry["patient_cents"],
        }


def collections_figures(items: list[Item]) -> Figures:
    def of(*kinds: str) -> int:
        return sum(each["cents"] for each in items if each["kind"] in kinds)

    cash, net = -of(*CASH), of(*NET)
    return {
        "payers": -of("payer_payment"),
        "patients": -of("patient_payment"),
        "refunds": of("refund"),
        "cash": cash,
        "net_revenue": net,
        "write_offs": -of("write_off"),
        "cash_share": over(cash * 10_000, net),
    }


def cost_to_collect(books: Books, asked: Question) -> Iterable[Item]:
    months = {f"{asked.first_on:%Y-%m}", f"{asked.last_on:%Y-%m}"}
    day = asked.first_on
    while day <= asked.last_on:
        months.add(f"{day:%Y-%m}")
        day += timedelta(days=1)
    newest = {(each["month_on"], each["category"]): each["amount_cents"] for each in books["costs"]}
    for (month_on, _), cents in newest.items():
        if f"{month_on:%Y-%m}" in months:
            yield {"month": f"{month_on:%Y-%m}", "cost": cents, "cash": 0}
    for entry in books["ledger"]:
        if entry["kind"] in CASH and month_of(entry["posted_at"]) in months:
            cents = -entry["insurance_cents"] - entry["patient_cents"]
            yield {"month": month_of(entry["posted_at"]), "cost": 0, "cash": cents}


def cost_figures(items: list[Item]) -> Figures:
    cost, cash = sum(each["cost"] for each in items), sum(each["cash"] for each in items)
    return {"cost": cost, "cash": cash, "cost_to_collect": over(cost * 10_000, cash)}


def over(top: int, bottom: int) -> Value:
    if bottom == 0:
        return None
    return int((Decimal(top) / Decimal(bottom)).quantize(Decimal(1), ROUND_HALF_UP))


def middle(values: Iterable[Value], percent: int = 50) -> Value:
    """Return the smallest value that so many percent of all do not exceed."""
    known = sorted(each for each in values if each is not None)
    return known[max(math.ceil(len(known) * percent / 100) - 1, 0)] if known else None
