"""A branch closed into one card keeps its ways out, and nothing points into it any more."""

import pytest

from designer.drawing.canvas import draw
from designer.drawing.faces import plain_faces
from designer.drawing.flow import flow_of
from designer.drawing.folding import branches, closed, fold
from tests.designer.flows import random_flow


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("mess", [0.0, 0.2])
def test_every_branch_can_be_closed(seed: int, mess: float) -> None:
    document = random_flow(60, seed, mess)
    faces = plain_faces(document["steps"])
    before = draw(document, faces)
    for key, hidden in branches(before.flow).items():
        folded, shown, stands = fold(document, faces, closed(before.flow, [key]))
        after = draw(folded, shown)
        ((card, stood),) = stands.items()
        assert stood == key and card in after.flow.order
        inside = set(before.flow.order) - set(after.flow.order)
        assert inside == set(hidden) and shown[card].kind == f"{len(inside)} steps"
        targets = {target for step in folded["steps"].values() for target in step["outcomes"].values()}
        assert not targets & inside and not set(after.flow.loose) - set(before.flow.loose) - inside
        assert after.width <= before.width or after.height <= before.height


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("mess", [0.0, 0.2])
def test_all_branches_can_be_closed_but_those_that_hold_the_chosen_step(seed: int, mess: float) -> None:
    document = random_flow(200, seed, mess)
    flow, faces = flow_of(document["start"], document["steps"]), plain_faces(document["steps"])
    for chosen in ("", *flow.order[::17]):
        shut = closed(flow, branches(flow), chosen)
        folded, shown, stands = fold(document, faces, shut)
        after = draw(folded, shown).flow
        inside = [step for each in shut.values() for step in each]
        assert len(inside) == len(set(inside)) and not set(inside) & set(after.order)
        assert set(after.order) == set(flow.order) - set(inside) | set(stands)
        assert not chosen or chosen in after.order


def test_what_is_no_branch_is_not_closed() -> None:
    document = random_flow(20, 1)
    assert not closed(flow_of(document["start"], document["steps"]), [("nobody", "nothing")])
