"""T4 各部门全年及各月目标信息量分解调整表: monthly targets and their adjustments (4.2, 5.3, 7.2.1)."""

from __future__ import annotations

import pandas as pd

from workbench.core.errors import FileRefused
from workbench.desk.filing import Filing, Work
from workbench.desk.units import directory
from workbench.policy.facts import DEPARTMENT

MONTHS = [f"m{month}" for month in range(1, 13)]
ADJUSTMENT = "调整"


def admit(work: Work, filing: Filing) -> None:
    """An adjustment says why and who approved it. Raises FileRefused."""
    header = filing.form.header
    if header["kind"] != ADJUSTMENT:
        return
    for field, title in (("reason", "调整原因"), ("approver", "批准人")):
        if not header.get(field):
            cell = filing.form.header_cells.get(field)
            raise FileRefused(
                "adjustment_unfounded",
                f"{filing.form.file}《{filing.form.sheet}》{cell}：目标调整须填写“{title}”。请补填后重新提交。",
                f"{filing.form.file}, {cell}: a target adjustment needs its {field}; fill it in and submit again.",
                file=filing.form.file, sheet=filing.form.sheet, cell=cell,
            )  # fmt: skip


def series(filing: Filing) -> int:
    """A year's breakdown and its adjustments are taken in one after another."""
    return int(filing.form.header["year"])


def take(work: Work, filings: list[Filing]) -> None:
    """Store a unit's twelve months; the newest set counts, closed months never change."""
    units = directory(work.register)
    closed = set(work.register.read("closure", ["month"])["month"])
    for filing in filings:
        year = series(filing)
        months = [f"{year}-{month:02d}" for month in range(1, 13)]
        current = _current(work, year)
        for row in filing.open_rows().to_dict("records"):
            amounts = [0 if pd.isna(row[name]) else int(row[name]) for name in MONTHS]
            if not _acceptable(filing, row, amounts, units, current, months, closed):
                continue
            filing.accepted += 1
            current[row["code"]] = dict(zip(months, amounts, strict=True))
            header = filing.form.header
            work.put(
                "target",
                [{"unit": row["code"], "year": year, "month": month, "amount": amount, "kind": header["kind"],
                  "reason": header.get("reason"), "approver": header.get("approver"), "at": filing.received_at,
                  "document": filing.document, "row": row["row"], "cell": filing.cell(row["row"], name)}
                 for name, month, amount in zip(MONTHS, months, amounts, strict=True)],
            )  # fmt: skip
    work.store(filings, ["target"])


def _current(work: Work, year: int) -> dict[str, dict[str, int]]:
    """The months in force of every unit of the year."""
    rows = work.register.read("target", ["target", "unit", "month", "amount", "at"], where={"year": year})
    rows = rows.sort_values(["at", "target"]).drop_duplicates(["unit", "month"], keep="last")
    return {unit: dict(zip(of["month"], of["amount"], strict=True)) for unit, of in rows.groupby("unit")}


def _acceptable(
    filing: Filing,
    row: dict,
    amounts: list[int],
    units: pd.DataFrame,
    current: dict[str, dict[str, int]],
    months: list[str],
    closed: set[str],
) -> bool:
    """Whether a unit's row can stand; otherwise it is given back or counted as unchanged."""
    code = row["code"]
    place = {"row": row["row"], "column": "code"}
    if code not in units.index or units.at[code, "kind"] != DEPARTMENT:
        filing.give_back("not_a_department", f"单位代码“{code}”不是单位名录中的部门，不能下达目标。", **place)
        return False
    if sum(amounts) != row["year_target"]:
        message = f"各月合计 {sum(amounts)} 与全年目标 {int(row['year_target'])} 不符，请更正。"
        filing.give_back("months_do_not_add_up", message, row=row["row"], column="year_target")
        return False
    standing = current.get(code)
    adjusting = filing.form.header["kind"] == ADJUSTMENT
    if standing and list(standing.values()) == amounts:
        filing.unchanged += 1
        return False
    if standing and not adjusting:
        filing.give_back("already_broken_down", "该部门本年目标已下达，修改请用“调整”并写明原因和批准人。", **place)
        return False
    if adjusting and not standing:
        filing.give_back("nothing_to_adjust", "该部门本年尚无目标分解，请先提交“分解”。", **place)
        return False
    for name, month, amount in zip(MONTHS, months, amounts, strict=True):
        if standing and month in closed and standing[month] != amount:
            message = f"{month} 已关账，目标不能再调整（原为 {standing[month]}）。"
            filing.give_back("month_closed", message, row=row["row"], column=name)
            return False
    return True
