"""T14 奖惩申诉表: appeals against lines of approved quarters, and their outcome (D28, D29)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd

from workbench.capabilities.organization.directory import known_units
from workbench.capabilities.settlement.appeal_rules import DISMISSED, OPEN, PARTLY, UPHELD, check_appeal, deadline
from workbench.capabilities.settlement.cases import APPEAL
from workbench.core.errors import WrongUse
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.core.periods import parse_quarter
from workbench.core.personal_texts import Kind, personal_in, without_phones
from workbench.core.reasons import kept_reason
from workbench.platform.access.session import Session
from workbench.platform.intake.added_values import MASK, facts_shown, with_added
from workbench.platform.intake.rows import Row, note_unchanged, numbers_of_copies, store_rows
from workbench.platform.intake.submission import ImportBatch, RowReturned, Submission
from workbench.platform.register.store import Register
from workbench.platform.regulation.clause import clause
from workbench.platform.regulation.settled_periods import approvals, closed_lines
from workbench.platform.workflow.case import writers

OUTCOMES = (UPHELD, PARTLY, DISMISSED)
KEY = ["quarter", "clause", "party", "ref"]
MADE = ["number", *KEY, "kind", "settled", "claimed", "at", "decide_by"]
COLUMNS = [*MADE, "grounds", "outcome", "amount", "ruled_at", "ruled_by"]


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Number and store admissible appeals; a line is appealed against once, and again when it changed after a dismissal."""
    known = batch.register.read("appeal", ["number", *KEY])
    ledger = _Ledger(
        approvals(batch.register),
        closed_lines(batch.register),
        {tuple(row): number for number, *row in known.itertuples(index=False)},
        Counter(key[0] for key in known[KEY].itertuples(index=False)),
        _dismissed(batch),
    )
    for submission in submissions:
        copied = numbers_of_copies(batch, submission, "appeal")
        examine = partial(_appeal, batch, submission, ledger, copied)
        rows = submission.open_rows()
        said = {int(row["row"]): row.get("grounds") for row in rows.to_dict("records")}
        made = store_rows(batch, submission, "appeal", rows, examine)
        kept = [{name: each[name] for name in ("number", "at", "document", "row")} for each in made]
        texts = [(each, said[each["row"]]) for each in kept]
        sealed = batch.register.names.sealed
        batch.put(
            "appeal_grounds",
            [
                {**each, "grounds": _readable(text) if sealed else MASK, "typed": text}
                for each, text in texts
                if isinstance(text, str)  # an edition may not ask for them
            ],
        )


def _readable(typed: str) -> str:
    """What who rules reads of the grounds: no phone, and nothing where an identity number or an account stands in them."""
    text = without_phones(typed)
    return MASK if personal_in(text) in (Kind.IDENTITY, Kind.ACCOUNT) else text


@dataclass
class _Ledger:
    """What appeals are compared with: approved quarters and their lines, numbers by key, how many a quarter, dismissals."""

    approved: dict
    closed: pd.DataFrame
    numbers: dict[tuple[str, ...], str]
    counts: Counter[str]
    dismissed: dict[str, datetime]


def _appeal(batch: ImportBatch, submission: Submission, ledger: _Ledger, copied: dict[int, str], row: Row) -> list[Row]:
    """The appeal a row makes, with its number: that of its later copy, where there is one. Raises RowReturned."""
    key, settled, since, wrong = _checked(batch, submission, row, ledger.approved, ledger.closed)
    before = ledger.numbers.get(key)
    dismissed = ledger.dismissed.get(before) if before else None
    again = dismissed is not None and since is not None and since > dismissed
    same = copied.get(int(row["row"]))
    if not wrong and before and not again and not same:
        return note_unchanged(
            submission, row, "already_appealed", Message.of("already_appealed", before=before), "ref", "7"
        )
    if wrong:
        raise RowReturned(
            *(Finding(reason.code, reason.original, clause="7", column=reason.column) for reason in wrong)
        )
    if not same:
        ledger.counts[key[0]] += 1
    number = same or f"SS{key[0]}-{ledger.counts[key[0]]:03d}"
    ledger.numbers[key] = number
    due = deadline(submission.received_at, "ruling_days", batch.session.policy)
    submission.add_finding(
        "appeal_received",
        Message.of("appeal_received", number=number, due=due),
        row=row["row"],
        column="ref",
        clause="7",
        severity=Severity.NOTE,
    )
    return [
        {
            "number": number,
            **dict(zip(KEY, key, strict=True)),
            "kind": row["kind"],
            "settled": settled or 0,
            "claimed": int(row["claimed"]),
            "decide_by": due,
        }
    ]


def _checked(
    batch: ImportBatch, submission: Submission, row: Row, approved: dict, closed: pd.DataFrame
) -> tuple[tuple[str, ...], int | None, datetime | None, list[Finding]]:
    """The line an appeal is about, what it was given in all (None: no such line), since when that stands, what is wrong."""
    try:
        quarter = parse_quarter(row["quarter"])
    except WrongUse as error:
        return ("", "", "", ""), None, None, [Finding(error.code, error.message, column="quarter")]
    key = (quarter, row["clause"], row["party"], row["ref"])
    own = closed[closed["quarter"].where(closed["adjusts"].isna(), closed["adjusts"]) == quarter]
    own = own[(own["clause"] == key[1]) & (own["party"] == key[2]) & (own["ref"] == key[3])]
    settled = int(own["amount"].sum()) if len(own) else None
    since = approved.get(quarter, {}).get("at")
    if len(own):  # a difference booked later can be appealed against from then on
        since = max(approved[name]["at"] for name in own["quarter"])
    wrong = check_appeal(row, settled, since, submission.received_at, batch.session.policy)
    if not wrong and settled is None and (unfit := _unfit(batch, key)):
        wrong = [unfit]
    return key, settled, since, wrong


def _dismissed(batch: ImportBatch) -> dict[str, datetime]:
    """When each dismissed appeal was decided."""
    rows = batch.register.read("ruling", ["appeal", "at"], {"outcome": DISMISSED})
    return dict(zip(rows["appeal"], rows["at"], strict=True))


def _unfit(batch: ImportBatch, key: tuple[str, ...]) -> Finding | None:
    """A reward that is missing is one of a listed unit: for its own lead, or for its completion of the quarter."""
    quarter, code, party, ref = key
    if party not in known_units(batch).index:
        return Finding("unknown_unit", Message.of("unknown_unit/of_appeal", party=party), column="party")
    check = clause(code).check_reference
    return check(batch, quarter, party, ref) if check else None


def appeals(session: Session) -> pd.DataFrame:
    """All appeals in order of their numbers with their outcomes: columns COLUMNS; ``grounds`` as who rules reads them, a mask in a
    register whose names are not sealed, None for those who may not read names, and of appeals that came in before they were kept
    so; ``outcome`` 待裁定 where there is none; ``more`` where any holds something in a column that was added to T14.

    Raises RegisterError ``not_allowed``.
    """
    session.require("settle")
    with session.register.snapshot():
        made = session.register.read("appeal", MADE)
        said = session.register.read("appeal_grounds", ["number", "grounds"])
        ruled = session.register.read("ruling", ["appeal", "outcome", "amount", "at", "by"])
    ruled = ruled.rename(columns={"appeal": "number", "at": "ruled_at", "by": "ruled_by"})
    said = said.drop_duplicates("number", keep="last")
    table = made.merge(said, on="number", how="left").merge(ruled, on="number", how="left")
    table = table.sort_values("number", ignore_index=True)
    if session.deidentified:
        table = table.assign(grounds=None)
    table = table.assign(outcome=table["outcome"].astype(object).where(table["outcome"].notna(), OPEN))[COLUMNS]
    return with_added(table, facts_shown(session), "reward_appeal", KEY)


def rule(
    session: Session, number: str, outcome: str, at: datetime, reason: str, amount: int | None = None
) -> int | None:
    """Decide an appeal; gives back what the line should be (yuan), None where it stands.

    ``outcome``: 成立 (as claimed), 部分成立 (``amount``), 不成立. The difference comes with the next open quarter (D5).
    Raises RegisterError ``not_allowed``; WrongUse ``unknown_outcome``, ``no_reason``, ``unknown_appeal``,
    ``already_ruled``, ``own_settlement``, ``own_appeal``, ``before_appeal``, ``amount_does_not_fit``.
    """
    session.require("rule")
    if outcome not in OUTCOMES:
        raise WrongUse("unknown_outcome", outcomes=OUTCOMES)
    reason = kept_reason(reason, "no_reason/of_ruling")
    with session.transaction("rule", at, number=number, outcome=outcome) as entry:
        rows = session.register.read(
            "appeal", ["number", *KEY, "settled", "claimed", "at", "entry"], {"number": number}
        )
        if rows.empty:
            raise WrongUse("unknown_appeal", number=number)
        appeal = rows.iloc[0]
        if APPEAL.is_decided(session.register, number):
            raise WrongUse("already_ruled", number=number)
        if at < appeal["at"]:
            raise WrongUse("before_appeal")
        parts = APPEAL.parts(session.register, {"appeal": number, "quarter": appeal["quarter"]})
        APPEAL.require_another(session, parts, quarter=appeal["quarter"])
        given = _amount(appeal, outcome, amount)
        row = {
            "appeal": number,
            "outcome": outcome,
            **appeal[KEY].to_dict(),
            "amount": given,
            "at": at,
            "by": session.user,
            "reason": reason,
        }
        entry.append("ruling", pd.DataFrame([row]).astype({"amount": "Int64"}))
    return given


def who_submitted(register: Register, row: Mapping[str, Any]) -> set[str]:
    """Who submitted the quarter a ruling is about, as it was approved."""
    approved = register.read("approval", ["submission"], {"quarter": row["quarter"]})["submission"]
    return writers(register, "submission", {"submission": approved.tolist()})


def who_imported(register: Register, row: Mapping[str, Any]) -> set[str]:
    """Who brought in the appeal a ruling is about."""
    return writers(register, "appeal", {"number": row["appeal"]})


def _amount(appeal: pd.Series, outcome: str, amount: int | None) -> int | None:
    """What the line should be by an outcome."""
    claimed, settled = int(appeal["claimed"]), int(appeal["settled"])
    if (amount is not None) != (outcome == PARTLY):
        raise WrongUse("amount_does_not_fit")
    if outcome == DISMISSED:
        return None
    if outcome == UPHELD:
        return claimed
    if amount is None or not min(claimed, settled) < amount < max(claimed, settled):
        raise WrongUse("amount_does_not_fit/partly_upheld", settled=settled, claimed=claimed)
    return amount
