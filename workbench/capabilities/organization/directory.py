"""The directory of units: who they were on a day, and the unit a received file names."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from workbench.capabilities.organization.successions import with_successors
from workbench.core.errors import FileRefused
from workbench.core.periods import end_of_day
from workbench.platform.intake.submission import ImportBatch, Submission
from workbench.platform.register.store import Register

UNIT_COLUMNS = [
    "code",
    "name",
    "kind",
    "province",
    "city",
    "person",
    "leader",
    "function",
    "categories",
    "state",
]


def units_on(units: pd.DataFrame, day: date | None) -> pd.DataFrame:
    """Each unit as it stood at the end of a day (None: the newest): its newest version by then, else its first."""
    ordered = units.sort_values("since", kind="stable")
    first = ordered.drop_duplicates("code", keep="first")
    if day is not None:
        ordered = ordered[ordered["since"] <= end_of_day(day)]
    known = ordered.drop_duplicates("code", keep="last")
    missing = first[~first["code"].isin(known["code"])]
    return pd.concat([known, missing]).sort_values("code", ignore_index=True)


def names_on(units: pd.DataFrame, day: date | None) -> dict[str, str]:
    """The name each unit code had at the end of a day (None: has now), as ``units_on``."""
    known = units_on(units, day)
    return dict(zip(known["code"], known["name"], strict=True))


def directory(register: Register) -> pd.DataFrame:
    """The newest version of every unit, indexed by code (columns of T6, ``since`` and ``successor``)."""
    return _newest(all_units(register))


def _newest(units: pd.DataFrame) -> pd.DataFrame:
    return units_on(units, None).set_index("code")


def all_units(register: Register) -> pd.DataFrame:
    """Every version of every unit."""
    return with_successors(register.read("unit", [*UNIT_COLUMNS, "since"]), register.read)


def unit_at(batch: ImportBatch, code: str, moment: datetime) -> pd.Series:
    """A listed unit as it stood at a moment: its newest version by then, else its first."""
    return version_at(batch.once("succession", all_units), code, moment)


def version_at(units: pd.DataFrame, code: str, moment: datetime) -> pd.Series:
    """The version of a listed unit that stood at a moment, of all versions of units: its newest by then, else its first."""
    places = np.flatnonzero(units["code"].to_numpy() == code)
    since = units["since"].to_numpy()[places]
    order = np.argsort(since, kind="stable")
    known = np.flatnonzero(since[order] <= np.datetime64(moment))
    return units.iloc[places[order[known[-1] if len(known) else 0]]]


def units_at(batch: ImportBatch, moment: datetime) -> pd.DataFrame:
    """The directory as it stood at the end of a moment's day (``units_on``), indexed by code."""
    return units_on(batch.once("succession", all_units), moment.date()).set_index("code")


def known_units(batch: ImportBatch) -> pd.DataFrame:
    """The directory as an import sees it, its own earlier files included."""
    return batch.once("unit", lambda _: _newest(batch.once("succession", all_units)))


def unit_of(batch: ImportBatch, submission: Submission, field: str = "unit") -> pd.Series:
    """The listed unit a file's header names.

    Raises FileRefused where the code is not in the directory.
    """
    code = submission.form.header.get(field)
    units = known_units(batch)
    if code not in units.index:
        cell = submission.form.header_cells.get(field)
        raise FileRefused(
            "unknown_unit/form", code=code, file=submission.form.file, sheet=submission.form.sheet, cell=cell
        )
    return units.loc[code]


def unit_named(batch: ImportBatch, submission: Submission) -> None:
    """Only a listed unit sends such a file. Raises FileRefused."""
    unit_of(batch, submission)
