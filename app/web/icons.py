"""The icons of static/icons.svg, and those of cards as CSS masks: hundreds of cards need no elements for them."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from designer.drawing.faces import icons

SPRITE = Path(__file__).parent.parent.parent / "static" / "icons.svg"
SYMBOL = re.compile(r'<symbol id="([^"]+)"[^>]*>(.*?)</symbol>', re.DOTALL)
PEN = "fill='none' stroke='#000' stroke-width='2' stroke-linecap='round' stroke-linejoin='round'"
SHEET = "/drawing/icons.css"
# Stands in for what is not in the sprite.
OTHER = "file"


@cache
def symbols() -> dict[str, str]:
    """What draws each, by name."""
    return dict(SYMBOL.findall(SPRITE.read_text()))


@cache
def sheet() -> str:
    """A stylesheet with a mask for each icon that a card may have."""
    rules = [f".flow-card{{--icon:{_mask(OTHER)}}}"]
    rules += [f'[data-icon="{name}"]{{--icon:{_mask(name)}}}' for name in sorted(icons() & symbols().keys())]
    return "\n".join(rules)


@cache
def sheet_address() -> str:
    """New with every content, so that browsers may keep it for ever."""
    return f"{SHEET}?v={sha256(sheet().encode()).hexdigest()[:12]}"


def _mask(name: str) -> str:
    drawn = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' {PEN}>{symbols()[name]}</svg>"
    text = quote(drawn.replace('"', "'"), safe="' /:=,.-")
    return f'url("data:image/svg+xml,{text}")'
