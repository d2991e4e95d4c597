"""Generated definitions and whatever people do: no approval ends without the signatures that it needs.

The oracle reads events and knows nothing of how the engine counts.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
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
from tests.engine.cast import Case, directory, flow, person

AMOUNTS = st.sampled_from([100, 900, 6000, Decimal("6000.01")])
ITEMS = st.sampled_from(["a", "b"])
ODD = st.fixed_dictionaries(
    {
        "amount": st.one_of(AMOUNTS, st.none()),
        "need": st.sampled_from([None, "", "two", 0, -1, 1, 2, 3, Decimal("1.9"), "all", True]),
        "item": ITEMS,
    }
)
FULL = st.fixed_dictionaries({"amount": AMOUNTS, "need": st.sampled_from([1, 2, "all"]), "item": ITEMS})
VALUES = st.integers(0, 19).flatmap(lambda dice: ODD if dice == 13 else FULL)
FORM = {"schema": {"type": "object", "properties": {"amount": {}, "need": {}, "item": {}}}}
DATA = {"type": "object", "properties": {"amount": {"type": "number"}, "need": {}, "item": {"type": "string"}}}
NAMES = ("ben", "cleo", "dana", "fay", "gus", "hal", "ivo")
MOST_EVENTS = 40

policies = st.sampled_from(["any", "all", {"quorum": 1}, {"quorum": 2}, {"quorum": {"field": "need"}}])
levels = st.lists(
    st.fixed_dictionaries(
        {"floor": st.sampled_from([None, 500, 5000]), "group": st.sampled_from(["one", "two"]), "policy": policies}
    ),
    min_size=1,
    max_size=2,
)
timeouts = st.fixed_dictionaries(
    {
        "then": st.sampled_from(["approve", "reject", "escalate"]),
        "finally": st.sampled_from(["approve", "reject"]),
        "remind": st.sampled_from([[], ["P1D"]]),
        "times": st.integers(0, 2),
    },
    optional={"to": st.sampled_from([[{"group": "one"}], [{"user": "ivo"}]])},
)
approvals = st.fixed_dictionaries(
    {
        "levels": levels,
        "reading": st.sampled_from(["cumulative", "highest"]),
        "resubmit": st.sampled_from(["keep", "restart"]),
        "back": st.sampled_from(["request", "fix"]),
        "appeal": st.booleans(),
        "form": st.booleans(),
        "covers": st.sampled_from([None, ["amount"], ["item"]]),
        "tell": st.booleans(),
        "rule": st.booleans(),
        "timeout": timeouts,
    }
)


def document(chosen: list[dict[str, Any]], form_at: int, twice: bool) -> dict[str, Any]:
    """request, the approvals in order with a form among them, approved; sent back to the request or to a form."""
    order = [f"a{number}" for number in range(len(chosen))]
    way = [*order[:form_at], "between", *order[form_at:], "approved"]
    steps: dict[str, Any] = {}
    for number, name in enumerate(way[:-1]):
        steps[name] = {
            "type": "form",
            "name": name,
            "who": [{"user": "dana"}],
            "form": FORM,
            "timeout": {"after": None},
        }
        steps[name]["outcomes"] = {"submitted": way[number + 1]}
        if name in order:
            steps[name] = _approval(chosen[order.index(name)], name, way[number + 1], twice)
    made = flow(steps, DATA)
    made["steps"]["fix"] = {
        "type": "form",
        "name": "Fix",
        "who": [{"user": "cleo"}],
        "form": FORM,
        "timeout": {"after": None},
    }
    made["steps"]["fix"]["outcomes"] = {"submitted": way[0]}
    return made


def _approval(one: dict[str, Any], name: str, to: str, twice: bool) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "approval",
        "name": name,
        "reading": one["reading"],
        "resubmit": one["resubmit"],
        "comment": "optional",
        "same_person_twice": twice,
        "levels": [
            {"id": f"l{number}", "who": [{"group": level["group"]}], "policy": level["policy"]}
            | ({"when": f"amount > {level['floor']}"} if level["floor"] and number else {})
            for number, level in enumerate(one["levels"])
        ],
        "timeout": {"after": "P3D", "within": "P1D", **one["timeout"]},
        "outcomes": {
            "approved": to,
            "rejected": "request" if one["appeal"] else "rejected",
            "changes_requested": one["back"],
        },
    }
    optional = {
        "form": FORM if one["form"] else None,
        "covers": one["covers"],
        "on_change": {"item": "tell"} if one["tell"] else None,
        "automatic": {"when": "amount <= 500", "reason": "Small"} if one["rule"] else None,
    }
    return made | {key: value for key, value in optional.items() if value is not None}


@dataclass
class Said:
    """A signature as the events tell it, with the values it was over."""

    seq: int
    step: str
    level: str
    who: str
    over: dict[str, Any]


@dataclass
class Oracle:
    """Reads events one by one: the data as it goes, and who said yes to what since the step was last begun."""

    document: dict[str, Any]
    data: dict[str, Any] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    needs: dict[tuple[str, str], int] = field(default_factory=dict)
    seq: int = 0

    def take(self, kind: str, told: dict[str, Any]) -> None:
        self.seq += 1
        if kind in ("InstanceStarted", "TaskSubmitted"):
            self.data |= told["data"]
            for name in told.get("cleared", []):
                self.data.pop(name, None)
        elif kind in ("LevelOpened", "AskedAgain"):
            self.needs[told["step"], told["level"]] = told["need"]
        elif kind == "TaskDecided" and told["outcome"] == "approved":
            self.data |= told.get("values", {})
            self._sign(told["step"], told["level"], told["person"])
        elif kind == "TimedOut" and told["then"] == "approve" and "level" in told:
            self._sign(told["step"], told["level"], "the clock")
        elif kind == "ApprovedByRule":
            self._sign(told["step"], "", "the rule")
        elif kind == "StepCompleted" and self._begins_anew(told):
            self.said = []

    def _begins_anew(self, told: dict[str, Any]) -> bool:
        restarts: bool = self.document["steps"][told["step"]].get("resubmit") == "restart"
        return told["outcome"] == "rejected" or (told["outcome"] == "changes_requested" and restarts)

    def _sign(self, step: str, level: str, who: str) -> None:
        settings = self.document["steps"][step]
        names = settings.get("covers") or [name for name, value in self.data.items() if value is not None]
        told = settings.get("on_change", {})
        over = {name: self.data.get(name) for name in names if name not in told}
        self.said.append(Said(self.seq, step, level, who, over))

    def holds(self, one: Said) -> bool:
        return all(self.data.get(name) == value for name, value in one.over.items())

    def approved(self, twice: bool) -> None:
        """Asserts that every approval on the way has what it needs, over the values that the request ends with."""
        last: dict[Any, Said] = {}
        for one in self.said:
            if self.holds(one):
                human = one.who not in ("the clock", "the rule") and not twice
                last[one.who if human else (one.who, one.step, one.level)] = one
        counted = list(last.values())
        for name, step in self.document["steps"].items():
            if step["type"] == "approval":
                self._step(name, step, [one for one in counted if one.step == name])

    def _step(self, name: str, step: dict[str, Any], own: list[Said]) -> None:
        amount = self.data.get("amount")
        if "automatic" in step and amount is not None and amount <= 500:
            return
        assert own, f"nobody approved {name} as it ended"
        floors = {level["id"]: int(level.get("when", "amount > -1").split()[-1]) for level in step["levels"]}
        due = [level for level in step["levels"] if "when" not in level or (amount or 0) > floors[level["id"]]]
        for level in due[-1:] if step["reading"] == "highest" else due:
            mine = {one.who for one in own if one.level == level["id"]}
            assert mine, f"nobody approved {level['id']} of {name}"
            if "the clock" not in mine:
                assert len(mine) >= self._need(name, level), f"too few approved {level['id']} of {name}"

    def _need(self, step: str, level: dict[str, Any]) -> int:
        policy = level["policy"]
        if not isinstance(policy, dict):
            return self.needs[step, level["id"]] if policy == "all" else 1
        quorum = policy["quorum"] if isinstance(policy["quorum"], int) else self.data.get("need")
        if quorum == "all":
            return self.needs[step, level["id"]]
        assert isinstance(quorum, int) and quorum >= 1, "an approval ended on a quorum that the data does not say"
        return quorum


class Requests(RuleBasedStateMachine):
    case: Case
    document: dict[str, Any]

    @initialize(
        chosen=st.lists(approvals, min_size=1, max_size=2),
        form_at=st.integers(0, 2),
        twice=st.booleans(),
        data=FULL,
        bosses=st.lists(st.sampled_from(NAMES), min_size=7, max_size=7),
    )
    def begin(
        self, chosen: list[dict[str, Any]], form_at: int, twice: bool, data: dict[str, Any], bosses: list[str]
    ) -> None:
        lines = zip(NAMES, bosses, strict=True)
        known = {name: person(name, boss if boss != name else None, "approver") for name, boss in lines}
        known["ann"] = person("ann", "ben", "requester")
        groups = {"one": ("ann", "fay", "gus", "hal", "ivo"), "two": ("ben", "cleo", "dana", "fay")}
        self.twice, self.document = twice, document(chosen, form_at, twice)
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
            elif self.wait:
                self.fill_in(self.case.now_state.data)

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

    @precondition(lambda self: self.wait and not self.wait.level)
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
            assert wait is None or 1 <= still <= len(wait.tasks), "those who are asked are too few, or not needed"


TestWhateverHappens = Requests.TestCase
TestWhateverHappens.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
