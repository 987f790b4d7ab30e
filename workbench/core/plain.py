"""Values as JSON knows them: ISO dates and times, rates as text, None for what is missing."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd


def plain(value: Any) -> Any:
    """A value as JSON knows it: ISO dates and times, rates as text, None for what is missing."""
    if isinstance(value, Fraction):
        percent = value * 100
        return f"{percent}%" if percent.denominator == 1 else str(value)
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp | datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, np.bool_):
        return bool(value)
    return int(value) if isinstance(value, np.integer) else value


def iso(times: pd.Series) -> pd.Series:
    """Times as ISO text to the second, None where there is none."""
    texts = np.datetime_as_string(times.to_numpy(), unit="s").astype(object)
    texts[times.isna().to_numpy()] = None
    return pd.Series(texts, index=times.index, dtype=object)
