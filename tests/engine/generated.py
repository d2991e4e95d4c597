"""Generated definitions: approvals in a row with a form and a rest among them, policies, time limits, and odd data."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.engine.cast import flow

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


def document(chosen: list[dict[str, Any]], form_at: int, twice: bool, rests: bool = False) -> dict[str, Any]:
    """request, the approvals in order with a form among them, approved; sent back to the request or to a form.

    rests: a day goes by behind that form.
    """
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
    if rests:
        after = made["steps"]["between"]["outcomes"]
        made["steps"]["rest"] = {
            "type": "wait",
            "name": "Rest",
            "after": "P1D",
            "outcomes": {"elapsed": after["submitted"]},
        }
        after["submitted"] = "rest"
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
