"""The facts of a register as typed tables: declared once by the capabilities, read when they are first asked for.

Times are naive PRC times (``datetime64[us]``), dates midnights of the same type, months ``YYYY-MM`` text, amounts whole
yuan unless a name says ``fen``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from workbench.core.frames import repeats
from workbench.core.personal_texts import without_phones
from workbench.platform.capability import declared, derived
from workbench.platform.register import withdrawn
from workbench.platform.register.cipher import DESTROYED

if TYPE_CHECKING:
    from workbench.platform.register.store import Register

TIME = "datetime64[us]"
INT = "int64"
OPTIONAL_INT = "Int64"
TEXT = "object"
BOOL = "bool"

# of a row that came with a file which was withdrawn: since when it counts no more; and of one that stands differently
# without that file: since when
GONE, BACK = "gone_at", "back_at"


class Read(Protocol):
    """Reads columns of a register table, as one state of the register. ``where``: which of its rows are wanted; where rows
    are read of all leads, others may come with them.
    """

    def __call__(
        self, table: str, columns: Sequence[str], where: Mapping[str, Any] | None = None, /
    ) -> pd.DataFrame: ...


@dataclass(frozen=True)
class FactTable:
    """A table of the register that holds what happened, row by row, never changed.

    ``name``: of the register's table; ``word``: in Chinese. ``facts``: the attribute of ``Facts`` it is read as, with
    ``columns`` (name → type); None where no rule looks at it. The column ``file`` is what the row's document is ``called``;
    those ``added`` are not stored: ``complete`` works them out from the rows read. ``known_at``: the column that says
    since when a row is known (None: always). ``by_lead``: the column that names the lead; ``by_lead_number``: the
    one that holds its number instead. ``template``: of the received
    files whose rows it keeps; ``rows``: each of its rows comes from one row of the sheet (column ``row``).
    ``sealed``: further columns of text with personal data, which no rule looks at, of a table that is kept in
    ``records``; ``named``: columns of text of such a table that may name a customer (``names``). ``without_names``: the frame as it is shown to those who may not see customers' names. ``names``: the
    columns that give a party's code, its name, and since when, where the table is a directory of parties. ``subject``:
    the columns that give a lead, its number, and the key of its customer, where the table is the one that holds them.
    ``customers``: columns of a table that is kept in ``records`` with keys of customers; its rows are about the first.
    ``named_of``: columns of ``named`` that name another customer than the row's, each with the column of his key: the text
    goes with that key.
    ``by_sheet``: a row's ``by`` may be whom its sheet names, and not who brought it in. ``cause``: ``module:function`` from a
    register and an entry's number to whether what that entry brought in, took back or decided bears out its rows of the table.
    ``proof``: ``module:function`` from a register and who wrote its entries (``access.persons.Writer`` by number) to those
    of them that hold rows of the table which nobody could write so.
    """

    name: str
    word: str
    facts: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    known_at: str | None = None
    by_lead: str | None = None
    by_lead_number: str | None = None
    template: str | None = None
    rows: bool = True
    added: tuple[str, ...] = ()
    complete: Callable[[pd.DataFrame, Read], pd.DataFrame] | None = None
    without_names: Callable[[pd.DataFrame], pd.DataFrame] | None = None
    sealed: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    names: tuple[str, str, str] | None = None
    subject: tuple[str, str, str] | None = None
    customers: tuple[str, ...] = ()
    named_of: Mapping[str, str] = field(default_factory=dict)
    by_sheet: bool = False
    cause: str = ""
    proof: str = ""

    def typed(self, rows: list[dict[str, Any]] | pd.DataFrame | None) -> pd.DataFrame:
        """A frame with the table's columns and types; missing columns are empty."""
        if rows is None or not len(rows):
            return self._without_rows.copy()
        return self._typed(rows)

    @cached_property
    def _without_rows(self) -> pd.DataFrame:
        """Made once: most tables of most registers are empty, and making a frame costs more than reading none."""
        return self._typed([])

    def _typed(self, rows: list[dict[str, Any]] | pd.DataFrame) -> pd.DataFrame:
        source = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
        columns = {
            name: _typed(source[name] if name in source else pd.Series([None] * len(source), dtype="object"), kind)
            for name, kind in self.columns.items()
        }
        return pd.DataFrame(columns, columns=list(self.columns), copy=False)  # of a million rows a copy is 200 MB

    def known_by(self, frame: pd.DataFrame, moment: datetime) -> pd.DataFrame:
        """The rows that were known at a moment (inclusive), without those whose file was withdrawn by then."""
        if GONE in frame:
            gone, since = frame[GONE], frame[BACK]
            stands = (gone.isna() | (gone > moment)) & (since.isna() | (since <= moment))
            frame = _only(frame.drop(columns=[GONE, BACK]), stands)
        if self.known_at is None:
            return frame
        return _only(frame, frame[self.known_at] <= moment)


def _only(frame: pd.DataFrame, wanted: pd.Series) -> pd.DataFrame:
    """The rows that are wanted, numbered anew; where that is all of them, as mostly, nothing is copied."""
    return (frame if wanted.all() else frame[wanted]).reset_index(drop=True)


def _typed(values: pd.Series, kind: str) -> pd.Series:
    """A column in its type, on a fresh index; what has the type already is not touched, nor copied before it is changed."""
    values = values.reset_index(drop=True)
    if kind == TEXT:
        texts = values.to_numpy(dtype="object")
        missing = pd.isna(texts)
        return (
            pd.Series(np.where(missing, None, texts), dtype="object", copy=False)
            if missing.any()
            else values.astype(TEXT)
        )
    if values.dtype == kind:
        return values
    return (pd.to_datetime(values, format="ISO8601") if kind == TIME else values).astype(kind)


@derived
def tables() -> dict[str, FactTable]:
    """Every declared table by its name in the register."""
    return {table.name: table for table in declared("tables")}


@derived
def fact_tables() -> dict[str, FactTable]:
    """The tables that rules look at, by their attribute of ``Facts``."""
    return {table.facts: table for table in declared("tables") if table.facts}


def tables_of(template: str) -> list[FactTable]:
    """The tables that keep rows of a template's sheet."""
    return [table for table in tables().values() if table.template == template and table.rows]


def frame(facts: str, rows: list[dict[str, Any]] | pd.DataFrame | None = None) -> pd.DataFrame:
    """A frame of one table of ``Facts`` from plain rows, in its columns and types."""
    return fact_tables()[facts].typed(rows)


class Facts:
    """What is known at a moment: an attribute for each declared table (``fact_tables``), a frame of its columns.

    A table is got from ``source`` when it is first asked for, and kept. ``moment``: only what was known then.
    """

    def __init__(self, source: Callable[[FactTable], pd.DataFrame], moment: datetime | None = None) -> None:
        self._source = source
        self._moment = moment

    def __getattr__(self, name: str) -> pd.DataFrame:
        table = None if name.startswith("_") else fact_tables().get(name)
        if table is None:
            raise AttributeError(f"there are no facts {name!r}")
        rows = self._source(table)
        found = rows if self._moment is None else table.known_by(rows, self._moment)
        self.__dict__[name] = found
        return found

    @classmethod
    def of(cls, **given: list[dict[str, Any]] | pd.DataFrame) -> Facts:
        """Facts from plain rows; tables that are not given are empty. Raises TypeError for a table there is not."""
        _check(given)
        return cls(lambda table: table.typed(given.get(str(table.facts))))

    def up_to(self, moment: datetime) -> Facts:
        """Only what was known at ``moment`` (inclusive), by recorded times of receipt.

        Units are kept whole: the register of units says who is who, also for what came before it.
        """
        if self._moment is not None and self._moment <= moment:
            return self
        return Facts(self._table, moment)

    def replace(self, **given: pd.DataFrame) -> Facts:
        """The same facts with other frames for some tables. Raises TypeError for a table there is not."""
        _check(given)
        return Facts(lambda table: given[str(table.facts)] if table.facts in given else self._table(table))

    def load(self) -> Facts:
        """Get every table now: the register may be closed afterwards."""
        for name in fact_tables():
            getattr(self, name)
        return self

    def loaded(self) -> list[str]:
        """The tables that were asked for so far."""
        return [name for name in fact_tables() if name in self.__dict__]

    def _table(self, table: FactTable) -> pd.DataFrame:
        return getattr(self, str(table.facts))


def without_repeats(rows: pd.DataFrame, keys: list[str], said: list[str], time: str = "at") -> pd.DataFrame:
    """Rows read from a table, without those that say of their key what the one received before said.

    They are kept in the register because a file that was received between the two may come in late (D4). What came with
    a file that was withdrawn since is no row before.
    """
    stands = rows[rows[GONE].isna()] if GONE in rows else rows
    again = repeats(stands, keys, said, time)
    return rows.drop(index=again.index[again])


def _check(given: Mapping[str, Any]) -> None:
    if unknown := set(given) - set(fact_tables()):
        raise TypeError(f"there are no facts {sorted(unknown)}")


@dataclass
class Stored:
    """Where the facts of a register come from: its tables up to an entry of the trail, which no later entry changes.

    ``until``: that entry (None: everything, an open transaction included). ``leads``: of tables that name a lead, the
    rows of these leads only. ``named``: without customers' names otherwise. ``files_named``: received files by the names their
    senders gave them, else (and to whom names are not shown) by number. ``taken_back``: with the rows of files that
    were withdrawn, for the time until they were; else as if these had never come. ``without``: table → columns that are
    neither read nor in its frame.
    """

    register: Register
    until: int | None = None
    leads: Sequence[int] | None = None
    named: bool = True
    taken_back: bool = True
    files_named: bool = True
    without: Mapping[str, Collection[str]] = field(default_factory=dict)

    def __call__(self, table: FactTable) -> pd.DataFrame:
        left_out = list(self.without.get(table.name, ()))
        found = self._read(table, {*table.added, "file", *left_out})
        return found.drop(columns=left_out) if left_out else found

    def _read(self, table: FactTable, not_stored: Collection[str]) -> pd.DataFrame:
        wanted = [column for column in table.columns if column not in not_stored]
        if "file" in table.columns and "document" not in wanted:
            wanted.append("document")
        where = self._of_leads(table)
        gone = self._withdrawn if self.taken_back and withdrawn.has_documents(self.register, table.name) else {}
        wanted += ["document"] if gone and "document" not in wanted else []
        rows = self.register.read(table.name, wanted, where=where, until=self.until, every=self.taken_back)
        if rows.empty:
            return table.typed(None)
        if "file" in table.columns:
            rows["file"] = rows["document"].map(self._names_of(rows["document"]))
        if gone:
            rows[GONE] = pd.to_datetime(rows["document"].map(gone)).astype(TIME)
            rows[BACK] = pd.Series(pd.NaT, index=rows.index, dtype=TIME)
        if table.complete:
            rows = self._completed(table, rows)
        typed = table.typed(rows)
        if gone:
            typed = typed.assign(**{name: rows[name].to_numpy() for name in (GONE, BACK)})
        return typed if self.named or table.without_names is None else table.without_names(typed)

    def _of_leads(self, table: FactTable) -> dict[str, Any] | None:
        """Which rows of a table are those of the leads that are asked for; None: all."""
        if self.leads is None:
            return None
        if table.by_lead:
            return {table.by_lead: list(self.leads)}
        return {table.by_lead_number: self._numbers} if table.by_lead_number else None

    @cached_property
    def _numbers(self) -> list[str]:
        """The numbers of the leads that are asked for."""
        found: set[str] = set()
        for table in tables().values():
            if table.subject:
                lead, number, _ = table.subject
                found |= set(
                    self.register.read(table.name, [number], {lead: list(self.leads or ())}, every=True)[number]
                )
        return sorted(found)

    def _completed(self, table: FactTable, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows completed; of leads that lost a version with its file, once as they stood and once without it."""
        assert table.complete is not None
        whole = table.complete(rows, self.read)
        lead = table.by_lead
        if lead is None or lead not in rows or GONE not in rows or rows[GONE].isna().all():
            return whole
        since = rows.groupby(lead)[GONE].max().dropna()
        others = rows[rows[lead].isin(since.index) & rows[GONE].isna()]
        before = whole.assign(**{GONE: whole[GONE].fillna(whole[lead].map(since))})
        after = table.complete(others, self.read)
        after = after.assign(**{BACK: after[lead].map(since).astype(TIME)})
        return pd.concat([before, after], ignore_index=True)

    @cached_property
    def _withdrawn(self) -> dict[int, Any]:
        """Since when the rows of files that count no more do not."""
        return {file: pd.Timestamp(at) for file, at in withdrawn.gone_files(self.register, self.until).items()}

    def read(self, table: str, columns: Sequence[str], where: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Columns of any table, in the same state of the register; of all leads its rows are read whole, which is cheaper."""
        if where is None or self.leads is None:
            return self.register.read(table, columns, until=self.until)
        if "document" in where and (gone := withdrawn.hidden(self.register, table, None)):
            where = {**where, "document": sorted(set(where["document"]) - set(gone))}  # asked for, none would be hidden
        return self.register.read(table, columns, where=where, until=self.until)

    def _names_of(self, documents: pd.Series) -> pd.Series:
        """What received files are called, by their number: all, or of some leads these where names alone say it."""
        if self.leads is None or not (self.named and self.files_named) or self.register.subjects.destroyed:
            return self._files
        return called(self.register, named=True, until=self.until, among=documents.dropna().unique().tolist())

    @cached_property
    def _files(self) -> pd.Series:
        """What received files are called, by their number."""
        return called(self.register, named=self.named and self.files_named, until=self.until)


_NUMBERED = re.compile(r"\d{7}␟(.*)", re.DOTALL)


def called(
    register: Register, *, named: bool, until: int | None = None, among: Sequence[int] | None = None
) -> pd.Series:
    """What received files are called, by their number: as their senders did, without phones.

    Senders put customers and contacts into the name. So those who may not see these names (not ``named``) have 文件12,
    with the name's place among all names before it: names decide between equal times, for everybody alike. So it is for
    everybody once a name was destroyed. ``shown_file`` takes the place off. ``among``: of these alone, where ``named`` and
    no name was destroyed.
    """
    columns, where = ["document", "received_at", *(["name"] if named else [])], among and {"document": among}
    documents = register.read("document", columns, where=where or None, until=until)
    if named:
        documents["name"] = documents["name"].map(without_phones)
        if not documents["name"].eq(DESTROYED).any():
            return documents.set_index("document")["name"]
    order = _order_of_names(register, documents["document"], until)
    same = documents.groupby([order, documents["received_at"]])["document"].transform("min")  # one file to every rule
    places = pd.factorize(order, sort=True)[0]
    names = documents["name"] if named else [f"文件{number}" for number in same]
    shown = [f"{place:07d}␟{name}" for place, name in zip(places.tolist(), names, strict=True)]
    return pd.Series(shown, index=documents["document"], dtype=object)


def _order_of_names(register: Register, documents: pd.Series, until: int | None) -> pd.Series:
    """What files sort by as they do by their names: kept where names are sealed, else the names."""
    table, column = ("document_place", "place") if register.names.sealed else ("document", "name")
    kept = register.read(table, ["document", column], until=until)
    found = documents.map(dict(zip(kept["document"], kept[column], strict=True)))
    return found if register.names.sealed else found.map(without_phones)


def shown_file(file: Any) -> Any:
    """What a file is called, as it is shown; what is no name stays as it is."""
    numbered = _NUMBERED.fullmatch(file) if isinstance(file, str) else None
    return numbered[1] if numbered else file


def load_facts(register: Register, leads: Sequence[int] | None = None, **how: Any) -> Facts:
    """All facts the register holds now, or those of the given leads (their own rows, and every small table whole).

    ``how``: ``taken_back`` and ``without``, as ``Stored`` has them.
    """
    return Facts(Stored(register, leads=leads, named=register.names.readable, **how))


def names_of_parties(register: Register) -> dict[str, str]:
    """The newest name of every party, by its code."""
    found: dict[str, str] = {}
    for table in tables().values():
        if table.names:
            code, name, since = table.names
            rows = register.read(table.name, list(table.names)).sort_values(since, kind="stable")
            found |= dict(zip(rows[code], rows[name], strict=True))
    return found
