"""Explaining: from a lead, a line, a unit or a total down to the cells, in sentences (clauses 4–7, no personal data)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.leads import explain as explain_leads
from workbench.capabilities.leads.lifecycle import derive
from workbench.capabilities.leads.snapshot import Snapshot, open_snapshot
from workbench.capabilities.leads.visibility import visible_leads
from workbench.capabilities.organization.directory import units_on
from workbench.capabilities.organization.kinds import UnitKind
from workbench.capabilities.settlement import explain_totals
from workbench.capabilities.settlement.basis import Basis
from workbench.capabilities.settlement.clauses.completion import COMPLETION
from workbench.capabilities.settlement.clauses.late_verification import LateVerification
from workbench.capabilities.settlement.clauses.projects import explain_progress
from workbench.capabilities.settlement.explain_adjustments import of_any_line
from workbench.capabilities.settlement.quarter import Line, Quarter
from workbench.capabilities.settlement.reward_progress import QuarterProgress, project_progress
from workbench.capabilities.settlement.settlement import quarter_at, settlement_of
from workbench.core.errors import WrongUse
from workbench.core.messages import Message, text_in
from workbench.core.periods import quarter_bounds, quarter_of_day, quarter_of_month, quarters_between
from workbench.platform.access.session import Session
from workbench.platform.explanation.steps import FACT, LABELS, Counterfactual, Explanation, Place, Step
from workbench.platform.forms.spec import templates
from workbench.platform.intake.layouts import Letters, kept_layouts, usual_letters
from workbench.platform.register.facts import Facts, fact_tables, shown_file
from workbench.platform.regulation.clause import clause as clause_of
from workbench.platform.regulation.clause import settled_order
from workbench.platform.regulation.edition import Policy

TOTAL = ("合计", "total")
SPACES = {"zh": "　", "en": "  "}  # as wide as a word's sign


@dataclass(frozen=True)
class At:
    """What a quarter is explained by: all that is known, or for an approved one what was known at its approval.

    What several lines need is worked out once, and only when a line asks for it.
    """

    facts: Facts
    policy: Policy
    as_of: datetime
    snapshot: Snapshot
    _closed: dict[str, QuarterProgress] = field(default_factory=dict)

    @cached_property
    def states(self) -> pd.DataFrame:
        """The statuses that follow from the facts."""
        now = self.facts is self.snapshot.facts
        return self.snapshot.states if now else derive(self.facts, self.as_of, self.policy)

    @cached_property
    def basis(self) -> Basis:
        """What its lines are explained by."""
        return Basis(self.policy, self.facts, self.states)

    def quarter(self, name: str) -> Quarter:
        """The quarter as its rules see it."""
        kept = {quarter: approval["readings"] for quarter, approval in self.snapshot.approved.items()}
        return quarter_at(self.facts, self.states, name, self.as_of, self.policy, kept)

    def line(self, line: Line, quarter: str) -> Explanation:
        """The chain of one line of the quarter."""
        return located(of_any_line(line, self.basis, quarter, now=self._adjusted(line)), self.facts)

    def _adjusted(self, line: Line) -> QuarterProgress | None:
        if not line.adjusts:
            return None
        if line.adjusts not in self._closed:
            self._closed[line.adjusts] = QuarterProgress(self.quarter(line.adjusts))
        return self._closed[line.adjusts]


def at(snapshot: Snapshot, quarter: str) -> At:
    """The ground a quarter is explained on. An approved quarter: facts, readings and moment of its approval."""
    approval = snapshot.approved.get(quarter)
    if approval is None:
        return At(snapshot.facts, snapshot.policy, snapshot.as_of, snapshot)
    moment = min(approval["as_of"], snapshot.as_of)
    return At(snapshot.facts.up_to(moment), snapshot.policy_of(quarter), moment, snapshot)


def explain(session: Session, what: str, as_of: datetime, quarter: str | None = None) -> list[Explanation]:
    """Explain a lead (its number), a line (``7.1.1/D001/DK202601-00001``), a unit or person, or a total (合计, a clause).

    Everything but a lead needs a ``quarter``; several lines may answer to one description. A verifier gets the leads
    handed to his section; any other is to him as if it were not there. Raises WrongUse
    ``no_quarter``, ``nothing_to_explain``; RegisterError ``not_allowed``.
    """
    session.require("list")
    snapshot = open_snapshot(session, as_of)
    wanted = what.strip()
    found = snapshot.states.index[snapshot.states["number"] == wanted]
    own = visible_leads(session)
    if len(found) and (own is None or int(found[0]) in own):
        return [lead(snapshot, int(found[0]), quarter, money=session.may("settle"), seen=own)]
    session.require("settle")
    if quarter is None:
        raise WrongUse("no_quarter", wanted=wanted)
    return of_quarter(snapshot, wanted, quarter)


def of_quarter(snapshot: Snapshot, wanted: str, quarter: str) -> list[Explanation]:
    """What answers to a description in a quarter, as in ``explain``; leads apart. Raises WrongUse ``nothing_to_explain``."""
    result = settlement_of(snapshot, quarter)
    ground = at(snapshot, quarter)
    head, *rest = [part.strip() for part in wanted.split("/")]
    if wanted in TOTAL or (head in settled_order() and not rest):
        clause = None if wanted in TOTAL else head
        lines = [line for line in result.lines if clause in (None, line.clause)]
        notes = [note.original for note in result.notes if note.code in ("approved", "quarter_not_over")]
        return [explain_totals.of_total(quarter, lines, result.edition, notes, clause)]
    if rest:
        chosen = [
            line for line in result.lines if [line.clause, line.party, line.ref][: len(rest) + 1] == [head, *rest]
        ]
        if chosen:
            return [ground.line(line, quarter) for line in chosen]
    else:
        units = units_on(snapshot.facts.units, quarter_bounds(quarter)[1]).set_index("code")["name"]
        lines = [line for line in result.lines if line.party == wanted]
        if lines or wanted in units.index:
            parts = [ground.line(line, quarter) for line in lines]
            return [explain_totals.of_party(wanted, units.get(wanted), ground.quarter(quarter), lines, parts)]
    raise WrongUse("nothing_to_explain", quarter=quarter, wanted=wanted)


def lead(
    snapshot: Snapshot,
    number: int,
    quarter: str | None = None,
    *,
    money: bool = True,
    seen: Collection[int] | None = None,
) -> Explanation:
    """A lead's chain; with ``money`` also its lines in the quarters that touch it (or in ``quarter`` only).

    ``seen``: the leads the reader may see; no other is named.
    """
    chain = explain_leads.of_lead(snapshot.facts, snapshot.states, number, snapshot.as_of, snapshot.policy, seen)
    chain = located(chain, snapshot.facts)
    if not money:
        return chain
    steps, parts, counterfactuals = list(chain.steps), [], list(chain.counterfactuals)
    state = snapshot.states.loc[number]
    for name in [quarter] if quarter else _touching(snapshot, number):
        ground = at(snapshot, name)
        lines = [line for line in settlement_of(snapshot, name).lines if _about(line, state["number"])]
        parts += [ground.line(line, name) for line in lines]
        if (
            state["counts_in"]
            and quarter_of_month(state["counts_in"]) == name
            and state["reporter_kind"] == UnitKind.DEPARTMENT
        ):
            text = Message.of("total/counts_in_rate", unit=state["reporter"], quarter=name, clause=COMPLETION.number)
            steps.append(Step(FACT, text, COMPLETION.code))
        paid = any(clause_of(line.clause).earning and not line.adjusts for line in lines)
        missing, instead = ((), ()) if paid else _unpaid(ground.quarter(name), number)
        steps += missing
        counterfactuals += instead
    return Explanation(chain.subject, None, tuple(steps), tuple(counterfactuals), tuple(parts))


def _about(line: Line, number: str) -> bool:
    """Whether a line is about a lead, by itself or among those of its batch."""
    return line.ref == number or (isinstance(line.inputs, LateVerification) and number in (line.inputs.leads or ()))


def _unpaid(quarter: Quarter, number: int) -> tuple[tuple[Step, ...], tuple[Counterfactual, ...]]:
    """Why a project that counts earned nothing in a quarter."""
    table = project_progress(quarter)
    return explain_progress(quarter, table.loc[number].to_dict()) if number in table.index else ((), ())


def _touching(snapshot: Snapshot, number: int) -> list[str]:
    """The quarters in which something about a lead may give a line: pick-ups, deadlines, answers, adjustments."""
    facts, state = snapshot.facts, snapshot.states.loc[number]
    lines = facts.contracts[facts.contracts["lead"] == number]
    days = [*facts.feedback.loc[facts.feedback["lead"] == number, "at"], state["due_on"]]
    found = {quarter_of_month(month) for month in lines["month"]} | {
        quarter_of_day(day) for day in days if pd.notna(day)
    }
    if state["counts_in"]:
        found.add(quarter_of_month(state["counts_in"]))
    if closed := found & set(
        snapshot.approved
    ):  # differences are posted later, the last of them in the next open quarter
        later = quarters_between(min(closed), quarter_of_day(snapshot.as_of))[1:]
        still_open = [quarter for quarter in later if quarter not in snapshot.approved]
        found |= set(later) & set(snapshot.approved) | set(still_open[:1])
    return sorted(found)


def located(chain: Explanation, facts: Facts) -> Explanation:
    """A chain whose inputs name the cells they stood in, also of sheets that were not laid out as usual."""
    layouts = kept_layouts(facts)
    if not layouts:
        return chain
    steps = tuple(
        replace(step, places=tuple(_located(place, layouts) for place in step.places)) for step in chain.steps
    )
    return replace(chain, steps=steps)


def _located(place: Place, layouts: dict[tuple[str, str], Letters | None]) -> Place:
    """A place with its cell; by its row alone where files of that name differ."""
    key = (str(fact_tables()[place.table].template), str(place.file))
    if place.cell or place.field is None or key not in layouts:
        return place
    letters = layouts[key]
    return replace(place, cell=f"{letters[place.field]}{place.row}") if letters else replace(place, field=None)


def place_json(place: Place) -> dict[str, Any]:
    """Where an input stands: file, sheet, row, column title and cell, the last two by the layout of the file's version."""
    template = templates()[str(fact_tables()[place.table].template)]
    columns = template.columns_of(place.version)
    title = next((column.title for column in columns if column.key == place.field), None)
    letters = usual_letters(template, place.version)
    cell = place.cell or (f"{letters[place.field]}{place.row}" if place.field in letters else None)
    return {"file": shown_file(place.file), "sheet": template.sheet, "row": place.row, "column": title, "cell": cell}


def place_text(place: Place) -> Message:
    """The same in words."""
    seen = place_json(place)
    names = {name: Message(f"place/{name}", {name: seen[name]}) for name in ("row", "column", "cell") if seen[name]}
    return Message.of("place", file=seen["file"], sheet=seen["sheet"], **{"row": "", "column": "", "cell": "", **names})


def places(steps: Sequence[Step]) -> Iterator[str]:
    """All sources of a chain, each once, in Chinese."""
    yield from dict.fromkeys(str(place_text(place)) for step in steps for place in step.places)


def as_json(explanation: Explanation, lang: str = "zh") -> dict[str, Any]:
    """An explanation as plain values, its sentences in a language."""
    return {
        "subject": text_in(explanation.subject, lang),
        "amount": explanation.amount,
        "steps": [
            {
                "kind": step.kind,
                "clause": step.clause,
                "text": text_in(step.message, lang),
                "sources": [place_json(place) for place in step.places],
            }
            for step in explanation.steps
        ],
        "otherwise": [
            {"text": text_in(each.message, lang), "change": dict(each.change), "outcome": dict(each.outcome)}
            for each in explanation.counterfactuals
        ],
        "parts": [as_json(part, lang) for part in explanation.parts],
    }


def as_text(explanation: Explanation, lang: str = "zh", indent: str = "") -> Iterator[str]:
    """An explanation as lines for a terminal."""
    space = SPACES[lang]
    for step in explanation.steps:
        yield f"{indent}{LABELS[step.kind].text(lang)}{space}{text_in(step.message, lang)}"
        for place in step.places:
            yield f"{indent}{space * 3}{Message.of('step/source', place=place_text(place)).text(lang)}"
    for each in explanation.counterfactuals:
        yield f"{indent}{Message('step/instead').text(lang)}{space}{text_in(each.message, lang)}"
    for part in explanation.parts:
        yield ""
        yield from as_text(part, lang, indent + "  ")
