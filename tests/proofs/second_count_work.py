"""The reports on the work, counted a second time from the exported books."""

import math
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.proofs.second_count import (
    ANSWERED,
    NOT_THE_PERSON,
    OFFICE,
    PUT_ASIDE,
    Books,
    Figures,
    Item,
    Question,
    middle,
    month_of,
    over,
    row_key,
    whole_seconds,
)

OF_PATIENT = {"patient_balance", "promise_due", "promise_broken", "callback_due"}
OF_BOTH = {"credit_balance", "payment_unmatched"}
USUAL: Item = {
    "begins": "08:00", "ends": "16:30", "break_minutes": 30, "from_on": date.min, "until_on": None,
}  # fmt: skip
"""What is assumed of whoever has no shifts written down."""
HOLIDAYS = {(1, 1), (1, 19), (2, 16)}
"""Of the first months of 2026, in which the offices of the proof stand."""


def contact(books: Books, asked: Question) -> Iterable[Item]:
    teams = books.teams()
    for call in books["calls"]:
        if call["party"] == "patient" and call["channel"] == "call" and asked.holds(call["placed_at"]):
            yield call | {
                "rep": str(call["rep_id"]),
                "team": teams[call["rep_id"]],
                "hour": call["placed_at"].astimezone(OFFICE).strftime("%H"),
                "month": month_of(call["placed_at"]),
            }


def contact_figures(items: list[Item]) -> Figures:
    placed = [each for each in items if not each["is_inbound"]]
    contacts = [each for each in placed if each["disposition"] in ANSWERED]
    right = [each for each in contacts if each["disposition"] not in NOT_THE_PERSON]
    promised = [each for each in right if each["disposition"] in {"promise", "plan"}]
    return {
        "dials": len(placed),
        "contacts": len(contacts),
        "contact_rate": over(len(contacts) * 10_000, len(placed)),
        "right_party": len(right),
        "right_party_rate": over(len(right) * 10_000, len(placed)),
        "promises": len(promised),
        "promise_rate": over(len(promised) * 10_000, len(right)),
        "received": len(items) - len(placed),
    }


def promises(books: Books, asked: Question) -> Iterable[Item]:
    teams, paid = books.teams(), defaultdict(list)
    for entry in books["ledger"]:
        if entry["kind"] == "patient_payment" and entry["effective_on"]:
            paid[entry["account_id"]].append((entry["effective_on"], -entry["patient_cents"]))
    for promise in books["promises"]:
        grace_on = promise["grace_on"]
        if promise["cancelled_at"] or grace_on >= asked.today:
            continue
        if not asked.first_on <= grace_on <= asked.last_on:
            continue
        came = sum(cents for on, cents in paid[promise["account_id"]] if promise["made_on"] <= on <= grace_on)
        earlier = promise["cumulative_cents"] - promise["amount_cents"]
        yield {
            "rep": str(promise["rep_id"]),
            "team": teams[promise["rep_id"]],
            "month": f"{grace_on:%Y-%m}",
            "amount": promise["amount_cents"],
            "own": min(max(came - earlier, 0), promise["amount_cents"]),
        }


def promises_figures(items: list[Item]) -> Figures:
    kept = sum(each["own"] == each["amount"] for each in items)
    promised, paid = sum(each["amount"] for each in items), sum(each["own"] for each in items)
    return {
        "matured": len(items),
        "kept": kept,
        "kept_rate": over(kept * 10_000, len(items)),
        "partial": sum(0 < each["own"] < each["amount"] for each in items),
        "promised": promised,
        "paid": paid,
        "paid_share": over(paid * 10_000, promised),
    }


def callbacks(books: Books, asked: Question) -> Iterable[Item]:
    teams, calls, called = books.teams(), {each["id"]: each for each in books["calls"]}, defaultdict(list)
    for outcome in books["outcomes"]:
        if outcome["kind"] == "callback_due" and outcome["call_id"]:
            call = calls[outcome["call_id"]]
            called[outcome["subject"]].append((call["placed_at"], outcome["rep_id"]))
    patience = timedelta(minutes=10)
    for each in books["callbacks"]:
        if not asked.holds(each["at"]) or each["state"] == "cancelled":
            continue
        if each["state"] == "booked" and each["at"] + patience >= asked.now:
            continue
        placed_at, rep = (
            min(called[each["id"]], default=(None, None)) if each["state"] == "met" else (None, None)
        )
        rep = rep or each["booked_by_id"]
        late = (
            None if placed_at is None else max(math.floor((placed_at - each["at"]) / timedelta(minutes=1)), 0)
        )
        yield {
            "kind": "asked" if each["asked_at"] else "appointment",
            "rep": row_key(rep),
            "team": teams[rep],
            "hour": each["at"].astimezone(OFFICE).strftime("%H"),
            "is_met": each["state"] == "met",
            "is_on_time": placed_at is not None and placed_at <= each["at"] + patience,
            "late": late,
        }


def callbacks_figures(items: list[Item]) -> Figures:
    met, on_time = sum(each["is_met"] for each in items), sum(each["is_on_time"] for each in items)
    late = [each["late"] for each in items]
    return {
        "due": len(items),
        "met": met,
        "on_time": on_time,
        "on_time_rate": over(on_time * 10_000, len(items)),
        "missed": len(items) - met,
        "late": middle(late),
        "late_90": middle(late, 90),
    }


def _work(books: Books, asked: Question) -> Iterable[Item]:
    teams = books.teams()
    for each in books["outcomes"]:
        if asked.holds(each["at"]):
            is_leased = each["ended_by"] == "outcome"
            yield each | {
                "rep": str(each["rep_id"]),
                "team": teams[each["rep_id"]],
                "kind": each["task_kind"],
                "held": each["ended_at"] - each["granted_at"] if is_leased else None,
                "is_done": each["disposition"] not in PUT_ASIDE,
            }


def handle_time(books: Books, asked: Question) -> Iterable[Item]:
    calls = {each["id"]: each for each in books["calls"]}
    for each in _work(books, asked):
        if each["is_done"] and each["held"] is not None and each["held"] >= timedelta(seconds=10):
            call = calls.get(each["call_id"], {"answered_at": None, "ended_at": None})
            began, ended = call["answered_at"], call["ended_at"]
            talk = whole_seconds(ended - began) if began and ended and ended >= began else None
            yield each | {"seconds": whole_seconds(each["held"]), "talk": talk}


def handle_time_figures(items: list[Item]) -> Figures:
    seconds = [each["seconds"] for each in items]
    talk = [each["talk"] for each in items if each["talk"] is not None]
    return {
        "handled": len(items),
        "mean": over(sum(seconds), len(seconds)),
        "middle": middle(seconds),
        "slow": middle(seconds, 90),
        "talk": over(sum(talk), len(talk)),
    }


def work_done(books: Books, asked: Question) -> Iterable[Item]:
    for each in _work(books, asked):
        held = whole_seconds(each["held"]) if each["is_done"] and each["held"] is not None else 0
        yield each | {"seconds": held, "shift": None}
    for person in books["people"]:
        if person["role"] == "rep" and person["is_active"]:
            yield {
                "rep": str(person["id"]),
                "team": row_key(person["team_id"]),
                "shift": int(round(_at_work(books, person, asked), 6) * person["productive_percent"] / 100),
            }


def _at_work(books: Books, person: Item, asked: Question) -> float:
    """Return the minutes of a person's shifts until now, without breaks, absences and federal holidays."""
    week = [each for each in books["shifts"] if each["user_id"] == person["id"]]
    week = week or [USUAL | {"weekday": weekday} for weekday in range(5)]
    absences = [
        each for each in books["absences"] if each["user_id"] == person["id"] and not each["cancelled_at"]
    ]
    clock, until, total = ZoneInfo(person["zone"]), min(asked.until_at, asked.now), 0.0
    for number in range(-1, (asked.last_on - asked.first_on).days + 2):
        day = asked.first_on + timedelta(days=number)
        assert day.year == 2026
        if (day.month, day.day) in HOLIDAYS:
            continue
        for shift in week:
            is_on = shift["from_on"] <= day and (shift["until_on"] is None or day <= shift["until_on"])
            if shift["weekday"] != day.weekday() or not is_on:
                continue
            begins, ends = (
                datetime.combine(day, time.fromisoformat(str(shift[name])), clock)
                for name in ("begins", "ends")
            )
            share = 1 - shift["break_minutes"] / ((ends - begins) / timedelta(minutes=1))
            span = _minutes(max(begins, asked.from_at), min(ends, until))
            for absence in absences:
                span -= _minutes(
                    max(begins, asked.from_at, absence["starts_at"]), min(ends, until, absence["ends_at"])
                )
            total += span * share
    return total


def _minutes(begins: datetime, ends: datetime) -> float:
    return max((ends - begins).total_seconds() / 60, 0)


def work_done_figures(items: list[Item]) -> Figures:
    logged = [each for each in items if each["shift"] is None]
    done = [each for each in logged if each["is_done"]]
    shift = sum(each["shift"] or 0 for each in items)
    expected, held = sum(each["minutes"] for each in done), sum(each["seconds"] for each in done)
    return {
        "tasks": len(done),
        "expected": expected,
        "held": held,
        "pace": over(expected * 60 * 10_000, held),
        "put_aside": len(logged) - len(done),
        "shift": shift,
        "work_of_shift": over(expected * 10_000, shift),
    }


def queue_age(books: Books, asked: Question) -> Iterable[Item]:
    for task in books["tasks"]:
        if task["state"] in {"queued", "leased"}:
            came_up = [task["opened_at"], task["available_at"], task["deferred_until"], task["held_until"]]
            up_for = asked.now - max(filter(None, came_up))
            yield task | {"team": row_key(task["team_id"]), "days": max(up_for.days, 0)}


def queue_age_figures(items: list[Item], today: date) -> Figures:
    days = [each["days"] for each in items]
    return {
        "tasks": len(items),
        "today": sum(each <= 1 for each in days),
        "week": sum(2 <= each <= 7 for each in days),
        "month": sum(8 <= each <= 30 for each in days),
        "older": sum(each > 30 for each in days),
        "middle": middle(days),
        "oldest": middle(days, 90),
        "past_deadline": sum(bool(each["deadline_on"]) and each["deadline_on"] < today for each in items),
        "minutes": sum(each["minutes"] for each in items),
        "value": sum(each["value_cents"] for each in items),
    }


def account_status(books: Books, asked: Question) -> Iterable[Item]:
    first, tasks = books.payer_of_first_claim(), defaultdict(list)
    for task in books["tasks"]:
        tasks[task["account_id"]].append(task)
    since, touched = asked.now - timedelta(days=30), set()
    touched |= {each["account_id"] for each in books["outcomes"] if each["at"] > since}
    touched |= {each["account_id"] for each in books["ledger"] if each["posted_at"] > since}
    balances: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for entry in books["ledger"]:
        balances[entry["account_id"]][0] += entry["insurance_cents"]
        balances[entry["account_id"]][1] += entry["patient_cents"]
    for account_id, sides in balances.items():
        for is_patient, cents in enumerate(sides):
            if cents:
                wanted = [each for each in tasks[account_id] if _looks_after(each["kind"], bool(is_patient))]
                yield {
                    "payer_class": "patient" if is_patient else first.get(account_id, ("unknown",))[0],
                    "status": min(
                        filter(None, (_place(each, asked) for each in wanted)), default=(0, "none")
                    )[1],
                    "side": is_patient,
                    "cents": cents,
                    "idle": account_id not in touched,
                }


def _looks_after(kind: str, is_patient: bool) -> bool:
    return kind in OF_PATIENT | OF_BOTH if is_patient else kind not in OF_PATIENT


def _place(task: Item, asked: Question) -> tuple[int, str] | None:
    """Return how urgent a task is, 1 first, and what its account is said to be because of it."""
    state, turn = task["state"], {"payer": 0, "patient": 1, "office": 2}
    if state == "leased" or (state == "closed" and task["lease_token"]):
        return 1, "leased"
    if state == "queued":
        return 2, "queued"
    if state == "waiting" and task["deferred_until"] and task["deferred_until"] > asked.now:
        party = task["deferred_for"]
        return (4 + turn[party], f"waiting_{party}") if party else (3, "deferred")
    if state == "waiting" and task["held_until"] and task["held_until"] > asked.now:
        return 7, "held"
    if state == "waiting":
        party = task["waiting_on"] or "office"
        return 8 + turn[party], f"waiting_{party}"
    return (11, "closed") if task["settled_evidence"] == task["evidence"] else None


def account_status_figures(items: list[Item]) -> Figures:
    payers = sum(each["cents"] for each in items if not each["side"])
    patients = sum(each["cents"] for each in items if each["side"])
    return {
        "balances": len(items),
        "owed": payers + patients,
        "payers": payers,
        "patients": patients,
        "idle": sum(each["idle"] for each in items),
    }
