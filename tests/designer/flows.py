"""Random definitions as people build them: chains, branches that join, approvals with ways back."""

from random import Random
from typing import Any

Steps = dict[str, dict[str, Any]]
ENDS = {"end-approved": "Approved", "end-rejected": "Rejected", "end-failed": "Failed"}


def random_flow(size: int, seed: int, mess: float = 0.0) -> dict[str, Any]:
    """mess: the share of all outcomes that are pointed at a random step afterwards."""
    random = Random(seed)
    steps: Steps = {}
    start = _chain(random, steps, size, "end-approved")
    for end, name in ENDS.items():
        steps[end] = {"type": "end", "name": name, "status": name.lower(), "outcomes": {}}
    _jump(random, steps, start)
    _mess_up(random, steps, mess)
    return {"start": start, "steps": steps}


def insert(document: dict[str, Any], step: str, outcome: str) -> dict[str, Any]:
    """The same definition with one step more, on that outcome."""
    steps = {key: {**value, "outcomes": dict(value["outcomes"])} for key, value in document["steps"].items()}
    steps["new"] = {"type": "notify", "name": "New", "outcomes": {"sent": steps[step]["outcomes"][outcome]}}
    steps[step]["outcomes"][outcome] = "new"
    return {**document, "steps": steps}


def _chain(random: Random, steps: Steps, size: int, then: str) -> str:
    """Built from its last step backwards, so that every step knows what follows."""
    while size > 0:
        then, used = _block(random, steps, size, then)
        size -= used
    return then


def _block(random: Random, steps: Steps, size: int, then: str) -> tuple[str, int]:
    kind = random.choice(["approval", "approval", "action", "form", "notify", "decision"])
    if kind == "decision" and size > 3:
        return _decision(random, steps, size, then)
    if kind == "approval":
        return _approval(random, steps, then)
    if kind == "action":
        return _step(steps, "action", {"done": then, "failed": "end-failed"}), 1
    return _step(steps, "notify", {"sent": then}), 1


def _decision(random: Random, steps: Steps, size: int, then: str) -> tuple[str, int]:
    count = random.randint(2, 5)
    share = random.randint(0, max(1, min(size - 1, size // 2) // count))
    before = len(steps)
    outcomes = {f"branch_{number}": _chain(random, steps, share, then) for number in range(count)}
    return _step(steps, "decision", outcomes), len(steps) - before


def _approval(random: Random, steps: Steps, then: str) -> tuple[str, int]:
    outcomes = {"approved": then, "rejected": "end-rejected" if random.random() < 0.85 else then}
    if random.random() < 0.6:
        outcomes["changes_requested"] = "back"
    before = len(steps)
    if random.random() < 0.3:
        outcomes["timed_out"] = _step(steps, "approval", {"approved": then, "rejected": "end-rejected"})
    return _step(steps, "approval", outcomes), len(steps) - before


def _step(steps: Steps, kind: str, outcomes: dict[str, str]) -> str:
    key = f"s{len(steps)}"
    steps[key] = {"type": kind, "name": f"Step {len(steps)}", "outcomes": outcomes}
    return key


def _jump(random: Random, steps: Steps, start: str) -> None:
    """Changes go back to the start; now and then what went wrong goes somewhere further on."""
    real = [key for key in steps if key not in ENDS]
    for key in real:
        for outcome, target in steps[key]["outcomes"].items():
            if target == "back":
                steps[key]["outcomes"][outcome] = start
            elif outcome in ("rejected", "failed") and random.random() < 0.15:
                steps[key]["outcomes"][outcome] = random.choice(real[: real.index(key)] or ["end-failed"])


def _mess_up(random: Random, steps: Steps, mess: float) -> None:
    keys = list(steps)
    for step in steps.values():
        for outcome in step["outcomes"]:
            if random.random() < mess:
                step["outcomes"][outcome] = random.choice(keys)
