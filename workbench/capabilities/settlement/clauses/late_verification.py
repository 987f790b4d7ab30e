"""7.3.1: a lead that its section verified late, or has not verified although the term is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads import terms, verification
from workbench.capabilities.settlement.basis import Basis, fine, place
from workbench.capabilities.settlement.inputs import Inputs, Source, days_of, moments, optional
from workbench.capabilities.settlement.payers import ADMINISTRATION
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.recipe import OVERDUE, PENALTY_SHEET, Recipe, overdue, where
from workbench.capabilities.settlement.reward_progress import QuarterProgress
from workbench.core.messages import Message
from workbench.platform.explanation.steps import FACT, Counterfactual, Place, Step, clause_step, day_text
from workbench.platform.regulation.clause import Clause
from workbench.platform.regulation.clause import clause as clause_of

NUMBER, PENALTY = "7.3.1", "late_verification_penalty"


@dataclass(frozen=True, kw_only=True)
class LateVerification(Inputs):
    """When a lead was handed over, due and answered; ``as_of``: the moment of the settlement where it is still open.

    ``batch`` and ``leads``: the hand-over and all its late leads, where these count once (D11). ``handed_over``: it was
    not answered but handed on after its term, at ``answered_at`` (D41).
    """

    lead: str
    section: str
    dispatched_at: datetime
    due_on: date
    provisional: bool
    answered_at: datetime | None
    as_of: datetime | None
    penalty: int
    readings: Mapping[str, Any]
    source: Source
    batch: int | None = optional()
    leads: tuple[str, ...] | None = optional()
    handed_over: bool | None = optional()


def lines(quarter: Quarter) -> Iterator[Line[LateVerification]]:
    """Leads verified late or still open past their date, by the quarter of the due date (D20).

    One line per lead, or (D11 ``dispatch``) per batch and responsible person with the first lead number as ref.
    """
    late = _late(quarter)
    late = late[quarter.contains(late["due_on"])]
    if late.empty:
        return
    unit = quarter.policy.reading("overdue_unit", quarter.last)
    as_of, readings = quarter.as_of.replace(microsecond=0), {"overdue_unit": unit}
    amounts = quarter.policy.values(PENALTY, late["due_on"])
    by_batch, groups, said = unit == "dispatch", dict[tuple, list[LateVerification]](), set[tuple]()
    late = late.assign(several=late.duplicated(["number", "batch"], keep=False))
    names = ("several", "number", "batch", "section", "person", "provisional", "handed_over", "file")
    columns = [late[name].tolist() for name in names]
    columns += [late["row"].astype("int64").tolist(), moments(late["at"]), moments(late["answered_at"])]
    columns += [days_of(late["due_on"]), days_of(late["answered_at"]), amounts.tolist()]
    for (
        several,
        number,
        batch,
        section,
        person,
        provisional,
        over,
        file,
        row,
        at,
        answered,
        due,
        named_on,
        amount,
    ) in zip(*columns, strict=True):
        party = quarter.responsible(person, section, due, NUMBER, named_on)
        inputs = LateVerification.of_fields(
            lead=number,
            section=section,
            dispatched_at=at,
            due_on=due,
            provisional=provisional,
            answered_at=answered,
            as_of=as_of if answered is None else None,
            penalty=amount,
            readings=readings,
            source=Source(file=file, row=row),
            handed_over=True if over else None,
        )
        if by_batch:
            groups.setdefault((batch, party, amount), []).append(inputs)
            continue
        if several:
            if (number, batch, party, amount) in said:
                continue
            said.add((number, batch, party, amount))
        yield Line(NUMBER, party, number, -amount, None, inputs)
    for (batch, party, amount), leads in groups.items():
        inputs = replace(leads[0], batch=batch, leads=tuple(each.lead for each in leads))
        yield Line(NUMBER, party, inputs.lead, -amount, None, inputs)


def _late(quarter: Quarter) -> pd.DataFrame:
    """The terms that were missed, in the order of 5.1 and of time: answered late, open past their day, or handed on after
    it (D41). Columns number, batch, section, at, due_on, provisional, answered_at, handed_over, person, file, row.
    """
    states, all_terms = quarter.states, terms.terms(quarter.facts, quarter.as_of, quarter.policy)
    running = terms.current(all_terms)
    running = running[running["lead"].map(states["late"]).fillna(False).astype(bool)]
    answers = quarter.facts.feedback
    first = verification.first_feedback(answers[answers["lead"].isin(running["lead"])])
    first = first.set_index("lead")[["person", "file", "row"]]
    answer = first.reindex(running["lead"]).reset_index(drop=True)
    own = states.loc[running["lead"]]
    open_ = own["answered_at"].isna().to_numpy()
    running = running.assign(
        due_on=own["due_on"].to_numpy(),
        provisional=own["provisional"].to_numpy(),
        answered_at=own["answered_at"].to_numpy(),
        handed_over=False,
        person=answer["person"].to_numpy(),
        file=answer["file"].where(~open_, own["file"].to_numpy()).to_numpy(),
        row=answer["row"].where(~open_, own["row"].to_numpy()).to_numpy(),
    )
    passed = terms.handed_on(all_terms)
    passed = passed[passed["lead"].isin(states.index)]
    due_on, provisional = verification.due_dates(passed["at"], quarter.policy)
    passed = terms.late_terms(passed.assign(provisional=provisional), due_on)
    passed = passed.assign(answered_at=passed["closed_at"], handed_over=True, person=None)
    for column in ("file", "row"):
        passed[column] = states.loc[passed["lead"], column].to_numpy()
    table = pd.concat([running, passed], ignore_index=True) if len(passed) else running
    place = pd.Series(range(len(states)), index=states.index)
    return table.assign(
        number=states.loc[table["lead"], "number"].to_numpy(), place=table["lead"].map(place)
    ).sort_values(["place", "at"], kind="stable", ignore_index=True)


def explain(
    line: Line[LateVerification], basis: Basis, last: date
) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """From the hand-over to the last day, and when the answer came."""
    seen = line.inputs
    own, *readings = basis.rules(line, seen.due_on, {PENALTY: seen.penalty})
    sent = seen.dispatched_at.date()
    days = basis.policy.value("verification_days", sent)
    text = Message.of(
        "late_answer/term_provisional" if seen.provisional else "late_answer/term",
        lead=seen.lead,
        at=day_text(seen.dispatched_at),
        section=seen.section,
        days=days,
        due_on=seen.due_on,
    )
    answered = seen.answered_at is not None
    key, when = ("late_answer/late", seen.answered_at) if answered else ("late_answer/open", seen.as_of)
    key = "late_answer/handed_over" if seen.handed_over else key
    done = Message.of(key, at=day_text(when))
    where = (
        basis.answer(seen.source, "verdict") if answered and not seen.handed_over else place("leads", seen.source, None)
    )
    steps = [
        own,
        clause_step(basis.policy, clause_of("6.3"), sent),
        *readings,
        Step(FACT, text, "6.3"),
        Step(FACT, done, NUMBER, where),
        basis.bearer(line, seen.section, seen.source if answered and not seen.handed_over else None),
    ]
    together = seen.leads or ()
    if len(together) > 1:
        steps.append(Step(FACT, Message.of("late_answer/batch", count=len(together), leads=together), NUMBER))
    until = seen.due_on.isoformat()
    change = {"kind": "answer", "ref": line.ref, "leads": list(together or (line.ref,)), "until": until}
    condition = Message.of("late_answer/if_in_time", due_on=seen.due_on)
    if len(together) > 1:
        condition = Message.of("late_answer/if_all_in_time", count=len(together), due_on=seen.due_on)
    return (*steps, fine(line)), (Counterfactual(condition, change, {"amount": 0}),)


def explain_absence(line: Line, now: QuarterProgress) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """The first answer that is on record now, where the line is gone."""
    if line.ref not in now.first_answers.index:
        return (), ()
    row = now.first_answers.loc[line.ref]
    text = Message.of(
        "late_answer/first" if row["person"] else "late_answer/first_unnamed",
        lead=line.ref,
        at=day_text(row["at"]),
        person=row["person"],
    )
    return (
        Step(FACT, text, "6.3", (Place("feedback", row["file"], int(row["row"]), "person", version=row["version"]),)),
    ), ()


def _row(seen: LateVerification, last: date) -> dict[str, Any]:
    """The cells of a line."""
    done = seen.answered_at
    basis = f"应不晚于 {seen.due_on} 反馈，" + (
        f"{done:%Y-%m-%d} {'移交其他科室' if seen.handed_over else '反馈'}"
        if done
        else f"截至 {seen.as_of:%Y-%m-%d} 未反馈"
    )
    basis += f"；同批 {len(seen.leads)} 条：{'、'.join(seen.leads)}" if seen.leads else ""
    basis += "；期限按暂定日历计算（口径 D15）" if seen.provisional else ""
    return {
        "due": seen.due_on,
        "done": done or seen.as_of,
        "on": seen.due_on,
        "basis": basis,
        "source": where(seen.source),
    }


LATE_VERIFICATION = Clause(
    number=NUMBER,
    regulation="DKHW080004",
    title="未按时甄别",
    function=lines,
    parameters=(PENALTY,),
    readings=("D11", "D15", "D20", "D23", "D41"),
    subject="未按时甄别反馈",
    payer=ADMINISTRATION,
    lines=lines,
    Inputs=LateVerification,
    explain=explain,
    explain_absence=explain_absence,
    recipe=Recipe(PENALTY_SHEET, (PENALTY,), OVERDUE, overdue, _row),
)
