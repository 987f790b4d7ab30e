"""7.3.4: information leaked by someone inside; a penalty and an integrity mark each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench.capabilities.settlement.basis import Basis, fine, place
from workbench.capabilities.settlement.inputs import Inputs, Source, optional
from workbench.capabilities.settlement.marks import LIMIT, NUMBER, PENALTY, advices, leaks
from workbench.capabilities.settlement.payers import ADMINISTRATION
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.recipe import EACH, PENALTY_SHEET, Recipe, each, where
from workbench.capabilities.settlement.reward_progress import QuarterProgress
from workbench.core.frames import newest
from workbench.core.messages import Message
from workbench.platform.explanation.steps import FACT, Counterfactual, Place, Step, day_text
from workbench.platform.regulation.clause import Clause


@dataclass(frozen=True, kw_only=True)
class Leak(Inputs):
    """A leak: the mark it gives, how many the person then has, and the number at which dismissal is recommended."""

    incident: str
    happened_on: date
    mark: int
    marks: int
    dismissal_marks: int | None
    penalty: int
    source: Source
    unit: str | None = optional()


def lines(quarter: Quarter) -> Iterator[Line[Leak]]:
    """A penalty and one integrity mark for each leak by an insider; at the limit a note recommends, no more."""
    table = leaks(quarter.facts, quarter.policy, quarter.last)
    for row in table[quarter.contains(table["happened_on"])].itertuples():
        on = row.happened_on.date()
        limit = quarter.policy.value(LIMIT, on)
        inputs = Leak(
            incident=row.number,
            happened_on=on,
            mark=1,
            marks=int(row.marks),
            dismissal_marks=limit,
            penalty=quarter.policy.value(PENALTY, on) or 0,
            source=Source.of(row.file, row.row),
            unit=row.unit or None,
        )
        standing = (row.holder, row.person, int(row.marks), int(row.named), bool(row.sure))
        quarter.notes.extend(advices([standing], limit))
        yield Line(NUMBER, row.person, row.number, -inputs.penalty, None, inputs)


def explain(line: Line[Leak], basis: Basis, last: date) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """The incident, the mark it gives, and that an outsider's leak is none of this clause."""
    seen = line.inputs
    on = seen.happened_on
    text = Message.of("leak/mark", incident=seen.incident, party=line.party, day=on, mark=seen.mark, marks=seen.marks)
    holder = Message.of("leak/holder" if seen.unit else "leak/holder_unclear", unit=seen.unit)
    steps = (
        *basis.rules(line, on, {PENALTY: seen.penalty, LIMIT: seen.dismissal_marks}),
        Step(FACT, text, NUMBER, place("incidents", seen.source, "inside")),
        *([Step(FACT, holder, NUMBER)] if basis.policy.reading("marks_belong_to", on) == "person" else []),
        fine(line),
    )
    change = {"kind": "outsider", "incident": line.ref}
    return steps, (Counterfactual(Message("leak/if_outsider"), change, {"amount": 0}),)


def explain_absence(line: Line, now: QuarterProgress) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """How the incident is on record now, where the line is gone."""
    rows = newest(now.quarter.facts.incidents, ["number", "person"])
    rows = rows[(rows["number"] == line.ref) & (rows["person"] == line.party)]
    steps = []
    for row in rows.to_dict("records"):
        key = "leak/now_insider" if row["inside"] else "leak/now_outsider"
        text = Message.of(key, incident=line.ref, day=day_text(row["happened_on"]))
        steps.append(Step(FACT, text, NUMBER, (Place("incidents", row["file"], int(row["row"]), "inside"),)))
    return tuple(steps), ()


def _row(seen: Leak, last: date) -> dict[str, Any]:
    """The cells of a line."""
    on = seen.happened_on
    basis = f"{on} 泄露，记诚信黑点 {seen.mark} 个，累计 {seen.marks} 个"
    return {"part": seen.mark, "done": on, "on": on, "basis": basis, "source": where(seen.source)}


LEAK = Clause(
    number=NUMBER,
    regulation="DKHW080004",
    title="内部人员泄露信息",
    function=lines,
    parameters=(PENALTY, LIMIT),
    readings=("D20", "D45"),
    subject="内部人员泄露信息",
    payer=ADMINISTRATION,
    lines=lines,
    Inputs=Leak,
    explain=explain,
    explain_absence=explain_absence,
    recipe=Recipe(PENALTY_SHEET, (PENALTY,), EACH, each, _row),
)
