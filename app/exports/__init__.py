"""Files that answer a report, a file for each format: what one must state is an Export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from engine.registry import plugins

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.reports.model import Material


class Export(Protocol):
    """LABEL, HINT: what one chooses it by. PLACE: where it stands in lists; the first is chosen beforehand."""

    LABEL: str
    HINT: str
    MEDIA_TYPE: str
    EXTENSION: str
    PLACE: int

    def write(self, material: Material, progress: Callable[[int], None], /) -> bytes:
        """The file. progress: is told the percentage done. Raises a Refusal whose words the reader is shown."""


def exports() -> Mapping[str, Export]:
    """By name, in the order of their places."""
    return dict(sorted(plugins(__name__, Export).items(), key=lambda export: export[1].PLACE))
