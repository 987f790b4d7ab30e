"""季度奖惩核算报告: rewards and penalties of a quarter, each recomputed by live formulas (4.3.3, 7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.status import PENDING, Status
from workbench.capabilities.organization.directory import names_on
from workbench.capabilities.organization.people import leaders_on
from workbench.capabilities.settlement import back_dated_sheet, explained_sheet, line_formulas
from workbench.capabilities.settlement.allocation_rules import current_shares
from workbench.capabilities.settlement.clauses.completion import Completion
from workbench.capabilities.settlement.marks import LIMIT, advice, leaks, marks_at_end
from workbench.capabilities.settlement.payers import ADMINISTRATION, FINANCE
from workbench.capabilities.settlement.payment import to_carry_out
from workbench.capabilities.settlement.quarter import LINE_COLUMNS, Difference, Line
from workbench.capabilities.settlement.recipe import DEALER_SHEET, DEPARTMENT_SHEET, PENALTY_SHEET
from workbench.capabilities.settlement.settlement import Settlement, settlement_of
from workbench.capabilities.settlement.settlement_briefing import LAST, briefing, last_quarter
from workbench.capabilities.targets.completion import quarter_completion
from workbench.core.periods import month_of, months_of, quarter_bounds
from workbench.platform.register.facts import shown_file
from workbench.platform.regulation.clause import Clause, clause_in, reward_codes, settled_clauses, settled_regulations
from workbench.platform.reporting.briefing import Briefing
from workbench.platform.reporting.parts import TWICE, Figure, Stamp, compared, not_counted, stamp

if TYPE_CHECKING:
    from workbench.capabilities.leads.snapshot import Snapshot

TITLE = "季度奖惩核算报告"
PARTS = ["reward", "penalty", "adjusted"]
ADVICE = {
    "dismissal_recommended": "建议公司予以辞退，由公司决定",
    "marks_unclear": "同名而单位不同或未填，由公司核实",
}
SEVERITY = {"error": "须处理", "warning": "提请注意", "note": "说明"}


@dataclass(frozen=True)
class View:
    """A quarter's settlement as frames; the columns are those of ``settlement_sheets``.

    ``lines``: ``line_formulas.LINES`` plus ``again``, the amount computed a second time
    from the inputs, and ``PARTS``. ``explained``: each line in sentences, with ``spoken``, the readings they name.
    ``parameters`` holds every dated value the formulas point at.
    """

    stamp: Stamp
    briefing: Briefing
    figures: tuple[Figure, ...]
    notes: tuple[str, ...]
    lines: pd.DataFrame
    explained: pd.DataFrame
    spoken: tuple[str, ...]
    clauses: pd.DataFrame
    parties: pd.DataFrame
    dealers: pd.DataFrame
    departments: pd.DataFrame
    shares: pd.DataFrame
    penalties: pd.DataFrame
    marks: pd.DataFrame
    counted: pd.DataFrame
    readings: pd.DataFrame
    parameters: pd.DataFrame
    remarks: pd.DataFrame
    back_dated: pd.DataFrame

    @property
    def agrees(self) -> bool:
        """Whether every amount computed again is the one settled."""
        return bool((self.lines["amount"] == self.lines["again"]).all())


def view(snapshot: Snapshot, period: str) -> View:
    """The settlement of a quarter (``2026Q1``) as known at the snapshot's moment; an approved one as approved."""
    result = settlement_of(snapshot, period)
    names = names_on(snapshot.facts.units, quarter_bounds(period)[1])
    lines = _table(snapshot, result, names, period)
    last = quarter_bounds(period)[1]
    behind = back_dated_sheet.notes(snapshot, period)
    figures, clauses, then = _figures(result, lines), _clauses(lines), None
    before = last_quarter(snapshot, period)
    if before is not None:
        earlier = _table(snapshot, before, names, before.quarter)
        figures, then = compared(figures, LAST, _figures(before, earlier)), _clauses(earlier)
    departments, marks = _departments(snapshot, period, result, names), _marks(snapshot, period)
    dismissals = int((marks["advice"] == ADVICE["dismissal_recommended"]).sum())
    return View(
        replace(stamp(snapshot, TITLE, f"{period[:4]}年第{period[5]}季度", last), edition=result.edition),
        briefing(snapshot, period, figures, clauses, then, result, departments, dismissals),
        figures,
        (*behind, *_notes(snapshot, period, result)),
        lines,
        *explained_sheet.table(snapshot, period, result.lines, lines),
        clauses,
        _parties(lines, names),
        _dealers(result, names),
        departments,
        _shares(snapshot, period),
        _penalties(lines),
        marks,
        _counted(snapshot, result),
        _readings(snapshot, result),
        _parameters(snapshot, last),
        _remarks(result, behind),
        back_dated_sheet.frame(snapshot, period),
    )


def _table(snapshot: Snapshot, result: Settlement, names: dict[str, str], quarter: str) -> pd.DataFrame:
    """The lines of a settlement as rows, each with the amount computed again and its parts."""
    lines = line_formulas.table(result.lines, names, quarter)
    rows = lines.to_dict("records")
    lines["again"] = pd.Series(
        [line_formulas.recompute(row, snapshot.policy) for row in rows], index=lines.index, dtype=object
    )
    return lines.assign(**_parts(lines))


def _parts(lines: pd.DataFrame) -> dict[str, pd.Series]:
    """What an amount is wherever it is summed: a reward or a penalty of the quarter itself, by its clause and not by its
    sign, or an adjustment of an earlier quarter, apart from both; columns of ``PARTS`` that add up to the amount."""
    late, gives = lines["adjusts"].notna(), lines["clause"].isin(reward_codes())
    chosen = dict(zip(PARTS, (gives & ~late, ~gives & ~late, late), strict=True))
    return {name: lines["amount"].where(own, 0) for name, own in chosen.items()}


def _sum(lines: pd.DataFrame, part: str = "amount") -> int:
    return int(lines[part].sum()) if len(lines) else 0


def _figures(result: Settlement, lines: pd.DataFrame) -> tuple[Figure, ...]:
    late, gives = lines["adjusts"].notna(), lines["clause"].isin(reward_codes())
    paid = lines["clause"].isin([each.code for each in settled_clauses() if each.payer == FINANCE])
    dealer, inside, fined = (lines[own & ~late] for own in (gives & paid, gives & ~paid, ~gives))
    back = lines[late]
    shares = "，".join(f"{word} {_sum(lines[late & own]):,}" for word, own in (("奖励", gives), ("处罚", ~gives)))
    return (
        Figure("奖励合计（元）", _sum(lines, "reward"), "yuan", f"{len(dealer) + len(inside)} 笔"),
        Figure("其中经销商（元）", _sum(dealer), "yuan", f"{len(dealer)} 笔，由{FINANCE}兑现"),
        Figure("其中部门（元）", _sum(inside), "yuan", f"{len(inside)} 笔，由{ADMINISTRATION}兑现"),
        Figure("处罚合计（元）", _sum(lines, "penalty"), "yuan", f"{len(fined)} 笔，由{ADMINISTRATION}收缴"),
        Figure("奖惩净额（元）", _sum(lines), "yuan", f"共 {len(lines)} 笔，奖励、处罚和调整之和"),
        Figure("对以前季度的调整（元）", _sum(back), "yuan", f"{len(back)} 笔：{shares}" if len(back) else "0 笔"),
        Figure("诚信黑点", sum(result.marks.values()), "int", f"涉及 {len(result.marks)} 人（累计）"),
    )


def _notes(snapshot: Snapshot, quarter: str, result: Settlement) -> tuple[str, ...]:
    states = snapshot.states
    received = states[month_of(states["received_at"]).isin(months_of(quarter))]
    excluded = int(received["excluded"].notna().sum())
    waiting = int(received["status"].isin(PENDING).sum())
    repeated = int((received["status"] == Status.DUPLICATE).sum())
    refused = int((received["status"] == Status.INVALID).sum())
    goals = quarter_completion(states, snapshot.facts.targets, snapshot.facts.units, quarter, snapshot.policy)
    without = goals.loc[goals["target_sum"] == 0, "unit"]
    own = counting_lines(snapshot.facts, snapshot.policy)
    own = own[own["month"].isin(months_of(quarter))]
    strays = int((~own["lead"].isin(states.index[states["project"].notna()])).sum())
    capped = sum(1 for line in result.lines if getattr(line.inputs, "capped", False))
    lines = [
        not_counted(excluded, "5.5", "本季度接收，有效但提报距项目申报不足规定天数"),
        not_counted(repeated, "5.1", "本季度接收，与先报信息重复"),
        not_counted(waiting, "5.3", "本季度接收，尚未确认有效；以后确认的差额列为以后季度的调整"),
        f"未计入：{refused} 条，本季度接收，无效（第2、5.4、5.6、6.3条）",
        f"未计入：{strays} 行本季度的合同登记，其信息没有立项（第6.4条）；其他月份的提车不计入本季度的转化率（第7.1.1、7.2.2条）",
        f"目标为零或未下达、没有完成率的部门 {len(without)} 个（口径 D17）"
        + (f"：{'、'.join(without)}。" if len(without) else "。"),
        f"封顶：{capped} 个部门项目超过第7.2.2条上限，列 0 元或部分金额（口径 D24）",
        _to_carry_out(result),
        TWICE,
        f"另有 {len(result.notes)} 条说明和提示，见“提示”；采用的 {len(result.readings)} 条口径见“口径说明”。",
    ]
    if gone := int((received["status"] == Status.WITHDRAWN).sum()):
        lines.insert(4, not_counted(gone, "5.1", "本季度接收，已撤回（口径 D35、D36）"))
    if received.empty:
        lines.insert(0, "本季度没有收到信息。")
    if not result.lines:
        lines.insert(0, "本季度没有奖励，也没有处罚。")
    if quarter in snapshot.approved:
        lines.insert(0, "本季度已经批准，以下为批准时的数额，不再改变；以后发现的差额列入以后季度。")
    if snapshot.as_of.date() <= quarter_bounds(quarter)[1]:
        lines.insert(0, f"本季度尚未结束，以下为截至 {snapshot.as_of:%Y-%m-%d %H:%M} 的试算。")
    return tuple(lines)


def _to_carry_out(result: Settlement) -> str:
    """What is paid and collected in the end: what a party gets and what it owes back stand against each other."""
    table = to_carry_out(pd.DataFrame([line.as_json() for line in result.lines], columns=LINE_COLUMNS))
    words = [f"{row.payer}发放 {row.paid:,} 元、收缴 {row.collected:,} 元" for row in table.itertuples()]
    return f"同一对象的调整冲抵以后，应由{'，'.join(words)}（第4.4、4.5条）。" if words else "没有应发放或收缴的金额。"


def _clauses(lines: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for clause in settled_clauses():
        own = lines[lines["clause"] == clause.code]
        again = int(own["again"].sum()) if len(own) else 0
        late = _sum(own, "adjusted")
        row = {"clause": clause.code, "what": clause.subject, "by": clause.payer, "count": len(own)}
        rows.append({**row, "own": _sum(own) - late, "adjusted": late, "amount": _sum(own), "again": again})
    return pd.DataFrame(rows)


def _parties(lines: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    rows = []
    for party, own in lines.groupby("party", sort=True):
        parts = {part: _sum(own, part) for part in (*PARTS, "amount")}
        rows.append({"party": party, "name": names.get(party, "（个人）"), "count": len(own), **parts})
    return pd.DataFrame(rows, columns=["party", "name", "count", *PARTS, "amount"])


def on_sheet(name: str) -> tuple[Clause, ...]:
    """The clauses whose lines a sheet lists."""
    return tuple(each for each in settled_clauses() if each.recipe.sheet == name)


def _dealers(result: Settlement, names: dict[str, str]) -> pd.DataFrame:
    """The rewarded projects of dealers; of an adjustment what is known of the project now, else what was then."""
    codes = {each.code for each in on_sheet(DEALER_SHEET)}
    rows = []
    for number, line in enumerate(result.lines, 1):
        if line.clause in codes:
            seen = (line.inputs.now or line.inputs.then) if isinstance(line.inputs, Difference) else line.inputs
            rows.append(
                {
                    "no": number,
                    "party": line.party,
                    "name": names.get(line.party),
                    "ref": line.ref,
                    "project": getattr(seen, "project", None),
                    "received": pd.to_datetime(getattr(seen, "received_at", None)),
                    "quantity": getattr(seen, "quantity", None),
                    "picked_up": getattr(seen, "rate_picked_up", None),
                    "sought": getattr(seen, "rate_quantity", None),
                    "reward": 0 if line.adjusts else line.amount,
                    "adjusted": line.amount if line.adjusts else 0,
                    "adjusts": line.adjusts,
                }
            )
    columns = ["no", "party", "name", "ref", "project", "received", "quantity", "picked_up", "sought"]
    return pd.DataFrame(rows, columns=[*columns, "reward", "adjusted", "adjusts"], dtype=object)


def _departments(snapshot: Snapshot, quarter: str, result: Settlement, names: dict[str, str]) -> pd.DataFrame:
    """Every department, rewarded or not: completion, steps, rewards by clause, adjustments, total."""
    reached = quarter_completion(
        snapshot.states, snapshot.facts.targets, snapshot.facts.units, quarter, snapshot.policy
    )
    leaders = leaders_on(snapshot.facts.units, snapshot.facts.people, quarter_bounds(quarter)[1])
    clauses = on_sheet(DEPARTMENT_SHEET)
    codes = {each.code for each in clauses}
    rows = []
    for row in reached.itertuples():
        own = [line for line in result.lines if line.party == row.unit and line.clause in codes]
        cells = {"unit": row.unit, "name": names.get(row.unit), "leader": "、".join(leaders.get(row.unit, [])) or None}
        for clause in clauses:
            cells |= clause.recipe.department(_of_the_quarter(own, clause), row)
        adjusted = sum(line.amount for line in own if line.adjusts)
        rows.append({**cells, "adjusted": adjusted, "amount": sum(line.amount for line in own)})
    given = [column.key for clause in clauses for column in clause.recipe.columns if column.style != "rate"]
    columns = ["unit", "name", "leader", *given, "adjusted", "amount"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _of_the_quarter(own: list[Line], clause: Clause) -> list[Line]:
    """The lines of a clause that are of the quarter itself."""
    return [line for line in own if line.clause == clause.code and not line.adjusts]


def _shares(snapshot: Snapshot, quarter: str) -> pd.DataFrame:
    """7.2.3: how the deputy GMs split the rewards of an approved quarter (T15); empty before."""
    allocations = current_shares(snapshot.facts.allocations)
    return allocations.loc[allocations["quarter"] == quarter, ["unit", "person", "amount"]].reset_index(drop=True)


def _penalties(lines: pd.DataFrame) -> pd.DataFrame:
    subjects = {each.code: each.subject for each in on_sheet(PENALTY_SHEET)}
    own = lines[lines["clause"].isin(subjects)].reset_index(drop=True)
    return own.assign(what=own["clause"].map(subjects))


def _marks(snapshot: Snapshot, quarter: str) -> pd.DataFrame:
    """Integrity marks per person up to the quarter's end; at the limit dismissal is recommended, a person decides."""
    first, last = quarter_bounds(quarter)
    facts, policy = snapshot.facts, snapshot.policy_of(quarter)
    if quarter in snapshot.approved:
        facts = facts.up_to(snapshot.approved[quarter]["as_of"])
    limit, table = policy.value(LIMIT, last), leaks(facts, policy, last)
    own = table[table["happened_on"].between(pd.Timestamp(first), pd.Timestamp(last))]
    rows = []
    for row in marks_at_end(facts, quarter, policy).reset_index().itertuples():
        said = advice(row.holder, row.person, int(row.marks), int(row.named), bool(row.sure), limit)
        word = ADVICE[said.code] if said else "未达建议辞退的数目"
        recent = int((own["holder"] == row.holder).sum())
        rows.append({"person": row.holder, "recent": recent, "marks": int(row.marks), "limit": limit, "advice": word})
    rows.sort(key=lambda each: (-each["marks"], each["person"]))
    return pd.DataFrame(rows, columns=["person", "recent", "marks", "limit", "advice"])


def _counted(snapshot: Snapshot, result: Settlement) -> pd.DataFrame:
    """The leads behind each department's completion, with where they came from."""
    by_number = snapshot.states.set_index("number")
    rows = []
    for line in result.lines:
        if isinstance(line.inputs, Completion):
            for number in line.inputs.leads:
                lead = by_number.loc[number]
                known = {name: shown_file(lead[name]) for name in ("received_at", "counts_in", "file")}
                rows.append({"party": line.party, "number": number, **known, "row": int(lead["row"])})
    return pd.DataFrame(rows, columns=["party", "number", "received_at", "counts_in", "file", "row"])


def _readings(snapshot: Snapshot, result: Settlement) -> pd.DataFrame:
    """The readings used, with what else could have been chosen."""
    rows = []
    for used in result.readings:
        reading = snapshot.policy.readings[used["id"]]
        others = "；".join(f"{_word(value)}：{text}" for value, text in reading.alternatives.items())
        setting = f"{used['key']} = {_word(used['value'])}" if used["key"] else ""
        own = {key: used[key] for key in ("id", "clause", "question", "chosen")}
        rows.append({**own, "setting": setting, "others": others})
    return pd.DataFrame(rows, columns=["id", "clause", "question", "chosen", "setting", "others"])


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _parameters(snapshot: Snapshot, last: Any) -> pd.DataFrame:
    """Every value of every parameter with its edition and day of effect; ``now``: in force on the quarter's last day."""
    rows = []
    for regulation in map(snapshot.policy.regulation, settled_regulations()):
        for item in regulation.parameters.values():
            if item.ours:  # no amount rests on it
                continue
            current = max((dated.since for dated in item.values if dated.since <= last), default=None)
            for dated in item.values:
                rows.append(
                    {
                        "clause": clause_in(regulation.document, item.clause).code,
                        "title": item.title,
                        "name": item.name,
                        "unit": item.unit,
                        "value": line_formulas.as_number(dated.value),
                        "edition": f"{regulation.document}/{dated.edition}",
                        "since": pd.Timestamp(dated.since),
                        "now": "本季度适用" if dated.since == current else "",
                    }
                )
    return pd.DataFrame(rows, dtype=object)


def _remarks(result: Settlement, behind: list[str]) -> pd.DataFrame:
    order = list(SEVERITY)
    rows = [
        {"severity": SEVERITY[note.severity.value], "clause": note.clause or "", "message": note.text()}
        for note in sorted(result.notes, key=lambda note: order.index(note.severity.value))
    ]
    rows += [{"severity": SEVERITY["warning"], "clause": "4.3.3", "message": said} for said in behind]
    return pd.DataFrame(rows, columns=["severity", "clause", "message"])


def write(view: View, path: Path) -> None:
    """The quarter's workbook with live formulas, allocation sheet and sign-off."""
    from workbench.capabilities.settlement.settlement_sheets import write_workbook

    write_workbook(view, path)


def write_short(view: View, path: Path) -> None:
    """The approver's workbook of at most eight pages."""
    from workbench.capabilities.settlement.settlement_print import write_short as write_pages

    write_pages(view, path)
