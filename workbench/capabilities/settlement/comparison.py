"""Two settlements of one quarter side by side: the official one, and one under other parameters or readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.capabilities.settlement.quarter import Line
from workbench.capabilities.settlement.settlement import Settlement
from workbench.core.messages import Message, both
from workbench.core.periods import month_of, months_of
from workbench.core.plain import plain
from workbench.platform.regulation.clause import settled_order
from workbench.platform.regulation.edition import Policy
from workbench.platform.regulation.trial import Changes, value_words

MARK = "测算 非正式"
NEW, GONE, OTHER, SAME = "新增", "取消", "变动", "不变"
CHANGES = ["clause", "title", "name", "unit", "official", "trial"]
LINES = ["clause", "party", "ref", "adjusts", "official", "trial", "difference", "change"]
PARTIES = ["party", "official", "trial", "difference"]
CLAUSES = ["clause", "official_count", "official", "trial_count", "trial", "difference"]
LEADS = [
    "number",
    "reporter",
    "received_at",
    "status",
    "clause",
    "counts_in",
    "trial_status",
    "trial_clause",
    "trial_counts_in",
]


@dataclass(frozen=True)
class Comparison:
    """What other values would have made of a quarter; unofficial.

    Frames with the columns above; amounts in whole yuan, ``difference`` = trial − official. ``lines`` holds every
    line of either side, ``leads`` only those that would stand otherwise. ``drifted``: lines in which computing the
    quarter again under the unchanged rules differs from the official (an approved one) for other reasons.
    """

    quarter: str
    as_of: datetime
    edition: str
    approved: bool
    changes: pd.DataFrame
    lines: pd.DataFrame
    parties: pd.DataFrame
    clauses: pd.DataFrame
    leads: pd.DataFrame
    drifted: int
    trial: tuple[Line, ...]

    def as_json(self, lang: str = "zh") -> dict[str, Any]:
        """The comparison as plain values, its words in a language (``changes`` are in the one they were made in)."""
        tables = {name: _records(getattr(self, name)) for name in ("changes", "clauses", "parties", "lines", "leads")}
        tables["lines"] = [{**row, "change": _word(row["change"], lang)} for row in tables["lines"]]
        sums = {name: int(self.lines[name].sum()) for name in ("official", "trial", "difference")}
        return {
            "unofficial": _word(MARK, lang),
            "quarter": self.quarter,
            "as_of": self.as_of.isoformat(),
            "edition": self.edition,
            "approved": self.approved,
            "totals": sums,
            **tables,
            "drifted": self.drifted,
        }


def _word(zh: str, lang: str) -> str:
    return str(getattr(both("trial_word", zh), lang))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{key: plain(value) for key, value in row.items()} for row in frame.to_dict("records")]


def changes_table(policy: Policy, changes: Changes, on: date, lang: str = "zh") -> pd.DataFrame:
    """What is changed, beside what is in force on a day, in a language."""
    rows = []
    for name, value in changes.parameters.items():
        item = policy.parameters[name]
        title, unit = (getattr(each, lang) for each in (item.title_words, both("unit", item.unit)))
        rows.append((item.clause, title, name, unit, value_words(policy.value(name, on)), value_words(value)))
    for key, value in changes.readings.items():
        reading = next(each for each in policy.readings.values() if each.key == key)
        title, unit = f"{reading.id} {getattr(reading.question_words, lang)}", Message("trial/reading_unit").text(lang)
        official, trial = (
            Message.of("trial/answer", value=value_words(each), meaning=reading.words_of(each)).text(lang)
            for each in (reading.value_on(on), value)
        )
        rows.append((reading.clause, title, key, unit, official, trial))
    return pd.DataFrame(rows, columns=CHANGES, dtype=object)


def compare(
    official: Settlement,
    again: Settlement,
    trial: Settlement,
    states: pd.DataFrame,
    tried: pd.DataFrame,
    changes: pd.DataFrame,
    as_of: datetime,
    *,
    approved: bool,
) -> Comparison:
    """Two settlements and the lead states behind them; ``again`` is the official one computed anew from the facts."""
    lines = _lines(official.lines, trial.lines)
    drift = _lines(official.lines, again.lines)
    return Comparison(
        official.quarter,
        as_of,
        official.edition,
        approved,
        changes,
        lines,
        _parties(lines),
        _clauses(official.lines, trial.lines),
        _leads(states, tried, official.quarter),
        int((drift["difference"] != 0).sum()),
        tuple(trial.lines),
    )


def _sums(lines: Sequence[Line]) -> dict[tuple, int]:
    sums: dict[tuple, int] = defaultdict(int)
    for line in lines:
        sums[line.clause, line.party, line.ref, line.adjusts] += line.amount
    return sums


def _lines(official: Sequence[Line], trial: Sequence[Line]) -> pd.DataFrame:
    """Every line of either side, those that differ first, then in the order of clauses."""
    one, other = _sums(official), _sums(trial)
    rows = []
    for key in {**one, **other}:
        before, after = one.get(key, 0), other.get(key, 0)
        if key not in one:
            word = NEW
        elif key not in other:
            word = GONE
        else:
            word = SAME if after == before else OTHER
        rows.append((*key, before, after, after - before, word))
    order = settled_order()
    rows.sort(key=lambda row: (row[-1] == SAME, row[3] or "", order[row[0]], row[1], row[2]))
    return pd.DataFrame(rows, columns=LINES, dtype=object)


def _parties(lines: pd.DataFrame) -> pd.DataFrame:
    """Sums by unit or person, the largest differences first."""
    names = PARTIES[1:]
    table = lines.groupby("party")[names].sum().reset_index() if len(lines) else pd.DataFrame(columns=PARTIES)
    order = table["difference"].abs() if len(table) else table["difference"]
    return table.assign(_order=-order).sort_values(["_order", "party"], kind="stable", ignore_index=True)[PARTIES]


def _clauses(official: Sequence[Line], trial: Sequence[Line]) -> pd.DataFrame:
    rows = []
    for clause in settled_order():
        one, other = ([line.amount for line in side if line.clause == clause] for side in (official, trial))
        rows.append((clause, len(one), sum(one), len(other), sum(other), sum(other) - sum(one)))
    return pd.DataFrame(rows, columns=CLAUSES, dtype=object)


def _leads(states: pd.DataFrame, tried: pd.DataFrame, quarter: str) -> pd.DataFrame:
    """Leads whose status, clause or month would be another; those of the quarter first, then by number."""
    names = ["status", "clause", "counts_in"]
    tried = tried.reindex(states.index)
    differs = (states[names].fillna("") != tried[names].fillna("")).any(axis=1)
    table = states.loc[differs, ["number", "reporter", "received_at", *names]]
    table = table.assign(**{f"trial_{name}": tried.loc[differs, name] for name in names})
    inside = month_of(table["received_at"]).isin(months_of(quarter))
    return table.assign(_order=~inside).sort_values(["_order", "number"], ignore_index=True)[LEADS]
