"""7.3.2b and 7.3.3: duties with a fixed day that was missed, the publication and the return of the contract register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads import contract_lines
from workbench.capabilities.organization.kinds import SectionFunction
from workbench.capabilities.publication import publications
from workbench.capabilities.settlement.basis import Basis, fine, place
from workbench.capabilities.settlement.inputs import Inputs, Source, moment, optional
from workbench.capabilities.settlement.payers import ADMINISTRATION
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.recipe import OVERDUE, PENALTY_SHEET, Recipe, overdue, source_of, where
from workbench.capabilities.settlement.reward_progress import QuarterProgress
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.platform.explanation.steps import FACT, Counterfactual, Place, Step, day_text
from workbench.platform.regulation.clause import Clause

PUBLICATION, PUBLICATION_PENALTY = "7.3.2b", "missed_publication_penalty"
REGISTER, REGISTER_PENALTY = "7.3.3", "late_register_penalty"


@dataclass(frozen=True, kw_only=True)
class MissedPublication(Inputs):
    """A publication day of the strategy section, and when it published after all.

    ``last_day``: through which it was in time, where its day was a day off (D31).
    """

    section: str | None
    due_on: date
    published_at: datetime | None
    as_of: datetime
    penalty: int
    duty_since: str | None
    last_day: date | None = optional()

    @property
    def done_at(self) -> datetime | None:
        """When the duty was done."""
        return self.published_at


@dataclass(frozen=True, kw_only=True)
class LateRegister(Inputs):
    """A month's contract register of the support section, and when it came back after all; ``last_day`` as above."""

    section: str | None
    due_on: date
    month: str
    returned_at: datetime | None
    source: Source
    as_of: datetime
    penalty: int
    duty_since: str | None
    last_day: date | None = optional()

    @property
    def done_at(self) -> datetime | None:
        """When the duty was done."""
        return self.returned_at


def publication_lines(quarter: Quarter) -> Iterator[Line[MissedPublication]]:
    """7.3.2b: publication dates missed by the strategy section, ref = date."""
    table = publications.missed(
        quarter.facts.publications,
        quarter.beginning,
        quarter.first,
        quarter.last,
        quarter.as_of.date(),
        quarter.policy,
    )
    for row in table.itertuples():
        section, party, common = _duty(
            quarter, PUBLICATION, SectionFunction.STRATEGY.value, row.due_on, row.last_day, PUBLICATION_PENALTY
        )
        inputs = MissedPublication(section=section, due_on=row.due_on, published_at=moment(row.published_at), **common)
        yield Line(PUBLICATION, party, row.due_on.isoformat(), -inputs.penalty, None, inputs)


def register_lines(quarter: Quarter) -> Iterator[Line[LateRegister]]:
    """7.3.3: contract registers not returned in time by the support section, ref = contract month."""
    table = contract_lines.missed_returns(
        quarter.facts.returns, quarter.beginning, quarter.first, quarter.last, quarter.as_of.date(), quarter.policy
    )
    for row in table.itertuples():
        section, party, common = _duty(
            quarter, REGISTER, SectionFunction.SUPPORT.value, row.due_on, row.last_day, REGISTER_PENALTY
        )
        inputs = LateRegister(
            section=section,
            due_on=row.due_on,
            month=row.month,
            returned_at=moment(row.returned_at),
            source=Source.of(row.file),
            **common,
        )
        yield Line(REGISTER, party, row.month, -inputs.penalty, None, inputs)


def _duty(
    quarter: Quarter, clause: str, function: str, due: date, last: date, penalty: str
) -> tuple[str | None, str, dict[str, Any]]:
    """The section with a function, who answers for it, and what both kinds of duty keep."""
    section, person = quarter.sections.with_function(function, due)
    if section is None:
        quarter.note(
            "no_section",
            Message.of("no_section/penalty_without", function=function),
            clause,
            Severity.WARNING,
            function=function,
        )
    party = quarter.responsible(person, section, due, clause) if section else function
    amount = quarter.policy.value(penalty, due) or 0
    as_of = quarter.as_of.replace(microsecond=0)
    since = quarter.beginning.since(due, quarter.policy)
    common = {"as_of": as_of, "penalty": amount, "duty_since": since, "last_day": last if last != due else None}
    return section, party, common


def _no_returns(basis: Basis, line: Line[LateRegister]) -> Iterator[Message]:
    """D44: the registers of a month that came and are no return, for none of their lines was taken in."""
    seen = line.inputs
    known = None if basis.facts is None else basis.facts.up_to(seen.returned_at or seen.as_of)
    if known is None:
        return
    rows = known.register_rows[known.register_rows["month"] == seen.month]
    returns = known.returns[known.returns["month"] == seen.month]
    came = rows.drop_duplicates(["at", "file"])[["at", "file"]].sort_values(["at", "file"])
    for at, file in came.itertuples(index=False):
        if not (returns["at"].eq(at) & returns["file"].eq(file)).any():
            yield Message.of("duty/no_return", file=file, at=day_text(at))
    if seen.returned_at is None:
        yield Message.of("duty/register_none")


@dataclass(frozen=True)
class _Duty:
    """A kind of duty: the name of its texts, its word in the list of lines, its parameter, where it is on record."""

    name: str
    short: str
    change: str
    parameter: str
    table: str | None = None

    def explain(self, line: Line[Any], basis: Basis, last: date) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
        """The last day, and when the duty was done."""
        seen = line.inputs
        due, done = seen.due_on, seen.done_at
        section = seen.section or Message("duty/no_section")
        about = {"due_on": due, "section": section, "month": getattr(seen, "month", None)}
        term = Message(f"duty/{self.name}_term", about)
        moment = day_text(done or seen.as_of)
        text = Message.of(f"duty/{self.name}_late" if done else f"duty/{self.name}_open", at=moment)
        places = place(self.table, source_of(seen), None) if self.table else ()
        until = seen.last_day or due
        deferred = (
            [Step(FACT, Message.of("duty/day_off", due_on=due, until=until), line.clause)] if until != due else []
        )
        steps = (
            *basis.rules(line, due, {self.parameter: seen.penalty}),
            Step(FACT, term, line.clause),
            *deferred,
            Step(FACT, text, line.clause, places),
            *([Step(FACT, Message.of("duty/begins", since=seen.duty_since), line.clause)] if seen.duty_since else []),
            *([Step(FACT, text, line.clause) for text in _no_returns(basis, line)] if self.table else []),
            basis.bearer(line, seen.section),
            fine(line),
        )
        change = {"kind": self.change, "ref": line.ref, "leads": [line.ref], "until": until.isoformat()}
        kind = "if_in_time" if until == due else "if_by"
        return steps, (Counterfactual(Message.of(f"duty/{self.name}_{kind}", due_on=until), change, {"amount": 0}),)

    def row(self, seen: Any, last: date) -> dict[str, Any]:
        """The cells of a line."""
        due, done = seen.due_on, seen.done_at
        basis = f"应不晚于 {due} {self.short}，"
        basis += f"遇休息日顺延至 {seen.last_day}（口径 D31），" if seen.last_day else ""
        basis += f"{done:%Y-%m-%d} {self.short}" if done else f"截至 {seen.as_of:%Y-%m-%d} 未{self.short}"
        source = where(source_of(seen))
        return {"due": due, "done": done or seen.as_of, "on": due, "basis": basis, "source": source}


_PUBLISHED = _Duty(name="publication", short="通报", change="publication", parameter=PUBLICATION_PENALTY)
_RETURNED = _Duty(name="register", short="返回", change="return", parameter=REGISTER_PENALTY, table="returns")


def explain_publication(line: Line, now: QuarterProgress) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """When it was published, where the line is gone."""
    known = now.quarter.facts.publications
    rows = known[known["due_on"] == pd.Timestamp(line.ref)].sort_values("at").head(1)
    texts = [Message.of("duty/publication_done", day=line.ref, at=day_text(at)) for at in rows["at"]]
    return tuple(Step(FACT, text, "6.1") for text in texts), ()


def explain_register(line: Line, now: QuarterProgress) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """When the register came back, where the line is gone."""
    known = now.quarter.facts.returns
    rows = known[known["month"] == line.ref].sort_values("at").head(1)
    return tuple(
        Step(
            FACT,
            Message.of("duty/register_done", month=line.ref, at=day_text(at)),
            "6.5",
            (Place("returns", file),),
        )
        for at, file in zip(rows["at"], rows["file"], strict=True)
    ), ()


MISSED_PUBLICATION = Clause(
    number=PUBLICATION,
    regulation="DKHW080004",
    title="未按时通报",
    function=publication_lines,
    parameters=(PUBLICATION_PENALTY,),
    readings=("D14", "D20", "D21", "D23", "D27", "D31"),
    subject="未按时通报",
    payer=ADMINISTRATION,
    lines=publication_lines,
    Inputs=MissedPublication,
    explain=_PUBLISHED.explain,
    explain_absence=explain_publication,
    recipe=Recipe(PENALTY_SHEET, (PUBLICATION_PENALTY,), OVERDUE, overdue, _PUBLISHED.row),
)
LATE_REGISTER = Clause(
    number=REGISTER,
    regulation="DKHW080004",
    title="合同登记未按时反馈",
    function=register_lines,
    parameters=(REGISTER_PENALTY,),
    readings=("D16", "D20", "D21", "D23", "D31", "D44"),
    subject="合同登记未按时返回",
    payer=ADMINISTRATION,
    lines=register_lines,
    Inputs=LateRegister,
    explain=_RETURNED.explain,
    explain_absence=explain_register,
    recipe=Recipe(PENALTY_SHEET, (REGISTER_PENALTY,), OVERDUE, overdue, _RETURNED.row),
)
