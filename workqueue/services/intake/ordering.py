"""In which order files that were brought together are read."""

from collections.abc import Sequence

from workqueue.services.intake.synthea.tables import table_of


def in_order_of_dependence(heads: Sequence[bytes]) -> list[int]:
    """Return the places of the files, tables of one export in the order in which they refer to each other.

    The end is the same in any order; in this one nothing is unmatched on the way.
    """
    return sorted(range(len(heads)), key=lambda at: (_rank(heads[at]), at))


def _rank(head: bytes) -> int:
    table = table_of(head)
    return table.rank if table else 0
