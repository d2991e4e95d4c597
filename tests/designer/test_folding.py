"""A branch closed into one card keeps its ways out, and nothing points into it any more."""

import pytest

from designer.drawing.canvas import draw
from designer.drawing.faces import plain_faces
from designer.drawing.folding import fold, foldable
from tests.designer.flows import random_flow


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("mess", [0.0, 0.2])
def test_every_branch_can_be_closed(seed: int, mess: float) -> None:
    document = random_flow(60, seed, mess)
    faces = plain_faces(document["steps"])
    before = draw(document, faces)
    for key in foldable(before.flow):
        folded, shown, stands = fold(document, faces, [key])
        after = draw(folded, shown)
        ((card, stood),) = stands.items()
        assert stood == key and card in after.flow.order
        inside = set(before.flow.order) - set(after.flow.order)
        assert shown[card].kind == f"{len(inside)} steps"
        targets = {target for step in folded["steps"].values() for target in step["outcomes"].values()}
        assert not targets & inside and not set(after.flow.loose) - set(before.flow.loose) - inside
        assert after.width <= before.width or after.height <= before.height


def test_what_is_no_branch_is_not_closed() -> None:
    document = random_flow(20, 1)
    faces = plain_faces(document["steps"])
    assert fold(document, faces, [("nobody", "nothing")])[0]["steps"] == document["steps"]
