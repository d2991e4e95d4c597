"""The threshold hierarchy: which levels sign, who signs each, and when a level has agreed."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from engine import signatures
from engine.context import Run
from engine.definition import Definition, Level
from engine.effects import CloseTasks
from engine.events.signatures import AskedAgain, LevelOpened
from engine.events.steps import StepReopened
from engine.human_tasks import Asked, ask, close_rest, due_of, new_tasks, open_tasks, tell_asked
from engine.reasons import reason
from engine.rules import Undecidable
from engine.signatures import signers
from engine.state import Signature, State, Token, Wait
from engine.stops import Stop
from engine.timers import setting
from engine.who import assignees, entitled
from engine.wording.labels import level_name


def level_of(definition: Definition, step: str, level: str) -> Level:
    return definition.steps[step].levels[level]


def due_levels(definition: Definition, step: str, data: dict[str, Any], now: datetime) -> list[Level]:
    """The levels whose rule holds: all of them in turn (cumulative) or the last alone (highest).

    Raises Undecidable when a rule cannot be answered from the data.
    """
    asking = definition.steps[step]
    held = [level for level in asking.levels.values() if _holds(definition, level, data, now)]
    return held[-1:] if asking.settings.get("reading") == "highest" else held


def _holds(definition: Definition, level: Level, data: dict[str, Any], now: datetime) -> bool:
    rule = level.get("when")
    return rule is None or definition.rule(rule).holds(data, now)


def rule_holds(definition: Definition, step: str, data: dict[str, Any], now: datetime) -> bool:
    """Whether the step's rule approves without asking anybody. Raises Undecidable."""
    automatic = definition.steps[step].settings.get("automatic")
    return automatic is not None and definition.rule(automatic["when"]).holds(data, now)


def agreed(state: State, step: str, level: Level, counted: list[Signature]) -> bool:
    """Whether a level has all the signatures that it needs; “all”: of those asked last. Raises Undecidable."""
    own = signatures.at(counted, step, level["id"])
    if not own or any(one.by != "person" for one in own):
        return bool(own)
    newest = max(own, key=lambda one: one.seq)
    return len({one.person for one in own}) >= needed(level, newest.need, state.data)


def still_due(run: Run, step: str, due: list[Level]) -> list[Level]:
    return [level for level in due if not agreed(run.state, step, level, run.counted)]


def missing(token: Token, counted: list[Signature]) -> int:
    """How many signatures the level that is asked still needs; for a form, that is one answer."""
    wait = token.wait
    if wait is None or wait.level is None:
        return wait.need if wait else 0
    return wait.need - len(signers(counted, token.step, wait.level))


def needed(level: Level, everybody: int, data: dict[str, Any]) -> int:
    """How many must agree, at least one; `everybody` where all must. Raises Undecidable."""
    policy = level.get("policy", "any")
    if not isinstance(policy, dict):
        return max(everybody, 1) if policy == "all" else 1
    quorum = setting(policy["quorum"], data)
    if quorum == "all":
        return max(everybody, 1)
    if isinstance(quorum, Decimal) and quorum.is_finite() and quorum == quorum.to_integral_value():
        quorum = int(quorum)
    if isinstance(quorum, bool) or not isinstance(quorum, int) or quorum < 1:
        raise Undecidable("no_quorum", level=level["id"])
    return quorum


def barred(run: Run, token: Token, level: str) -> set[str]:
    """Who may not sign here: who asked, and, unless the step allows it, whoever signed another level of this round."""
    out = set(run.state.askers)
    if not run.step(token).settings.get("same_person_twice"):
        out |= {one.person for one in run.counted if one.person and (one.step, one.level) != (token.step, level)}
    return out


def able(run: Run, token: Token, level: Level) -> dict[str, Asked]:
    out = barred(run, token, level["id"])
    return assignees(level["who"], run.directory, run.state.requester, run.state.data, out, deciding=True)


def open_level(run: Run, token: Token, due: list[Level]) -> bool:
    """Ask the first of these levels; the others come after it. Whether it is waited for. Raises Stop, Undecidable."""
    level, rest = due[0], due[1:]
    have = signers(run.counted, token.step, level["id"])
    people = able(run, token, level)
    need = needed(level, len({*people, *have}), run.state.data)
    asked = {person: through for person, through in people.items() if person not in have}
    if need > len(have) + len(asked):
        facts = {"step": token.step, "level": level["id"], "need": need, "who": level["who"]}
        if left := len(have) + len(asked):
            raise Stop("too_few_sign", able=left, **facts)
        raise Stop("nobody_signs", **facts)
    rule = level.get("when", "")
    values = run.definition.rule(rule).reads(run.state.data) if rule else {}
    later = [one["id"] for one in rest]
    opened = partial(LevelOpened, level=level["id"], need=need, rest=later, rule=rule, values=values)
    ask(run, token, opened, asked, "approval", level_name(level))
    return need > len(have)


def ask_again(run: Run, token: Token, wait: Wait, due: list[Level]) -> bool:
    """Ask those of the open level whose signature a change undid. False where too few remain. Raises Undecidable."""
    level, rest = due[0], [one["id"] for one in due[1:]]
    have = signers(run.counted, token.step, level["id"])
    out = {*have, *barred(run, token, level["id"]), *(task.assignee for task in wait.tasks)}
    signed = signatures.at(run.state.signed, token.step, level["id"])
    again = {
        one.person: one.through
        for one in signed
        if one.person
        and one.person not in out
        and entitled(one.person, one.through, level["who"], run.directory, deciding=True)
    }
    need = needed(level, wait.need, run.state.data)
    done = [task.id for task in wait.tasks if task.assignee in have]
    if need > len(have) + len(wait.tasks) - len(done) + len(again):
        return False
    if again or done or need != wait.need or rest != wait.rest:
        name, tasks = level_name(level), new_tasks(run, again)
        told = AskedAgain(
            token.id, token.step, name=name, tasks=tasks, level=level["id"], need=need, rest=rest, closed=done
        )
        run.emit(told)
        if done:
            run.want(CloseTasks(done, "cancelled"))
        open_tasks(run, token, tasks, "approval", name, due_of(wait))
        tell_asked(run, token, tasks, "approval")
    return True


def stands(run: Run, step: str) -> bool:
    """Whether what was approved at a step still is, now that the data changed."""
    state, counted = run.state, run.counted
    try:
        if signatures.at(counted, step, "") and rule_holds(run.definition, step, state.data, run.now):
            return True
        due = due_levels(run.definition, step, state.data, run.now)
        return signed_at(counted, step) and all(agreed(state, step, level, counted) for level in due)
    except Undecidable:
        return False


def signed_at(counted: list[Signature], step: str) -> bool:
    """Whether some level of the step was agreed to. A rule's word is for the rule to repeat."""
    return any(one.step == step and one.level for one in counted)


def reopen(run: Run, token: Token) -> bool:
    """Where a change undid what an earlier step approved, the token goes there first, and comes back afterwards."""
    if not run.state.changed or token.step == run.definition.start:
        return False
    changed = max(run.state.changed.values())
    for passed in token.trail:
        if passed.step == token.step:
            return False
        if passed.approved and passed.seq < changed and not stands(run, passed.step):
            close_rest(run, token, "cancelled", reason("step_again", step=passed.step))
            run.emit(StepReopened(token.id, token.step, to=passed.step))
            run.arrived.append(token.id)
            return True
    return False


def tell_changes(run: Run, since: int) -> None:
    """Tell those who signed of changes that undo nothing: of fields with `on_change: tell`."""
    if not run.state.changed:
        return
    changed = {name for name, at in run.state.changed.items() if at > since}
    for one in run.counted if changed else []:
        news = sorted(changed & run.definition.steps[one.step].told_fields)
        news = [name for name in news if run.state.changed[name] > one.seq]
        if one.person and news:
            run.tell("changed", one.person, one.step, fields=news)


def policy_text(policy: Any) -> str:
    if isinstance(policy, dict):
        quorum = policy["quorum"]
        return f"{quorum} of them" if not isinstance(quorum, dict) else "as many as the request asks"
    return "all of them" if policy == "all" else "any one of them"
