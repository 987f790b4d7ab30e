"""Rewards and penalties of one quarter as lines: clause, party, ref, amount, inputs (clause 7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from workbench.capabilities.leads import contract_lines as contracts
from workbench.capabilities.leads import projects, verification
from workbench.capabilities.leads.facts import DEALER, DEPARTMENT
from workbench.capabilities.organization.kinds import SectionFunction
from workbench.capabilities.publication import publications as publication
from workbench.capabilities.settlement.quarter import Line, Quarter, source
from workbench.capabilities.targets import completion as targets
from workbench.core.findings import Finding, Severity
from workbench.core.frames import newest
from workbench.core.plain import iso, plain

DEALER_REWARD, DEPARTMENT_REWARD = "7.1.1", "7.2.2"


def rewards(quarter: Quarter, kind: str) -> pd.DataFrame:
    """The projects of ``projects.project_rewards`` that this quarter rewards."""
    return projects.project_rewards(
        quarter.counted, quarter.lines, kind, quarter.months, quarter.last, quarter.earned, quarter.policy
    )


def project_lines(quarter: Quarter, kind: str) -> Iterator[Line]:
    """7.1.1 for dealers, 7.2.2 for departments: one line per rewarded project, ref = lead number."""
    name, clause = ("dealer", DEALER_REWARD) if kind == DEALER else ("department", DEPARTMENT_REWARD)
    table = rewards(quarter, kind)
    picked = quarter.lines[quarter.lines["lead"].isin(table.index) & quarter.lines["month"].isin(quarter.months)]
    by_lead: dict[int, list[dict]] = {}
    for lead, month, contract, number, file, row in zip(
        *(picked[column].tolist() for column in ("lead", "month", "contract", "picked_up", "file", "row"))
    ):
        entry = {"month": month, "contract": contract, "picked_up": number, "source": source(file, row)}
        by_lead.setdefault(lead, []).append(entry)
    policy, on = quarter.policy, quarter.last
    names = {"minimum_quantity": "minimum_quantity", "conversion_rate": "conversion_rate", "reward": "project_reward"}
    parameters = {short: plain(policy.value(f"{name}_{long}", on)) for short, long in names.items()}
    keys = ["conversion_basis", "repeat_project_reward"]
    if kind == DEPARTMENT:
        parameters["cap"] = plain(policy.value("department_reward_cap", on))
    readings = {key: policy.reading(key, on) for key in keys}
    states = quarter.states.loc[table.index, ["number", "project", "received_at", "counts_in", "file", "row"]]
    for reward, state in zip(table.itertuples(), states.itertuples()):
        inputs = {
            "lead": state.number, "project": state.project, "received_at": plain(state.received_at),
            "counts_in": state.counts_in, "quantity": int(reward.quantity), "picked_up": int(reward.picked_up),
            "rate_picked_up": int(reward.rate_picked_up), "rate_quantity": int(reward.rate_quantity),
            "conversion": f"{reward.rate_picked_up}/{reward.rate_quantity}", **parameters, "readings": readings,
            "contracts": by_lead.get(reward.Index, []), "source": source(state.file, state.row),
        }  # fmt: skip
        if kind == DEPARTMENT:
            inputs["capped"] = bool(reward.capped)
        yield Line(clause, reward.party, state.number, int(reward.amount), None, inputs)


def completion_lines(quarter: Quarter) -> Iterator[Line]:
    """7.2.1: one line per rewarded department, ref = quarter; a note where there is no target (D17)."""
    policy, on = quarter.policy, quarter.last
    table = targets.quarter_completion(
        quarter.states, quarter.facts.targets, quarter.facts.units, quarter.quarter, policy
    )
    where = targets.current(quarter.facts.targets)
    own = quarter.states[quarter.states["counts_in"].isin(quarter.months)]
    numbers = own.groupby("reporter")["number"].agg(list) if len(own) else {}
    names = ("completion_threshold", "completion_step", "completion_step_reward", "completion_reward_cap")
    parameters = {name: plain(policy.value(name, on)) for name in names}
    for row in table.itertuples():
        missing = [month for month, goal in zip(quarter.months, row.targets) if goal is None]
        if row.rate is None:
            message = f"部门 {row.unit} {quarter.quarter} 目标为零或未下达，完成率为“—”，不计奖（D17）。"
            quarter.note("no_target", message, "7.2.1", unit=row.unit, valid=row.valid, targets=row.targets)
        elif missing:
            message = f"部门 {row.unit} 缺少 {'、'.join(missing)} 的目标，按已下达目标计算。"
            quarter.note("missing_target", message, "7.2.1", Severity.WARNING, unit=row.unit, months=missing)
        if row.amount <= 0:
            continue
        goals = [
            {"month": month, "valid": valid, "target": goal, "source": _target_source(where, row.unit, month)}
            for month, valid, goal in zip(quarter.months, row.valid, row.targets)
        ]
        inputs = {
            "months": goals, "valid": row.counted, "target": row.target_sum, "completion": f"{row.counted}/{row.target_sum}",
            "steps": row.steps, **parameters, "leads": sorted(numbers[row.unit]),
            "readings": {"cap_month_at_target": policy.reading("cap_month_at_target", on)},
        }  # fmt: skip
        yield Line("7.2.1", row.unit, quarter.quarter, row.amount, None, inputs)


def _target_source(where: pd.DataFrame, unit: str, month: str) -> dict[str, Any] | None:
    if (unit, month) not in where.index:
        return None
    return {"file": plain(where.at[(unit, month), "file"]), "cell": plain(where.at[(unit, month), "cell"])}


def _within(times: pd.Series, quarter: Quarter) -> pd.Series:
    return (times >= pd.Timestamp(quarter.first)) & (times < pd.Timestamp(quarter.last) + pd.Timedelta(days=1))


def late_lines(quarter: Quarter) -> Iterator[Line]:
    """7.3.1: leads verified late or still open past their date, by the quarter of the due date (D20).

    One line per lead, or (D11 ``dispatch``) per batch and responsible person with the first lead number as ref.
    """
    late = quarter.states[quarter.states["late"] & _within(quarter.states["due_on"], quarter)]
    if late.empty:
        return
    first = verification.first_feedback(quarter.facts.feedback)
    answers = first.set_index("lead")[["person", "file", "row"]].reindex(late.index)
    unanswered = late["answered_at"].isna()
    batches = verification.with_batch(quarter.states, quarter.facts.dispatches).loc[late.index]
    amounts = quarter.policy.values("late_verification_penalty", late["due_on"])
    unit = quarter.policy.reading("overdue_unit", quarter.last)
    columns = (
        late["number"], late["section"], iso(late["dispatched_at"]), late["due_on"].dt.date, iso(late["answered_at"]),
        late["provisional"], unanswered, answers["person"], answers["file"].where(~unanswered, late["file"]),
        answers["row"].where(~unanswered, late["row"]).astype("int64"), batches, pd.Series(amounts),
    )  # fmt: skip
    groups: dict[tuple, list[tuple[str, dict]]] = {}
    for number, section, sent, due, answered, provisional, is_open, person, file, row, batch, amount in zip(
        *(column.tolist() for column in columns)
    ):
        party = quarter.responsible(person, section, due, "7.3.1")
        inputs = {
            "lead": number, "section": section, "dispatched_at": sent, "due_on": due.isoformat(),
            "provisional": provisional, "answered_at": answered, "as_of": plain(quarter.as_of) if is_open else None,
            "penalty": amount, "readings": {"overdue_unit": unit}, "source": {"file": file, "row": row},
        }  # fmt: skip
        key = (batch if unit == "dispatch" else number, party, amount)
        groups.setdefault(key, []).append((number, inputs))
    for (key, party, amount), leads in groups.items():
        number, inputs = leads[0]
        if unit == "dispatch":
            inputs = {**inputs, "batch": key, "leads": [other for other, _ in leads]}
        yield Line("7.3.1", party, number, -amount, None, inputs)


def missing_expiry_lines(quarter: Quarter) -> Iterator[Line]:
    """7.3.2a: 有效 answers without an expiry date, by the day of the answer; ref = lead number."""
    rows = verification.missing_expiry(quarter.facts.feedback)
    rows = rows[_within(rows["at"], quarter) & rows["lead"].isin(quarter.states.index)]
    amounts = quarter.policy.values("missing_expiry_penalty", rows["at"])
    numbers = quarter.states["number"].reindex(rows["lead"])
    for row, number, amount in zip(rows.itertuples(), numbers, amounts.tolist()):
        party = quarter.responsible(row.person, row.section, row.at.date(), "7.3.2a")
        inputs = {
            "lead": number, "section": row.section, "answered_at": plain(row.at), "verdict": row.verdict,
            "expires_on": None, "penalty": amount, "source": source(row.file, row.row),
        }  # fmt: skip
        yield Line("7.3.2a", party, number, -amount, None, inputs)


def publication_lines(quarter: Quarter) -> Iterator[Line]:
    """7.3.2b: publication dates missed by the strategy section, ref = date."""
    table = publication.missed(
        quarter.facts.publications,
        quarter.first_month,
        quarter.first,
        quarter.last,
        quarter.as_of.date(),
        quarter.policy,
    )
    for row in table.itertuples():
        yield _duty_line(quarter, "7.3.2b", SectionFunction.STRATEGY.value, row.due_on, row.due_on.isoformat(),
                         "missed_publication_penalty", {"published_at": plain(row.published_at)})  # fmt: skip


def register_lines(quarter: Quarter) -> Iterator[Line]:
    """7.3.3: contract registers not returned in time by the support section, ref = contract month."""
    table = contracts.missed_returns(
        quarter.facts.returns, quarter.first_month, quarter.first, quarter.last, quarter.as_of.date(), quarter.policy
    )
    for row in table.itertuples():
        seen = {"month": row.month, "returned_at": plain(row.returned_at), "source": source(row.file, None)}
        yield _duty_line(
            quarter, "7.3.3", SectionFunction.SUPPORT.value, row.due_on, row.month, "late_register_penalty", seen
        )


def _duty_line(quarter: Quarter, clause: str, function: str, due: date, ref: str, penalty: str, seen: dict) -> Line:
    section, person = quarter.sections.with_function(function, due)
    if section is None:
        message = f"单位名录中没有在用的{function}科室，处罚暂记在职能名下，请补登记。"
        quarter.note("no_section", message, clause, Severity.WARNING, function=function)
    party = quarter.responsible(person, section, due, clause) if section else function
    amount = quarter.policy.value(penalty, due) or 0
    inputs = {"section": section, "due_on": due.isoformat(), **seen, "as_of": plain(quarter.as_of), "penalty": amount,
              "duty_since": quarter.first_month}  # fmt: skip
    return Line(clause, party, ref, -amount, None, inputs)


def leaks(incidents: pd.DataFrame, rulings: pd.DataFrame) -> pd.DataFrame:
    """7.3.4: leaks by insiders, newest version of each, in order of their day, with each person's running ``marks``.

    Where an appeal found that nothing was to be penalised, the mark falls too.
    """
    known = newest(incidents, ["number", "person"])
    known = known[known["inside"]].sort_values(["happened_on", "number"], kind="stable")
    annulled = rulings[(rulings["clause"] == "7.3.4") & (rulings["amount"] == 0).fillna(False)]
    if len(annulled):
        fallen = set(zip(annulled["ref"], annulled["party"], strict=True))
        known = known[[pair not in fallen for pair in zip(known["number"], known["person"], strict=True)]]
    return known.assign(marks=known.groupby("person").cumcount() + 1)


def dismissal(person: str, marks: int) -> Finding:
    """7.3.4: the recommendation at the limit of marks; a person decides."""
    message = f"{person} 诚信黑点累计 {marks} 个，建议公司予以辞退，由公司决定（7.3.4）。"
    return Finding(
        "dismissal_recommended", message, Severity.WARNING, "7.3.4", inputs={"person": person, "marks": marks}
    )


def leak_lines(quarter: Quarter) -> Iterator[Line]:
    """7.3.4: a penalty and one integrity mark for each leak by an insider; at the limit a note recommends, no more."""
    table = leaks(quarter.facts.incidents, quarter.facts.rulings)
    for row in table[_within(table["happened_on"], quarter)].itertuples():
        on = row.happened_on.date()
        amount, limit = quarter.policy.value("leak_penalty", on) or 0, quarter.policy.value("dismissal_marks", on)
        inputs = {
            "incident": row.number, "happened_on": on.isoformat(), "mark": 1, "marks": int(row.marks),
            "dismissal_marks": limit, "penalty": amount, "source": source(row.file, row.row),
        }  # fmt: skip
        if limit and row.marks >= limit:
            quarter.notes.append(dismissal(row.person, int(row.marks)))
        yield Line("7.3.4", row.person, row.number, -amount, None, inputs)
