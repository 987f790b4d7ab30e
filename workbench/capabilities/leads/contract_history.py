"""What the contract register says of each month, contract and lead, from every line it ever held (6.5, D25, D37).

Lines come again, add up, are withdrawn, ended and taken back. Here they become one line for each month, contract and
lead and each moment at which it changed, which is all the rules look at.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from workbench.core.frames import newest
from workbench.platform.register.facts import Facts, Read, frame
from workbench.platform.regulation.edition import Policy

LINE = ["month", "contract", "lead"]
SAID = ["model", "quantity", "amount_fen", "signed_on", "picked_up", "unit", "progress"]
ENDED = "已解除"
GIVEN_BACK = "line_given_back"
BY_MODEL, ENDS = "model", "ends"  # values of the readings contract_line_key (D25) and contract_end (D37)


def counting_lines(facts: Facts, policy: Policy) -> pd.DataFrame:
    """One line for each month, contract and lead: what counts by what is known (columns of ``contracts``).

    Lines of several models add up; ``quantity`` of a later month holds all models of the contract; ``picked_up`` is less
    what was taken back since, in the month in which it was picked up; a contract that ended has the quantity delivered.
    """
    lines = newest(history(facts, policy), LINE)
    return lines[lines["signed_on"].notna()]


def history(facts: Facts, policy: Policy) -> pd.DataFrame:
    """Every version of those lines: the newest of each month, contract and lead counts, from its ``at`` on.

    A line that was withdrawn has a last version without vehicles and without ``signed_on``. ``progress`` is 已解除 where the
    contract is ended.
    """
    lines, gone = facts.contracts, facts.withdrawals
    if lines.empty:
        return lines
    by_model, ends = (
        _taken(policy, key, lines["month"], value)
        for key, value in (("contract_line_key", BY_MODEL), ("contract_end", ENDS))
    )
    if (lines["progress"].eq(ENDED) & ~ends).any():
        lines = lines.assign(progress=lines["progress"].mask(lines["progress"].eq(ENDED) & ~ends, None))
    special = _special(lines, gone, by_model)
    if not special.any():
        return lines
    rows = lines[special].assign(by_model=by_model[special])
    withdrawn = defaultdict(list)
    for row in gone.itertuples(index=False):
        withdrawn[row.contract, row.lead].append(row)
    told: list[dict[str, Any]] = []
    for pair, own in _by_pair(rows).items():
        told += _told(own, withdrawn[pair])
    return pd.concat([lines[~special], frame("contracts", told)], ignore_index=True)


def standing_lines(facts: Facts) -> pd.DataFrame:
    """Of each contract, lead and model the lines of the last month that has any, as they were received."""
    lines = facts.contracts.sort_values(["at", "file", "row"], kind="stable")
    lines = lines.assign(key=lines["model"].map(model_key))
    for gone in facts.withdrawals.itertuples():
        same = lines[LINE].eq([gone.month, gone.contract, gone.lead]).all(axis=1) & lines["key"].eq(gone.model)
        lines = lines[~(same & (lines["at"] < gone.at))]
    newest = lines.groupby([*LINE, "key"])[["at", "file"]].transform("last")
    lines = lines[lines[["at", "file"]].eq(newest).all(axis=1)]
    last = lines.groupby(["contract", "lead", "key"])["month"].transform("max")
    return lines[lines["month"] == last].drop(columns="key")


def given_back(read: Read) -> set[tuple[int, int]]:
    """The lines that were taken in and do not fit what was received before them and came in later: (file, row)."""
    rows = read(GIVEN_BACK, ["given_back", "line", "back"])
    rows = rows.drop_duplicates(["given_back", "line"], keep="last")
    rows = rows[rows["back"]]
    return set(zip(rows["given_back"], rows["line"], strict=True))


def without_given_back(rows: pd.DataFrame, read: Read) -> pd.DataFrame:
    """Lines without those that do not fit (``given_back``)."""
    return rows[~_among(rows, given_back(read))]


def with_returns(returns: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The files that came back, without those none of whose lines fits (D44)."""
    back = given_back(read)
    if not back:
        return returns
    held = read("register_row", ["document", "row", "lead"]).dropna(subset=["lead"])
    held = held[held["document"].isin({file for file, _ in back})]
    fits = held.loc[~_among(held, back), "document"]
    return returns[~returns["document"].isin(set(held["document"]) - set(fits))]


def _among(rows: pd.DataFrame, places: set[tuple[int, int]]) -> np.ndarray:
    """Whether each row is one of some (file, row)."""
    if not places:
        return np.zeros(len(rows), dtype=bool)
    return pd.MultiIndex.from_frame(rows[["document", "row"]]).isin(list(places))


def with_new_lines(lines: pd.DataFrame, read: Read) -> pd.DataFrame:
    """The lines that fit, without those of files that say of a month, contract, lead and model what the one before said:
    these count where a file that was received between the two comes in late (D4).
    """
    lines = without_given_back(lines, read)
    if not lines.duplicated(LINE, keep=False).any():
        return lines
    gone = read("contract_withdrawal", [*LINE, "at"])
    withdrawn = gone.groupby(LINE)["at"].agg(list).to_dict()
    odd = lines[lines.duplicated(LINE, keep=False)]
    odd = odd.assign(key=odd["model"].map(model_key)).sort_values(["at", "document", "row"], kind="stable")
    columns = [*SAID, *({"cumulative"} & set(lines))]
    repeats: list[Any] = []
    for (*line, _), own in odd.groupby([*LINE, "key"], sort=False):
        before: tuple[Any, list[Any]] | None = None
        for (at, _), rows in own.groupby(["at", "document"], sort=False):
            said = rows[columns].astype(object).where(rows[columns].notna(), None).to_numpy().tolist()
            stands = before is not None and not any(before[0] < each <= at for each in withdrawn.get(tuple(line), ()))
            if before is not None and stands and said == before[1]:
                repeats += rows.index.tolist()
            before = at, said
    return lines.drop(index=repeats)


def model_key(model: Any) -> str:
    """A vehicle model as lines are told apart by it: one width and case, no spaces."""
    return (
        "" if model is None or pd.isna(model) else "".join(unicodedata.normalize("NFKC", str(model)).casefold().split())
    )


def _taken(policy: Policy, key: str, months: pd.Series, value: str) -> np.ndarray:
    """Whether a reading has a value for each month: quarters approved before keep what they were approved under."""
    codes, distinct = pd.factorize(months)
    days = pd.Series(pd.to_datetime([f"{month}-01" for month in distinct]))
    return np.asarray(policy.choices(key, days)[codes] == value, dtype=bool)


def _special(lines: pd.DataFrame, gone: pd.DataFrame, by_model: np.ndarray) -> np.ndarray:
    """Which lines are of a contract and lead whose newest lines do not simply stand as they are."""
    pairs = lines.groupby(["contract", "lead"], sort=False).ngroup()
    odd = (lines["picked_up"] < 0) | lines["progress"].eq(ENDED)
    odd |= lines.duplicated([*LINE, "at", "file"], keep=False) & by_model
    models = lines["model"].where(by_model)
    first = models.groupby(pairs).transform("first")
    odd |= models.notna() & models.ne(first)
    marked = set(pairs[odd])
    if len(gone):
        keys = set(zip(gone["contract"], gone["lead"]))
        marked |= {pair for pair, *key in zip(pairs, lines["contract"], lines["lead"]) if tuple(key) in keys}
    return np.asarray(pairs.isin(marked))


class _Part(NamedTuple):
    """One line as it was received: of which file, and what it says."""

    file: tuple[datetime, str]
    values: dict[str, Any]


@dataclass(frozen=True)
class _Known:
    """The standing lines of a contract and lead: (month, model) → lines of the newest file."""

    parts: dict[tuple[str, str], list[_Part]]

    def months(self) -> list[str]:
        return sorted({month for month, _ in self.parts})

    def of(self, month: str) -> list[_Part]:
        return [part for (own, _), parts in self.parts.items() if own == month for part in parts]


def _by_pair(rows: pd.DataFrame) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """The lines of each contract and lead in the order of their receipt."""
    order = rows.sort_values(["at", "file", "row"], kind="stable").astype(object)
    found = defaultdict(list)
    for row in order.where(order.notna(), None).to_dict("records"):
        found[row["contract"], row["lead"]].append(row)
    return found


def _told(rows: Iterable[dict[str, Any]], withdrawn: Iterable[Any]) -> list[dict[str, Any]]:
    """The versions of the months of one contract and lead."""
    happened: list[tuple[tuple[datetime, str], int, Any]] = [((row["at"], str(row["file"])), 1, row) for row in rows]
    happened += [((row.at, str(row.file)), 0, row) for row in withdrawn]
    happened.sort(key=lambda each: each[:2])
    known = _Known({})
    told: list[dict[str, Any]] = []
    last: dict[str, dict[str, Any]] = {}
    for place, (when, is_line, row) in enumerate(happened):
        if is_line:
            _put(known, when, row)
        else:
            _withdraw(known, row)
        if place + 1 < len(happened) and happened[place + 1][0] == when:
            continue
        now = _as_counted(known)
        for month in {**last, **now}:
            line = now.get(month) or {**last[month], "quantity": 0, "picked_up": 0, "signed_on": None}
            if last.get(month) != line:
                told.append({**line, "at": when[0]})
                last[month] = line
    return told


def _put(known: _Known, when: tuple[datetime, str], row: dict[str, Any]) -> None:
    """Take a line in: beside those of its file (D25), in place of an earlier file's."""
    key = (row["month"], model_key(row["model"]) if row["by_model"] else "")
    same_file = [part for part in known.parts.get(key, ()) if part.file == when and row["by_model"]]
    known.parts[key] = [*same_file, _Part(when, row)]


def _withdraw(known: _Known, row: Any) -> None:
    """Take lines out that a later file replaced or left out."""
    for key in [key for key in known.parts if key[0] == row.month and key[1] in ("", row.model)]:
        if all(part.file < (row.at, str(row.file)) for part in known.parts[key]):
            del known.parts[key]


def _as_counted(known: _Known) -> dict[str, dict[str, Any]]:
    """Month → its line as it counts."""
    months = known.months()
    picked = _net_pick_ups(known, months)
    counted = {}
    for month in months:
        last = known.of(month)[-1].values
        signed = min(part.values["signed_on"] for part in known.of(month))
        line = {**last, "signed_on": signed, "quantity": _quantity(known, month), "picked_up": picked[month]}
        counted[month] = {**line, "progress": None if last["progress"] == ENDED else last["progress"]}
    ended = _ended_in(known, months)
    for month in months:
        if ended is not None and month >= ended:
            delivered = sum(picked[each] for each in months)
            counted[month] |= {"quantity": delivered, "progress": ENDED}
    return counted


def _quantity(known: _Known, until: str) -> int:
    """Vehicles of the contract by a month: of each model the latest month's; lines without models count alone."""
    latest: dict[str, tuple[str, list[_Part]]] = {}
    for (month, model), parts in known.parts.items():
        if month <= until and (model not in latest or latest[model][0] < month):
            latest[model] = (month, parts)
    plain = {model for model, (_, parts) in latest.items() if not parts[0].values["by_model"]}
    if plain and len(latest) > len(plain):
        latest = {model: found for model, found in latest.items() if model not in plain}
    return sum(part.values["quantity"] for _, parts in latest.values() for part in parts)


def _net_pick_ups(known: _Known, months: list[str]) -> dict[str, int]:
    """D37: vehicles of each month, without those returned since: the latest pick-ups of the model go first."""
    left: dict[tuple[str, str], int] = {}
    for month in months:
        for own, model in [key for key in known.parts if key[0] == month]:
            sums = [part.values["picked_up"] for part in known.parts[own, model]]
            left[own, model] = sum(number for number in sums if number > 0)
            back = -sum(number for number in sums if number < 0)
            for earlier in sorted((key for key in left if key[1] == model), reverse=True):
                taken = min(back, left[earlier])
                left[earlier] -= taken
                back -= taken
    found = dict.fromkeys(months, 0)
    for (month, _), number in left.items():
        found[month] += number
    return found


def _ended_in(known: _Known, months: list[str]) -> str | None:
    """The month since which the contract is ended: the latest month that says how it goes says so."""
    ended = None
    for month in months:
        said = {part.values["progress"] for part in known.of(month) if part.values["progress"]}
        if said:
            ended = (ended or month) if said == {ENDED} else None
    return ended
