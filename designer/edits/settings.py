"""Settings of steps and of the flow, by JSON pointer or several at once."""

from typing import Any

from designer.edits.draft_flow import DraftFlow
from designer.edits.edit import EVERYTHING, Done, Edit, EditRefused
from designer.edits.step_types import offered
from engine.pointers import MAX_KEYS, index, split

# A definition is known by its key, and read by its format.
FIXED = ("key", "format")
# What has edits of its own.
STRUCTURE = (*FIXED, "start", "steps")


class Set(Edit, frozen=True):
    """Objects on the way are made; "-" or the number after the last is a new member of a list."""

    pointer: str
    value: Any

    def apply(self, flow: DraftFlow) -> Done:
        keys = _keys(self.pointer)
        at: Any = flow.document
        for key in keys[:-1]:
            at = _into(at, key, self.pointer)
        _put(at, keys[-1], self.value, self.pointer)
        return _changed(flow, keys)

    def field(self) -> str:
        return self.pointer if isinstance(self.value, str) else ""


class Unset(Edit, frozen=True):
    pointer: str

    def apply(self, flow: DraftFlow) -> Done:
        keys = _keys(self.pointer)
        at: Any = flow.document
        for key in keys[:-1]:
            at = _member(at, key, self.pointer)
        _member(at, keys[-1], self.pointer)
        del at[index(keys[-1]) if isinstance(at, list) else keys[-1]]
        return _changed(flow, keys)


class Configure(Edit, frozen=True):
    """Several settings of a step, or without one of the flow, at once: by name, those to be left out as null."""

    settings: dict[str, Any]
    step: str = ""

    def apply(self, flow: DraftFlow) -> Done:
        fixed = ("type", "outcomes", "name") if self.step else STRUCTURE
        if wrong := [name for name in self.settings if name in fixed]:
            raise EditRefused("no_setting", self.step, name=wrong[0][:60])
        at = flow.step(self.step) if self.step else flow.document
        ways = offered(self.step, at) if self.step else []
        for name, value in self.settings.items():
            if value is None:
                at.pop(name, None)
            else:
                at[name] = value
        if self.step:
            _let_go(at, set(ways) - set(offered(self.step, at)))
        what = flow.name(self.step) if self.step else "The flow"
        touched = [self.step] if self.step else [f"/{name}" for name in self.settings]
        return Done(frozenset(touched), f"{what} changed.", self.step)

    def field(self) -> str:
        typed = [name for name, value in self.settings.items() if isinstance(value, str)]
        return f"{self.step}/{typed[0]}" if len(typed) == len(self.settings) == 1 else ""


def _let_go(step: dict[str, Any], ways: set[str]) -> None:
    """Of ways out that its settings do not offer any more, such as that of a branch that was removed."""
    led = step.get("outcomes")
    if isinstance(led, dict):
        for way in ways:
            led.pop(way, None)


def _keys(pointer: str) -> list[str]:
    keys = split(pointer)
    if not pointer.startswith("/") or len(keys) > MAX_KEYS:
        raise EditRefused("no_pointer")
    if keys[0] in FIXED:
        raise EditRefused("fixed", name=keys[0])
    return keys


def _into(at: Any, key: str, pointer: str) -> Any:
    """The member, an object made there where there is none."""
    if isinstance(at, dict):
        return at.setdefault(key, {})
    return _member(at, key, pointer)


def _member(at: Any, key: str, pointer: str) -> Any:
    if isinstance(at, dict) and key in at:
        return at[key]
    if isinstance(at, list) and (number := index(key)) is not None and number < len(at):
        return at[number]
    raise EditRefused("nothing_there", pointer=pointer[:120])


def _put(at: Any, key: str, value: Any, pointer: str) -> None:
    if isinstance(at, dict):
        at[key] = value
    elif isinstance(at, list) and (key == "-" or index(key) == len(at)):
        at.append(value)
    else:
        _member(at, key, pointer)
        at[index(key)] = value


def _changed(flow: DraftFlow, keys: list[str]) -> Done:
    if keys == ["steps"]:
        return Done(frozenset({EVERYTHING}), "The steps were changed.")
    if keys[0] == "steps":
        step = keys[1]
        return Done(frozenset({step}), f"{flow.name(step)} changed.", step if step in flow.steps else "")
    return Done(frozenset({f"/{keys[0]}"}), f"The flow’s {keys[0]} changed.")
