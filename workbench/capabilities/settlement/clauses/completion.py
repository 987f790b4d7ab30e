"""7.2.1: the reward of a department for the completion of its target in a quarter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.settlement.basis import Basis, place
from workbench.capabilities.settlement.inputs import CellSource, Inputs, Record
from workbench.capabilities.settlement.payers import ADMINISTRATION
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.recipe import DEPARTMENT_SHEET, NOTHING, Recipe, Values, where
from workbench.capabilities.settlement.reward_progress import (
    COMPLETION_CLAUSE,
    QuarterProgress,
    missing_leads,
    more_leads,
    next_completion,
)
from workbench.capabilities.targets import completion as targets
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


def lines(quarter: Quarter) -> Iterator[Line[Completion]]:
    """One line per rewarded department, ref = quarter; a note where there is no target (D17)."""
    policy, on = quarter.policy, quarter.last
    table = targets.quarter_completion(
        quarter.states, quarter.facts.targets, quarter.facts.units, quarter.quarter, policy
    )
    current = targets.current(quarter.facts.targets)
    own = quarter.states[quarter.states["counts_in"].isin(quarter.months)]
    numbers = own.groupby("reporter")["number"].agg(list) if len(own) else {}
    parameters = {name: policy.value(name, on) for name in PARAMETERS}
    for row in table.itertuples():
        missing = [month for month, goal in zip(quarter.months, row.targets) if goal is None]
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
                Message.of("missing_target", unit=row.unit, missing=missing),
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
            readings={"cap_month_at_target": policy.reading("cap_month_at_target", on)},
        )
        yield Line(COMPLETION_CLAUSE, row.unit, quarter.quarter, row.amount, None, inputs)


def _source(current: pd.DataFrame, unit: str, month: str) -> CellSource | None:
    if (unit, month) not in current.index:
        return None
    return CellSource(file=plain(current.at[(unit, month), "file"]), cell=plain(current.at[(unit, month), "cell"]))


def explain(line: Line[Completion], basis: Basis, last: date) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """From the months to the rate, the steps over the threshold and the amount."""
    seen = line.inputs
    steps = list(basis.rules(line, last, {name: getattr(seen, name) for name in PARAMETERS}))
    for month in seen.months:
        goal = Message("completion/no_target") if month.target is None else month.target
        text = Message.of("completion/month", month=month.month, valid=month.valid, target=goal)
        steps.append(Step(FACT, text, "5.3", place("targets", month.source, None)))
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
        cap=seen.completion_reward_cap,
        amount=line.amount,
    )
    steps.append(Step(SUM, text, COMPLETION_CLAUSE))
    return tuple(steps), _otherwise(line, seen)


def _otherwise(line: Line[Completion], seen: Completion) -> tuple[Counterfactual, ...]:
    """The next step up, and the fewest leads less that cost something."""
    if (seen.readings or {}).get("cap_month_at_target"):
        return ()
    threshold, step, reward = seen.completion_threshold, seen.completion_step, seen.completion_step_reward
    cap, target, found = seen.completion_reward_cap, seen.target, []
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
    text = Message.of(
        "completion/over" if over > 0 else "completion/not_over",
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
    return {"part": seen.valid, "whole": seen.target, "on": last, "basis": basis, "source": "\n".join(places)}


def _value(row: Mapping[str, Any], p: Values) -> int:
    over = row["part"] - row["whole"] * p[0]
    amount = int(over // (row["whole"] * p[1])) * p[2] if over > 0 else 0
    return amount if p[3] is None else min(p[3], amount)


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
    readings=("D6", "D12", "D13", "D17"),
    subject="部门完成率奖励",
    payer=ADMINISTRATION,
    reward=True,
    lines=lines,
    Inputs=Completion,
    explain=explain,
    explain_absence=explain_absence,
    progress=progress,
    recipe=Recipe(
        sheet=DEPARTMENT_SHEET,
        parameters=PARAMETERS,
        formula="IF({part}>ROUND({whole}*{0},9),MIN({3},INT(ROUND(({part}-{whole}*{0})/({whole}*{1}),9))*{2}),0)",
        value=_value,
        row=_row,
        columns=(
            Column("valid", "计入\n有效", 8, "int", "sum"),
            Column("target", "季度\n目标", 8, "int", "sum"),
            Column("rate", "完成率", 9, "rate", ("valid", "target")),
            Column("steps", "超出\n档数", 8, "int"),
            Column("completion", "完成率奖励\n7.2.1(元)", 12, "yuan", "sum"),
        ),
        department=_department_cells,
    ),
    check_reference=check_reference,
)
