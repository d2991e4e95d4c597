"""Where a definition names fields of its data: rules, templates, calls, who is asked, levels, covers, tests.

One walk finds the mentions and writes them anew, so that what is counted as a use is what a renaming changes.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from designer.edits.draft_flow import name_of, steps_of
from engine.placeholders import PLACE
from engine.pointers import join
from engine.rules import RuleError
from engine.rules.lexer import Word, words_of
from engine.wording.values import clean, plain_name

Json = dict[str, Any]
Path = tuple[str, ...]
# The forms are changed as forms; the rest is no setting, or for people alone.
_UNREAD = ("form", "name", "description", "type", "outcomes")
_LISTS, _MAPS, _SINGLE = ("covers",), ("on_change", "set"), ("save", "until")
_CALLS = ("call", "undo")
LONGEST = 60


class Use(NamedTuple):
    """step: its id, or "" for the flow itself. pointer: into the document. words: for people."""

    step: str
    pointer: str
    words: str


class _Place(NamedTuple):
    """A setting: of which step, where, and what it is called."""

    step: str
    pointer: str
    called: str

    def inside(self, key: str | int) -> "_Place":
        called = self.called if isinstance(key, int) or key == "field" else "rule" if key == "when" else plain_name(key)
        return _Place(self.step, join(self.pointer, key), called)


See = Callable[[_Place, Path, str], Path]


def uses(document: Json, path: Path) -> list[Use]:
    """All mentions of the field, or of what is inside of it. The document stays as it is."""
    found: dict[str, Use] = {}

    def see(place: _Place, named: Path, text: str) -> Path:
        if named[: len(path)] == path:
            about = f"{place.called[:1].upper()}{place.called[1:]}" + (f" “{clean(text, LONGEST)}”" if text else "")
            found.setdefault(place.pointer, Use(place.step, place.pointer, about))
        return named

    _walk(document, see)
    return list(found.values())


def redirect(document: Json, old: Path, new: Path) -> None:
    """Every mention of the one becomes one of the other, in the document itself."""
    _walk(document, lambda _, named, __: (*new, *named[len(old) :]) if named[: len(old)] == old else named)


def where(document: Json, use: Use) -> str:
    """The step that it is in, by name."""
    return name_of(steps_of(document)[use.step], use.step) if use.step else "This flow"


def _walk(document: Json, see: See) -> None:
    if isinstance(document.get("title"), str):
        document["title"] = _text(document["title"], _Place("", "/title", "title of requests"), see)
    for key, step in steps_of(document).items():
        here = _Place(key, join("/steps", key), "")
        for name in [name for name in step if name not in _UNREAD]:
            step[name] = _setting(step[name], name, here.inside(name), see)
    tests = document.get("tests")
    if isinstance(tests, dict | list):
        document["tests"] = _tests(tests, _Place("", "/tests", "test"), see)


def _setting(value: Any, name: str, here: _Place, see: See) -> Any:
    """name: of the setting itself, whatever list it is in."""
    if isinstance(value, str):
        if name in _SINGLE:
            return see(here, (value,), "")[0]
        return _rule(value, here, see) if name == "when" else _text(value, here, see)
    if isinstance(value, list):
        if name in _LISTS:
            return [see(here, (one,), "")[0] if isinstance(one, str) else one for one in value]
        return [_setting(one, "", here.inside(number), see) for number, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if name in _MAPS:
        return {see(here, (key,), "")[0]: one for key, one in value.items()}
    if name in _CALLS:
        return _texts(value, here, see)
    return {key: _member(one, key, here.inside(key), see) for key, one in value.items()}


def _member(value: Any, key: str, here: _Place, see: See) -> Any:
    if key == "field" and isinstance(value, str):
        return ".".join(see(here, tuple(value.split(".")), ""))
    return _setting(value, key, here, see)


def _texts(value: Any, here: _Place, see: See) -> Any:
    if isinstance(value, str):
        return _text(value, here, see)
    if isinstance(value, list):
        return [_texts(one, here.inside(number), see) for number, one in enumerate(value)]
    if isinstance(value, dict):
        return {
            key: _texts(one, _Place(here.step, join(here.pointer, key), here.called), see) for key, one in value.items()
        }
    return value


def _text(text: str, here: _Place, see: See) -> str:
    return PLACE.sub(lambda place: "{" + ".".join(see(here, tuple(place[1].split(".")), text)) + "}", text)


def _rule(text: str, here: _Place, see: See) -> str:
    """What is no rule is left as it is."""
    try:
        words = words_of(text)
    except RuleError:
        return text
    for chain in reversed(_chains(words)):
        named = tuple(word.text for word in chain)
        seen = see(here, named, text)
        if seen != named:
            text = text[: chain[0].at] + ".".join(seen) + text[chain[-1].at + len(chain[-1].text) :]
    return text


def _chains(words: list[Word]) -> list[list[Word]]:
    """The names of data that a rule reads, each with its attributes."""
    chains: list[list[Word]] = []
    before = ""
    for word in words:
        if word.kind == "SYMBOL" and not word.text.startswith("$"):
            if before == "ATTR" and chains:
                chains[-1].append(word)
            elif before != "ATTR":
                chains.append([word])
        before = word.kind
    return chains


def _tests(value: Any, here: _Place, see: See, *, data: bool = False) -> Any:
    """The data of a definition's tests, wherever a test keeps it."""
    if isinstance(value, list):
        return [_tests(one, here.inside(number), see) for number, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if data:
        return _data(value, here, see)
    return {
        key: _tests(one, _Place("", join(here.pointer, key), here.called), see, data=key == "data")
        for key, one in value.items()
    }


def _data(value: Json, here: _Place, see: See) -> Json:
    found: Json = {}
    for path, leaf in _leaves(value, ()):
        *around, name = see(here, path, "")
        at = found
        for key in around:
            if not isinstance(at.get(key), dict):
                at[key] = {}
            at = at[key]
        at[name] = leaf
    return found


def _leaves(value: Json, path: Path) -> Iterator[tuple[Path, Any]]:
    for key, one in value.items():
        if isinstance(one, dict) and one:
            yield from _leaves(one, (*path, key))
        else:
            yield (*path, key), one
