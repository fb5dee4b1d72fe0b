"""A trial as plain values that are kept as JSON, and read back."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from workqueue.simulation.bounds import Bounds
from workqueue.simulation.tally import BY_NUMBER, Tally
from workqueue.simulation.trial import Trial


def figures_of(trial: Trial) -> dict[str, Any]:
    """Return a trial as it is kept."""
    return {
        "seed": trial.seed,
        "cases": trial.cases,
        "tallies": {name: _raw_tally(tally) for name, tally in trial.tallies.items()},
        "bounds": asdict(trial.bounds),
        "must_miss": trial.must_miss,
    }


def trial_from(raw: Mapping[str, Any]) -> Trial:
    """Read a trial as it is kept."""
    return Trial(
        raw["seed"],
        raw["cases"],
        {name: _tally_from(each) for name, each in raw["tallies"].items()},
        Bounds(**raw["bounds"]),
        raw["must_miss"],
    )


def _raw_tally(tally: Tally) -> dict[str, Any]:
    found = {each.name: getattr(tally, each.name) for each in fields(Tally)}
    return {
        name: {str(key): count for key, count in value.items()} if isinstance(value, Counter) else value
        for name, value in found.items()
    }


def _tally_from(raw: Mapping[str, Any]) -> Tally:
    found: dict[str, Any] = dict(raw)
    for name, value in raw.items():
        if isinstance(value, dict):
            key_of = int if name in BY_NUMBER else str
            found[name] = Counter({key_of(key): count for key, count in value.items()})
    return Tally(**found)
