"""Cells of a BPMN diagram: which column and row each node stands in, by the dominators that the drawing goes by.

The path of first outcomes is one row; branches stand below one another; what they meet in stands to the right of all.
"""

from collections.abc import Mapping
from typing import Any

from designer.bpmn.symbols import Diagram
from designer.drawing.flow import Flow, flow_of

Cell = tuple[int, int]


def cells(made: Diagram) -> dict[str, Cell]:
    """Of all nodes but the events at the edge of a task; what nothing leads to stands below the rest."""
    ahead = _ways(made)
    placed: dict[str, Cell] = {}
    row = 0
    while ahead:
        flow = flow_of(next(iter(ahead)), ahead)
        found = _placed(flow, row)
        placed |= found
        row = 1 + max(place[1] for place in found.values())
        ahead = {node: way for node, way in ahead.items() if node not in found}
    return placed


def _ways(made: Diagram) -> dict[str, dict[str, Any]]:
    """As steps, for the drawing's reading of a flow; those with an event at their edge are left by its flows, too."""
    ways: dict[str, dict[str, Any]] = {
        key: {"type": "", "outcomes": {}} for key, node in made.nodes.items() if not node.host
    }
    for flow in made.flows:
        source = made.nodes[flow.source]
        ways[source.host or source.id]["outcomes"][flow.id] = flow.target
    return ways


def _placed(flow: Flow, row: int) -> dict[str, Cell]:
    sizes = _sizes(flow)
    places = {flow.order[0]: (0, row)}
    for node in flow.order:
        column, line = places[node]
        below, right = line, column + 1
        for branch in _branches(flow, node):
            places[branch] = (column + 1, below)
            below += sizes[branch][1]
            right = max(right, column + 1 + sizes[branch][0])
        for merge in flow.merges[node]:
            places[merge] = (right, line)
            right += sizes[merge][0]
    return places


def _sizes(flow: Flow) -> Mapping[str, Cell]:
    """Columns and rows of a node with all that comes after it alone."""
    sizes: dict[str, Cell] = {}
    for node in reversed(flow.order):
        branches = [sizes[branch] for branch in _branches(flow, node)]
        merges = [sizes[merge] for merge in flow.merges[node]]
        wide = 1 + max((columns for columns, _ in branches), default=0) + sum(columns for columns, _ in merges)
        high = max([1, sum(rows for _, rows in branches), *(rows for _, rows in merges)])
        sizes[node] = wide, high
    return sizes


def _branches(flow: Flow, node: str) -> list[str]:
    return [edge.target for edge in flow.columns(node) if edge.kind == "branch" and edge.target]
