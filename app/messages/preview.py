"""The messages of a simulation, written by the templates and rules of those that are sent; no link in them works."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import NamedTuple
from uuid import UUID

from app import overview
from app.access import confidential
from app.messages import context, notify
from app.messages.context import About, Question
from app.messages.render import write
from designer.trial.play import INSTANCE, Happened, Turn
from designer.trial.words import rows
from engine.definition import Definition
from engine.effects import OpenTask, Tell
from engine.people import Directory
from engine.state import State
from engine.wording.changes import changes
from engine.wording.clock import WORLD
from engine.wording.values import clean

NO_LINK = "(the link to it)"


class Preview(NamedTuple):
    """to: the person's name. kind: the message's, such as decide."""

    at: datetime
    to: str
    kind: str
    subject: str
    text: str


def messages(definition: Definition, tenant: str, turns: Sequence[Turn], number: int) -> list[Preview]:
    """Those that go out in one turn, by its number."""
    tasks = {
        effect.id: effect
        for turn in turns[: number + 1]
        for part in turn.happened
        for effect in part.effects
        if isinstance(effect, OpenTask)
    }
    found = (
        preview
        for part in turns[number].happened
        for effect in part.effects
        if isinstance(effect, Tell)
        for preview in _message(definition, tenant, turns[: number + 1], part, effect, tasks)
    )
    return list(found)


def _message(
    definition: Definition,
    tenant: str,
    turns: Sequence[Turn],
    part: Happened,
    told: Tell,
    tasks: Mapping[str, OpenTask],
) -> Iterator[Preview]:
    """Nothing to somebody who left, or about a question that is closed by now: those are not sent, either."""
    people = turns[-1].directory
    person = people.people.get(told.person)
    task = tasks.get(told.task or "")
    closed = task is None or part.state.token_of(task.id) is None
    if person is None or not person.active or (told.message in notify.ASKING and closed):
        return
    asked = _about(definition, tenant, people, part.state, turns[0].at)
    asks = _question(asked, task, people) if task else None
    story = [row for turn in turns for one in turn.happened for row in rows(one, turn.directory)]
    since = max((at for at, row in enumerate(story, 1) if row["data"].get("person") == person.id), default=0)
    different = changes(definition, story, since, masked=True) if since else []
    answered = next((row for row in reversed(story) if row["type"] in ("TaskDecided", "TaskSubmitted")), None)
    last = (answered["actor_name"], answered["data"].get("comment", "")) if answered else ("", "")
    payload = {"message": told.message, "facts": told.facts}
    letter = notify.letter(asked, asks, payload, person.name, url=NO_LINK, changes=different, last=last)
    written = write(letter)
    yield Preview(part.at, person.name, letter.kind, written.subject, written.text)


def _about(definition: Definition, tenant: str, people: Directory, state: State, asked_at: datetime) -> About:
    requester = people.people.get(state.requester)
    data = confidential.masked(definition, state.data)
    return About(
        id=UUID(INSTANCE),
        tenant_id=UUID(INSTANCE),
        tenant=clean(tenant, 100),
        flow=clean(definition.name, 100),
        title=clean(state.title, 200),
        reference=f"{definition.document.get('prefix', 'REQ')}-0",
        asked_at=asked_at,
        requester_id=UUID(INSTANCE),
        requester=clean(people.name(state.requester), 100),
        requester_title=clean(requester.title if requester else "", 100),
        amount=overview.amount(definition, data),
        fields=context.fields(definition, data),
        definition=definition,
        state=state,
        people=people,
        clock=WORLD,
    )


def _question(asked: About, task: OpenTask, people: Directory) -> Question:
    row = {"task_id": UUID(task.id), "task_kind": task.kind, "task": task.name, "task_status": "pending"}
    row |= {"assignee_id": task.assignee, "step": task.step, "due_at": task.due}
    return context.question(asked, SimpleNamespace(**row))
