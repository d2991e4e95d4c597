"""Diff of two documents of a definition, by the ids of their steps, in words. Pure, and defined on any draft.

The order of keys is none of it; that of levels and of branches, which are tried in turn, is.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from designer.diff.merged import Merged, merged
from designer.diff.secret import Mask
from designer.diff.settings import ABSENT, Setting, of_flow, of_step, same
from designer.diff.side import Side
from designer.edits.draft_flow import outcomes_of
from engine.people import Directory

__all__ = ["KINDS", "Change", "Difference", "Setting", "difference"]

Kind = Literal["added", "removed", "changed", "redirected"]
KINDS: tuple[Kind, ...] = ("added", "removed", "changed", "redirected")
NOWHERE = "nowhere"


class Change(NamedTuple):
    """step: its id, "" for the flow itself. icon, type: of its kind. settings: what was set, and what is."""

    kind: Kind
    step: str
    name: str
    type: str
    icon: str
    settings: tuple[Setting, ...]


class StepChanges(NamedTuple):
    """All that changed about one step, or about the flow itself."""

    step: str
    name: str
    type: str
    icon: str
    kinds: tuple[Kind, ...]
    settings: tuple[Setting, ...]


class Difference(NamedTuple):
    """In the order of the flow, the removed at their old place. merged: both documents as one that can be drawn."""

    changes: tuple[Change, ...]
    merged: Merged

    @property
    def counts(self) -> dict[str, int]:
        """Of steps, by kind; the flow's own settings count as one."""
        return {kind: sum(change.kind == kind for change in self.changes) for kind in KINDS}

    @property
    def by_step(self) -> tuple[StepChanges, ...]:
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.step, []).append(change)
        return tuple(
            StepChanges(
                step,
                each[0].name,
                each[0].type,
                each[0].icon,
                tuple(change.kind for change in each),
                tuple(setting for change in each for setting in change.settings),
            )
            for step, each in found.items()
        )

    @property
    def marks(self) -> dict[str, str]:
        """By step, as the drawing marks it."""
        found: dict[str, str] = {}
        for change in self.changes:
            if change.step:
                found.setdefault(change.step, "changed" if change.kind == "redirected" else change.kind)
        return found


def difference(before: Mapping[str, Any], after: Mapping[str, Any], people: Directory | None = None) -> Difference:
    """before, after: documents as they are kept, of whatever shape. people: gives those their names who are asked."""
    mask = Mask()
    old, new = Side(mask.document(before), people), Side(mask.document(after), people)
    drawn = merged(old.document, new.document)
    changes = [*_flow(old, new), *(change for key in drawn.order for change in _step(old, new, key))]
    return Difference(tuple(changes), drawn)


def _flow(before: Side, after: Side) -> Iterator[Change]:
    name = str(after.document.get("name") or "The flow")
    if before.start != after.start:
        begins = Setting("Begins with", before.name(before.start), after.name(after.start), "/start")
        yield Change("redirected", "", name, "Flow", "workflow", (begins,))
    if settings := tuple(of_flow(before, after)):
        yield Change("changed", "", name, "Flow", "workflow", settings)


def _step(before: Side, after: Side, key: str) -> Iterator[Change]:
    there = after if key in after.steps else before
    about = key, there.name(key), there.type(key), there.icon(key)
    settings = tuple(of_step(before, after, key))
    if key not in before.steps or key not in after.steps:
        yield Change("added" if key in after.steps else "removed", *about, settings)
        return
    if settings:
        yield Change("changed", *about, settings)
    if ways := tuple(_ways(before, after, key)):
        yield Change("redirected", *about, ways)


def _ways(before: Side, after: Side, key: str) -> Iterator[Setting]:
    """Where its outcomes lead, by the ids of the steps: one that was renamed is the same."""
    old, new = outcomes_of(before.steps[key]), outcomes_of(after.steps[key])
    for way in dict.fromkeys((*new, *old)):
        if not same(old.get(way, ABSENT), new.get(way, ABSENT)):
            what = (after if way in new else before).outcome(key, way)
            was = before.name(old[way]) or NOWHERE if way in old else ""
            now = after.name(new[way]) or NOWHERE if way in new else ""
            yield Setting(what, was, now, f"/steps/{key}/outcomes/{way}")
