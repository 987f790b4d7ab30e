"""7.2.1: the reward of a department for the completion of its target in a quarter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.organization.successions import successors_on
from workbench.capabilities.settlement.basis import Basis, place
from workbench.capabilities.settlement.inputs import CellSource, Inputs, Record, optional
from workbench.capabilities.settlement.payers import ADMINISTRATION
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.recipe import DEPARTMENT_SHEET, NOTHING, Recipe, Values, where
from workbench.capabilities.settlement.reward_progress import (
    COMPLETION_CLAUSE,
    OFFSET,
    QuarterProgress,
    missing_leads,
    more_leads,
    next_completion,
)
from workbench.capabilities.targets import completion as targets
from workbench.capabilities.targets.completion import BARS_REWARD as BARS
from workbench.capabilities.targets.completion import CompletionTerms
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.core.plain import plain
from workbench.platform.explanation.steps import (
    FACT,
    SUM,
    Counterfactual,
    Step,
    clause_step,
    points_text,
    rate_text,
    reading_steps,
    share_text,
)
from workbench.platform.regulation.clause import Clause
from workbench.platform.reporting.parts import Column

READINGS = ("month_shortfall", "month_without_target")
PARAMETERS = ("completion_threshold", "completion_step", "completion_step_reward", "completion_reward_cap")


@dataclass(frozen=True, kw_only=True)
class Month(Record):
    """A month's valid leads and its target, None where none was set."""

    month: str
    valid: int
    target: int | None
    source: CellSource | None


@dataclass(frozen=True, kw_only=True)
class Completion(Inputs):
    """A department's valid leads and targets by month, their sums, the steps over the threshold and the numbers in force."""

    months: tuple[Month, ...]
    valid: int
    target: int
    completion: str
    steps: int
    completion_threshold: Fraction
    completion_step: Fraction
    completion_step_reward: int
    completion_reward_cap: int | None
    leads: tuple[str, ...]
    readings: Mapping[str, Any]
    joint_cap: int | None = optional()

    @property
    def limit(self) -> int | None:
        """The cap that counts (D13)."""
        caps = [cap for cap in (self.completion_reward_cap, self.joint_cap) if cap is not None]
        return min(caps, default=None)


def lines(quarter: Quarter) -> Iterator[Line[Completion]]:
    """One line per rewarded department, ref = quarter; a note where there is no target (D17)."""
    policy, on, table = quarter.policy, quarter.last, quarter.completion
    joint = policy.reading("joint_cap", on)
    left_out = policy.reading("month_without_target", on) == "left_out"
    _note_late_targets(quarter)
    current = targets.taken_over(quarter.facts.targets, quarter.facts.units, on)
    own = quarter.states[quarter.states["counts_in"].isin(quarter.months)]
    heirs = successors_on(quarter.facts.units, on)
    numbers = (
        own.groupby(own["reporter"].map(lambda unit: heirs.get(unit, unit)))["number"].agg(list) if len(own) else {}
    )
    parameters = {name: policy.value(name, on) for name in PARAMETERS}
    for row in table.itertuples():
        missing = [
            month for month, goal in zip(quarter.months, row.targets) if (not goal if left_out else goal is None)
        ]
        if row.rate is None:
            quarter.note(
                "no_target",
                Message.of("no_target", unit=row.unit, quarter=quarter.quarter),
                COMPLETION_CLAUSE,
                unit=row.unit,
                valid=row.valid,
                targets=row.targets,
            )
        elif missing:
            quarter.note(
                "missing_target",
                Message.of("missing_target/left_out" if left_out else "missing_target", unit=row.unit, missing=missing),
                COMPLETION_CLAUSE,
                Severity.WARNING,
                unit=row.unit,
                months=missing,
            )
        if row.amount <= 0:
            continue
        months = tuple(
            Month(month=month, valid=valid, target=goal, source=_source(current, row.unit, month))
            for month, valid, goal in zip(quarter.months, row.valid, row.targets)
        )
        inputs = Completion(
            months=months,
            valid=row.counted,
            target=row.target_sum,
            completion=f"{row.counted}/{row.target_sum}",
            steps=row.steps,
            **parameters,
            leads=tuple(sorted(numbers[row.unit])),
            readings={key: policy.reading(key, on) for key in READINGS},
            joint_cap=joint if targets.is_joint(joint) else None,
        )
        yield Line(COMPLETION_CLAUSE, row.unit, quarter.quarter, row.amount, None, inputs)


def _note_late_targets(quarter: Quarter) -> None:
    """D26: name the targets of the quarter's months that were changed when the month was over, with both rates."""
    facts = quarter.facts
    late = targets.changed_late(facts.targets, quarter.months)
    if late.empty:
        return
    over = pd.to_datetime(facts.targets["month"] + "-01") + pd.offsets.MonthBegin(1)
    in_time = facts.targets[(facts.targets["at"] < over).to_numpy(dtype=bool)]
    before = targets.quarter_completion(quarter.states, in_time, facts.units, quarter.quarter, quarter.policy)
    rates = [table.set_index("unit")["rate"] for table in (before, quarter.completion)]
    for row in late.itertuples():
        was, now = (_rate(table.get(row.unit)) for table in rates)
        said = Message.of(
            "target_changed_late" if pd.notna(row.before) else "target_set_late",
            unit=row.unit,
            month=row.month,
            before=plain(row.before),
            after=row.after,
            at=row.at.date(),
            was=was,
            now=now,
        )
        values = {"unit": row.unit, "month": row.month, "before": plain(row.before), "after": row.after}
        quarter.note("target_changed_late", said, COMPLETION_CLAUSE, Severity.WARNING, **values)


def _rate(rate: Fraction | None) -> Any:
    return "—" if rate is None else rate_text(rate)


def _source(current: pd.DataFrame, unit: str, month: str) -> CellSource | None:
    if (unit, month) not in current.index or pd.isna(current.at[(unit, month), "file"]):
        return None  # not set, or taken over from another unit
    return CellSource(file=plain(current.at[(unit, month), "file"]), cell=plain(current.at[(unit, month), "cell"]))


def explain(line: Line[Completion], basis: Basis, last: date) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """From the months to the rate, the steps over the threshold and the amount."""
    seen = line.inputs
    steps = list(basis.rules(line, last, {name: getattr(seen, name) for name in PARAMETERS}))
    for month in seen.months:
        goal = Message("completion/no_target") if month.target is None else month.target
        text = Message.of("completion/month", month=month.month, valid=month.valid, target=goal)
        steps.append(Step(FACT, text, "5.3", place("targets", month.source, None)))
    steps += _months_read(seen)
    steps += _changed_late(line, basis)
    threshold, step, each = seen.completion_threshold, seen.completion_step, seen.completion_step_reward
    over = rate_text(Fraction(seen.valid, seen.target) - threshold)
    full = seen.steps * each
    text = Message.of(
        "completion/capped" if full > line.amount else "completion/sum",
        share=share_text(seen.valid, seen.target),
        threshold=rate_text(threshold),
        over=over,
        step=points_text(step),
        steps=seen.steps,
        each=each,
        full=full,
        cap=seen.limit,
        amount=line.amount,
    )
    steps.append(Step(SUM, text, COMPLETION_CLAUSE))
    return tuple(steps), _counterfactuals(line, seen)


def _months_read(seen: Completion) -> list[Step]:
    """What the readings D17 and D6 did to the quarter's months."""
    taken, said = seen.readings or {}, []
    without = [month.month for month in seen.months if not month.target]
    if without and taken.get("month_without_target") == "left_out":
        said.append(Step(FACT, Message.of("completion/left_out", months=without), COMPLETION_CLAUSE))
    counted = sum(month.valid for month in seen.months if month.month not in without)
    short = [month.month for month in seen.months if month.target and month.valid < month.target]
    if short and taken.get("month_shortfall", OFFSET) == OFFSET:
        said.append(Step(FACT, Message.of("completion/offset", months=short), "5.3"))
    if seen.valid < counted:
        said.append(Step(FACT, Message.of("completion/not_offset", valid=counted, counted=seen.valid), "5.3"))
    return said


def _changed_late(line: Line[Completion], basis: Basis) -> list[Step]:
    """D26: the targets of the quarter's months that were changed when the month was over."""
    if basis.facts is None:
        return []
    late = targets.changed_late(basis.facts.targets, [month.month for month in line.inputs.months])
    return [
        Step(
            FACT,
            Message.of("completion/changed_late", month=row.month, at=row.at.date(), after=row.after),
            COMPLETION_CLAUSE,
        )
        for row in late[late["unit"] == line.party].itertuples()
    ]


def _counterfactuals(line: Line[Completion], seen: Completion) -> tuple[Counterfactual, ...]:
    """The next step up, and the fewest leads less that cost something."""
    taken = seen.readings or {}
    if taken.get("cap_month_at_target") or taken.get("month_shortfall", OFFSET) != OFFSET:
        return ()  # it depends on the month a lead counts in
    threshold, step, reward = seen.completion_threshold, seen.completion_step, seen.completion_step_reward
    cap, target, found = seen.limit, seen.target, []
    if up := next_completion(seen.valid, target, CompletionTerms(threshold, step, reward, cap)):
        found.append(more_leads(line.party, seen.valid, target, up.missing, up.amount))
    paid_steps = seen.steps if cap is None else min(seen.steps, -(-cap // reward))
    left = -(-target * (threshold + paid_steps * step) // 1) - 1
    rest = max(0, (Fraction(left, target) - threshold) // step) * reward
    text = Message.of(
        "completion/fewer", fewer=seen.valid - left, left=left, share=share_text(left, target), amount=rest
    )
    change = {"kind": "valid_leads", "unit": line.party, "by": left - seen.valid}
    return *found, Counterfactual(text, change, {"amount": rest})


def explain_absence(line: Line, now: QuarterProgress) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """The completion by now, where the line is gone."""
    row = now.department(line.party)
    return ((_sum(now.quarter, row),), missing_leads(row)) if row else ((), ())


def progress(
    now: QuarterProgress, party: str, own: Sequence[Line]
) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """A department's completion, also where it gives nothing, and what the next step lacks."""
    units, row = now.quarter.facts.units, now.department(party)
    if row is None or UnitKind.DEPARTMENT not in set(units.loc[units["code"] == party, "kind"]):
        return (), ()
    policy, on = now.quarter.policy, now.quarter.last
    rules = clause_step(policy, COMPLETION, on), *reading_steps(policy, COMPLETION.readings, on)
    listed = any(line.clause == COMPLETION_CLAUSE and not line.adjusts for line in own)  # the line says its next step
    return (*rules, _sum(now.quarter, row)), () if listed else missing_leads(row)


def _sum(quarter: Quarter, row: Mapping[str, Any]) -> Step:
    """A department's completion and what it gives."""
    if row["rate"] is None:
        text = Message.of("completion/undefined", valid=row["valid"])
        return Step(SUM, text, COMPLETION_CLAUSE)
    threshold = quarter.policy.value("completion_threshold", quarter.last)
    over = row["rate"] - threshold if threshold is not None else Fraction(0)
    key = "completion/over" if over > 0 else "completion/not_over"
    if (
        over > 0
        and row["short"]
        and not row["steps"]
        and quarter.policy.reading("month_shortfall", quarter.last) == BARS
    ):
        key = "completion/barred"
    text = Message.of(
        key,
        months=list(row["short"]),
        share=share_text(row["valid"], row["target"]),
        over=rate_text(over),
        steps=row["steps"],
        amount=row["amount"],
    )
    return Step(SUM, text, COMPLETION_CLAUSE)


def check_reference(batch: Any, quarter: str, party: str, ref: str) -> Finding | None:
    """The completion reward is one for the quarter."""
    return None if ref == quarter else Finding("other_ref", Message.of("other_ref", quarter=quarter), column="ref")


def _row(seen: Completion, last: date) -> dict[str, Any]:
    """The cells of a line."""
    parts = [f"{m.month[5:]}月 {m.valid}/{NOTHING if m.target is None else m.target}" for m in seen.months]
    basis = f"有效/目标：{'，'.join(parts)}；超出 {seen.steps} 档；计入信息 {len(seen.leads)} 条，见“计入信息”"
    places = dict.fromkeys(f"{m.month[5:]}月目标：{where(m.source)}" for m in seen.months)
    cells = {"part": seen.valid, "whole": seen.target, "limit": seen.limit, "on": last}
    return {**cells, "basis": basis, "source": "\n".join(places)}


def _value(row: Mapping[str, Any], p: Values) -> int:
    over = row["part"] - row["whole"] * p[0]
    amount = int(over // (row["whole"] * p[1])) * p[2] if over > 0 else 0
    return min([amount, *(cap for cap in (p[3], row["limit"]) if cap is not None)])


def _department_cells(own: Sequence[Line[Completion]], reached: Any) -> dict[str, Any]:
    """The completion of a department as it was settled, or as it is where it gives nothing."""
    seen = own[0].inputs if own else None
    return {
        "valid": seen.valid if seen else reached.counted,
        "target": seen.target if seen else reached.target_sum,
        "steps": seen.steps if seen else reached.steps,
        "completion": sum(line.amount for line in own),
    }


COMPLETION = Clause(
    number=COMPLETION_CLAUSE,
    regulation="DKHW080004",
    title="部门季度完成率奖励",
    function=targets.completion_reward,
    parameters=PARAMETERS,
    readings=("D5", "D6", "D12", "D13", "D17", "D26", "D43"),
    subject="部门完成率奖励",
    payer=ADMINISTRATION,
    reward=True,
    of_party=True,
    lines=lines,
    Inputs=Completion,
    explain=explain,
    explain_absence=explain_absence,
    progress=progress,
    recipe=Recipe(
        sheet=DEPARTMENT_SHEET,
        parameters=PARAMETERS,
        formula="IF({part}>ROUND({whole}*{0},9),MIN({3},{limit},INT(ROUND(({part}-{whole}*{0})/({whole}*{1}),9))*{2}),0)",
        value=_value,
        row=_row,
        columns=(
            Column("valid", "计入\n有效", 8, "int", "sum"),
            Column("target", "季度\n目标", 8, "int", "sum"),
            Column("rate", "完成率", 9, "rate", ("valid", "target")),
            Column("steps", "超出\n档数", 8, "int"),
            Column("completion", f"完成率奖励\n{COMPLETION_CLAUSE}(元)", 12, "yuan", "sum"),
        ),
        department=_department_cells,
    ),
    check_reference=check_reference,
)
