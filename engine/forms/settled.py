"""Conditional schemas: what a place asks for, given the value it stands for.

`if`, `dependentSchemas` and `dependentRequired` are decided by the value; of `anyOf` and `oneOf` one variant is taken,
the one that was picked or that fits the value best. A field that the value's condition hides is not asked for: it
is not taken from a post, and a value that stood there before is dropped with the next answer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from msgspec import UNSET, Struct
from msgspec.structs import replace

from engine import schemas
from engine.forms import schema as form_schema
from engine.forms.schema import WHEN, Schema
from engine.forms.values import Picked
from engine.schema_dependents import is_given

# Conditions inside of conditions.
MAX_HOPS = 20
VARIANTS = ("oneOf", "anyOf")
# A schema, the properties that it names under some condition, and those by which its conditions are decided.
Names = tuple[Schema, dict[str, Any], frozenset[str]]


class Variant(NamedTuple):
    """`name`: what a post calls it."""

    name: str
    label: str
    schema: Schema


class Settled(Struct, frozen=True):
    """`refs`: definitions that were followed; `variants`: to pick from, and which `variant` it is."""

    schema: Schema
    refs: frozenset[str] = frozenset()
    variants: tuple[Variant, ...] = ()
    variant: int = 0
    word: str = ""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Of one form, each worked out once. Schemas are known by their ids, and kept so that no other gets the same."""

    root: Schema
    resolved: dict[int, tuple[Any, Schema, frozenset[str]]] = field(default_factory=dict)
    merged: dict[tuple[int, ...], tuple[Any, Schema]] = field(default_factory=dict)
    found: dict[int, tuple[Any, tuple[Variant, ...]]] = field(default_factory=dict)
    judges: dict[int, tuple[Any, Any]] = field(default_factory=dict)
    names: dict[int, Names] = field(default_factory=dict)

    def resolve(self, schema: Any) -> tuple[Schema, frozenset[str]]:
        known = self.resolved.get(id(schema))
        if known is None:
            known = self.resolved[id(schema)] = (schema, *form_schema.resolve(schema, self.root))
        return known[1:]

    def settle(self, schema: Schema, value: Any, pick: str) -> Settled:
        """`pick`: the name of a variant, else the one that fits the value best."""
        now = Settled(schema)
        for _ in range(MAX_HOPS):
            if not is_open(now.schema):
                break
            now = self._step(now, value, pick)
        return now

    def _step(self, now: Settled, value: Any, pick: str) -> Settled:
        schema, word = now.schema, variant_word(now.schema)
        taken = [part for part in (self._branch(one, value) for one in schema.get(WHEN) or ()) if part is not None]
        if word:
            variants = self.variants(schema, word)
            at = _picked(variants, value, pick, self)
            taken.append(schema[word][at])
            now = replace(now, variants=variants, variant=at, word=word)
        merged, refs = self._merged(schema, word, taken)
        return replace(now, schema=merged, refs=now.refs | refs)

    def _merged(self, schema: Schema, word: str, taken: list[Any]) -> tuple[Schema, frozenset[str]]:
        key = id(schema), *map(id, taken)
        if key not in self.merged:
            rest = {name: part for name, part in schema.items() if name not in (WHEN, word)}
            self.merged[key] = ([schema, taken], {"allOf": [rest, *taken]})
        return self.resolve(self.merged[key][1])

    def ways(self, schema: Schema) -> Iterator[tuple[Schema, int, str]]:
        """Every way in which a place may go on from here, each alone; of a variant with its number and word."""
        word = variant_word(schema)
        for condition in schema.get(WHEN) or ():
            for branch in ("then", "else"):
                if branch in condition:
                    yield self._merged(schema, word, [condition[branch]])[0], 0, ""
        for at, part in enumerate(schema[word] if word else ()):
            yield self._merged(schema, word, [part])[0], at, word
        yield self._merged(schema, word, [])[0], 0, ""

    def variants(self, schema: Schema, word: str) -> tuple[Variant, ...]:
        if id(schema) not in self.found:
            made = tuple(
                Variant(form_schema.digest(one), _label(self.resolve(one)[0], number), self.resolve(one)[0])
                for number, one in enumerate(schema[word], 1)
            )
            self.found[id(schema)] = (schema, made)
        return self.found[id(schema)][1]

    def _branch(self, condition: Schema, value: Any) -> Any:
        if "given" in condition:
            return condition["then"] if isinstance(value, dict) and is_given(value, condition["given"]) else None
        return condition.get("then" if self.holds(condition["if"], {} if value is UNSET else value) else "else")

    def holds(self, schema: Any, value: Any) -> bool:
        return schemas.holds(self.judge(schema), value)

    def judge(self, schema: Any) -> Any:
        """The validator of a part of the form's schema, or of all of it."""
        known = self.judges.get(id(schema))
        if known is None:
            known = self.judges[id(schema)] = (schema, schemas.validator(self.root).evolve(schema=schema))
        return known[1]

    def claimed(self, schema: Schema) -> dict[str, Any]:
        """The properties that it names under some condition."""
        return self._names(schema)[1]

    def deciding(self, schema: Schema) -> frozenset[str]:
        """The properties by which its conditions are decided."""
        return self._names(schema)[2]

    def _names(self, schema: Schema) -> Names:
        if id(schema) not in self.names:
            self.names.update(self._found_names(schema, {}))
        return self.names[id(schema)]

    def _found_names(self, schema: Schema, found: dict[int, Names]) -> dict[int, Names]:
        """`found`: so far, with those of a schema that is inside of itself; for nobody else until all are."""
        if id(schema) in found:
            return found
        own = schema.get("properties")
        named = dict(own) if isinstance(own, dict) else {}
        deciding: set[str] = set()
        found[id(schema)] = (schema, named, frozenset())
        more: dict[str, list[Any]] = {}
        for condition in schema.get(WHEN) or ():
            deciding |= {condition["given"]} if "given" in condition else set(self._asked(condition["if"]))
        for way, _, _ in self.ways(schema) if is_open(schema) else ():
            _, names, others = self._found_names(way, found)[id(way)]
            deciding |= others
            for name in names.keys() - named.keys():
                more.setdefault(name, []).append(names[name])
        named |= {name: parts[0] if len(parts) == 1 else {"anyOf": parts} for name, parts in more.items()}
        found[id(schema)] = (schema, named, frozenset(deciding))
        return found

    def _asked(self, condition: Any) -> Iterator[str]:
        resolved = self.resolve(condition)[0]
        yield from resolved.get("properties") or ()
        yield from (name for name in resolved.get("required") or () if isinstance(name, str))
        for word in (*VARIANTS, "not"):
            inside = resolved.get(word)
            for part in inside if isinstance(inside, list) else [inside]:
                if isinstance(part, dict):
                    yield from self._asked(part)


def is_open(schema: Schema) -> bool:
    """Whether it depends on the value what it asks for."""
    return WHEN in schema or bool(variant_word(schema))


def variant_word(schema: Schema) -> str:
    """The word under which variants to pick from stand. Some that only say what is needed are none to pick."""
    return next((word for word in VARIANTS if word in schema and are_variants(schema[word])), "")


def are_variants(options: Any) -> bool:
    if not isinstance(options, list) or not options or not all(isinstance(one, dict) for one in options):
        return False
    only_needed = not any(one.keys() - {"required", "not"} for one in options)
    return not only_needed and not form_schema.has_choices({"oneOf": options})


def _label(schema: Schema, number: int) -> str:
    return str(schema.get("title") or f"Option {number}")


def _picked(variants: tuple[Variant, ...], value: Any, pick: str, form: Conditions) -> int:
    wish = value.variant if isinstance(value, Picked) else pick
    for at, variant in enumerate(variants):
        if variant.name == wish:
            return at
    if value is UNSET:
        return 0
    return max(range(len(variants)), key=lambda at: (*_fit(variants[at].schema, value, form), -at))


def _fit(schema: Schema, value: Any, form: Conditions) -> tuple[bool, bool, int]:
    """Whether the fields that tell variants apart agree, whether all of it is valid, how many fields are known."""
    if not isinstance(value, dict):
        return True, form.holds(schema, value), 0
    named = schema.get("properties") or {}
    agree = all(_agrees(form.resolve(named[key])[0], item) for key, item in value.items() if key in named)
    return agree, form.holds(schema, value), len(value.keys() & named.keys())


def _agrees(schema: Schema, value: Any) -> bool:
    return "const" not in schema or form_schema.same(schema["const"], value)
