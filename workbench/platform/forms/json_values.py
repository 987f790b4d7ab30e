"""Cells as JSON holds them, on their way out of the reading process."""

from __future__ import annotations

import math
from datetime import date, datetime, time, timedelta
from typing import Any


def plain_value(value: Any) -> Any:
    """A cell as JSON holds it; dates and times as {"t": ISO}."""
    kind = value.__class__
    if kind is str:
        return value if value and not value.isspace() else None
    if kind is float:
        return value if math.isfinite(value) else str(value)
    if kind is int or kind is bool or value is None:
        return value
    if isinstance(value, datetime):
        return {"t": value.isoformat(timespec="seconds")}
    if isinstance(value, date):
        return {"t": f"{value.isoformat()}T00:00:00"}
    return str(value) if isinstance(value, (time, timedelta)) else str(value)
