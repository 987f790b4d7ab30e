"""Check received workbooks without a register: what staff hear before they send (5.1 within a sheet, 5.2, 5.4, 5.6)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from workbench.core.errors import FileRefused
from workbench.desk import leads
from workbench.desk.intake import Receipt, refusal
from workbench.forms.annotate import annotate
from workbench.forms.read import read_many
from workbench.policy.edition import Policy


def check_files(
    paths: Sequence[Path], policy: Policy, *, workers: int = 1, annotate_to: Path | None = None
) -> list[Receipt]:
    """Say of each file what an import would say without knowing the register.

    ``annotate_to``: a folder for marked copies of the files that have findings. In a receipt,
    ``accepted`` are the rows that would be received.
    """
    receipts = {}
    for path, outcome in read_many(list(paths), workers=workers):
        if isinstance(outcome, FileRefused):
            receipts[path] = refusal(outcome)
            continue
        findings = list(outcome.findings)
        if outcome.template.id == "lead_record":
            findings += leads.as_findings(outcome, policy)
        returned = int(outcome.rows["returned"].sum())
        receipts[path] = Receipt(
            outcome.file, outcome.template.id, len(outcome.rows) - returned, returned, findings=findings
        )
        if annotate_to and findings:
            annotate_to.mkdir(parents=True, exist_ok=True)
            annotate(outcome, findings, annotate_to / f"{path.stem}_批注.xlsx")
    return [receipts[path] for path in paths]
