"""What checking an answer against a schema can cost, worked out from the schema alone.

Two measures are bounded: how often one value may be looked at (branches multiply through references), and whether a
definition that contains itself comes back to a value more than once, which would double with every level.
"""

from collections.abc import Iterator
from typing import Any

from engine.reasons import reason
from engine.schema_keywords import only_constants
from engine.schemas import Error, place

Schema = dict[str, Any]

MAX_LOOKS = 100
MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
# Where the same value is looked at again, and where a part of it is.
_SAME = ("allOf", "anyOf", "oneOf", "dependentSchemas", "not", "if", "then", "else")
_APART = ("properties", "prefixItems", "items", "additionalProperties")
_AGAIN = ("patternProperties", "contains", "propertyNames")
SINGLE = ("items", "contains", "not", "if", "then", "else", "additionalProperties", "propertyNames")


def cost_problems(root: Schema) -> Iterator[Error]:
    """Of a schema whose parts are known to be sound and whose references lead somewhere."""
    graph = _Graph(root)
    circles = [name for name in graph.names if graph.circles(name)]
    for name in circles:
        yield Error(_pointer(name), "$ref", reason("reference_circle", text=name))
    if circles:
        return
    for name in graph.names:
        if graph.returns(name, name) > 1:
            yield Error(_pointer(name), "$ref", reason("reference_twice", text=name))
    if graph.looks("#") > MAX_LOOKS:
        yield Error("", "size", reason("too_many_looks", most=MAX_LOOKS))


def target(root: Schema, reference: str) -> Any:
    """What a reference to #/$defs/name leads to; None for nothing."""
    _, word, *names = reference.split("/")
    defined = root.get(word)
    name = "/".join(names).replace("~1", "/").replace("~0", "~")
    return defined.get(name) if isinstance(defined, dict) and len(names) == 1 else None


def _pointer(name: str) -> str:
    return place(name.split("/")[1:])


class _Graph:
    """The schema's definitions, by the reference that leads to each; the schema itself is "#"."""

    def __init__(self, root: Schema) -> None:
        self._parts: dict[str, Any] = {"#": root}
        for word in ("$defs", "definitions"):
            for name, part in root.get(word, {}).items():
                escaped = name.replace("~", "~0").replace("/", "~1")
                self._parts[f"#/{word}/{escaped}"] = part
        self.names = list(self._parts)
        self._at_once = {name: set(_references(part, same=True)) for name, part in self._parts.items()}
        every = {name: set(_references(part, same=False)) for name, part in self._parts.items()}
        self._onward = {name: _reach(name, every) for name in self.names}
        self._looks: dict[str, int] = {}

    def circles(self, name: str) -> bool:
        """Whether it comes back to itself before anything of the value is used up."""
        return name in _reach(name, self._at_once)

    def _turns(self, one: str, other: str) -> bool:
        return other in self._onward[one] and one in self._onward[other]

    def returns(self, name: str, of: str) -> int:
        """How often a part of the value may be checked by the definitions that contain each other with `of`."""
        if of not in self._onward[of]:
            return 0
        return _added(self._parts[name], lambda reference: int(self._turns(reference, of)), own=0)

    def looks(self, name: str) -> int:
        """How often one value may be looked at, counting a definition that contains itself once."""
        if name not in self._looks:
            self._looks[name] = 1
            self._looks[name] = _added(self._parts[name], self.looks, own=1)
        return self._looks[name]


def _added(part: Any, count: Any, own: int) -> int:
    """Over all branches: parts for the same value add up, of parts for different values the largest counts."""
    if not isinstance(part, dict):
        return 0
    apart = max((_added(one, count, own) for word in _APART for one in _inside(part, word)), default=0)
    again = sum(_added(one, count, own) for word in (*_AGAIN, *_SAME) for one in _inside(part, word))
    reference = count(part["$ref"]) if "$ref" in part else 0
    return max(own, apart) + again + int(reference)


def _inside(part: Schema, word: str) -> list[Any]:
    found = part.get(word)
    if isinstance(found, list):
        return [] if word in ("anyOf", "oneOf") and only_constants(found) else found
    if isinstance(found, dict) and word in MAPS:
        return list(found.values())
    return [found]


def _references(part: Any, same: bool) -> Iterator[str]:
    """What a part refers to; `same`: only for the value itself, not for the values inside it."""
    if not isinstance(part, dict):
        return
    if "$ref" in part:
        yield part["$ref"]
    for word in _SAME if same else (*_SAME, *_APART, *_AGAIN):
        for one in _inside(part, word):
            yield from _references(one, same)


def _reach(begin: str, ways: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    ahead = list(ways[begin])
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead += ways[name]
    return seen
