"""A second opinion on a sharing out of work: the same network as a linear program, solved by HiGHS.

    python -m benchmarks.linear_program < network.json

A process of its own, because ortools carries another HiGHS and the two cannot be loaded together. The levels
of cost are not weighed against each other but solved one after the other, each with those before held at
their least: so it judges the weights too.
"""

import json
import sys

import highspy
import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
FORMAT = ("tails", "heads", "capacities", "supplies", "levels")


def least_of_each_level(network: dict[str, list[int]]) -> list[int]:
    """Return the least total of each level, given the least of those before it."""
    tails, heads, capacities, supplies, levels = (np.array(network[name], dtype=np.int64) for name in FORMAT)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # HiGHS types only some of itself
    solver.setOptionValue("output_flag", False)
    arcs, nodes = len(tails), len(supplies)
    every = np.arange(arcs, dtype=np.int32)
    solver.addVars(arcs, np.zeros(arcs), np.minimum(capacities, supplies.clip(0).sum()).astype(float))
    _balance_nodes(solver, tails, heads, supplies, nodes)
    flow = np.zeros(arcs)
    for level in levels:
        # Fractions of a task instead of large whole numbers: the same least, and better arithmetic.
        scale = float(max(level.max(), 1))
        solver.changeColsCost(arcs, every, level / scale)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise SystemExit(f"not solved: {solver.getModelStatus()}")
        flow = np.array(solver.getSolution().col_value)
        held = np.flatnonzero(level).astype(np.int32)
        if len(held):
            solver.addRow(
                -highspy.kHighsInf, float(level @ flow) / scale, len(held), held, level[held] / scale
            )
    whole = np.rint(flow).astype(np.int64)
    balance = np.bincount(tails, whole, nodes) - np.bincount(heads, whole, nodes)
    if np.abs(flow - whole).max() > 1e-4 or not (balance == supplies).all():
        raise SystemExit("the solution is not a flow of whole minutes")
    return [int(each) for each in levels @ whole]


def _balance_nodes(
    solver: highspy.Highs, tails: Integers, heads: Integers, supplies: Integers, nodes: int
) -> None:
    arcs = len(tails)
    ends = np.concatenate([tails, heads])
    order = np.argsort(ends, kind="stable")
    columns = np.concatenate([np.arange(arcs), np.arange(arcs)])[order].astype(np.int32)
    signs = np.concatenate([np.ones(arcs), -np.ones(arcs)])[order]
    starts = np.searchsorted(ends[order], np.arange(nodes)).astype(np.int32)
    bounds = supplies.astype(float)
    solver.addRows(nodes, bounds, bounds, len(columns), starts, columns, signs)


if __name__ == "__main__":
    print(json.dumps(least_of_each_level(json.load(sys.stdin))))
