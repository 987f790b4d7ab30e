"""Whole numbers that flow through a network at least cost, exactly: networkx's network simplex on Python integers."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Arc:
    """A way from ``tail`` to ``head``. At least ``low`` flows through it, for nothing; what flows beyond, step by step.

    ``steps``: (most, cost of a unit) each; the costs of an arc's steps must not fall, so that they are used in order.
    """

    tail: Hashable
    head: Hashable
    steps: Sequence[tuple[int, int]]
    low: int = 0


def cheapest_flow(arcs: Mapping[Key, Arc], source: Hashable, sink: Hashable, total: int) -> dict[Key, int] | None:
    """What flows through each arc when ``total`` goes from ``source`` to ``sink`` at least cost; None where it cannot.

    Costs and amounts are integers of any size. Where one cheapest flow exists it is found whatever the order of the arcs.
    """
    import networkx  # for this alone

    graph = networkx.MultiDiGraph()
    demand: dict[Hashable, int] = {source: -total}
    demand[sink] = demand.get(sink, 0) + total
    for key, arc in arcs.items():
        demand[arc.tail] = demand.get(arc.tail, 0) + arc.low
        demand[arc.head] = demand.get(arc.head, 0) - arc.low
        for number, (most, cost) in enumerate(arc.steps):
            if most > 0:
                graph.add_edge(arc.tail, arc.head, (key, number), capacity=most, weight=cost)
    graph.add_nodes_from((node, {"demand": wanted}) for node, wanted in demand.items())
    try:
        _, flow = networkx.network_simplex(graph)
    except networkx.NetworkXUnfeasible:
        return None
    found = {key: arc.low for key, arc in arcs.items()}
    for heads in flow.values():
        for parallel in heads.values():
            for (key, _), amount in parallel.items():
                found[key] += amount
    return found
