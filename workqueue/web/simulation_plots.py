"""What the plots of a simulation draw, and the table with the same figures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workqueue.rules.kinds import KINDS, TaskKind
from workqueue.simulation.comparing import Comparison
from workqueue.simulation.office import DAY_MINUTES, OPENS_AT_HOUR
from workqueue.simulation.policies import NAMES, OURS
from workqueue.simulation.tally import Tally
from workqueue.web.filters import money, money_short, number, percent

LABELS = {
    "ours": "Ours",
    "oldest_first": "Oldest first",
    "largest_first": "Largest first",
    "random": "At random",
    "knowing_chances": "Knowing chances",
}
BOUND_LABELS = {
    "in_duty": "Bound in duty",
    "by_chances": "Bound by chances",
    "by_luck": "Bound by luck",
}
Row = Mapping[str, object]
"""As the macros of charts take it: label, value, text."""


@dataclass(frozen=True)
class Plots:
    """All that the page draws."""

    money: Sequence[Row]
    over_days: Sequence[Row]
    missed: Sequence[Row]
    kept: Sequence[Row]
    answered: Sequence[Row]
    kinds: Sequence[Row]
    table: Sequence[Mapping[str, object]]
    ratios: Mapping[str, float]


def plots_of(found: Comparison) -> Plots:
    """Return the figures of a comparison as the page draws them."""
    tallies = {name: found.tally(name) for name in NAMES}
    ours = tallies[OURS]
    bounds = {name: found.bound(f"{name}_cents") for name in BOUND_LABELS}
    days = found.office.days
    return Plots(
        money=[
            *_rows(tallies, lambda each: round(each.cents_an_hour), money),
            *(
                {"label": BOUND_LABELS[name], "value": round(cents), "text": money(round(cents))}
                for name, cents in bounds.items()
            ),
        ],
        over_days=[{"label": LABELS[name], "points": _so_far(tallies[name], days)} for name in NAMES],
        missed=_rows(tallies, lambda each: each.missed, number),
        kept=_rows(
            tallies,
            lambda each: each.kept * 10_000 // max(each.promises, 1),
            lambda share: percent(share / 10_000),
        ),
        answered=_answered(ours),
        kinds=_by_kind(ours, found.hours),
        table=[_line(name, tallies[name], ours) for name in NAMES],
        ratios={
            "oldest": ours.cents_an_hour / max(tallies["oldest_first"].cents_an_hour, 1),
            "largest": ours.cents_an_hour / max(tallies["largest_first"].cents_an_hour, 1),
            "bound": ours.cents_an_hour / max(bounds["by_chances"], 1),
        },
    )


def _rows(
    tallies: Mapping[str, Tally], value: Callable[[Tally], int], words: Callable[[int], str]
) -> list[Row]:
    return [
        {"label": LABELS[name], "value": value(tally), "text": words(value(tally))}
        for name, tally in tallies.items()
    ]


def _so_far(tally: Tally, days: int) -> list[Row]:
    """Return the money up to the end of each day."""
    found: list[Row] = []
    so_far = 0
    for position in range(days):
        so_far += tally.by_day[position]
        found.append({"label": f"Day {position + 1}", "value": so_far, "text": money_short(so_far)})
    return found


def _answered(tally: Tally) -> list[Row]:
    hours = range(OPENS_AT_HOUR, OPENS_AT_HOUR + DAY_MINUTES // 60)
    rows: list[Row] = []
    for hour in hours:
        share = tally.answered[hour] / max(tally.calls[hour], 1)
        text = f"{percent(share)} of {number(tally.calls[hour])}"
        rows.append({"label": f"{hour}:00", "value": round(share * 10_000), "text": text})
    return rows


def _by_kind(tally: Tally, hours: float) -> list[Row]:
    rows: list[Row] = []
    for kind, cents in tally.cents.most_common():
        an_hour = round(cents / hours)
        rows.append({"label": KINDS[TaskKind(kind)].label, "value": an_hour, "text": money(an_hour)})
    return rows


def _line(name: str, tally: Tally, ours: Tally) -> Mapping[str, object]:
    return {
        "label": LABELS[name],
        "cents_an_hour": round(tally.cents_an_hour),
        "ratio": ours.cents_an_hour / max(tally.cents_an_hour, 1),
        "missed": tally.missed,
        "deadlines": tally.deadlines,
        "missed_cents": tally.missed_cents,
        "promises": tally.promises,
        "kept": tally.kept,
        "appointments": tally.appointments,
        "punctual": tally.punctual,
        "alone_cents": tally.alone_cents,
        "touches": sum(tally.touches.values()),
    }
