"""T6 单位名录: dealers, departments and sections, and who answers for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

import pandas as pd

from workbench.capabilities.organization.directory import UNIT_COLUMNS, known_units
from workbench.capabilities.organization.kinds import UnitState, listed_categories
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.platform.forms.read import Form
from workbench.platform.forms.spec import templates
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission
from workbench.platform.regulation.edition import Policy

INACTIVE = UnitState.INACTIVE.value
CODE = re.compile(r"[0-9A-Za-z\u4e00-\u9fff-]{1,20}")
REPORT = "lead_record"  # whose categories sections handle
LIKE = 0.3  # least likeness (0 … 1) of a word to the one that was meant
# where a unit's code stands once it is in use
IN_USE_AS = {"lead": "reporter", "target": "unit", "dispatch": "section"}


def accept(batch: ImportBatch, submissions: list[Submission]) -> None:
    """Store new and changed units; what is already listed alike is kept as such.

    A unit keeps its kind once it has reported, had a target or been handed a lead: another kind would give it other
    rewards for what was settled.
    """
    known = known_units(batch)
    for submission in submissions:
        rows = _kinds_kept(batch, submission, submission.open_rows(), known["kind"])
        rows = _codes_fit(submission, rows, known.index)
        rows = _successors_fit(submission, rows, known)
        add_unknown_categories(submission, rows)
        rows["state"] = rows["state"].fillna(UnitState.IN_USE.value).mask(rows["successor"].notna(), INACTIVE)
        for code in rows.loc[rows["code"].duplicated(), "code"].unique():
            row = int(rows.loc[rows["code"] == code, "row"].iloc[-1])
            submission.add_finding(
                "repeated_unit",
                Message.of("repeated_unit", code=code),
                row=row,
                column="code",
                severity=Severity.WARNING,
            )
        submission.decide(RowVerdict.UNCHANGED, rows.loc[rows["code"].duplicated(keep="last"), "row"])
        rows = rows.drop_duplicates("code", keep="last")
        compared = [*UNIT_COLUMNS[1:], "successor"]
        before = known.reindex(rows["code"])[compared].astype("object")
        now = rows[compared].astype("object")
        same = (now.fillna("").to_numpy() == before.fillna("").to_numpy()).all(axis=1)
        same &= rows["code"].isin(known.index).to_numpy()
        submission.decide(RowVerdict.UNCHANGED, rows.loc[same, "row"])
        submission.decide(RowVerdict.ACCEPTED, rows.loc[~same, "row"])
        received = pd.Timestamp(submission.received_at)
        since = pd.to_datetime(rows["effective_on"]).clip(lower=received).fillna(received)
        rows = rows.assign(since=since, document=submission.document)
        batch.put("unit", rows[[*UNIT_COLUMNS, "row", "since", "document"]])
        _say_back_in_use(batch, submission, rows, known)
        followed = rows[rows["successor"].notna()]
        batch.put("succession", followed[["code", "successor", "since", "document", "row"]])


def as_findings(forms: Sequence[Form], policy: Policy, kind: str | None = None) -> list[list[Finding]]:
    """What the rules say of directories that are only checked, not imported (6.2), for each."""
    submissions = [Submission(form, datetime(9999, 12, 31), 0) for form in forms]
    for submission in submissions:
        rows = submission.form.rows
        add_unknown_categories(submission, rows[~rows["returned"].astype(bool)])
    return [submission.findings for submission in submissions]


def add_unknown_categories(submission: Submission, rows: pd.DataFrame) -> None:
    """Name the words of 负责类别 that are none of the categories of leads: nothing would be handed over for them (6.2)."""
    known = next(column.offered for column in templates()[REPORT].columns if column.key == "category")
    for row, text in zip(rows["row"], rows["categories"], strict=True):
        for word in listed_categories(None if pd.isna(text) else text):
            if word in known:
                continue
            near = get_close_matches(word, known, 1, LIKE)
            said = Message.of("unknown_category/near", word=word, near=near[0]) if near else None
            submission.add_finding(
                "unknown_category",
                said or Message.of("unknown_category", word=word, categories="、".join(known)),
                row=int(row),
                column="categories",
                clause="6.2",
            )


def _say_back_in_use(batch: ImportBatch, submission: Submission, rows: pd.DataFrame, known: pd.DataFrame) -> None:
    """Of a unit that is in use again since a time that is over: a report refused meanwhile left no trace, and may come again."""
    was = rows["code"].map(known["state"])
    back = rows[was.eq(INACTIVE) & rows["state"].eq(UnitState.IN_USE.value) & (rows["since"] < batch.session.now)]
    for code, since in zip(back["code"], back["since"], strict=True):
        submission.add_remark("back_in_use", Message.of("back_in_use", code=code, since=f"{since:%Y-%m-%d %H:%M}"))


def _codes_fit(submission: Submission, rows: pd.DataFrame, known: pd.Index) -> pd.DataFrame:
    """The rows without those whose new code is none; these are returned. A code that is listed already stays."""
    wrong = [
        index
        for index, code in zip(rows.index, rows["code"], strict=True)
        if code not in known and not CODE.fullmatch(code)
    ]
    for row, code in zip(rows.loc[wrong, "row"], rows.loc[wrong, "code"], strict=True):
        submission.return_row(int(row), Finding("bad_unit_code", Message.of("bad_unit_code", code=code), column="code"))
    return rows.drop(index=wrong)


def _successors_fit(submission: Submission, rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """The rows without those whose successor is no listed unit in use of the same kind; these are returned (D36)."""
    listed = {**known["kind"].to_dict(), **dict(zip(rows["code"], rows["kind"], strict=True))}
    closed = {**known["state"].to_dict(), **dict(zip(rows["code"], rows["state"], strict=True))}
    wrong = []
    for index, code, kind, successor, row in zip(
        rows.index, rows["code"], rows["kind"], rows["successor"], rows["row"], strict=True
    ):
        if pd.isna(successor):
            continue
        if listed.get(successor) != kind or successor == code or closed.get(successor) == INACTIVE:
            message = Message.of("successor_unknown", code=code, successor=successor)
            submission.return_row(int(row), Finding("successor_unknown", message, column="successor"))
            wrong.append(index)
    return rows.drop(index=wrong)


def _kinds_kept(batch: ImportBatch, submission: Submission, rows: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    """The rows without those that would make another kind of a unit in use; these are returned."""
    was = rows["code"].map(known)
    other = rows[was.notna() & was.ne(rows["kind"])]
    used = {
        code
        for code in other["code"]
        for table, column in IN_USE_AS.items()
        if batch.register.count(table, {column: code})
    }
    wrong = other[other["code"].isin(used)]
    for code, row, kind in zip(wrong["code"], wrong["row"], was[wrong.index], strict=True):
        submission.return_row(
            int(row), Finding("kind_in_use", Message.of("kind_in_use", code=code, kind=kind), column="kind")
        )
    return rows.drop(index=wrong.index)
