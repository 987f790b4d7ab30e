"""Frames on their way back from workers: each text once, and numbers for where it stands. Only who has time packs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Texts:
    """A column of texts, numbers and None: ``distinct`` values, the last of them None, and the place of each row's among them."""

    places: np.ndarray
    distinct: np.ndarray

    @classmethod
    def of(cls, values: pd.Series) -> Texts:
        """From a column of objects."""
        places, distinct = pd.factorize(values.to_numpy())
        places[places < 0] = len(distinct)  # what is missing
        return cls(places.astype(np.min_scalar_type(len(distinct))), np.array([*distinct, None], dtype=object))

    def column(self) -> pd.Series:
        """As a column of objects."""
        return pd.Series(self.distinct[self.places], dtype=object, copy=False)


Packed = dict[str, Any]  # column → Texts, or its array


def pack(frame: pd.DataFrame) -> Packed:
    """The columns of a frame, without its index."""
    return {name: Texts.of(column) if column.dtype == object else column.array for name, column in frame.items()}


def joined(parts: Iterable[Any]) -> pd.Series:
    """One packed column of several frames, one below the other."""
    columns = [part.column() if isinstance(part, Texts) else pd.Series(part, copy=False) for part in parts]
    return pd.concat(columns, ignore_index=True)
