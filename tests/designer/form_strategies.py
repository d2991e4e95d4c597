"""Random edits of forms, and random schemas that are near enough to real ones."""

from typing import Any

from hypothesis import strategies as st

from designer.forms.palette import palette

Json = dict[str, Any]
FORM_EDITS = ("add", "ask", "move", "remove", "rename", "set", "widget", "choices", "json", "own")
STEPS = ["request", "form", "approval", "approved"]
NAMES = ["subject", "text", "money", "group", "repeating_group", "items", "amount", "text_2", "nobody", "and", ""]
steps = st.sampled_from(STEPS)
kinds = st.sampled_from([entry.kind for entry in palette()])
names = st.sampled_from(NAMES)
addresses = st.lists(names, min_size=1, max_size=3).map(lambda keys: "/" + "/".join(keys))
groups = st.one_of(st.just(""), st.sampled_from(["/group", "/repeating_group/items"]), addresses)
places = st.one_of(st.none(), names)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 3000), st.text(max_size=5), names)
TYPES = ["string", "number", "integer", "boolean", "object", "array", "null", "nothing"]


def schemas() -> st.SearchStrategy[Any]:
    """Any JSON, most of it like JSON Schema."""

    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.fixed_dictionaries(
            {},
            optional={
                "type": st.one_of(st.sampled_from(TYPES), scalars),
                "title": scalars,
                "properties": st.one_of(st.dictionaries(names, inner, max_size=3), scalars),
                "items": inner,
                "required": st.one_of(st.lists(names, max_size=3), scalars),
                "enum": st.one_of(st.lists(scalars, max_size=3), scalars),
                "oneOf": st.one_of(st.lists(inner, max_size=2), scalars),
                "allOf": st.one_of(st.lists(inner, max_size=2), scalars),
                "if": inner,
                "then": inner,
                "dependentRequired": st.one_of(
                    st.dictionaries(names, st.lists(names, max_size=2), max_size=2), scalars
                ),
                "$ref": st.sampled_from(["#", "#/properties/text", "#/nowhere", 3]),
            },
        )

    return st.recursive(st.one_of(scalars, st.just({"type": "string"})), around, max_leaves=8)


def ui_schemas() -> st.SearchStrategy[Any]:
    words = st.sampled_from(["ui:order", "ui:widget", "ui:money", "ui:title", "ui:options", "order", *NAMES])
    return st.recursive(
        st.one_of(scalars, st.lists(names, max_size=3)),
        lambda inner: st.dictionaries(words, inner, max_size=3),
        max_leaves=6,
    )


def form_edits() -> st.SearchStrategy[Json]:
    words = st.sampled_from(["title", "required", "minLength", "ui:help", "ui:width", "default", "ui:money", "nothing"])
    return st.one_of(
        _edit("add", kind=st.one_of(kinds, st.just("nothing")), into=groups, after=places, label=st.text(max_size=8)),
        _edit("add", kind=kinds, into=st.just(""), after=places),
        _edit("ask", name=names, after=places),
        _edit("move", place=addresses, into=groups, after=places, confirmed=st.booleans()),
        _edit("remove", place=addresses, confirmed=st.booleans()),
        _edit("rename", place=addresses, name=st.one_of(names, st.text(max_size=5))),
        _edit("set", place=addresses, settings=st.dictionaries(words, scalars, max_size=3)),
        _edit("widget", place=addresses, kind=kinds),
        _edit("choices", place=addresses, text=st.text(max_size=20)),
        _edit("json", schema=_objects(schemas()), ui=_objects(ui_schemas()), confirmed=st.booleans()),
        _edit("own"),
    )


def _objects(found: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return found.map(lambda one: one if isinstance(one, dict) else {"type": "object", "properties": {"text": one}})


def _edit(what: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({"edit": st.just(f"form.{what}"), "step": steps, **fields})
