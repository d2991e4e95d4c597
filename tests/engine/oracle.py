"""The oracle of signatures: reads events, and knows nothing of how the engine counts."""

from dataclasses import dataclass, field
from typing import Any


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
