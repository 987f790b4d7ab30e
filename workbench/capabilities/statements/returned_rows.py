"""Rows of lead reports that were returned and have not come in since: where they stand, why, and until when (5.2, D18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from workbench.capabilities.leads.receipt_order import form_grace_until
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.leads.versions import FORM
from workbench.core.findings import Severity
from workbench.platform.intake.submission import RowVerdict
from workbench.platform.intake.verdicts import verdicts
from workbench.platform.register.facts import shown_file
from workbench.platform.register.store import Register

COLUMNS = ["file", "received_on", "row", "cell", "clause", "message", "correct_by"]


def still_returned(register: Register, snapshot: Snapshot, within: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """One row per finding: ``unit`` and COLUMNS. ``within``: which times of receipt are asked for.

    ``correct_by``: through which day a row that was returned for its form keeps its place; None where it has none to keep.
    """
    files = register.read("document", ["document", "name", "template", "unit", "received_at", "accepted", "returned"])
    files = files[(files["template"] == "lead_record") & (files["returned"] > 0) & files["unit"].notna()]
    files = files[within(files["received_at"])]
    files = files[~files["document"].isin(snapshot.facts.import_withdrawals["withdrawn"])]
    numbers = files["document"].tolist()
    findings = register.read(
        "finding", ["document", "row", "cell", "clause", "severity", "message"], where={"document": numbers}
    )
    findings = findings[findings["row"].notna() & findings["severity"].eq(Severity.ERROR)]
    again, form = _filed_again(register), _for_their_form(register, numbers)
    rows: list[dict[str, Any]] = []
    for file in files.sort_values(["received_at", "document"]).to_dict("records"):
        own = findings[findings["document"] == file["document"]].sort_values("row", kind="stable")
        said = verdicts(register, file, set(own["row"].astype(int)))
        until = form_grace_until(file["received_at"], snapshot.policy)
        for each in own.to_dict("records"):
            place = (int(file["document"]), int(each["row"]))
            if said.get(place[1]) != RowVerdict.RETURNED or place in again:
                continue
            rows.append(
                {
                    "unit": file["unit"],
                    "file": shown_file(file["name"]),
                    "received_on": file["received_at"],
                    **{name: each[name] for name in ("cell", "clause", "message")},
                    "row": place[1],
                    "correct_by": until if place in form else None,
                }
            )
    return pd.DataFrame(rows, columns=["unit", *COLUMNS], dtype=object)


def _filed_again(register: Register) -> set[tuple[int, int]]:
    """Returned rows (file, row) whose customer the same reporter has filed since."""
    rows = register.read("returned_row", ["document", "row", "reporter", "customer_key", "received_at"])
    pairs = rows.merge(register.read("lead", ["reporter", "customer_key", "filed_at"]), on=["reporter", "customer_key"])
    later = pairs[pairs["filed_at"] > pairs["received_at"]]
    return set(zip(later["document"].astype(int), later["row"].astype(int), strict=True))


def _for_their_form(register: Register, documents: list[int]) -> set[tuple[int, int]]:
    """Rows (file, row) that were returned because something in them could not be read as it was typed."""
    rows = register.read("return_ground", ["document", "row"], where={"document": documents, "ground": FORM})
    return set(zip(rows["document"].astype(int), rows["row"].astype(int), strict=True))
