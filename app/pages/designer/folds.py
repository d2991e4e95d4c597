"""Collapsed branches of a draft: kept in a cookie of the draft's own path, so that it works without scripts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from litestar.response import Redirect

from app.access import middleware
from app.drafts import Draft
from app.web.request import Asked
from designer.drawable import drawable, faces
from designer.drawing.canvas import draw
from designer.drawing.flow import Flow, flow_of
from designer.drawing.folding import Key, branches, closed, fold
from engine.people import Directory

COOKIE = "folds"
SECONDS = 90 * 24 * 3600
# A flow of more steps is shown with its branches closed, until they are opened.
ALL_OPEN = 60
MOST, LONGEST = 40, 3000
WORDS = {"fold": True, "unfold": False}


def turned(request: Asked, draft: Draft, place: Mapping[str, str], turn: Mapping[str, str]) -> Redirect:
    """The draft at that place, with one branch closed or opened. turn: {"fold" or "unfold": STEP:OUTCOME}."""
    ((word, address),) = turn.items()
    document = drawable(draft.document)
    flow = flow_of(document["start"], document["steps"])
    inside = branches(flow).get(_key(address))
    led = {name: value for name, value in place.items() if value and not (name == "step" and value in (inside or ()))}
    here = f"/definitions/{quote(draft.key)}/draft"
    answer = Redirect(f"{here}?{urlencode(led)}#s-{quote(address)}", status_code=303)
    if inside is None:
        return answer
    known = {**{key: shut for key, shut in _said(request).items() if key != _key(address)}, _key(address): WORDS[word]}
    words = {shut: word for word, shut in WORDS.items()}
    kept = [(words[shut], ":".join(key)) for key, shut in known.items() if key[0] in document["steps"]][-MOST:]
    while len(urlencode(kept)) > LONGEST:
        kept = kept[1:]
    answer.set_cookie(replace(middleware.cookie(COOKIE, urlencode(kept), SECONDS), path=here))
    return answer


def was_turned(request: Asked) -> bool:
    """Whether HTMX was led here by `turned`: the focus stays on the card whose id the browser names."""
    return request.headers.get("hx-trigger", "").startswith("s-")


def drawn(
    request: Asked, document: dict[str, Any], people: Directory | None, chosen: str, address: str, *, all_open: bool
) -> dict[str, Any]:
    """The drawing, the addresses that close or open its branches, and the steps within each closed one by its card.

    chosen: the step whose branch is open. address: what leads to this place, and is lengthened by what is to be done.
    """
    whole = drawable(document)
    flow = flow_of(whole["start"], whole["steps"])
    shut = {} if all_open else closed(flow, _folds(request, flow), chosen)
    shown, cards, stands = fold(whole, faces(document, people), shut)
    layout = draw(shown, cards, plus=True)
    known = branches(flow)
    return {
        "drawing": layout,
        "folds": {key: _to(address, "fold", key) for key in branches(layout.flow) if key in known and not all_open},
        "opens": {card: _to(address, "unfold", key) for card, key in stands.items()},
        "within": {card: shut[key] for card, key in stands.items()},
    }


def _to(address: str, word: str, key: Key) -> str:
    return f"{address}{urlencode({word: ':'.join(key)})}"


def _folds(request: Asked, flow: Flow) -> list[Key]:
    said, many = _said(request), len(flow.order) > ALL_OPEN
    return [key for key in branches(flow) if said.get(key, many)]


def _said(request: Asked) -> dict[Key, bool]:
    """What the browser was told to close, or to leave open."""
    try:
        pairs = parse_qsl(request.cookies.get(COOKIE, ""), max_num_fields=MOST)
    except ValueError:
        return {}
    return {_key(address): WORDS[word] for word, address in pairs if word in WORDS}


def _key(address: str) -> Key:
    step, _, outcome = address.partition(":")
    return step, outcome
