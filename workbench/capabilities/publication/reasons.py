"""Why leads do not count, as a publication tells it: by clause, every lead once, and recorded as it was told (6.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.status import Status
from workbench.capabilities.publication.withholding import MARK, VALID, Word, published_counts, together
from workbench.platform.regulation.clause import exclusions
from workbench.platform.reporting.parts import Column, not_counted

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

RECORD = "reasons"  # the part of a recorded publication's totals that holds what it told
SUM = "invalid"  # of all clauses but 5.5
REASONS = (
    Column("clause", "条款", 10, "center", total="合计"),
    Column("why", "原因", 44, total="无效信息（第5.5条为有效信息，不在合计内）"),
    Column("recent", "上次通报之后\n新确定（条）", 15, "int"),
    Column("month", "本月各期通报\n合计（条）", 15, "int"),
)

REPORTERS = (
    Column("reporter", "单位代码", 11, "center", total="合计"),
    Column("name", "单位名称", 32),
    Column("reporter_kind", "类型", 9, "center"),
    Column("total", "提报总数", 9, "int", "sum"),
    Column("valid", "有效", 9, "int", "sum"),
    Column("invalid", "无效", 9, "int", "sum"),
    Column("pending", "处理中", 9, "int", "sum"),
    Column("share", "有效率\n(有效÷已定)", 12, "rate", ("valid", "valid", "invalid")),
)


@dataclass(frozen=True)
class Telling:
    """What a publication tells beyond what 6.1 demands.

    ``columns`` of the tables by reporter (``recent``, ``month``) and of the ``reasons``; ``frames`` of the former;
    ``of_invalid``: small print of the figure; ``notes`` and, where something is withheld, ``marked``.
    """

    columns: dict[str, tuple[Column, ...]]
    frames: dict[str, pd.DataFrame]
    reasons: pd.DataFrame
    of_invalid: str
    notes: tuple[str, ...]
    marked: tuple[str, ...]
    heading: str
    empty: str


def newly_against(now: pd.DataFrame, then: pd.DataFrame) -> dict[str, int]:
    """How many leads a clause keeps from counting that none kept from it at the last publication; all clauses.

    ``now`` and ``then``: the states at both (none before the first). The invalid ones by the clause that decided, without
    the withdrawn; under 5.5 the valid ones it excludes. Once told a lead is told again only if it counted in between.
    """
    before = then.reindex(now.index)
    refused, excluded = _refused(now) & ~_refused(before), now["excluded"].notna() & before["excluded"].isna()
    clause = now["clause"].where(refused).where(~excluded, now["excluded"])
    return {
        code: int(number) for code, number in clause.value_counts().reindex(list(exclusions()), fill_value=0).items()
    }


def _refused(states: pd.DataFrame) -> pd.Series:
    return states["status"].isin([Status.INVALID, Status.DUPLICATE])


def _recorded(publications: pd.DataFrame) -> dict[pd.Timestamp, dict[str, Word] | None]:
    """Day due → what was told when it was published; None for a publication of an earlier version."""
    known = publications[publications["totals"].notna()]
    return {due: totals.get(RECORD) for due, totals in zip(known["due_on"], known["totals"], strict=True)}


def published_reasons(snapshot: Snapshot, due: date) -> dict[str, Word] | None:
    """What the publication of a day tells by clause, and the ``SUM``: as it is recorded, otherwise as it would be.

    None for one that an earlier version recorded.
    """
    day, known = pd.Timestamp(due), _recorded(snapshot.facts.publications)
    if day in known:
        return known[day]
    counted = newly_against(snapshot.states, _states_at_last(snapshot, day))
    limit = snapshot.policy.value("small_count", due)
    return {
        **published_counts(counted, limit, int(snapshot.states["valid"].sum())),
        SUM: sum(number for clause, number in counted.items() if clause != VALID),
    }


def _states_at_last(snapshot: Snapshot, day: pd.Timestamp) -> pd.DataFrame:
    """The states when another publication was made last, whatever its day; none before the first."""
    made = snapshot.facts.publications
    made = made.loc[made["due_on"] != day, "at"]
    if made.empty:
        return snapshot.states.iloc[:0]
    moment = made.max().to_pydatetime()
    return derive(snapshot.facts.up_to(moment), moment, snapshot.policy)


def telling(snapshot: Snapshot, due: date, words: dict[str, Word], frames: dict[str, pd.DataFrame]) -> Telling:
    """The tables by reporter with what 6.1 demands and no more; the reasons by clause of all reporters together."""
    day, known = pd.Timestamp(due), _recorded(snapshot.facts.publications)
    earlier = [each for each in snapshot.facts.publications["due_on"] if day.replace(day=1) <= each < day]
    papers = [*(known.get(each) for each in earlier), words]
    month = {key: together(MARK if paper is None else paper[key] for paper in papers) for key in words}
    rows = [
        {"clause": clause, "why": why, "recent": words[clause], "month": month[clause]}
        for clause, why in exclusions().items()
    ]
    totals = {"recent": words[SUM], "month": month[SUM]}
    limit = snapshot.policy.value("small_count", due)
    columns = tuple(replace(column, total=totals.get(column.key, column.total)) for column in REASONS)
    return Telling(
        {"recent": REPORTERS, "month": REPORTERS, RECORD: columns},
        {name: frame[[column.key for column in REPORTERS]] for name, frame in frames.items()},
        pd.DataFrame(rows, columns=[column.key for column in REASONS], dtype=object),
        "",
        (
            not_counted(words["5.5"], "5.5", "已确认有效，但提报距项目申报不足规定天数；上次通报之后新确定"),
            not_counted(words["5.1"], "5.1", "与先报信息重复，列入无效；上次通报之后新确定"),
        ),
        _explained(limit, [*words.values(), *month.values()]),
        "上次通报之后新确定的未通过或未计入的信息（按条款）",
        "",
    )


def _explained(limit: int | None, words: list[Word]) -> tuple[str, ...]:
    """What ranges and marks mean, where there are some."""
    if not any(isinstance(word, str) for word in words):
        return ()
    small = f"少于 {limit} 条的数" if limit else "小计数"
    return (
        f"写作范围（如“0–2”，可能为 0）或“{MARK}”的，是{small}及含有它的合计，不列具体数"
        "（本软件设定；提报总数、有效、无效、处理中照列，第6.1条）。每条信息的原因只在一期通报中计一次，不按单位列。",
    )
