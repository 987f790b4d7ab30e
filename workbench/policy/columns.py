"""Small helpers on columns that the rules share."""

from __future__ import annotations

import numpy as np
import pandas as pd

DAY = np.timedelta64(1, "D")


def newest(frame: pd.DataFrame, keys: list[str], by: str | list[str] = "at") -> pd.DataFrame:
    """The last row of each key in order of ``by``; rows of equal ``by`` in their own order."""
    ordered = frame.sort_values(by, kind="stable")
    return ordered.drop_duplicates(keys, keep="last")


def places_of(wanted: pd.Series, among: pd.Index) -> np.ndarray:
    """Position of each value in a unique index, -1 where it is not there."""
    return among.get_indexer(pd.Index(wanted))


def spread(values: pd.Series, places: np.ndarray, length: int, missing=None) -> np.ndarray:
    """An array of ``length`` holding ``values[i]`` at ``places[i]``; places of -1 are left out."""
    kind = values.to_numpy().dtype
    if missing is None and kind.kind == "M":
        missing = np.datetime64("NaT")
    result = np.full(length, missing, dtype=kind)
    known = places >= 0
    result[places[known]] = values.to_numpy()[known]
    return result


def days(times: np.ndarray) -> np.ndarray:
    """The dates of an array of times (``datetime64[D]``)."""
    return times.astype("datetime64[D]")


def empty_texts(length: int) -> np.ndarray:
    """A text column (object array) of None."""
    return np.full(length, None, dtype=object)
