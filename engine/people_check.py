"""Who a definition asks, looked up among the people there are: nobody can sign for a group that does not exist."""

from collections.abc import Collection, Iterator

from engine.definition import Definition, Step
from engine.people import Directory
from engine.problems import Problem, problem, settings_named
from engine.who import assignees, look_up, of_request


def people_problems(definition: Definition, directory: Directory, roles: Collection[str]) -> Iterator[Problem]:
    """`roles`: those that people can have. A role may have nobody yet: roles come with whoever is invited next."""
    for step in definition.steps.values():
        for name in ("who", "to"):
            for field, who in settings_named(step.settings, name, list):
                for number, entry in enumerate(who):
                    yield from look_up(step, f"{field}/{number}", entry, directory, roles)
        yield from _quorums(step, directory)


def _quorums(step: Step, directory: Directory) -> Iterator[Problem]:
    """More people than there are can never agree."""
    for number, level in enumerate(step.settings.get("levels", [])):
        policy = level.get("policy")
        need = policy.get("quorum") if isinstance(policy, dict) else None
        if not isinstance(need, int) or of_request(level["who"]):
            continue
        people = len(assignees(level["who"], directory, "", {}, ()))
        if 0 < people < need:
            pointer = f"/levels/{number}/policy/quorum"
            yield problem("quorum_large", step.id, pointer, level=level["id"], need=need, count=people)
