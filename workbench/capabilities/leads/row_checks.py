"""What is said of the rows of T1 by themselves, many reports at once: what they lack (5.2), the row rules (5.4, 5.6, 2), repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from workbench.capabilities.leads.corrections import add_copied_ids
from workbench.capabilities.leads.screening import CONTACT_WORDS, incomplete, no_contact, screen_rows
from workbench.capabilities.leads.versions import IDENTITY
from workbench.core import names
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.platform.forms.check import missing
from workbench.platform.forms.read import Form
from workbench.platform.forms.requirements import require
from workbench.platform.forms.spec import Column, Template
from workbench.platform.forms.values import Problem
from workbench.platform.intake.submission import Submission
from workbench.platform.regulation.edition import Policy

# the cell a row rule's finding points at
POINTED_AT = {
    "missing_contact": "contact",
    "missing_phone": "phone",
    "unclear_phone": "phone",
    "too_few_vehicles": "quantity",
    "doubtful_quantity": "quantity",
    "taxi_level": "level",
    "taxi_review": "level",
    "level_unproven": "level",
    "level_disagrees": "level",
}
Why = Callable[[Template, Column], Problem]


def return_incomplete(submissions: list[Submission], policy: Policy) -> None:
    """Have the rows of many reports returned that lack what the regulation asks for on the day of their receipt (5.2, 2)."""
    of_the_files = [each.findings[len(each.form.findings) :] for each in submissions]
    _require_contact([each.form for each in submissions], [each.received_at for each in submissions], policy)
    for each, of_the_file in zip(submissions, of_the_files, strict=True):
        each.findings = [*each.form.findings, *of_the_file]


def _require_contact(forms: Sequence[Form], received: Sequence[datetime | None], policy: Policy) -> np.ndarray:
    """Have the rows of many reports returned that lack what the regulation asks for on a day, or have no contact of the
    customer's. Gives which rows of all forms these are, those included whose cell was spoken of already."""
    lengths = [len(form.rows) for form in forms]
    said = {
        name: np.repeat(np.array([form.header.get(name) for form in forms], dtype=object), lengths)
        for name in ("reporter_person", "reporter_phone")
    }
    rows = pd.concat([form.rows[["contact", "phone", "category", "level"]] for form in forms], ignore_index=True)
    rows = rows.assign(received_at=_repeated(received, lengths), **said)
    lacking: list[tuple[dict[str, pd.Series], Why]] = [(incomplete(rows, policy), missing)]
    lacking += [
        (where, lambda template, column, code=code: Problem.of(code))  # type: ignore[misc]
        for code, where in no_contact(rows, policy).items()
    ]
    ends, any_of_them = np.cumsum(lengths), np.zeros(len(rows), dtype=bool)
    for where, why in lacking:
        found = {column: each.to_numpy(dtype=bool) for column, each in where.items()}
        any_of_them = np.logical_or.reduce([any_of_them, *found.values()])
        for form, end, length in zip(forms, ends, lengths, strict=True):
            require(form, {column: each[end - length : end] for column, each in found.items()}, why)
    return any_of_them


def _repeated(received: Sequence[datetime | None], lengths: Sequence[int]) -> np.ndarray:
    """The time of each row's receipt, by the files'."""
    return np.repeat(pd.Series(list(received), dtype="datetime64[us]").to_numpy(), lengths)


def add_screening(rows: pd.DataFrame, policy: Policy, by_document: dict[int, Submission]) -> None:
    """Apply the row rules (5.4, 5.6, 2) and add what they find to the files concerned."""
    numbers, documents = rows["row"].tolist(), rows["document"].tolist()
    for item in screen_rows(rows.assign(row=range(len(rows))), policy).to_dict("records"):
        place = item["row"]
        by_document[documents[place]].add_finding(
            item["code"],
            item["message"],
            row=numbers[place],
            column=POINTED_AT[item["code"]],
            clause=item["clause"],
            severity=Severity(item["severity"]),
            **item["inputs"],
        )


def in_sheet_duplicates(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of sheets that repeat customer, category and place of an earlier row of theirs (5.1).

    ``rows`` needs customer, category, province, city, row, document; returns document, row and first (Excel rows).
    """
    keyed = rows[["document", "row", *(name for name in IDENTITY if name in rows)]].assign(
        customer_key=names.customer_key(rows["customer"].fillna(""))
    )
    keyed = keyed[keyed["customer_key"].duplicated(keep=False)]  # the others repeat nothing
    first = keyed.groupby(["document", *IDENTITY], dropna=False)["row"].transform("min")
    repeated = keyed["row"].ne(first) & keyed["customer_key"].ne("")
    return keyed.loc[repeated, ["document", "row"]].assign(first=first[repeated])


def as_findings(forms: Sequence[Form], policy: Policy, kind: str | None = None) -> list[list[Finding]]:
    """What the row rules say of reports that are only checked, not imported (5.1 within the sheet, 5.4, 5.6), for each.

    Rows that lack what the regulation asks for (5.2) are returned in the form itself, with its other findings.
    ``kind``: of the reporter, where it is known (经销商 or 部门).
    """
    submissions = [Submission(form, datetime(9999, 12, 31), number) for number, form in enumerate(forms)]
    received = [form.header.get("reported_on") for form in forms]
    lacking = _require_contact(forms, received, policy)
    lengths = [len(form.rows) for form in forms]
    rows = pd.concat([form.rows for form in forms], ignore_index=True).assign(
        document=np.repeat(np.arange(len(forms)), lengths),
        reporter_kind=kind,
        received_at=_repeated(received, lengths),
    )
    stay = ~rows["returned"].to_numpy(dtype=bool)
    rows = rows if stay.all() else rows[stay].reset_index(drop=True)
    told = [] if lacking[stay].any() else [*CONTACT_WORDS]  # of whose contact nothing is left to be said
    add_screening(rows.drop(columns=told), policy, dict(enumerate(submissions)))
    for submission in submissions:
        add_copied_ids(submission)
    for pair in in_sheet_duplicates(rows).to_dict("records"):
        submissions[pair["document"]].add_finding(
            "duplicate",
            Message.of("duplicate", first=pair["first"]),
            row=int(pair["row"]),
            column="customer",
            clause="5.1",
            severity=Severity.WARNING,
        )
    return [submission.findings for submission in submissions]
