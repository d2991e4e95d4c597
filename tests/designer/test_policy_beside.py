"""Two policies side by side: every sentence of both stands once, and says whether it stayed, changed, came or went."""

from copy import deepcopy
from typing import Any

import pytest

from designer.gallery import templates
from designer.policy import Policy, policy_of_draft
from designer.policy.beside import Part, Sentence, beside

KEY = "purchase-approval"


def compared(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Part]:
    return {part.name: part for part in beside(policy_of_draft(old), policy_of_draft(new))}


def texts(*sentences: Sentence | None) -> list[str]:
    return [one.text for one in sentences if one]


def lines(policy: Policy) -> int:
    return sum(len(line.points) + 1 for section in policy.sections for line in section.lines)


@pytest.mark.parametrize("key", list(templates()))
def test_a_policy_beside_itself_is_unchanged_and_whole(key: str) -> None:
    policy = policy_of_draft(templates()[key])
    parts = beside(policy, policy)
    assert {part.kind for part in parts} == {"same"}
    assert {pair.kind for part in parts for pair in part.pairs} == {"same"}
    numbered = [pair for part in parts[:-1] for pair in part.pairs[1:]]
    assert len(numbered) == lines(policy) + sum(bool(section.description) for section in policy.sections)


@pytest.mark.parametrize("key", list(templates()))
def test_every_sentence_of_two_unlike_policies_stands_once(key: str) -> None:
    old, new = policy_of_draft(templates()[key]), policy_of_draft(templates()[KEY])
    there, back = beside(old, new), beside(new, old)
    for mine, other in (("old", "new"), ("new", "old")):
        one = sorted(texts(*(getattr(pair, mine) for part in there for pair in part.pairs)))
        assert one == sorted(texts(*(getattr(pair, other) for part in back for pair in part.pairs)))


def test_a_new_limit_is_one_changed_sentence() -> None:
    new = deepcopy(templates()[KEY])
    level = new["steps"]["approval"]["levels"][1]
    level["when"] = "amount >= 7777"
    changed = [pair for part in compared(templates()[KEY], new).values() for pair in part.pairs if pair.kind != "same"]
    assert [pair.kind for pair in changed] == ["changed"]
    (pair,) = changed
    assert pair.old and pair.new
    assert "7,777" in pair.new.text and "7,777" not in pair.old.text


def test_a_step_that_went_takes_its_sentences_and_moves_no_other() -> None:
    new = deepcopy(templates()[KEY])
    gone = new["steps"].pop("tell")
    (new["steps"]["approval"]["outcomes"]["approved"],) = gone["outcomes"].values()
    parts = compared(templates()[KEY], new)
    assert parts[gone["name"]].kind == "removed"
    assert {pair.kind for pair in parts[gone["name"]].pairs} == {"removed"}
    kinds = [part.kind for name, part in parts.items() if name != gone["name"]]
    assert kinds.count("changed") == 1, "only the step that led to it"
    led = [pair for pair in parts["Approval"].pairs if pair.kind != "same"]
    assert [pair.kind for pair in led] == ["changed"], "where it leads is the same sentence with another end"
