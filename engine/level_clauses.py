"""Clauses of a policy document about approvals: who signs when, what a signature covers, and what undoes it."""

from collections.abc import Iterator
from typing import Any

from engine.clauses import Clause, capital, field_title, people_asked, rule_words, titles
from engine.definition import Definition, Step
from engine.people import Directory
from engine.who import named
from engine.wording.values import clean


def level_clauses(definition: Definition, step: Step, directory: Directory | None) -> Iterator[Clause]:
    levels = step.settings["levels"]
    if len(levels) == 1 and "when" not in levels[0]:
        yield Clause(f"The decision lies with {_signers(definition, levels[0], directory)}")
        return
    points = tuple(_level(definition, level, directory) for level in levels)
    if step.settings.get("reading") == "highest":
        yield Clause("One of these decides, the last in this list whose rule applies", points=points)
    else:
        yield Clause("All of these whose rule applies must agree, in this order", points=points)


def _level(definition: Definition, level: dict[str, Any], directory: Directory | None) -> str:
    when = f"when {rule_words(definition, level['when'])}" if "when" in level else "in every case"
    people = _signers(definition, level, directory)
    name = clean(str(level.get("name") or ""), 80)
    if name and not people.casefold().startswith(name.casefold()):
        return f"{name}: {people}, {when}"
    return f"{capital(people)}, {when}"


def _signers(definition: Definition, level: dict[str, Any], directory: Directory | None) -> str:
    """With how many of them must agree, where there may be several."""
    people, policy = people_asked(definition, level["who"], directory), level.get("policy", "any")
    if isinstance(policy, dict):
        quorum = policy["quorum"]
        many = f"as many as “{field_title(definition, quorum['field'])}” says" if isinstance(quorum, dict) else quorum
        return f"{people} ({many} of them)"
    several = len(level["who"]) > 1 or any(kind.MEMBERS for kind, _ in map(named, level["who"]) if kind)
    if policy == "all":
        return f"{people} (all of them)" if several else people
    return f"{people} (one of them)" if several and not people.startswith("anyone") else people


def signing_clauses(definition: Definition, step: Step) -> Iterator[Clause]:
    settings = step.settings
    if automatic := settings.get("automatic"):
        when = rule_words(definition, automatic["when"])
        yield Clause(f"Nobody is asked when {when}: {clean(automatic['reason'])}")
    yield from _comment(step)
    if len(settings["levels"]) > 1 and settings.get("reading") != "highest":
        often = "One person may sign" if settings.get("same_person_twice") else "Nobody signs"
        yield Clause(f"{often} at more than one level")
    yield from _covered(definition, step)
    if "changes_requested" in step.outcomes:
        again = "signatures that still hold are kept" if settings.get("resubmit") == "keep" else "everybody signs again"
        yield Clause(f"When the request comes back with changes, {again}")


def _comment(step: Step) -> Iterator[Clause]:
    comment = step.settings.get("comment", "required_on_reject")
    changes = " or asks for changes" if "changes_requested" in step.outcomes else ""
    if comment == "required":
        yield Clause("Whoever decides says why")
    elif comment == "required_on_reject":
        yield Clause(f"Whoever rejects it{changes} says why")


def _covered(definition: Definition, step: Step) -> Iterator[Clause]:
    told = [name for name, what in step.settings.get("on_change", {}).items() if what == "tell"]
    if covers := step.settings.get("covers"):
        yield Clause(
            f"A signature covers {titles(definition, covers)}; when one of them changes, it is asked for again"
        )
    if told:
        yield Clause(f"A change of {titles(definition, told)} is only told to those who signed")
