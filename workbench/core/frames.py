"""Small helpers on columns that the rules share, and contracts of the frames that go from one part to another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Contract:
    """What a frame promises whoever takes it: its columns in order, each with its dtype, and what its rows are.

    ``columns``: column → dtype by name, such as ``int64``, ``Int64``, ``datetime64[us]``, ``bool``, ``object``.
    ``index``: the name of the index, None where rows are only counted.
    """

    name: str
    columns: Mapping[str, str]
    index: str | None = None

    def without(self, *columns: str) -> Contract:
        """The contract of a frame that lacks some of the columns."""
        return replace(self, columns={name: kind for name, kind in self.columns.items() if name not in columns})

    def breaches(self, frame: pd.DataFrame) -> list[str]:
        """What the frame does not keep of the contract, in words; nothing where it keeps it."""
        found = [f"no column {column}" for column in self.columns if column not in frame.columns]
        found += [f"column {column} is not declared" for column in frame.columns if column not in self.columns]
        if not found and list(frame.columns) != list(self.columns):
            found.append(f"columns stand as {', '.join(frame.columns)}")
        found += [
            f"{column} is {frame[column].dtype}, not {dtype}"
            for column, dtype in self.columns.items()
            if column in frame.columns and frame[column].dtype != dtype
        ]
        if frame.index.name != self.index:
            found.append(f"the index is {frame.index.name}, not {self.index}")
        return found

    def check(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame itself; raises TypeError where it breaks the contract, which is a fault of the program."""
        if found := self.breaches(frame):
            raise TypeError(f"{self.name}: {'; '.join(found)}")
        return frame


def by_time(frame: pd.DataFrame, keys: list[str], only: np.ndarray | None = None) -> pd.DataFrame:
    """Rows in order of receipt (``at``); where one key has two at the same second, by file and place in it.

    So the order in which files were brought in decides nothing. ``only``: which rows, in the order they have among all.
    """
    several = frame[keys[-1]].duplicated(keep=False).to_numpy()
    twice = frame.loc[several, [*keys, "at"]].duplicated().any()  # what stands once by its last key is not twice by all
    frame = frame if only is None else frame[only]
    if twice:
        return frame.sort_values(["at", *(c for c in ("file", "row", "cell", "batch") if c in frame)], kind="stable")
    return frame.copy(deep=False) if frame["at"].is_monotonic_increasing else frame.sort_values("at", kind="stable")


def newest(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The row of each key that was received last."""
    return by_time(frame, keys).drop_duplicates(keys, keep="last")


def repeats(frame: pd.DataFrame, keys: list[str], values: list[str], time: str = "at") -> pd.Series:
    """Whether a row says of its key what the row received before it says; index as ``frame``. What is missing is alike."""
    order = frame.sort_values([time, *(c for c in ("document", "row", "cell") if c in frame)], kind="stable")
    texts = order[values].astype(object).where(order[values].notna(), "").astype(str)
    before = texts.groupby([order[key] for key in keys], sort=False, dropna=False).shift()
    return texts.eq(before).all(axis=1).reindex(frame.index)


def in_order(frame: pd.DataFrame, order: np.ndarray) -> pd.DataFrame:
    """The rows in an order of their places; the frame itself where they stand so."""
    return frame if np.array_equal(order, np.arange(len(frame))) else frame.iloc[order]


def places_of(wanted: pd.Series, among: pd.Index) -> np.ndarray:
    """Position of each value in a unique index, -1 where it is not there."""
    return np.asarray(among.get_indexer(pd.Index(wanted)))


def spread(values: pd.Series, places: np.ndarray, length: int, missing: Any = None) -> np.ndarray:
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


def map_distinct(
    values: pd.Series, change: Callable[[list[str]], Sequence[str | bool | None]], missing: bool | None = None
) -> pd.Series:
    """``change`` (a function of a list of distinct texts) applied to a text column; what is missing becomes ``missing``."""
    codes, distinct = pd.factorize(values.to_numpy() if values.dtype == object else values)
    changed = np.full(len(distinct) + 1, missing, dtype=object)  # the last one serves code -1, a missing value
    if len(distinct):
        changed[:-1] = change([*map(str, distinct.tolist())])
    return pd.Series(changed[codes], index=values.index, dtype=object)
