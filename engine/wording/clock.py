"""Local time: whose clock a moment is told by, and its label where that is not the reader's own. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from engine.wording.values import day


@dataclass(frozen=True)
class Clock:
    """own: the reader's own zone, which needs no label."""

    zone: tzinfo = UTC
    own: bool = False

    def local(self, at: datetime | str) -> datetime:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        return moment.astimezone(self.zone)

    def moment(self, at: datetime | str) -> str:
        """22 November 2026, 10:44 UTC"""
        local = self.local(at)
        return f"{day(local)}, {self.time(local)}"

    def time(self, at: datetime | str) -> str:
        """10:44, 10:44 UTC or 11:44 (Berlin time)"""
        return f"{self.local(at):%H:%M}{self._label}"

    @property
    def _label(self) -> str:
        if self.own:
            return ""
        city = str(self.zone).rpartition("/")[2].replace("_", " ")
        return " UTC" if city == "UTC" else f" ({city} time)"


WORLD = Clock()
