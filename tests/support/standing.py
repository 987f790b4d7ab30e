"""The clock of a test that sets it: it stands still, and files that come in later move it on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass
class StandingClock:
    """``moment``: the time it shows; None while a test goes by the machine's clock."""

    moment: datetime | None = None

    def now(self) -> datetime:
        """The time it shows."""
        assert self.moment is not None
        return self.moment

    def move_on(self, text: str) -> None:
        """Where it was set to an earlier time, set it to this one."""
        if self.moment is not None:
            self.moment = max(self.moment, datetime.fromisoformat(text))


STANDING = StandingClock()
