"""How the steps of a definition hang together: which outcome branches off, joins again, ends, loops or jumps.

Dominators decide it. A step that one outcome alone leads to is the head of a branch, drawn below the step it
comes from; a step where outcomes meet is a merge, drawn below the step that all of them come through.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.steps import role

Kind = Literal["branch", "join", "end", "loop", "jump", "open"]
Steps = Mapping[str, Mapping[str, Any]]
CHIPS = frozenset({"end", "loop", "jump", "open"})


@dataclass(frozen=True, slots=True)
class Edge:
    """branch and join are drawn as lines, the others as chips. target: None while it leads nowhere."""

    step: str
    outcome: str
    target: str | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class Flow:
    """order: the steps drawn as cards, each after those that lead to it. loose: what no outcome reaches."""

    order: tuple[str, ...]
    edges: Mapping[str, tuple[Edge, ...]]
    merges: Mapping[str, tuple[str, ...]]
    loose: tuple[str, ...]

    def columns(self, step: str) -> tuple[Edge, ...]:
        return tuple(edge for edge in self.edges[step] if edge.kind not in CHIPS)

    def chips(self, step: str) -> tuple[Edge, ...]:
        return tuple(edge for edge in self.edges[step] if edge.kind in CHIPS)


def flow_of(start: str, steps: Steps) -> Flow:
    if start not in steps:
        return Flow((), {}, {}, tuple(steps))
    edges = _walk(start, steps)
    order = _order(start, edges)
    parents = _parents(order, edges)
    heads = _heads(edges)
    merges = _merges(order, parents, heads)
    classified = {step: tuple(_placed(edge, heads, parents, merges) for edge in edges[step]) for step in order}
    drawn = {*order, *(edge.target for step in order for edge in edges[step])}
    return Flow(order, classified, merges, tuple(step for step in steps if step not in drawn))


def _walk(start: str, steps: Steps) -> dict[str, list[Edge]]:
    """Depth first in outcome order: an outcome that leads to a step which is still open is a loop."""
    edges: dict[str, list[Edge]] = {start: []}
    path = {start: _outcomes(steps[start])}
    while path:
        step, rest = next(reversed(path.items()))
        following = next(rest, None)
        if following is None:
            del path[step]
            continue
        outcome, target = following
        edges[step].append(Edge(step, outcome, target if target in steps else None, _first_kind(target, steps, path)))
        if target and target in steps and target not in edges and role(steps[target]["type"]) != "end":
            edges[target] = []
            path[target] = _outcomes(steps[target])
    return edges


def _outcomes(step: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    return iter((step.get("outcomes") or {}).items())


def _first_kind(target: str | None, steps: Steps, path: Mapping[str, Any]) -> Kind:
    if target is None or target not in steps:
        return "open"
    if target in path:
        return "loop"
    return "end" if role(steps[target]["type"]) == "end" else "join"


def _order(start: str, edges: Mapping[str, list[Edge]]) -> tuple[str, ...]:
    """Topological; where that leaves a choice, what an earlier outcome leads to comes first."""
    done: list[str] = []
    seen, path = {start}, [(start, iter(reversed(edges[start])))]
    while path:
        step, rest = path[-1]
        edge = next(rest, None)
        if edge is None:
            done.append(step)
            path.pop()
        elif edge.kind == "join" and edge.target is not None and edge.target not in seen:
            seen.add(edge.target)
            path.append((edge.target, iter(reversed(edges[edge.target]))))
    return tuple(reversed(done))


def _parents(order: tuple[str, ...], edges: Mapping[str, list[Edge]]) -> dict[str, str]:
    """Immediate dominators. Without loops one pass in topological order finds them."""
    depth: dict[str, int] = {order[0]: 0}
    parents: dict[str, str] = {}
    for step in order:
        if step in parents:
            depth[step] = depth[parents[step]] + 1
        for edge in edges[step]:
            if edge.kind == "join" and edge.target is not None:
                known = parents.get(edge.target, step)
                parents[edge.target] = _meet(known, step, parents, depth)
    return parents


def _meet(one: str, other: str, parents: Mapping[str, str], depth: Mapping[str, int]) -> str:
    while one != other:
        if depth[one] >= depth[other]:
            one = parents[one]
        else:
            other = parents[other]
    return one


def _heads(edges: Mapping[str, list[Edge]]) -> set[str]:
    seen: set[str] = set()
    twice: set[str] = set()
    for edge in (edge for each in edges.values() for edge in each):
        if edge.kind == "join" and edge.target is not None:
            (twice if edge.target in seen else seen).add(edge.target)
    return seen - twice


def _merges(order: tuple[str, ...], parents: Mapping[str, str], heads: set[str]) -> dict[str, tuple[str, ...]]:
    merges: dict[str, list[str]] = {step: [] for step in order}
    for step in order[1:]:
        if step not in heads:
            merges[parents[step]].append(step)
    return {step: tuple(stacked) for step, stacked in merges.items()}


def _placed(edge: Edge, heads: set[str], parents: Mapping[str, str], merges: Mapping[str, tuple[str, ...]]) -> Edge:
    if edge.kind != "join" or edge.target is None:
        return edge
    if edge.target in heads:
        return Edge(edge.step, edge.outcome, edge.target, "branch")
    joins = _next_below(edge.step, parents, merges) == edge.target
    return edge if joins else Edge(edge.step, edge.outcome, edge.target, "jump")


def _next_below(step: str, parents: Mapping[str, str], merges: Mapping[str, tuple[str, ...]]) -> str | None:
    """The merge that a line straight down from below this step's card runs into."""
    if merges[step]:
        return merges[step][0]
    while step in parents:
        parent = parents[step]
        stacked = merges[parent]
        following = stacked[stacked.index(step) + 1 :] if step in stacked else stacked
        if following:
            return following[0]
        step = parent
    return None
