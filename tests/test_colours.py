"""Text and lines stand out from what is behind them, in light and dark (WCAG 2.2: 1.4.3 and 1.4.11)."""

import re
from itertools import product
from math import cos, radians, sin
from pathlib import Path

import pytest

CSS = (Path(__file__).parent.parent / "static" / "app" / "tokens.css").read_text()
TOKEN = re.compile(r"--color-([\w-]+):([^;]+);")
COLOUR = re.compile(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)")
# Each token's colour in light and in dark; one that is given once holds for both.
TOKENS = {name: [tuple(map(float, found)) for found in COLOUR.findall(value)] for name, value in TOKEN.findall(CSS)}
TONES = ("accent", "success", "danger", "warning", "info")
GROUNDS = ("bg", "surface", "surface-2", "sunken")

TEXT = [
    *product(("text", "muted", *TONES, "accent-strong"), GROUNDS),
    *((tone, f"{tone}-soft") for tone in TONES),
    *product(("text",), (f"{tone}-soft" for tone in TONES)),
    *product(("fill-text",), ("fill", "fill-strong", "danger-fill", "danger-fill-strong")),
    ("accent-text", "accent"),
]
LINES = [*product(("border-strong", "accent"), ("bg", "surface")), ("fill", "surface"), ("fill", "bg")]


@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text(front: str, back: str) -> None:
    assert min(contrasts(front, back)) >= 4.5


@pytest.mark.parametrize(("front", "back"), LINES)
def test_lines(front: str, back: str) -> None:
    assert min(contrasts(front, back)) >= 3


def contrasts(front: str, back: str) -> list[float]:
    """In light and in dark."""
    both = []
    for mode in (0, -1):
        bright, dim = sorted((luminance(*TOKENS[front][mode]), luminance(*TOKENS[back][mode])), reverse=True)
        both.append((bright + 0.05) / (dim + 0.05))
    return both


def luminance(light: float, chroma: float, hue: float) -> float:
    """Relative luminance of an OKLCH colour, its channels clipped to what a screen can show."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1, max(0, channel)) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
