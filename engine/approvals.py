"""The threshold hierarchy: which levels sign, who signs each, and when a level has agreed."""

from typing import Any

from engine.context import Run
from engine.human_tasks import ask
from engine.people import assignees, who_text
from engine.state import Token
from engine.stops import Stop
from engine.timers import setting

Level = dict[str, Any]


def levels(run: Run, token: Token) -> list[Level]:
    found: list[Level] = run.step(token).settings["levels"]
    return found


def due_levels(run: Run, token: Token) -> list[int]:
    """Indices of the levels whose rule holds: all of them in turn (cumulative) or the last alone (highest).

    Raises Undecidable when a rule cannot be answered from the data.
    """
    held = [number for number, level in enumerate(levels(run, token)) if _holds(run, level)]
    if run.step(token).settings.get("reading", "cumulative") == "highest":
        held = held[-1:]
    passed = run.state.passed.get(token.step, [])
    return [number for number in held if number not in passed]


def _holds(run: Run, level: Level) -> bool:
    rule = level.get("when")
    return rule is None or run.definition.rule(rule).holds(run.state.data, run.now)


def barred(run: Run, token: Token) -> set[str]:
    """Who may not sign here: the requester, and whoever signed another level, unless the step allows it."""
    out = {run.state.requester}
    if not run.step(token).settings.get("same_person_twice"):
        out |= {signature.person for signature in run.state.signed}
    return out


def open_level(run: Run, token: Token, numbers: list[int]) -> None:
    """Ask the first of these levels; the rest come after it. Blocks where too few people can sign."""
    number, rest = numbers[0], numbers[1:]
    level = levels(run, token)[number]
    name = level.get("name") or f"Level {number + 1}"
    people = assignees(level["who"], run.directory, run.state.requester, run.state.data, barred(run, token))
    need = needed(level.get("policy", "any"), len(people), run.state.data)
    if need > len(people):
        has = f"only {len(people)} can sign" if people else "nobody is left who may sign"
        reason = f"“{name}” needs {need} of {who_text(level['who'], run.directory)}, and {has}."
        run.block(token, Stop("nobody", reason, step=token.step), passed=signed_levels(run, token, numbers))
        return
    facts: dict[str, Any] = {"level": number, "need": need, "rest": rest}
    if "when" in level:
        facts |= {"rule": level["when"], "values": run.definition.rule(level["when"]).reads(run.state.data)}
    ask(run, token, "LevelOpened", people, "approval", name, **facts)
    wait = token.wait
    for task in wait.tasks if wait else []:
        run.tell("decide", task.assignee, token.step, task.id)


def signed_levels(run: Run, token: Token, open_ones: list[int]) -> list[int]:
    """Levels of this step that were signed in full: those with signatures that are neither asked now nor to come."""
    signed = {signature.level for signature in run.state.signed if signature.step == token.step}
    return sorted(signed - set(open_ones))


def needed(policy: Any, people: int, data: dict[str, Any]) -> int:
    """How many of the people asked must agree."""
    if policy == "all":
        return max(people, 1)
    quorum = setting(policy["quorum"], data) if isinstance(policy, dict) else 1
    return people if quorum == "all" else max(int(quorum or 1), 1)


def policy_text(policy: Any) -> str:
    if isinstance(policy, dict):
        quorum = policy["quorum"]
        return f"{quorum} of them" if not isinstance(quorum, dict) else "as many as the request asks"
    return "all of them" if policy == "all" else "any one of them"
