"""`python -m app definitions`: a definition in a file checked and tried, for tools that want no server.

Its tests are run, and people are made up as for tests. Groups, people and secrets are a tenant's, so only publishing
holds it against them.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

from app.definition_files import document_of
from app.errors import Invalid
from designer.bpmn.write import write
from designer.diff import Change, difference
from designer.edits import EditRefused, tidy
from designer.trial import cases, words
from designer.trial.company import company
from designer.trial.play import Turn, run
from designer.trial.runnable import runnable
from designer.trial.script import Case, Expected, Script
from designer.trial.trace import followed, standing
from engine import json_text
from engine.check import check_document
from engine.definition import Definition
from engine.problems import Problem
from engine.wording.labels import labels_of
from engine.wording.sentences import sentence

FINE, WRONG, UNREADABLE = 0, 1, 2


def main(argv: list[str]) -> int:
    """0: nothing is wrong; 1: there are problems, or a move was refused; 2: the files cannot be read."""
    parser = argparse.ArgumentParser("python -m app definitions", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    checking = verbs.add_parser("check", help="what stands in the way of publishing it, its tests among it")
    trying = verbs.add_parser("simulate", help="run a script: data, requester, at, moves as in a test")
    comparing = verbs.add_parser("diff", help="what changed from one file to the other; 1 where anything did")
    bpmn = verbs.add_parser("bpmn", help="JSON as BPMN 2.0, BPMN as JSON; what did not map is told beside it")
    for one in (checking, trying, comparing, bpmn):
        one.add_argument("file", type=Path, help="the definition")
        one.add_argument("--json", action="store_true", help="as JSON instead of sentences")
    trying.add_argument("script", type=Path, help="the script; of a test in the definition, its name")
    comparing.add_argument("newer", type=Path, help="the other definition")
    try:
        given = parser.parse_args(argv)
    except SystemExit as stopped:
        return int(stopped.code or 0)
    try:
        if given.verb == "bpmn":
            return _bpmn(given.file.read_bytes(), given.json)
        document = json_text.loads(given.file.read_bytes())
        if given.verb == "diff":
            return _diff(document, json_text.loads(given.newer.read_bytes()), given.json)
        return _check(document, given.json) if given.verb == "check" else _simulate(document, given.script, given.json)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError, json_text.Unfit, RecursionError) as unread:
        print(unread, file=sys.stderr)
        return UNREADABLE


def _check(document: Any, as_json: bool) -> int:
    found = check_document(document) or cases.problems(document)
    if as_json:
        _print({"problems": [_problem(document, one) for one in found]})
    else:
        print("\n".join(_problem(document, one)["message"] for one in found) or "Nothing stands in the way.")
    return WRONG if found else FINE


def _problem(document: Any, one: Problem) -> dict[str, Any]:
    pointer = f"/steps/{one.step}{one.field}" if one.step else one.field
    told = {"code": one.code, "pointer": pointer, "message": sentence(one.reason, labels_of(document))}
    return {**told, "params": one.params}


def _diff(before: Any, after: Any, as_json: bool) -> int:
    try:
        found = difference(tidy(before), tidy(after))
    except EditRefused as refused:
        print(sentence(refused.reason), file=sys.stderr)
        return UNREADABLE
    if as_json:
        _print({"counts": found.counts, "changes": [_change(one) for one in found.changes]})
    else:
        for change in found.changes:
            print(f"{change.name} ({change.type}): {change.kind}")
            for one in change.settings:
                print(f"  {one.what}: {one.before or 'nothing'} → {one.after or 'nothing'}")
        if not found.changes:
            print("No difference.")
    return WRONG if found.changes else FINE


def _change(one: Change) -> dict[str, Any]:
    names = ("what", "before", "after", "pointer")
    settings = [dict(zip(names, setting, strict=True)) for setting in one.settings]
    return {"kind": one.kind, "step": one.step, "name": one.name, "settings": settings}


def _bpmn(content: bytes, as_json: bool) -> int:
    """The other kind of file; with as_json, all of what was read of BPMN in one."""
    try:
        found = document_of(content)
        document = tidy(found.content)
    except Invalid as invalid:
        print(invalid.message, file=sys.stderr)
        return UNREADABLE
    except EditRefused as refused:
        print(sentence(refused.reason), file=sys.stderr)
        return UNREADABLE
    if not found.is_bpmn:
        print(write(document).decode())
        return FINE
    notes = [{"code": note.code, "params": note.params, "message": sentence(note)} for note in found.notes]
    if as_json:
        _print({"document": document, "unmapped": notes})
    else:
        print(msgspec.json.format(json_text.dumps(document), indent=2).decode())
        for note in notes:
            print(note["message"], file=sys.stderr)
    return WRONG if notes else FINE


def _simulate(document: Any, named: Path, as_json: bool) -> int:
    definition = runnable(document)
    if definition is None:
        return _check(document, as_json)
    case = _case(document, named)
    turns = run(definition, company(definition, case), case)
    told = [_turn(definition, turns, number) for number in range(len(turns))]
    if as_json:
        state = turns[-1].state
        path = [f"{step}:{outcome}" for step, outcome in followed(definition, turns)]
        facts = {"status": state.status if state else None, "data": state.data if state else {}}
        _print({**facts, "steps": standing(turns), "path": path, "turns": told})
    else:
        for turn in told:
            print("\n".join([f"{turn['text']} ({turn['at']})", *(f"  {line}" for line in turn["events"])]))
            if turn["refused"]:
                print(f"  Refused: {turn['refused']}")
    return WRONG if turns[-1].refused else FINE


def _case(document: Any, named: Path) -> Case:
    """A test of the definition by its name, or a script in a file."""
    known = [one for one in document.get("tests", ()) if isinstance(one, dict) and one.get("name") == str(named)]
    if known:
        return msgspec.convert(known[0], Case)
    given = json_text.normal(json_text.loads(named.read_bytes()))
    script = msgspec.convert(given, Script)
    return Case(script.data, script.requester, script.at, script.moves, name="", expect=Expected())


def _turn(definition: Definition, turns: list[Turn], number: int) -> dict[str, Any]:
    turn, before = turns[number], turns[number - 1] if number else None
    names = words.names(definition, turn.directory)
    return {
        "text": words.title(definition, before, turn),
        "at": turn.at.isoformat(),
        "events": [", ".join((line.text, *line.facts)) for line in words.lines(turn, names)],
        "refused": words.refusal(definition, turn.directory, turn.refused) if turn.refused else None,
    }


def _print(told: Any) -> None:
    print(json_text.dumps(told).decode())
