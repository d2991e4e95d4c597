"""The drawing on paper: places and icons are written out, since WeasyPrint looks into no attributes and files."""

import re

from markupsafe import Markup

from app.web.icons import symbols
from designer.drawing.shapes import Layout

USE = re.compile(r'<use href="#([^"]+)"/>')
PLACE = re.compile(r'data-x="(-?\d+)" data-y="(-?\d+)"(?: data-([wh])="(\d+)")?')
LENGTHS = {"w": "max-width", "h": "height"}
# What a page has room for, in CSS pixels: 174 mm by 200 mm.
WIDE, HIGH = 658, 756


class PaperIcons:
    """Stands where pages have templates/parts/ui.html."""

    def icon(self, name: str) -> Markup:
        icon = Markup('<svg class="icon" viewBox="0 0 24 24" width="14" height="14"><use href="#{}"/></svg>')
        return icon.format(name)


def for_paper(page: str, layout: Layout) -> str:
    """The page's stage with places as styles and icons drawn, scaled to what paper has room for."""
    zoom = min(1.0, WIDE / layout.width, HIGH / layout.height)
    room = f'style="width: {layout.width * zoom:.0f}px; height: {layout.height * zoom:.0f}px"'
    canvas = f'style="width: {layout.width}px; height: {layout.height}px; transform: scale({zoom:.4f})"'
    page = USE.sub(lambda found: symbols().get(found[1], ""), PLACE.sub(_style, page))
    page = page.replace('class="stage__room"', f'class="stage__room" {room}')
    return page.replace('class="stage__canvas"', f'class="stage__canvas" {canvas}')


def _style(found: re.Match[str]) -> str:
    x, y, what, length = found.groups()
    more = f"; {LENGTHS[what]}: {length}px" if what else ""
    return f'style="left: {x}px; top: {y}px{more}"'
