"""What comes as one file needs no other: one step type, kind of who, channel and export, each put where it is found."""

import re
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import app.channels
import app.exports
import engine.steps
import engine.who
from app import definition_checks, overview, tasks
from app.api.schemas import _definition as published_schema
from app.approvals import requests
from app.channels import Channel, email
from app.effects import work
from app.errors import Invalid
from app.exports import Export, csv, exports, pdf
from app.reports import jobs
from app.runtime import Actor
from app.store.db import across_tenants
from designer import ahead
from designer.edits.step_types import new_step
from designer.panel import step_form
from designer.policy import policy_of
from designer.simulate import from_start
from engine import registry
from engine.check import check_document
from engine.definition import Definition
from engine.document import document_schema
from engine.event_schema import event_schema
from engine.forms import fields
from engine.interpreter import World
from engine.people import Directory
from engine.registry import Incomplete, plugins
from engine.schemas import validate
from engine.steps import StepType, action, approval, decision, end, form, notify, start, step_types, wait
from engine.who import Kind, field, group, kinds, manager, requester, role, user
from engine.wording.sentences import sentence
from engine.wording.steps import explain
from tests.app.pages import words
from tests.app.requests import ask, deliver, instance, tasks_of
from tests.engine.cast import NOW, directory, person
from tests.make import Cast, User, browser, make_cast
from tests.test_architecture import ROOT, name, sources

# The lists are for mypy: it holds each file against its Protocol, arguments and all.
STEP_TYPES: list[StepType] = [action, approval, decision, end, form, notify, start, wait]
KINDS: list[Kind] = [field, group, manager, requester, role, user]
CHANNELS: list[Channel] = [email]
EXPORTS: list[Export] = [csv, pdf]
PACKAGES: dict[str, Any] = {
    "steps": engine.steps, "who": engine.who, "channels": app.channels, "exports": app.exports
}  # fmt: skip
WRITTEN_HERE = {"steps": "counter", "who": "colleagues", "channels": "pager", "exports": "lines"}
FLOW: dict[str, Any] = {
    "format": "signoff/definition@1",
    "key": "tally",
    "name": "Tally",
    "channels": ["email", "pager"],
    "data": {"type": "object", "properties": {"item": {"type": "string"}, "counted": {"type": "integer"}}},
    "start": "request",
    "steps": {
        "request": {
            "type": "start",
            "name": "Request",
            "form": {"schema": {"type": "object", "properties": {"item": {"type": "string"}}}},
            "outcomes": {"submitted": "count"},
        },
        "count": {
            "type": "counter",
            "name": "Count the boxes",
            "who": [{"colleagues": 3}],
            "times": 2,
            "outcomes": {"counted": "count", "enough": "end"},
        },
        "end": {"type": "end", "name": "Counted", "status": "approved"},
    },
}


@pytest.fixture(scope="module", autouse=True)
def _database(database: None) -> None:
    """Requests, messages and reports are real."""


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for package, module in PACKAGES.items():
        monkeypatch.setattr(module, "__path__", [*module.__path__, str(ROOT / "tests" / "plugins" / package)])
    _look_again()
    yield
    monkeypatch.undo()
    for package, module in PACKAGES.items():
        sys.modules.pop(f"{module.__name__}.{WRITTEN_HERE[package]}", None)
    _look_again()


def _look_again() -> None:
    """Nothing that was found before is remembered."""
    pure = [module for key, module in sys.modules.items() if key.startswith(("engine.", "designer."))]
    for module in pure:
        for value in list(vars(module).values()):
            if isinstance(value, _lru_cache_wrapper):
                value.cache_clear()
    published_schema.cache_clear()


def test_the_lists_are_whole() -> None:
    assert list(step_types().values()) == STEP_TYPES
    assert list(kinds().values()) == KINDS
    assert list(app.channels.channels().values()) == CHANNELS
    assert set(map(id, exports().values())) == set(map(id, EXPORTS))


def test_a_file_that_lacks_something_is_named_with_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half.py").write_text('LABEL = "Half"\nSCHEMA = {}\nMEMBERS = OF_REQUEST = False\nbelongs = 5\n')
    monkeypatch.setattr(engine.who, "__path__", [str(tmp_path)])
    _look_again()
    try:
        with pytest.raises(Incomplete, match=r"half\.py is no Kind: it lacks people, belongs, text\."):
            plugins("engine.who", Kind)
    finally:
        monkeypatch.undo()
        sys.modules.pop("engine.who.half", None)
        _look_again()


@pytest.mark.usefixtures("added")
def test_everything_that_is_found_says_what_it_is() -> None:
    shown = (ROOT / "static" / "icons.svg").read_text()
    for kind in step_types().values():
        assert kind.LABEL and f'id="{kind.ICON}"' in shown
        assert kind.SHAPE in ("box", "diamond", "circle", "bar") and kind.ROLE in ("start", "step", "end")
        assert not [key for key, part in kind.SCHEMA["properties"].items() if not part.get("title")]
    assert not [kind for kind in kinds().values() if not kind.LABEL or not kind.SCHEMA.get("title")]


@pytest.mark.usefixtures("added")
def test_a_policy_tells_them() -> None:
    section = policy_of(Definition(FLOW)).sections[1]
    assert (section.name, section.kind) == ("Count the boxes", "Counter")
    assert [(line.text, line.to) for line in section.lines] == [
        ("The requester's colleagues count to 2.", ""),
        ("If it comes to “Counted”, it goes back to", "count"),
        ("If it comes to “Enough”, the request ends as", "end"),
    ]


@pytest.mark.usefixtures("added")
def test_publishing_knows_them() -> None:
    schema = document_schema(tuple(app.channels.channels()))
    assert "counter" in schema["$defs"]["step"]["properties"]["type"]["enum"]
    assert schema["properties"]["channels"]["items"] == {"enum": ["email", "pager"]}
    assert not validate(schema, FLOW) and not check_document(FLOW, ("email", "pager"))
    assert [problem.field for problem in check_document(_changed("count", times=10))] == ["/times"]
    assert [problem.field for problem in check_document(_changed("count", who=[{"colleagues": 0}]))] == ["/who/0"]
    assert check_document({**FLOW, "data": {"type": "object", "properties": {"item": {"type": "string"}}}})
    assert new_step("counter")["times"] == 2
    assert [field.label for field in fields(*step_form("counter"), {}).children] == ["Who", "How often", "Note"]


def _changed(step: str, **settings: Any) -> dict[str, Any]:
    made = deepcopy(FLOW)
    made["steps"][step] |= settings
    return made


def test_without_their_files_none_of_it_is_published() -> None:
    cast = make_cast()
    with across_tenants() as db:
        found = definition_checks.problems_of(db, cast.ada.tenant_id, FLOW)
    assert {problem.field for problem in found} == {"/channels/1", "/type"}


@pytest.mark.usefixtures("added")
def test_the_people_there_are_are_asked_of_its_file() -> None:
    cast = make_cast()
    with across_tenants() as db:
        found = definition_checks.problems_of(db, cast.ada.tenant_id, _changed("count", who=[{"colleagues": 99}]))
    assert [sentence(problem.reason) for problem in found] == ["There are no 99 colleagues."]


@pytest.mark.usefixtures("added")
def test_it_is_drawn_explained_and_simulated() -> None:
    about, known = Definition(FLOW), directory()
    people = Directory({**known.people, "ida": person("ida", "ben", "requester")}, known.groups, {})
    face = next(card.face for card in overview.drawing(about).cards if card.step == "count")
    assert (face.kind, face.icon, face.shape) == ("Counter", "clock", "circle")
    assert face.sentence == "the requester's colleagues count to 2"
    told = next(step for step in explain(about, people) if step.id == "count")
    assert told.kind == "Counter"
    assert dict(told.facts) == {"Who": "The requester's colleagues", "How often": "2"}
    stops = from_start(about, "ann", {"item": "boxes"}, World(NOW, people))
    assert [stop.kind for stop in stops] == ["form", "form", "end"]
    assert ahead.sentence(about, people, stops).endswith("then the request is approved")


@pytest.mark.usefixtures("added")
def test_a_request_runs_through_it_and_its_page_and_record_tell_it() -> None:
    cast = make_cast()
    asked = ask(cast.ben, FLOW, item="Boxes")
    for _ in range(2):
        (task,) = [task for task in tasks_of(asked) if task.status == "pending"]
        assert task.assignee_id == cast.ada.id
        _submit(cast.ada, task.id)
    assert (instance(asked).status, instance(asked).state["data"]["counted"]) == ("approved", 2)
    with browser(cast.ben) as web:
        page = words(web.get(f"/instances/{asked}").text)
    assert "Ada filled in" in page and "“Count the boxes” came to 2" in page
    assert event_schema()["$defs"]["CountedUp"]["properties"]["counted"] == {"type": "integer"}
    _pagers_rang(asked, cast)


def _submit(by: User, task: UUID) -> None:
    with across_tenants() as db:
        tasks.submit(db, by.principal, task, {}, Actor("user", by.id, by.name, "web"))


def _pagers_rang(asked: UUID, cast: Cast) -> None:
    """Each message is kept once for each channel, at the address that the channel has for the person."""
    kept = deliver(asked)
    sent = sys.modules["app.channels.pager"].SENT
    pagers = [message for message in kept if message.channel == "pager"]
    mails = [message for message in kept if message.channel == "email"]
    assert len(pagers) == len(mails) == len(sent) > 0
    assert {message.address for message in mails} <= {cast.ada.email, cast.ben.email}
    assert all(message.address.startswith("pager:") for message in pagers)
    assert sorted(message.address for message in pagers) == sorted(message.address for message in sent)


STARTED = """
import app.channels
app.channels.__path__.append("tests/plugins/channels")
from app.api.json_schema import schema_of
from app.approvals.shapes import Ask
from app.config import read, table
print("| `PAGER_URL` | none | Where the pagers are." in table())
print(read({"PAGER_URL": "pager://here", "SECRET_KEY": "k" * 32}).channels["PAGER_URL"])
print("pager" in schema_of(Ask)["properties"]["notifyChannels"]["items"]["enum"])
"""


def test_a_channel_brings_its_settings_and_programs_may_ask_for_it() -> None:
    """As it is at the start of a process, which is when files are found."""
    told = subprocess.run([sys.executable, "-c", STARTED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["True", "pager://here", "True"]


@pytest.mark.usefixtures("added")
def test_a_program_that_asks_by_a_channel_is_told_by_it() -> None:
    cast = make_cast()
    wanted = {"title": "Deploy", "workflowId": "w", "notifyUsers": [cast.cleo.email], "notifyChannels": ["pager"]}
    with across_tenants() as db:
        moved = requests.ask(db, cast.ben.principal, wanted, Actor("user", cast.ben.id, cast.ben.name, "api"))
    assert {message.channel for message in deliver(moved.instance_id)} == {"pager"}


@pytest.mark.usefixtures("added")
def test_an_export_is_offered_made_and_downloaded() -> None:
    cast = make_cast()
    with browser(cast.dov) as web:
        page = words(web.get("/reports/new").text)
    assert re.search("PDF.*CSV.*Plain count How many events there are", page)
    with across_tenants() as db:
        key = jobs.create(db, cast.dov.principal, "lines", {})
    work.run(cast.dov.tenant_id, key)
    with across_tenants() as db:
        file, media_type, content = jobs.content(db, cast.dov.principal, key)
    assert (file[-4:], media_type) == (".txt", "text/plain")
    assert re.fullmatch(rb"\d+ events\n", content)


def test_a_format_that_has_no_file_is_refused() -> None:
    cast = make_cast()
    with across_tenants() as db, pytest.raises(Invalid, match="no such format"):
        jobs.create(db, cast.dov.principal, "lines", {})


@pytest.mark.usefixtures("added")
def test_the_published_schema_is_asked_for_with_what_is_there() -> None:
    cast = make_cast()
    with browser(cast.ada) as web:
        told = web.get("/schemas/definition-1.json").json()
    assert "counter_step" in told["$defs"] and "pager" in told["properties"]["channels"]["items"]["enum"]
    assert "colleagues" in str(told["$defs"]["who"])


def test_nobody_tells_plugins_apart_by_their_names() -> None:
    """What differs from one to the next stands in its file; a comparison with a name elsewhere forgets the next one."""
    step, who = "|".join(step_types()), "|".join(kinds())
    told = re.compile(
        rf"""(\btype|\["type"\])\s*(==|!=|in|not in)\s*[\[({{]?\s*"({step})"|"({who})" (not )?in entry|channels\[0\]"""
    )
    homes = ("engine/steps/", "engine/who/", "app/channels/", "app/exports/")
    places = [path for path in sources("engine", "designer", "app") if not name(path).startswith(homes)]
    assert not [f"{name(path)}: {found[0]}" for path in places if (found := told.search(path.read_text()))]
    assert registry.discover.__module__ == "engine.registry"
