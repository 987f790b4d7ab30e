"""7.1.1 and 7.2.2: rewards of dealers and departments for projects that are picked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from workbench.capabilities.leads.lead_states import leads_by_number
from workbench.capabilities.leads.projects import (
    EDITION_READING,
    PARAMETER_PREFIX,
    ProjectTerms,
    least_quantities,
    project_rewards,
)
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.settlement.basis import THIS_QUARTER, Basis, about, place
from workbench.capabilities.settlement.clauses.project_cells import (
    EARNS,
    cells,
    dealer_value,
    department_cells,
    department_value,
)
from workbench.capabilities.settlement.clauses.project_records import DepartmentProject, PickUp, Project
from workbench.capabilities.settlement.inputs import Source, moment
from workbench.capabilities.settlement.payers import ADMINISTRATION, FINANCE
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.recipe import DEALER_SHEET, DEPARTMENT_SHEET, Recipe
from workbench.capabilities.settlement.reward_progress import (
    PROJECT_CLAUSES,
    Progress,
    QuarterProgress,
    missing_pick_ups,
    needed_pick_ups,
    project_sentence,
)
from workbench.core.findings import Finding
from workbench.core.messages import Message
from workbench.platform.explanation.steps import (
    FACT,
    SUM,
    Counterfactual,
    Step,
    day_text,
    rate_text,
    share_text,
)
from workbench.platform.regulation.clause import Clause
from workbench.platform.reporting.parts import Column

REGULATION = "DKHW080004"
READINGS = ("conversion_basis", "repeat_project_reward", "conversion_vehicles", EDITION_READING)
KINDS = {code: kind for kind, code in PROJECT_CLAUSES.items()}


def lines(quarter: Quarter, kind: str) -> Iterator[Line[Project]]:
    """One line per rewarded project in order of receipt, ref = lead number."""
    table = quarter.project_rewards(kind)
    to_date = quarter.policy.reading("conversion_vehicles", quarter.last) == "to_date"
    months = quarter.lines["month"]
    in_time = months <= quarter.months[-1] if to_date else months.isin(quarter.months)
    picked = quarter.lines[quarter.lines["lead"].isin(table.index) & in_time].sort_values("month", kind="stable")
    by_lead: dict[int, list[PickUp]] = {}
    for lead, month, contract, number, file, row in zip(
        *(picked[column].tolist() for column in ("lead", "month", "contract", "picked_up", "file", "row"))
    ):
        item = PickUp(month=month, contract=contract, picked_up=number, source=Source.of(file, row))
        by_lead.setdefault(lead, []).append(item)
    policy, on = quarter.policy, quarter.last
    terms = ProjectTerms.in_force(kind, on, policy)
    readings = {key: policy.reading(key, on) for key in READINGS}
    names = ["number", "project", "received_at", "reporter_kind", "counts_in", "expires_on", "file", "row"]
    states = quarter.states.loc[table.index, names]
    least = least_quantities(states, kind, on, policy)
    left = quarter.left_by_completion or {}
    for reward, state, minimum in zip(table.itertuples(), states.itertuples(), least.tolist()):
        own: dict[str, Any] = {}
        if kind == UnitKind.DEPARTMENT:
            own = {"cap": terms.cap, "capped": bool(reward.capped), "left": left.get(reward.party)}
        record = DepartmentProject if kind == UnitKind.DEPARTMENT else Project
        inputs = record(
            lead=state.number,
            project=state.project,
            received_at=moment(state.received_at),
            counts_in=state.counts_in,
            quantity=int(reward.quantity),
            picked_up=int(reward.picked_up),
            rate_picked_up=int(reward.rate_picked_up),
            rate_quantity=int(reward.rate_quantity),
            conversion=f"{reward.rate_picked_up}/{reward.rate_quantity}",
            minimum_quantity=minimum,
            conversion_rate=policy.value(_names(kind)[1], on),
            reward=policy.value(_names(kind)[2], on),
            readings=readings,
            contracts=tuple(by_lead.get(reward.Index, ())),
            source=Source.of(state.file, state.row),
            undated=True if pd.isna(state.expires_on) else None,
            **own,
        )
        yield Line(PROJECT_CLAUSES[kind], reward.party, state.number, int(reward.amount), None, inputs)


def _names(kind: str) -> tuple[str, ...]:
    """The parameters of the clause of a kind of unit: vehicles, conversion rate, reward, and the cap of departments."""
    name = PARAMETER_PREFIX[kind]
    own = (f"{name}_minimum_quantity", f"{name}_conversion_rate", f"{name}_project_reward")
    return (*own, "department_reward_cap") if kind == UnitKind.DEPARTMENT else own


def dealer_lines(quarter: Quarter) -> Iterator[Line[Project]]:
    """7.1.1: the rewards of dealers."""
    return lines(quarter, UnitKind.DEALER)


def department_lines(quarter: Quarter) -> Iterator[Line[Project]]:
    """7.2.2: the rewards of departments."""
    return lines(quarter, UnitKind.DEPARTMENT)


def _earning(kind: str):
    def leads(quarter: Quarter) -> frozenset[int]:
        """Leads whose project earns money in a quarter (D8: a capped zero has not earned)."""
        table = quarter.project_rewards(kind)
        return frozenset(table.index[table["amount"] > 0])

    return leads


def explain(line: Line[Project], basis: Basis, last: date) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """From the lead and its contracts to the conversion and the amount."""
    seen = line.inputs
    cap = seen.cap if isinstance(seen, DepartmentProject) else None
    taken_readings = seen.readings or {}
    kept = [seen.minimum_quantity, seen.conversion_rate, seen.reward, cap]
    taken = dict(zip(_names(KINDS[line.clause]), kept))
    lead = Message.of(
        "project/lead" if seen.counts_in else "project/lead_excluded",
        lead=seen.lead,
        at=day_text(seen.received_at),
        quantity=seen.quantity,
        month=seen.counts_in,
        project=seen.project,
    )
    steps = [
        *basis.rules(line, last, taken),
        Step(FACT, lead, "5.3", place("leads", seen.source, "quantity")),
    ]
    for item in seen.contracts:
        text = Message.of("project/picked_up", month=item.month, contract=item.contract, picked_up=item.picked_up)
        steps.append(Step(FACT, text, "6.5", place("contracts", item.source, "picked_up")))
    steps += basis.contracts(seen.lead)
    by_reporter = taken_readings.get("conversion_basis") == "reporter"
    steps += _read(line, basis, last, by_reporter)
    if seen.undated:
        steps.append(Step(FACT, Message.of("project/undated", project=seen.project), "6.4"))
    if not by_reporter and seen.rate_quantity != seen.quantity:
        text = Message.of("project/verified", sought=seen.rate_quantity, quantity=seen.quantity)
        steps.append(Step(FACT, text, line.clause))
    if taken_readings.get("conversion_vehicles") == "to_date":
        text = Message.of("project/to_date", quarter=THIS_QUARTER, own=seen.picked_up, whole=seen.rate_picked_up)
        steps.append(Step(FACT, text, line.clause))
    limit = seen.limit if isinstance(seen, DepartmentProject) else None
    if isinstance(seen, DepartmentProject) and seen.left is not None:
        steps.append(Step(FACT, Message.of("project/joint_cap", party=line.party, left=seen.left), line.clause))
    capped = isinstance(seen, DepartmentProject) and line.amount < seen.reward
    text = Message.of(
        "project/conversion_of_reporter" if by_reporter else "project/conversion",
        share=share_text(seen.rate_picked_up, seen.rate_quantity, seen.conversion_rate),
        rate=rate_text(seen.conversion_rate),
        amount=Message.of("project/capped" if capped else "project/amount", cap=limit, amount=line.amount),
    )
    steps.append(Step(SUM, text, line.clause))
    return tuple(steps), _counterfactuals(line, seen, by_reporter)


def _read(line: Line[Project], basis: Basis, last: date, by_reporter: bool) -> Iterator[Step]:
    """What the readings D43, D1 and D30 did: the edition of a threshold, a number that is met exactly, other quarters."""
    seen, taken = line.inputs, line.inputs.readings or {}
    received = seen.received_at.date()
    before, after = basis.policy.edition_on(received), basis.policy.edition_on(last)
    if before != after and taken.get(EDITION_READING) == "by_receipt":
        text = Message.of("project/two_editions", day=received, before=before, after=after)
        yield Step(FACT, text, line.clause)
    if seen.quantity == seen.minimum_quantity:
        yield Step(SUM, Message.of("project/included", number=seen.quantity), line.clause)
    if seen.rate_picked_up == seen.conversion_rate * seen.rate_quantity:
        yield Step(SUM, Message.of("project/included", number=rate_text(seen.conversion_rate)), line.clause)
    others = basis.picked_up(seen.lead) - seen.picked_up
    if others > 0 and not by_reporter and taken.get("conversion_vehicles") == "in_quarter":
        yield Step(FACT, Message.of("project/other_quarters", vehicles=others), line.clause)


def _counterfactuals(line: Line[Project], seen: Project, by_reporter: bool) -> tuple[Counterfactual, ...]:
    """How many pick-ups fewer would have cost the reward; for one past the cap, how many projects ahead would do."""
    if line.amount == 0:
        if not (isinstance(seen, DepartmentProject) and seen.capped):  # nothing is paid for any project
            return ()
        places = -(-(seen.limit or 0) // seen.reward)
        if not places:  # a joint cap is used up by 7.2.1
            return ()
        text = Message.of("project/if_fewer_ahead", count=places - 1)
        change = {"kind": "fewer_ahead", "lead": line.ref, "at_most": places - 1}
        return (Counterfactual(text, change, {"rewarded": True}),)
    if by_reporter:  # the sum moves with every project of the unit
        return ()
    fewer = seen.rate_picked_up - needed_pick_ups(seen.rate_quantity, seen.conversion_rate) + 1
    fewer = min(fewer, seen.picked_up)  # of a quarter at least one vehicle has to be its own
    left = seen.rate_picked_up - fewer
    why = share_text(left, seen.rate_quantity, seen.conversion_rate) if left else Message("project/no_pick_ups")
    text = Message.of("project/if_fewer", quarter=THIS_QUARTER, fewer=fewer, left=left, share=why)
    return (Counterfactual(text, {"kind": "picked_up", "lead": line.ref, "by": -fewer}, {"amount": 0}),)


def explain_absence(line: Line, now: QuarterProgress) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """How far the project is by now, where its line is gone."""
    row = now.project(line.ref)
    if row is None:
        return (Step(FACT, Message.of("project/gone", lead=line.ref), "5.3"),), ()
    return explain_progress(now.quarter, row)


def explain_progress(quarter: Quarter, row: Mapping[str, Any]) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """Why a project (a row of ``project_progress``) earns nothing in a quarter, and what is missing."""
    terms = ProjectTerms.in_force(KINDS[row["clause"]], quarter.last, quarter.policy)
    text = Message.of(
        "project/unpaid",
        lead=row["number"],
        quarter=quarter.quarter,
        clause=row["clause"],
        why=project_sentence(row, terms),
    )
    missing = tuple(
        Counterfactual(
            Message.of("project/of_lead", lead=row["number"], sentence=about(each.message, quarter.quarter)),
            each.change,
            each.outcome,
        )
        for each in missing_pick_ups(row)
    )
    return (Step(FACT, about(text, quarter.quarter), row["clause"]),), missing


def _progress(clause: str):
    def of_party(
        now: QuarterProgress, party: str, own: Sequence[Line]
    ) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
        """What a unit's projects that earned nothing lack; how many had no pick-ups at all."""
        table = now.projects
        table = table[(table["party"] == party) & (table["clause"] == clause)]
        paid, waiting = {line.ref for line in own}, 0
        steps: list[Step] = []
        missing: list[Counterfactual] = []
        for row in table.to_dict("records"):
            short = row["progress"] == Progress.SHORT
            waiting += short and not row["picked_up"]
            if row["number"] not in paid and (row["picked_up"] or not short):
                why, instead = explain_progress(now.quarter, row)
                steps += why
                missing += instead
        if waiting:
            text = Message.of("project/waiting", count=waiting, quarter=THIS_QUARTER)
            steps.append(Step(FACT, text, "6.5"))
        return tuple(steps), tuple(missing)

    return of_party


def check_reference(batch: Any, quarter: str, party: str, ref: str) -> Finding | None:
    """A project's reward is one for the party's own lead."""
    leads = leads_by_number(batch, [ref])
    if ref not in leads.index or leads.at[ref, "reporter"] != party:
        return Finding("other_reporter", Message.of("other_reporter/of_project", ref=ref, party=party), column="ref")
    return None


DEALER_PROJECT = Clause(
    number=PROJECT_CLAUSES[UnitKind.DEALER],
    regulation=REGULATION,
    title="经销商项目奖励",
    function=project_rewards,
    parameters=_names(UnitKind.DEALER),
    readings=("D1", "D5", "D7", "D8", "D9", "D30", "D40", "D42", "D43"),
    subject="经销商项目奖励",
    payer=FINANCE,
    reward=True,
    lines=dealer_lines,
    Inputs=Project,
    explain=explain,
    explain_absence=explain_absence,
    progress=_progress(PROJECT_CLAUSES[UnitKind.DEALER]),
    recipe=Recipe(
        sheet=DEALER_SHEET,
        parameters=_names(UnitKind.DEALER),
        formula=f"IF({EARNS},{{2}},0)",
        by_receipt=_names(UnitKind.DEALER)[:1],
        value=dealer_value,
        row=cells,
    ),
    earning=_earning(UnitKind.DEALER),
    check_reference=check_reference,
)
DEPARTMENT_PROJECT = Clause(
    number=PROJECT_CLAUSES[UnitKind.DEPARTMENT],
    regulation=REGULATION,
    title="部门项目奖励",
    function=project_rewards,
    parameters=_names(UnitKind.DEPARTMENT),
    readings=("D1", "D5", "D7", "D8", "D13", "D24", "D30", "D40", "D42", "D43"),
    subject="部门项目奖励",
    payer=ADMINISTRATION,
    reward=True,
    lines=department_lines,
    Inputs=DepartmentProject,
    explain=explain,
    explain_absence=explain_absence,
    progress=_progress(PROJECT_CLAUSES[UnitKind.DEPARTMENT]),
    recipe=Recipe(
        sheet=DEPARTMENT_SHEET,
        parameters=_names(UnitKind.DEPARTMENT),
        formula=f"IF({EARNS},IF(COUNT({{3}},{{limit}}),MAX(0,MIN({{2}},MIN({{3}},{{limit}})-({{place}}-1)*{{2}})),{{2}}),0)",
        by_receipt=_names(UnitKind.DEPARTMENT)[:1],
        value=department_value,
        row=cells,
        ranked=True,
        columns=(
            Column("projects", "得奖\n项目", 8, "int", "sum"),
            Column("capped", "封顶\n项目", 8, "int", "sum"),
            Column("project", f"项目奖励\n{PROJECT_CLAUSES[UnitKind.DEPARTMENT]}(元)", 12, "yuan", "sum"),
        ),
        department=department_cells,
    ),
    earning=_earning(UnitKind.DEPARTMENT),
    check_reference=check_reference,
)
