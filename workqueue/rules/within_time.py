"""Single tasks handed on, so that nobody is over their time where whole tasks allow it.

Made whole, a flow may leave somebody over by less than a task although a colleague has room for it. It is
handed on if that makes no more moves than are needed anyway; what came to them can go elsewhere for none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from workqueue.rules.rebalance_network import OVER, Network
from workqueue.rules.whole_tasks import Shares


def within_time(net: Network, shares: Shares, most_moves: int) -> Shares:
    """Return the shares with as many people as possible within their time, and at most so many moves."""
    found = [Counter(share) for share in shares]
    room, has = _room(net), defaultdict[int, list[int]](list)
    spare = most_moves
    for at, share in enumerate(found):
        for to_id, count in share.items():
            spare -= count * _moves(net, at, to_id)
            if to_id is not None:
                room[to_id] -= count * net.classes[at].minutes
                has[to_id].append(at)
    for person_id in sorted((each for each in room if room[each] < 0), key=lambda each: room[each]):
        for at, to_id, cost in _ways(net, person_id, has[person_id], room):
            if cost <= spare and found[at][person_id]:
                found[at][person_id] -= 1
                found[at][to_id] += 1
                spare -= cost
                room[person_id] += net.classes[at].minutes
                room[to_id] -= net.classes[at].minutes
                break
    return [+share for share in found]


def _room(net: Network) -> Counter[int]:
    """Return the minutes of each person that nothing pinned takes."""
    room = Counter[int](dict.fromkeys(net.people, 0))
    for arc in np.flatnonzero((net.heads == net.sink) & (net.levels[OVER] == 0)):
        person_id = net.person(int(net.tails[arc]))
        if person_id is not None:
            room[person_id] += int(net.capacities[arc])
    return room


def _moves(net: Network, at: int, to_id: int | None) -> int:
    owner_id = net.classes[at].owner_id
    return int(owner_id is not None and owner_id != to_id)


def _ways(net: Network, person_id: int, has: list[int], room: Counter[int]) -> Iterator[tuple[int, int, int]]:
    """Return which class's task could go to whom, and how many moves more that makes; the fewest first."""
    over = -room[person_id]
    ways = [
        (
            _moves(net, at, to_id) - _moves(net, at, person_id),
            net.classes[at].minutes,
            -room[to_id],
            at,
            to_id,
        )
        for at in has
        if net.classes[at].minutes >= over
        for to_id in net.takers(at)
        if to_id != person_id and room[to_id] >= net.classes[at].minutes
    ]
    for cost, _, _, at, to_id in sorted(ways):
        yield at, to_id, cost
