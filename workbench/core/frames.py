"""Small helpers on columns that the rules share."""

from __future__ import annotations

import numpy as np
import pandas as pd

DAY = np.timedelta64(1, "D")


def by_time(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows in order of receipt (``at``); where one key has two at the same second, by file and place in it.

    So the order in which files were brought in decides nothing.
    """
    if frame.duplicated([*keys, "at"]).any():
        return frame.sort_values(["at", *(c for c in ("file", "row", "cell", "batch") if c in frame)], kind="stable")
    return frame.sort_values("at", kind="stable")


def newest(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The row of each key that was received last."""
    return by_time(frame, keys).drop_duplicates(keys, keep="last")


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
