"""Tests of the definition: one is added or written anew, one is taken away."""

from typing import Any

from designer.edits.draft_flow import DraftFlow
from designer.edits.edit import Done, Edit, EditRefused

MAX_NAME, MOST = 120, 50


class SaveTest(Edit, frozen=True, tag="test.save"):
    """In place of the one with its name, where there is one."""

    test: dict[str, Any]

    def apply(self, flow: DraftFlow) -> Done:
        name = self.test.get("name")
        if not isinstance(name, str) or not 0 < len(name.strip()) <= MAX_NAME:
            raise EditRefused("name", most=MAX_NAME)
        tests = _tests(flow)
        place = next((at for at, one in enumerate(tests) if _name(one) == name), len(tests))
        if place == MOST:
            raise EditRefused("too_many_tests", most=MOST)
        flow.document["tests"] = [*tests[:place], self.test, *tests[place + 1 :]]
        return Done(frozenset({"/tests"}), f"Test “{name}” saved.")


class DeleteTest(Edit, frozen=True, tag="test.delete"):
    """All of that name."""

    name: str

    def apply(self, flow: DraftFlow) -> Done:
        tests = _tests(flow)
        left = [one for one in tests if _name(one) != self.name]
        if len(left) == len(tests):
            raise EditRefused("no_test", name=self.name)
        flow.document["tests"] = left
        if not left:
            del flow.document["tests"]
        return Done(frozenset({"/tests"}), f"Test “{self.name}” deleted.")


def _tests(flow: DraftFlow) -> list[Any]:
    found = flow.document.get("tests")
    return found if isinstance(found, list) else []


def _name(test: Any) -> Any:
    return test.get("name") if isinstance(test, dict) else None
