"""Random edits and random documents, most of them near enough to real ones to reach every branch."""

from typing import Any

from hypothesis import strategies as st

from engine.steps import step_types
from tests.designer.form_strategies import form_edits

Json = dict[str, Any]
IDS = [
    "request",
    "approved",
    "approval",
    "approval-2",
    "decision",
    "notification",
    "action",
    "form",
    "rejected",
    "nobody",
]
WAYS = ["submitted", "approved", "rejected", "changes_requested", "yes", "otherwise", "sent", "done", "failed", ""]
POINTERS = [
    "",
    "/steps/{}/name",
    "/steps/{}",
    "/steps/{}/levels/0/who",
    "/steps/{}/levels/-",
    "/steps/{}/outcomes",
    "/steps",
]
POINTERS += ["/data/properties/amount", "/name", "/start", "/key", "/title", "/steps/{}/branches/0/when", "/x/y/z", "/"]


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    names = ["start", "steps", "type", "name", "outcomes", "levels", "who", "branches", "when", "outcome", *IDS[:4]]
    return st.dictionaries(st.sampled_from(names), inner, max_size=4)


words = st.text(max_size=6)
ids = st.sampled_from(IDS)
ways = st.sampled_from(WAYS)
edges = st.one_of(st.just(""), st.builds("{}:{}".format, ids, ways))
kinds = st.sampled_from([*step_types(), "nothing"])
scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 10**16), st.floats(), words, ids, ways)
values = st.recursive(scalars, lambda inner: st.one_of(st.lists(inner, max_size=3), objects(inner)), max_leaves=8)
pointers = st.builds(str.format, st.sampled_from(POINTERS), ids)


def documents() -> st.SearchStrategy[Json]:
    """Any JSON object, and objects that are nearly definitions."""
    step = st.fixed_dictionaries(
        {},
        optional={
            "type": st.one_of(kinds, values),
            "name": st.one_of(words, values),
            "outcomes": st.one_of(st.dictionaries(ways, st.one_of(ids, values), max_size=3), values),
            "levels": values,
            "branches": st.one_of(values, st.lists(objects(values), max_size=3)),
        },
    )
    steps = st.one_of(st.dictionaries(ids, st.one_of(step, values), max_size=5), values)
    near = st.fixed_dictionaries({}, optional={"start": st.one_of(ids, values), "steps": steps, "key": values})
    return st.one_of(near, objects(values))


def edits() -> st.SearchStrategy[Json]:
    fragment = st.fixed_dictionaries(
        {
            "format": st.just("signoff/fragment@1"),
            "first": ids,
            "steps": st.dictionaries(ids, objects(values), max_size=3),
        }
    )
    return st.one_of(
        _edit("insert", at=edges, type=kinds),
        _edit("insert", at=edges, type=kinds),
        _edit("delete", step=ids, keep=st.booleans()),
        _edit("duplicate", step=ids),
        _edit("move", step=ids, at=edges, branch=st.booleans()),
        _edit("paste", fragment=st.one_of(fragment, objects(values)), at=edges),
        _edit("retarget", step=ids, outcome=ways, target=st.one_of(ids, st.just(""))),
        _edit("reorder", step=ids, order=st.lists(ways, max_size=3)),
        _edit("shift", step=ids, outcome=ways, by=st.integers(-3, 3)),
        _edit("rename", step=ids, name=words),
        _edit("replace", step=ids, type=kinds),
        _edit("set", pointer=pointers, value=values),
        _edit("unset", pointer=pointers),
        _edit("configure", step=st.one_of(ids, st.just("")), settings=st.dictionaries(words, values, max_size=2)),
        _edit("load", document=documents()),
        form_edits(),
        _edit("test.save", test=st.one_of(st.fixed_dictionaries({"name": words, "expect": values}), objects(values))),
        _edit("test.delete", name=words),
    )


def _edit(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({"edit": st.just(kind), **fields})


def fitted(edit: Json, document: Json) -> Json:
    """The edit, made of a step and a way out that the document has."""
    known = document.get("steps")
    steps = list(known) if isinstance(known, dict) else []
    if not steps or edit["edit"] in ("load", "set", "unset") or edit["edit"].startswith("form."):
        return edit

    def step(name: str) -> str:
        return name if name in steps or name == "nobody" or not name else steps[IDS.index(name) % len(steps)]

    fit: Json = {name: step(edit[name]) for name in ("step", "target") if name in edit}
    if edit.get("at"):
        at, _, way = edit["at"].partition(":")
        fit["at"] = f"{step(at)}:{way}"
    return edit | fit
