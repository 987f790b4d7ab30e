"""Rows of T1 that come again: which lead a row corrects, and whether it may (5.1, D4)."""

from __future__ import annotations

import pandas as pd

from workbench.capabilities.leads.status import CORRECTABLE
from workbench.capabilities.leads.versions import IDENTITY
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.platform.intake.submission import ImportBatch, RowVerdict, Submission

PLAIN = [
    "row",
    "row_id",
    "customer",
    "category",
    "province",
    "city",
    "county",
    "level",
    "contact_title",
    "model",
    "quantity",
    "expected",
    "method",
    "budget",
    "rivals",
    "source",
    "consent",
]
SEALED = ["contact", "phone", "content", "remark"]
# a correction of these is compared; the row's place in the sheet is not
CONTENT = [name for name in (*PLAIN, *SEALED) if name not in ("row", "row_id")]


def match_resubmitted(batch: ImportBatch, rows: pd.DataFrame, by_document: dict[int, Submission]) -> pd.DataFrame:
    """Give every row its lead: a new one, or the one it corrects. Rows without news are left out.

    A row corrects an earlier one of the same reporter and report date with the same hidden row
    id, if it comes in a file of the same name or is about the same customer and place.
    """
    register = batch.register
    first = (register.maximum("lead", "lead") or 0) + 1
    rows = rows.assign(lead=pd.array([pd.NA] * len(rows), dtype="Int64"), version=1, number=None)
    tagged = rows[rows["row_id"].notna()]
    earlier = register.read(
        "lead",
        [
            "lead",
            "version",
            "number",
            "document",
            "row_id",
            "reporter",
            "reported_on",
            "phone_key",
            *CONTENT,
            "customer_key",
        ],
        where={
            "reporter": sorted(set(tagged["reporter"])),
            "reported_on": sorted(set(tagged["reported_on"].dropna())),
            "row_id": sorted(set(tagged["row_id"])),
        },
    )
    if len(earlier):
        rows = _corrections(batch, rows, earlier, by_document)
    new = rows["lead"].isna()
    ids = range(first, first + int(new.sum()))
    rows.loc[new, "lead"] = pd.array(list(ids), dtype="Int64")
    months = rows.loc[new, "filed_at"].dt.strftime("%Y%m")
    rows.loc[new, "number"] = [f"DK{month}-{lead:05d}" for month, lead in zip(months, ids, strict=True)]
    return rows.astype({"lead": "int64"})


def _corrections(
    batch: ImportBatch, rows: pd.DataFrame, earlier: pd.DataFrame, by_document: dict[int, Submission]
) -> pd.DataFrame:
    """Mark the rows that correct a known lead; say so, and drop those that change nothing or come too late."""
    names = batch.register.read("document", ["document", "name"]).set_index("document")["name"]
    earlier = earlier.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last")
    earlier = earlier.assign(file=earlier["document"].map(names), reported_on=earlier["reported_on"].astype("object"))
    known: dict[tuple, list[dict]] = {}
    for item in earlier.to_dict("records"):
        known.setdefault((item["reporter"], item["reported_on"], item["row_id"]), []).append(item)
    status = batch.register.read("state", ["lead", "status"], where={"lead": earlier["lead"].tolist()})
    status = dict(zip(status["lead"], status["status"], strict=True))
    drop = []
    for index, row in zip(rows.index, rows.to_dict("records"), strict=True):
        submission = by_document[row["document"]]
        candidates = known.get((row["reporter"], row["reported_on"], row["row_id"]), [])
        same = [item for item in candidates if all(item[name] == row[name] for name in IDENTITY)]
        match = next(iter(same or [item for item in candidates if item["file"] == submission.form.file]), None)
        if match is None:
            continue
        place = {"row": int(row["row"]), "column": "customer"}
        if all(_alike(match[name], row[name]) for name in CONTENT):
            submission.decide(RowVerdict.UNCHANGED, [place["row"]])
            submission.subjects[place["row"]] = match["number"]
            submission.add_finding(
                "unchanged", Message.of("unchanged", number=match["number"]), severity=Severity.NOTE, **place
            )
            drop.append(index)
        elif status.get(match["lead"]) not in CORRECTABLE:
            submission.return_row(
                place["row"],
                Finding(
                    "already_dispatched", Message.of("already_dispatched", number=match["number"]), column="customer"
                ),
            )
            drop.append(index)
        else:
            rows.loc[index, ["lead", "version", "number"]] = [match["lead"], match["version"] + 1, match["number"]]
            submission.add_finding(
                "corrected", Message.of("corrected", number=match["number"]), severity=Severity.NOTE, **place
            )
    return rows.drop(index=drop)


def _alike(one: object, other: object) -> bool:
    """Whether two cell values say the same; empty is empty."""
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return one == other
