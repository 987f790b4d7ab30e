"""T2 合同登记汇总表: contracts and pick-ups of a month come back (6.5, 7.3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.capabilities.contracts.known_lines import COMPARED, LINE, fitting_in, known_lines
from workbench.capabilities.contracts.line_checks import check_dates
from workbench.capabilities.contracts.replaced_lines import Replaced, replaced_lines, rows_of_month
from workbench.capabilities.leads.contract_history import model_key
from workbench.capabilities.leads.contract_lines import due_on
from workbench.capabilities.leads.duties import last_day
from workbench.capabilities.leads.holdings import holders
from workbench.capabilities.leads.lead_states import known_lead, leads_by_number, refresh_stored, states_at_receipt
from workbench.capabilities.leads.own_acts import require_anothers_word
from workbench.capabilities.leads.status import UNCONFIRMED
from workbench.core.errors import FileRefused
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.core.names import customer_key
from workbench.core.periods import month_bounds
from workbench.platform.intake.rows import Row, store_rows, values
from workbench.platform.intake.submission import ImportBatch, RowReturned, RowVerdict, Submission, returned

ANEW = "重报"
# why a line does not fit what is known, which files received before it may mend
WAITS_FOR = frozenset(
    {
        "unknown_number",
        "not_confirmed",
        "other_reporter",
        "customer_differs",
        "month_before_lead",
        "contract_of_another",
        "contract_too_large",
        "picked_up_above",
        "returned_too_many",
        "contract_ended",
    }
)


def check_file(batch: ImportBatch, submission: Submission) -> None:
    """A register is not taken before its month has begun (D44). Raises FileRefused."""
    month = submission.form.header["month"]
    if submission.received_at.date() < month_bounds(month)[0]:
        form = submission.form
        cell = form.header_cells.get("month")
        raise FileRefused("month_not_begun", month=month, file=form.file, sheet=form.sheet, cell=cell)


def sequence_key(submission: Submission) -> str:
    """All registers are taken in one after another: a contract's lines stand in several months."""
    return submission.form.template.id


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store the lines and the return itself (D25): lines of a file add up, those of an earlier file are replaced.

    An empty register of a month is a nil return; one whose lines were all returned is none (D44).
    """
    for submission in submissions:
        _Month(batch, submission).accept()


class _Month:
    """One file on its way into the register of its month."""

    def __init__(self, batch: ImportBatch, submission: Submission) -> None:
        self.batch, self.submission = batch, submission
        self.month: str = submission.form.header["month"]
        self.anew = submission.form.header.get("mode") == ANEW
        self.multiple = int(batch.session.policy.value("doubtful_contract_multiple", submission.received_at.date()))
        self.rows = submission.open_rows().rename(columns={"amount": "amount_fen"})
        self.leads = leads_by_number(batch, self.rows["number"])
        self.known = known_lines(batch.register, set(self.rows["contract"].dropna()), submission.received_at)
        mates = sorted({*self.leads["lead"], *self.known["lead"]})
        self.states = states_at_receipt(batch, [submission], mates)[submission.received_at]

    def accept(self) -> None:
        lines, wrong = self._lines()
        held = [*rows_of_month(self.batch.register, self.month, self.submission.later), *self._register_rows(lines, [])]
        gone = {each.line for each in self._replaced(held) if each.document == self.submission.document}
        standing = self.known[~self._line_keys(self.known).isin([(self.month, *line) for line in gone])]
        candidates = [{**line, "model": line["model_key"], "month": self.month} for line in lines]
        at = self.submission.received_at
        wrong |= fitting_in(self.batch.register, standing, self.states, at).faults(candidates)
        lines = [line for line in lines if line["row"] not in wrong]
        unchanged = self._unchanged(lines)
        found = {
            line["row"]: [{"month": self.month, **{name: line[name] for name in ("contract", "lead", *COMPARED)}}]
            for line in lines
        }

        def examine(row: Row) -> list[Row]:
            if row["row"] in wrong:
                raise wrong[row["row"]]
            return found[row["row"]]

        store_rows(self.batch, self.submission, "contract_line", self.rows, examine)
        same = [line["row"] for line in lines if self._key(line) in unchanged]
        self.submission.decide(RowVerdict.UNCHANGED, same)
        self._doubt(lines)
        self._keep(lines, wrong)

    # -- the file's rows
    def _lines(self) -> tuple[list[Row], dict[int, RowReturned]]:
        """Rows that are right by themselves, as lines; of the others what is wrong."""
        keys = customer_key(self.rows["customer"])
        own = self.states.loc[self.states.index.isin(self.leads["lead"]), "customer"]
        self.customers = customer_key(own).to_dict()
        lines, wrong = [], {}
        for row, named in zip(self.rows.to_dict("records"), keys):
            try:
                lead = self._confirmed(row, named)
            except RowReturned as error:
                wrong[row["row"]] = error
                continue
            line = {"contract": row["contract"], "lead": lead, **values(row, COMPARED), "number": row["number"]}
            own = {"row": row["row"], "row_id": row["row_id"], "at": self.submission.received_at}
            lines.append({**line, **own, "model_key": model_key(row["model"])})
        return lines, wrong

    def _confirmed(self, row: Row, named: str | None) -> int:
        """The confirmed lead of its own reporter and customer a line is about. Raises RowReturned."""
        number = row["number"]
        lead = known_lead(self.leads[self.leads["lead"].isin(self.states.index)], number, clause="6.5")
        state = self.states.loc[lead]
        if state["status"] in UNCONFIRMED:
            said = Message.of("not_confirmed", number=number, status=state["status"])
            raise returned("not_confirmed", said, "number", "6.5")
        if row["unit"] not in holders(state):
            said = Message.of("other_reporter", number=number, unit=row["unit"])
            raise returned("other_reporter", said, "unit", "6.5")
        if named != self.customers[lead]:
            said = Message.of("customer_differs/contract", number=number)
            raise returned("customer_differs", said, "customer", "6.5")
        check_dates(self.submission, row, state)
        return lead

    def _key(self, line: Row) -> tuple[str, int, str]:
        return line["contract"], line["lead"], line["model_key"]

    def _line_keys(self, lines: pd.DataFrame) -> pd.Series:
        return pd.Series(list(zip(*(lines[name] for name in LINE))), index=lines.index, dtype=object)

    def _unchanged(self, lines: list[Row]) -> set[tuple]:
        """The lines that say, all rows together, what stands in the register already."""
        stands = self.known[self.known["month"] == self.month]
        then: dict[tuple, list[Row]] = {}
        now: dict[tuple, list[Row]] = {}
        for row in stands.sort_values(["at", "row"]).to_dict("records"):
            then.setdefault((row["contract"], row["lead"], row["model_key"]), []).append(values(row, COMPARED))
        for line in lines:
            now.setdefault(self._key(line), []).append(values(line, COMPARED))
        return {key for key, said in now.items() if then.get(key) == said}

    # -- what is kept beside the lines
    def _register_rows(self, lines: list[Row], back: list[Row]) -> list[Row]:
        """What the file held, in the columns of ``register_row``; ``back``: rows that were returned."""
        submission = self.submission
        same = {
            "month": self.month,
            "replaces": int(self.anew),
            "at": submission.received_at,
            "document": submission.document,
        }
        empty = dict.fromkeys(
            ("contract", "lead", "model", "unit", "quantity", "signed_on", "picked_up", "row_id", "row")
        )
        rows = [{**empty, **same}] if self.anew else []
        for line in lines:
            own = {name: line[name] for name in empty if name != "model"}
            rows.append({**own, **same, "model": line["model_key"]})
        rows += [{**empty, **same, "contract": row["contract"], "row": row["row"]} for row in back]
        return rows

    def _replaced(self, rows: list[Row]) -> set[Replaced]:
        documents = self.batch.register.read(
            "document", ["document", "name"], {"template": self.submission.form.template.id}
        )
        names = dict(zip(documents["document"], documents["name"]))
        return replaced_lines(rows, {**names, self.submission.document: self.submission.form.file})

    def _keep(self, lines: list[Row], wrong: Mapping[int, RowReturned]) -> None:
        submission, form = self.submission, self.submission.form
        verdicts = submission.counts()
        if len(form.rows) and verdicts[RowVerdict.RETURNED] == len(form.rows):
            submission.add_finding(
                "not_a_return", Message.of("not_a_return", month=self.month), column="month", clause="6.5"
            )
        else:
            if not submission.again:
                self._not_in_time_by_ones_own_word()
            at = {"month": self.month, "at": submission.received_at, "document": submission.document}
            if not self.batch.register.count("register_return", {"document": submission.document}):
                self.batch.put("register_return", [at])
        back = submission.rows[submission.rows["row"].map(submission.verdicts.get).eq(RowVerdict.RETURNED)]
        back = back[back["contract"].notna()].to_dict("records")
        own = self._register_rows(lines, back)
        self.batch.put("register_row", own)
        held = rows_of_month(self.batch.register, self.month, self.submission.later)
        known = self.batch.register.read("contract_withdrawal", ["contract", "lead", "model", "document", "month"])
        known = known[known["month"] == self.month]
        stored = set(zip(known["contract"], known["lead"], known["model"], known["document"]))
        new = [each for each in self._replaced([*held, *own]) if (*each.line, each.document) not in stored]
        new.sort(key=lambda each: (each.document, each.row or 0, each.line))
        self.batch.put("contract_withdrawal", [self._withdrawal(each) for each in new])
        for each in new:
            self._say(each)

    def _not_in_time_by_ones_own_word(self) -> None:
        """The support section's first return is not in time by a time behind the clock (7.3.3). Raises WrongUse."""
        session, due = self.batch.session, due_on(self.month, self.batch.session.policy)
        first = self.batch.register.minimum("lead", "filed_at")
        if due is None or first is None or self.month < f"{first:%Y-%m}":
            return  # no duty (D21)
        last = last_day(due, session.policy)
        before = self.batch.register.minimum("register_return", "at", {"month": self.month})
        if before is None or before.date() > last:
            require_anothers_word(session, "support", "clerk", "register", self.submission.received_at, last)

    def _withdrawal(self, each: Replaced) -> dict[str, Any]:
        contract, lead, model = each.line
        line = {"month": self.month, "contract": contract, "lead": lead, "model": model}
        return {**line, "at": each.at, "document": each.document}

    def _say(self, each: Replaced) -> None:
        """Name what a file took out of the register; a file that was brought in before it says so here."""
        contract, lead, _ = each.line
        number = self.states["number"].get(lead) or self._number(lead)
        here = each.document == self.submission.document
        key = "line_superseded" if not here else "line_withdrawn" if each.row is None else "line_replaced"
        row = each.row if here else None
        said = Message.of(key, contract=contract, number=number, month=self.month)
        self.submission.add_finding(
            key, said, row=row, column="contract" if row else None, clause="6.5", severity=Severity.WARNING
        )

    def _number(self, lead: int) -> str:
        return str(self.batch.register.read("lead", ["number"], where={"lead": lead})["number"].iloc[0])

    def _doubt(self, lines: list[Row]) -> None:
        """Things that are taken as they are but deserve a look."""
        seen: dict[tuple, int] = {}
        for line in lines:
            state, doubts = self.states.loc[line["lead"]], []
            if pd.notna(state["expires_on"]) and line["signed_on"] > state["expires_on"]:
                doubts.append(("signed_after_expiry", Message.of("signed_after_expiry"), "signed_on"))
            elif line["signed_on"].date() < state["received_at"].date():
                doubts.append(("signed_before_receipt", Message.of("signed_before_receipt"), "signed_on"))
            if pd.isna(state["project"]):
                doubts.append(("not_a_project", Message.of("not_a_project"), "number"))
            if 0 < self.multiple * state["quantity"] <= line["quantity"]:
                said = Message.of("doubtful_contract", quantity=line["quantity"], sought=int(state["quantity"]))
                doubts.append(("doubtful_contract", said, "quantity"))
            total = self._to_date(line, lines)
            if line["cumulative"] is not None and line["cumulative"] not in total:
                said = Message.of("cumulative_differs", cumulative=line["cumulative"], total=total[0])
                doubts.append(("cumulative_differs", said, "cumulative"))
            same = (*self._key(line), *(line[name] for name in COMPARED))
            if same in seen:
                doubts.append(("same_row", Message.of("same_row", first=seen[same]), "contract"))
            seen.setdefault(same, line["row"])
            for code, said, column in doubts:
                self.submission.add_finding(
                    code, said, row=line["row"], column=column, clause="6.5", severity=Severity.WARNING
                )

    def _to_date(self, line: Row, lines: list[Row]) -> tuple[int, int]:
        """Pick-ups up to this month: of the contract's lead, and of the line's model alone."""
        new = {self._key(each) for each in lines}
        stands = [
            row
            for row in self.known.to_dict("records")
            if row["month"] < self.month or (row["month"] == self.month and self._key(row) not in new)
        ]
        own = [row for row in (*stands, *lines) if (row["contract"], row["lead"]) == (line["contract"], line["lead"])]
        mine = [row for row in own if row["model_key"] == line["model_key"]]
        return int(sum(row["picked_up"] for row in own)), int(sum(row["picked_up"] for row in mine))


def on_accept(batch: ImportBatch, submissions: list[Submission], stored: Mapping[str, pd.DataFrame]) -> None:
    """The statuses of the leads whose lines came, were replaced or withdrawn."""
    here = submissions[-1].document
    tables = [stored[name] for name in ("contract_line", "contract_withdrawal") if name in stored]
    if tables:
        rows = pd.concat([table[["lead", "document"]] for table in tables])
        known = {submission.document for submission in submissions}
        rows["document"] = [document if document in known else here for document in rows["document"]]
        refresh_stored(batch, submissions, rows)
