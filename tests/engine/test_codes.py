"""Every code has its text, every text its code, and a text needs nothing that its code does not bring."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from engine.phrases import Plural
from engine.reasons import MAX_ENTRIES, MAX_SAID, MAX_TEXT, Reason, reason, said
from engine.wording.catalogue import CATALOGUE, SUBJECTS
from engine.wording.labels import Labels
from engine.wording.sentences import of_plugins, sentence

ROOT = Path(__file__).parents[2]
# What takes a code as its first argument, and where that is a field and so no sentence.
MAKERS = {
    "Reason",
    "reason",
    "said",
    "problem",
    "Stop",
    "Refused",
    "EditRefused",
    "Undecidable",
    "RuleError",
    "DurationError",
    "Unfit",
    "Unread",
}
# The code comes from another reason, or from data.
PASSED_ON = {"engine/reasons.py", "engine/problems.py", "engine/wording/sentences.py"}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for package in ("engine", "designer", "app"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "catalogue" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


@cache
def calls() -> list[tuple[str, list[ast.AST], ast.Call]]:
    """With where a name in it may be assigned: the function around it, else the module."""
    found = []
    for name, module in sources():
        makers = MAKERS & set(engines(name, module)) | ({"Unreadable"} if name == "engine/numbers.py" else set())
        around: dict[ast.AST, list[ast.AST]] = {}
        for node in ast.walk(module):
            places = around.get(node, [module])
            inside = [node, *places] if isinstance(node, ast.FunctionDef) else places
            around |= dict.fromkeys(ast.iter_child_nodes(node), inside)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers and node.args:
                found.append((name, places, node))
    return found


def engines(file: str, module: ast.Module) -> Iterator[str]:
    """Names that come from the engine, or are defined here."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(("engine.", "designer.")):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef) and file.startswith("engine/"):
            yield node.name


def codes(places: list[ast.AST], given: ast.expr) -> set[str]:
    """The texts that an expression may be: written there, in a dict of the module, or given to a name."""
    match given:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return codes(places, one) | codes(places, other)
        case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name):
            found = ({text for value in assigned(place, name) for text in texts(value)} for place in places)
            return next(filter(None, found), set())
    return set()


def assigned(module: ast.AST, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                yield from (value for one, value in zip(names, values, strict=False) if is_name(one, name))


def is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def texts(value: ast.expr) -> Iterator[str]:
    """Of a dict its values."""
    match value:
        case ast.Dict(values=values):
            yield from (text for one in values for text in texts(one))
        case ast.IfExp(body=one, orelse=other):
            yield from (*texts(one), *texts(other))
        case ast.Call(args=[_, ast.Constant(value=str(text))]):
            yield text
        case ast.Constant(value=str(text)):
            yield text


def fields(text: str | Plural) -> set[str]:
    written = (text.one, text.many) if isinstance(text, Plural) else (text,)
    return {name for one in written for _, name, _, _ in Formatter().parse(one) if name}


def test_every_code_that_is_given_has_a_text() -> None:
    known = CATALOGUE.keys() | of_plugins().keys()
    unknown = [
        f"{name}:{call.lineno} {code}" for name, places, call in calls() for code in codes(places, call.args[0]) - known
    ]
    assert not unknown


def test_no_code_is_made_where_this_test_cannot_read_it() -> None:
    hidden = [
        f"{name}:{call.lineno} {ast.unparse(call)}"
        for name, places, call in calls()
        if name not in PASSED_ON and not codes(places, call.args[0]) and not passes_on(call.args[0])
    ]
    assert not hidden


def passes_on(given: ast.expr) -> bool:
    """The code of another reason."""
    return isinstance(given, ast.Attribute | ast.Subscript) and "code" in ast.unparse(given)


def test_every_text_belongs_to_a_code_that_is_given() -> None:
    given = {code for _, places, call in calls() for code in codes(places, call.args[0])}
    assert not set(CATALOGUE) - given


def test_no_code_has_two_texts() -> None:
    assert len(CATALOGUE) == sum(len(subject.TEXTS) for subject in SUBJECTS)


def test_a_text_needs_nothing_that_its_code_does_not_bring() -> None:
    lacking = [
        f"{name}:{call.lineno} {code} lacks {sorted(missing)}"
        for name, places, call in calls()
        for code in codes(places, call.args[0])
        if (missing := fields(CATALOGUE.get(code, "")) - brought(call))
    ]
    assert not lacking


def brought(call: ast.Call) -> set[str]:
    """A problem, and a reason inside another one, is about the step that is named around it."""
    names = {word.arg for word in call.keywords if word.arg}
    spread = any(word.arg is None for word in call.keywords)
    everything = {name for text in CATALOGUE.values() for name in fields(text)} if spread else set()
    kind = call.func.id if isinstance(call.func, ast.Name) else ""
    own = {"problem": {"step"}, "said": {"text"}, "Undecidable": {"step"}, "EditRefused": {"step"}}.get(kind, set())
    return names | everything | own


@pytest.mark.parametrize("value", ["x" * 10_000, ["x"] * 10_000, {str(key): key for key in range(10_000)}])
def test_parameters_are_bounded(value: object) -> None:
    kept = reason("said", value=value).params["value"]
    assert len(kept) <= max(MAX_TEXT, MAX_ENTRIES)
    assert len(said("said", "x" * 100_000).params["text"]) == MAX_SAID


def test_names_are_looked_up_when_it_is_told() -> None:
    stopped = reason("nobody_takes_over", step="boss", person="019a")
    assert sentence(stopped, Labels(people={"019a": "Dana"}, steps={"boss": "Approval"})) == (
        "“Approval” waits for Dana, who cannot answer any more, and nobody can take over."
    )
    assert "somebody who left" in sentence(stopped, Labels(steps={"boss": "Approval"}))


def test_what_was_erased_or_is_of_another_version_is_told_all_the_same() -> None:
    assert sentence(Reason("undo_failed", {"step": "order", "error": None})) == "“order” could not be undone: …"
    assert sentence(Reason("from_tomorrow")) == "“from_tomorrow” was recorded"


def test_values_are_never_read_as_places() -> None:
    assert sentence(said("said", "{person} {0} {code}")) == "{person} {0} {code}"
