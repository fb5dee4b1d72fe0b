"""python -m benchmarks NAME [--json]: print the subject, its floor in the same run, and the ratio."""

import argparse
import json
import sys
from collections.abc import Callable

from benchmarks import (
    event,
    feasibility,
    intake,
    lease,
    page,
    policy,
    rebalance,
    rebuild,
    verdicts,
    whatif,
)
from benchmarks.findings import Finding

BENCHMARKS: dict[str, Callable[[], list[Finding]]] = {
    "lease": lease.run,
    "rebuild": rebuild.run,
    "event": event.run,
    "intake": intake.run,
    "page": page.run,
    "policy": policy.run,
    "verdicts": verdicts.run,
    "feasibility": feasibility.run,
    "rebalance": rebalance.run,
    "whatif": whatif.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", choices=[*BENCHMARKS, "all"])
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    names = list(BENCHMARKS) if arguments.name == "all" else [arguments.name]
    findings = [finding for name in names for finding in BENCHMARKS[name]()]
    if arguments.json:
        print(json.dumps([finding.as_json() for finding in findings], indent=2))
    else:
        for finding in findings:
            print(finding.as_line())
    return 0 if all(finding.is_met for finding in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
