"""Generated definitions and whatever people do: no approval ends without the signatures that it needs."""

from datetime import datetime
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.approvals import missing
from engine.commands import Command, Decide, FireTimer, HandOn, Refused, Retry, Submit
from engine.interpreter import World, advance
from engine.people import Directory
from engine.signatures import counting
from engine.state import Token, Wait
from tests.engine.cast import Case, directory, person
from tests.engine.generated import FULL, VALUES, approvals, document
from tests.engine.oracle import Oracle

NAMES = ("ben", "cleo", "dana", "fay", "gus", "hal", "ivo")
MOST_EVENTS = 40


class Requests(RuleBasedStateMachine):
    case: Case
    document: dict[str, Any]

    @initialize(
        chosen=st.lists(approvals, min_size=1, max_size=2),
        form_at=st.integers(0, 2),
        twice=st.booleans(),
        rests=st.booleans(),
        data=FULL,
        bosses=st.lists(st.sampled_from(NAMES), min_size=7, max_size=7),
    )
    def begin(
        self,
        chosen: list[dict[str, Any]],
        form_at: int,
        twice: bool,
        rests: bool,
        data: dict[str, Any],
        bosses: list[str],
    ) -> None:
        lines = zip(NAMES, bosses, strict=True)
        known = {name: person(name, boss if boss != name else None, "approver") for name, boss in lines}
        known["ann"] = person("ann", "ben", "requester")
        groups = {"one": ("ann", "fay", "gus", "hal", "ivo"), "two": ("ben", "cleo", "dana", "fay")}
        self.twice, self.document = twice, document(chosen, form_at, twice, rests)
        self._ask(data, Directory(known, groups, directory().group_names))

    def _ask(self, data: dict[str, Any], people: Directory) -> None:
        self.case = Case(self.document, data, people)
        self.oracle = Oracle(self.document)
        self.read = 0
        self._listen()

    @precondition(lambda self: self.case.now_state.ended)
    @rule(data=VALUES)
    def ask_once_more(self, data: dict[str, Any]) -> None:
        self._ask(data, self.case.people)

    def send(self, command: Command) -> bool:
        """Whether it was taken. The same command at the same moment always does the same."""
        world, state = World(self.case.now, self.case.people), self.case.state
        try:
            self.case.send(command)
        except Refused:
            return False
        again = advance(self.case.definition, state, command, world)
        assert (again.events, again.effects) == (self.case.last.events, self.case.last.effects)
        assert len(self.case.last.events) <= MOST_EVENTS
        self._listen()
        return True

    def _listen(self) -> None:
        for kind, told in self.case.log[self.read :]:
            if kind == "TaskDecided":
                self._entitled(told)
            self.oracle.take(kind, told)
        self.read = len(self.case.log)

    def _entitled(self, told: dict[str, Any]) -> None:
        people, who = self.case.people, told["person"]
        assert who != "ann"
        assert people.people[who].active
        assert people.people[who].decides
        if "through" in told:
            assert who in people.groups[told["through"]["group"]] or self._otherwise(told, who)

    def _otherwise(self, told: dict[str, Any], who: str) -> bool:
        """Asked through one group, and still in the one that the level asks."""
        found = self.document["steps"][told["step"]]["levels"]
        level = next(level for level in found if level["id"] == told["level"])
        group: str = level["who"][0]["group"]
        return who in self.case.people.groups[group]

    @property
    def token(self) -> Token:
        return self.case.now_state.tokens[0]

    @property
    def wait(self) -> Wait | None:
        return self.token.wait if self.case.now_state.tokens else None

    def answer(self, who: int, outcome: str, **more: Any) -> bool:
        people = sorted(self.case.open())
        name = people[who % len(people)]
        return self.send(Decide(self.case.open()[name], name, outcome, "", **more))

    @precondition(lambda self: self.wait and self.wait.level)
    @rule(who=st.integers(0, 6))
    def approve(self, who: int) -> None:
        self.answer(who, "approved")

    @precondition(lambda self: self.wait)
    @rule(turns=st.integers(1, 12))
    def everybody_agrees(self, turns: int) -> None:
        for _ in range(turns):
            if self.wait and self.wait.level:
                self.answer(0, "approved")
            elif self.case.open():
                self.fill_in(self.case.now_state.data)
            elif self.wait:
                self.be_late()

    @precondition(lambda self: self.wait and self.wait.level)
    @rule(who=st.integers(0, 6))
    def approve_as_it_is(self, who: int) -> None:
        self.answer(who, "approved", values={"item": self.case.now_state.data.get("item")})

    @precondition(lambda self: self.wait and self.wait.level)
    @rule(who=st.integers(0, 6), values=VALUES)
    def approve_and_change(self, who: int, values: dict[str, Any]) -> None:
        self.answer(who, "approved", values=values)

    @precondition(lambda self: self.wait and self.wait.level)
    @rule(who=st.integers(0, 6), ago=st.integers(1, 9))
    def approve_what_was_there(self, who: int, ago: int) -> None:
        """Taken only where nothing changed since that the signature would be over."""
        seen = max(1, self.case.now_state.seq - ago)
        before = self.case.now_state
        if self.answer(who, "approved", seen=seen):
            signed = next(told for kind, told in reversed(self.case.log) if kind == "TaskDecided")
            assert all(before.changed.get(name, 0) <= seen for name in signed["covers"])

    @precondition(lambda self: self.wait and self.wait.level)
    @rule(who=st.integers(0, 6), outcome=st.sampled_from(["rejected", "changes_requested", "changes_requested"]))
    def refuse(self, who: int, outcome: str) -> None:
        self.answer(who, outcome)

    @precondition(lambda self: self.wait and not self.wait.level and self.wait.tasks)
    @rule(values=VALUES)
    def fill_in(self, values: dict[str, Any]) -> None:
        name, task = next(iter(self.case.open().items()))
        self.send(Submit(task, name, values))

    @precondition(lambda self: self.wait and self.wait.timer)
    @rule()
    def be_late(self) -> None:
        wait = self.wait
        assert wait and wait.due
        moment = wait.left[0] if wait.left else wait.due
        self.case.now = max(self.case.now, datetime.fromisoformat(moment))
        assert self.send(FireTimer(str(wait.timer)))

    @precondition(lambda self: self.case.now_state.seq % 3 == 0)
    @rule(who=st.sampled_from(NAMES), change=st.sampled_from(["active", "decides"]), now=st.booleans())
    def come_or_go(self, who: str, change: str, now: bool) -> None:
        people = self.case.people
        one = people.people[who]
        other = msgspec.structs.replace(one, **{change: not getattr(one, change)})
        self.case.people = msgspec.structs.replace(people, people={**people.people, who: other})
        if now:
            self.send(HandOn(who))

    @precondition(lambda self: self.case.now_state.seq % 3 == 1)
    @rule(who=st.sampled_from(NAMES), group=st.sampled_from(["one", "two"]), now=st.booleans())
    def join_or_leave(self, who: str, group: str, now: bool) -> None:
        people = self.case.people
        members = people.groups[group]
        changed = tuple(name for name in members if name != who) if who in members else (*members, who)
        self.case.people = msgspec.structs.replace(people, groups={**people.groups, group: changed})
        if now:
            self.send(HandOn(who))

    @precondition(lambda self: self.case.now_state.blocked)
    @rule()
    def try_again(self) -> None:
        assert self.send(Retry())

    @invariant()
    def it_ended_well_or_waits_for_something_with_a_name(self) -> None:
        state = self.case.now_state
        if state.ended == "approved":
            self.oracle.approved(self.twice)
        if not state.ended:
            wait = self.token.wait
            assert bool(wait) != bool(self.token.blocked)
            still = missing(self.token, counting(self.case.definition, state))
            if wait and wait.need == 0:
                assert wait.timer and not wait.tasks, "nobody is asked, and nothing will go on"
            else:
                assert wait is None or 1 <= still <= len(wait.tasks), "those who are asked are too few, or not needed"


TestWhateverHappens = Requests.TestCase
TestWhateverHappens.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
