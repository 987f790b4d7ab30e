"""What happened to a lead and why its status is what it is: its whole chain from the received row on (5, 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads import explain_readings as readings
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.counterfactuals import UNNAMED, lead_counterfactuals, spaced
from workbench.capabilities.leads.explain_changes import change_steps
from workbench.capabilities.leads.lifecycle import undated_until
from workbench.capabilities.leads.projects import days_needed
from workbench.capabilities.leads.status import Status, Verification
from workbench.capabilities.leads.versions import RETURNS
from workbench.capabilities.organization.kinds import UnitKind
from workbench.core.frames import by_time
from workbench.core.messages import Bilingual, Message, joined
from workbench.platform.explanation.steps import (
    FACT,
    SUM,
    VERDICT,
    Explanation,
    Place,
    Step,
    clause_step,
    day_text,
    reading_steps,
)
from workbench.platform.forms.spec import templates
from workbench.platform.intake.added_values import newest_added
from workbench.platform.register.facts import TIME, Facts, tables_of
from workbench.platform.regulation.clause import clause as clause_of
from workbench.platform.regulation.edition import Policy

# what is named where a correction changed it
COLUMNS = {
    "customer": Bilingual("客户", "customer"),
    "category": Bilingual("类别", "category"),
    "city": Bilingual("城市", "city"),
    "quantity": Bilingual("标的量", "quantity"),
}


def of_lead(
    facts: Facts, states: pd.DataFrame, lead: int, as_of: datetime, policy: Policy, seen: Collection[int] | None = None
) -> Explanation:
    """The chain of one lead, without money. ``facts`` as known at ``as_of``, ``states`` derived from them.

    ``seen``: the leads the reader may see one by one (None: all); of others it says that they were there, no more.
    """
    state = states.loc[lead]
    history = _History(facts, states, lead, as_of, policy, seen)
    text = Message.of(
        "lead/verdict_counted" if state["counts_in"] else "lead/verdict",
        number=state["number"],
        as_of=day_text(as_of),
        status=state["status"],
        clause=by_clause(state["clause"]),
        month=state["counts_in"],
    )
    steps = (Step(VERDICT, text, state["clause"] or state["excluded"]), *history.steps())
    return Explanation(state["number"], None, steps, lead_counterfactuals(facts, states, lead, as_of, policy, seen))


def by_clause(clause: str | None) -> str | Message:
    """The clause of a status, in brackets behind it; nothing where it has none."""
    return Message.of("lead/by_clause", clause=clause) if clause else ""


class _History:
    """The facts of one lead, in the order in which they happened to it."""

    def __init__(
        self,
        facts: Facts,
        states: pd.DataFrame,
        lead: int,
        as_of: datetime,
        policy: Policy,
        seen: Collection[int] | None,
    ) -> None:
        self.facts, self.states, self.lead, self.as_of, self.policy = facts, states, lead, as_of, policy
        self.state, self.seen = states.loc[lead], seen

    def steps(self) -> Iterator[Step]:
        """All steps."""
        yield from self._received()
        yield from self._added("lead_record", "5.2")
        yield from self._screened()
        yield from self._of_two_units()
        yield from self._first()
        yield from change_steps(self.facts, self.state, self.lead, self.policy)
        yield from self._verified()
        yield from self._applied()
        yield from self._converted()
        yield from self._added(None, None)

    def _hidden(self, other: Any) -> bool:
        """Whether another lead is none of the reader's business."""
        return self.seen is not None and int(other) not in self.seen

    def _named(self, other: int) -> Any:
        """Another lead by its number, or that it is another one."""
        return UNNAMED if self._hidden(other) else spaced(self.states.at[other, "number"])

    def _own(self, table: str) -> list[dict[str, Any]]:
        rows = getattr(self.facts, table)
        rows = rows[rows["lead"] == self.lead]
        return (by_time(rows, ["lead"]) if "at" in rows else rows.sort_values("version")).to_dict("records")

    def _clause(self, clause: str, *on: Any) -> Step:
        day = (on[0] if on else self.state["received_at"]).date()
        return clause_step(self.policy, clause_of(clause), day)

    def _readings(self, *ids: str, on: date | None = None) -> tuple[Step, ...]:
        return reading_steps(self.policy, ids, on or self.state["received_at"].date())

    def _received(self) -> Iterator[Step]:
        versions, state = self._own("leads"), self.state
        first = versions[0]
        names = ("customer", "category", "province", "city", "quantity")
        text = Message.of(
            "lead/received",
            kind=state["reporter_kind"],
            reporter=state["reporter"],
            at=day_text(first["filed_at"]),
            **{name: first[name] for name in names},
        )
        yield Step(FACT, text, "5.2", (Place("leads", first["file"], first["row"], "quantity"),))
        for before, row in zip(versions, versions[1:]):
            moved = [
                Message.of("lead/moved", column=word, before=before[key], after=row[key])
                for key, word in COLUMNS.items()
                if before[key] != row[key]
            ]
            text = Message.of(
                "lead/corrected",
                at=day_text(row["filed_at"]),
                version=row["version"],
                changes=joined(moved or [Message("lead/nothing_moved")]),
            )
            yield Step(FACT, text, "5.2", (Place("leads", row["file"], row["row"], "quantity"),))
        newest = versions[-1]
        returned = [newest[column] for column in RETURNS]
        if state["received_at"] != newest["received_at"] and state["received_at"] not in returned:
            text = Message.of("lead/place_kept", at=day_text(state["received_at"]))
            yield from (*self._readings("D40"), Step(FACT, text, "5.1"))
        elif state["received_at"] != newest["received_at"]:
            yield from self._readings("D18")
        elif len(versions) > 1 and state["received_at"] != first["filed_at"]:
            yield Step(FACT, Message.of("lead/place_lost", at=day_text(state["received_at"])), "5.1")
        yield from readings.receipt_steps(newest, state["received_at"])
        if newest["ranked_at"] > newest["received_at"]:
            text = Message.of("lead/ranked_later", at=day_text(newest["ranked_at"]))
            yield from (*self._readings("D4", "D26"), Step(FACT, text, "5.1"))

    def _added(self, template: str | None, clause: str | None) -> Iterator[Step]:
        """What stands in columns that were added to a template (None: every one but T1), newest first to last."""
        rows = newest_added(self.facts, template)
        rows = rows[rows["lead"] == self.state["number"]]
        for row in rows[rows["template"].ne("lead_record") | (template is not None)].to_dict("records"):
            form = templates().get(row["template"])
            table = next((each.facts for each in tables_of(row["template"]) if each.facts), "added_values")
            title = form.title if form else row["template"]
            text = Message.of("lead/added", template=title, column=row["title"], value=row["value"])
            place = Place(table, row["file"], row["row"], row["field"], row["cell"])
            yield Step(FACT, text, clause, (place,))

    def _screened(self) -> Iterator[Step]:
        state = self.state
        yield self._clause("5.4")
        minimum = self.policy.value("minimum_quantity", state["received_at"]) or 0
        enough = state["quantity"] >= minimum
        key = "lead/quantity_enough" if enough else "lead/quantity_small"
        text = Message.of(key, quantity=state["quantity"], minimum=minimum)
        yield from (*self._readings("D1"), Step(SUM, text, "5.4"))
        yield from readings.number_itself(state["quantity"], minimum, "5.4")
        yield from readings.edition_steps(state, self.policy)
        if state["category"] == self.policy.value("taxi_category", state["received_at"]):
            level = self._own("leads")[-1]["level"]
            clause = state["clause"] if state["clause"] in ("2", "5.6") else "5.6"
            places = (Place("leads", state["file"], state["row"], "level"),)
            yield self._clause(clause)
            shown_level = level or Message("lead/no_level")
            yield Step(FACT, Message.of("lead/taxi", level=shown_level, kind=state["reporter_kind"]), clause, places)
            if level:
                yield from self._readings("D10", "D10a")
            yield from readings.taxi_steps(state, self._own("leads")[-1], self.policy)
        if state["clause"] in ("5.4", "5.6", "2"):
            yield from self._readings("D22")

    def _of_two_units(self) -> Iterator[Step]:
        """Whether the lead came in a report whose unit code and unit name are those of two units."""
        rows = self.facts.doubted_reporters
        for row in rows[(rows["lead"] == self.lead) & rows["named"].notna()].to_dict("records"):
            text = Message.of("lead/two_units", code=self.state["first_reporter"], other=row["named"])
            yield Step(FACT, text, "5.2")

    def _first(self) -> Iterator[Step]:
        state, reviews = self.state, self.facts.reviews
        numbers = self.states["number"]
        for row in reviews[(reviews["lead"] == self.lead)].sort_values("at", kind="stable").to_dict("records"):
            text = Message.of("lead/reviewed", at=day_text(row["at"]), verdict=row["verdict"])
            if pd.notna(row["other"]):
                other = UNNAMED if self._hidden(row["other"]) else spaced(numbers.get(row["other"]))
                text = Message("lead/reviewed_against", {**text.values, "other": other})
            yield Step(FACT, text, "5.1")
        pointer = {Status.DUPLICATE: "duplicate_of", Status.HELD: "held_by"}.get(state["status"])
        if pointer and pd.notna(state[pointer]):
            first = self.states.loc[int(state[pointer])]
            yield self._clause("5.1")
            yield from self._readings("D2", "D3", "D4")
            hidden = self._hidden(state[pointer])
            owner = Message.of("lead/owned", number=first["number"], reporter=first["reporter"])
            text = Message.of(
                "lead/same_as" if pointer == "duplicate_of" else "lead/close_to",
                other=UNNAMED if hidden else owner,
                at=day_text(first["received_at"]),
                status="" if hidden else Message.of("lead/status_now", status=first["status"]),
            )
            place = Place("leads", first["file"], int(first["row"]), "customer")
            yield Step(FACT, text, "5.1", () if hidden else (place,))
        yield from readings.order_steps(self.states, self.lead, self.policy, self._named)
        behind = int((self.states["duplicate_of"] == self.lead).sum() + (self.states["held_by"] == self.lead).sum())
        if behind:
            yield Step(FACT, Message.of("lead/behind", count=behind), "5.1")

    def _verified(self) -> Iterator[Step]:
        state = self.state
        if pd.isna(state["dispatched_at"]):
            if state["status"] == Status.RECEIVED:
                yield Step(FACT, Message("lead/not_handed_over"), "6.2")
        else:
            days = self.policy.value("verification_days", state["dispatched_at"])
            text = Message.of(
                "lead/handed_over_provisional" if state["provisional"] else "lead/handed_over",
                at=day_text(state["dispatched_at"]),
                section=state["section"],
                days=days,
                due_on=day_text(state["due_on"]),
            )
            yield from (
                self._clause("6.3", state["dispatched_at"]),
                *self._readings("D15"),
                Step(FACT, text, "6.2"),
            )
        yield from readings.term_steps(self.facts, self.lead, self.as_of, self.policy)
        for row in self._own("feedback"):
            known = {"section": row["section"], "at": day_text(row["at"]), "verdict": row["verdict"], "expiry": ""}
            if row["verdict"] == Verification.VALID:
                expiry: Any = Message("lead/no_expiry")
                if pd.notna(row["expires_on"]):
                    expiry = Message.of("lead/expiry", day=day_text(row["expires_on"]))
                known["expiry"] = expiry
            text = Message("lead/answered", known)
            yield Step(
                FACT, text, "6.3", (Place("feedback", row["file"], row["row"], "verdict", version=row["version"]),)
            )
        if state["late"]:
            key = "lead/unanswered" if pd.isna(state["answered_at"]) else "lead/answered_late"
            yield Step(FACT, Message.of(key, due_on=day_text(state["due_on"])), "7.3.1")
        yield from self._established()
        if state["status"] == Status.EXPIRED:
            yield Step(FACT, Message.of("lead/expired", day=day_text(state["expires_on"])), "5.1")
        until = undated_until(pd.Series([state["received_at"]]).astype(TIME), self.policy)
        yield from readings.end_steps(self.facts, state, self.lead, self.as_of, int(until[0]))

    def _established(self) -> Iterator[Step]:
        """The project, and what the readings D42 and D40 did about its date and its vehicles."""
        state, answers = self.state, self._own("feedback")
        if state["project"]:
            dated = pd.notna(state["expires_on"])
            yield from () if dated else self._readings("D42")
            key = "lead/project" if dated else "lead/project_undated"
            yield Step(FACT, Message.of(key, project=state["project"]), "6.4")
            if dated and pd.isna(answers[-1]["expires_on"]):
                yield from self._readings("D42")
                yield Step(FACT, Message.of("lead/date_kept", day=day_text(state["expires_on"])), "6.3")
        if state["sought"] != state["quantity"]:
            text = Message.of("lead/verified", sought=state["sought"], quantity=state["quantity"])
            yield from (*self._readings("D40"), Step(FACT, text, "7.1.1"))

    def _applied(self) -> Iterator[Step]:
        state, rows = self.state, self._own("applications")
        for row in rows:
            text = Message.of("lead/applied", unit=row["unit"], at=day_text(row["at"]))
            yield Step(FACT, text, "5.5", (Place("applications", row["file"], row["row"], "number"),))
        if rows and state["reporter_kind"] == UnitKind.DEALER and state["valid"]:
            received_at, applied_at = (pd.Series([at]).astype(TIME) for at in (state["received_at"], rows[0]["at"]))
            needed = int(days_needed(received_at, applied_at, self.policy)[0])
            days = (rows[0]["at"].date() - state["received_at"].date()).days
            yield self._clause("5.5", rows[0]["at"])
            yield from self._readings("D1")
            text = Message.of(
                "lead/applied_too_soon" if state["excluded"] else "lead/applied_in_time",
                received=state["received_at"].date(),
                applied=rows[0]["at"].date(),
                days=days,
                needed=needed,
            )
            yield Step(SUM, text, "5.5")
            yield from readings.number_itself(days, needed, "5.5")

    def _converted(self) -> Iterator[Step]:
        rows = counting_lines(self.facts, self.policy)
        newest = rows[rows["lead"] == self.lead].sort_values(["month", "contract"])
        for row in newest.to_dict("records"):
            names = ("month", "contract", "quantity", "picked_up")
            known = {"signed_on": day_text(row["signed_on"]), **{name: row[name] for name in names}}
            text = Message("lead/contract", known)
            yield Step(FACT, text, "6.5", (Place("contracts", row["file"], row["row"], "picked_up"),))
        yield from readings.contract_steps(self.facts, self.state, self.lead, rows, self._named)
        state = self.state
        if len(newest):
            text = Message.of(
                "lead/picked_up",
                picked_up=state["picked_up"],
                contracts=state["contract_quantity"],
                quantity=state["quantity"],
            )
            yield Step(SUM, text, "6.5")
        if state["counts_in"]:
            yield self._clause("5.3")
            yield from self._readings("D5")
            received = state["received_at"].strftime("%Y-%m") == state["counts_in"]
            key = "lead/counts" if received else "lead/counts_confirmed"
            yield Step(
                SUM,
                Message.of(key, month=state["counts_in"], at=day_text(state["confirmed_at"].to_pydatetime())),
                "5.3",
            )
