"""What a benchmark found, and how samples are summed up."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean


@dataclass(frozen=True)
class Finding:
    """A subject against its floor: both in the same unit, measured in the same run."""

    name: str
    unit: str
    subject: float
    floor: float
    goal: str
    ratio: float
    is_met: bool

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "unit": self.unit,
            "subject": round(self.subject, 4),
            "floor": round(self.floor, 4),
            "ratio": round(self.ratio, 3),
            "goal": self.goal,
            "is_met": self.is_met,
        }

    def as_line(self) -> str:
        verdict = "met" if self.is_met else "NOT MET"
        return (
            f"{self.name}: {self.subject:,.3f} against {self.floor:,.3f} {self.unit}"
            f" = {self.ratio:.2f} (goal {self.goal}: {verdict})"
        )


def at_most(name: str, unit: str, subject: float, floor: float, limit: float) -> Finding:
    """Judge a cost: the subject may be `limit` times its floor."""
    ratio = subject / floor
    return Finding(name, unit, subject, floor, f"at most {limit:g}", ratio, ratio <= limit)


def at_least(name: str, unit: str, subject: float, floor: float, limit: float) -> Finding:
    """Judge a rate: the subject has to reach `limit` of its floor."""
    ratio = subject / floor
    return Finding(name, unit, subject, floor, f"at least {limit:g}", ratio, ratio >= limit)


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the sample below which this share of all lies."""
    ordered = sorted(samples)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def rate(seconds: Sequence[float]) -> float:
    return 1 / mean(seconds)
