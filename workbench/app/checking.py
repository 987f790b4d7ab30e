"""Check received workbooks without a register: what staff hear before they send (5.1 within a sheet, 5.2, 5.4, 5.6)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from workbench.app.replies import Copies
from workbench.core.errors import FileRefused
from workbench.core.findings import Finding
from workbench.platform.executors.workers import Workers
from workbench.platform.forms.annotate import WORDS
from workbench.platform.forms.passwords import NONE, Passwords
from workbench.platform.forms.read import BATCH, Form, read_many
from workbench.platform.forms.spec import templates
from workbench.platform.forms.table import read_table
from workbench.platform.intake.outcome import ImportOutcome, of_file, refusal, sheets_of
from workbench.platform.intake.record_intake import intake_of
from workbench.platform.regulation.edition import Policy

PASSED, HEADING = "通过", "检查结果"


def check_files(
    paths: Sequence[Path],
    policy: Policy,
    *,
    workers: int = 1,
    annotate_to: Path | None = None,
    passwords: Passwords = NONE,
    cluster: Workers | None = None,
) -> list[ImportOutcome]:
    """Say of each file what an import would say without knowing the register.

    ``passwords``: what opens those under one; ``cluster``: who reads the files elsewhere. ``annotate_to``: a folder for marked copies of the files that have findings, and slips for those that have none. In a receipt,
    ``accepted`` are the rows that would be received.
    """
    receipts = {}
    with ExitStack() as stack:
        copies = Copies(annotate_to, stack, passwords) if annotate_to else None
        came = read_many(list(paths), workers=workers, passwords=passwords, cluster=cluster)
        while part := list(islice(came, BATCH)):  # what was read together is judged together
            sheets = [outcome for _, read in part for outcome in sheets_of(read)]
            checked = iter(_checked(sheets, policy))
            for path, read in part:
                receipt = of_file(read, list(islice(checked, len(sheets_of(read)))))
                receipts[path] = receipt
                if copies is None:
                    continue
                if isinstance(read, FileRefused):
                    copies.refuse(path, receipt.findings)
                elif receipt.findings and (why := copies.make(read, receipt.findings)):
                    receipt.findings = [*receipt.findings, why]
    return [receipts[path] for path in paths]


def _checked(outcomes: Sequence[Form | FileRefused], policy: Policy) -> list[ImportOutcome]:
    """What is said of each form, those of a template judged together, or why it is refused."""
    found = iter(all_findings([outcome for outcome in outcomes if isinstance(outcome, Form)], policy))
    checked = []
    for outcome in outcomes:
        if isinstance(outcome, FileRefused):
            checked.append(refusal(outcome))
            continue
        returned = int(outcome.rows["returned"].sum())
        taken = len(outcome.rows) - returned
        checked.append(ImportOutcome(outcome.file, outcome.template.id, taken, returned, findings=next(found)))
    return checked


def check_rows(
    grid: list[list[Any]],
    policy: Policy,
    *,
    kind: str | None = None,
    received_on: date | None = None,
    first_row: int = 1,
) -> list[str]:
    """What ``check_files`` would say of each row of a T1 table, the titles in its first row; one text per row.

    Values as in the cells (texts, numbers, datetimes, None; error values as their text). ``kind``: of the reporter;
    ``received_on``: whose day's rules; ``first_row``: the sheet's row of the titles. An empty row has an empty text.
    Raises WrongUse ``no_titles``, ``column_missing``.
    """
    form = read_table(templates()["lead_record"], grid, first_row)
    form.header["reported_on"] = received_on and datetime(received_on.year, received_on.month, received_on.day)
    by_row: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings_of(form, policy, kind):
        by_row[finding.row or first_row].append(finding)
    texts = dict.fromkeys(form.rows["row"].tolist(), PASSED)
    texts |= {row: _sentence(found) for row, found in by_row.items()}
    return [texts.get(first_row, HEADING), *(texts.get(first_row + n, "") for n in range(1, len(grid)))]


def _sentence(found: list[Finding]) -> str:
    """The findings of a row, the graver first, without addresses: they stand in the row."""
    order = list(WORDS)
    found.sort(key=lambda finding: order.index(finding.severity))
    return "；".join(
        f"{WORDS[finding.severity]}：{re.sub(r'^[A-Z]+[0-9]+', '', finding.text()).lstrip('：').rstrip('。')}"
        for finding in found
    )


def findings_of(form: Form, policy: Policy, kind: str | None = None) -> list[Finding]:
    """What the template's rules and the row rules of its intake say of a form; ``kind``: of the sender, where known."""
    (found,) = all_findings([form], policy, kind)
    return found


def all_findings(forms: Sequence[Form], policy: Policy, kind: str | None = None) -> list[list[Finding]]:
    """The same of many forms; the rows of all forms of a template are judged at once, and those that go back are marked."""
    by_template: dict[str, list[int]] = defaultdict(list)
    for place, form in enumerate(forms):
        by_template[form.template.id].append(place)
    rules: dict[int, list[Finding]] = {}
    for template, places in by_template.items():
        intake = intake_of(template)
        if intake and intake.check:
            rules |= zip(places, intake.check([forms[place] for place in places], policy, kind), strict=True)
    return [[*form.findings, *rules.get(place, ())] for place, form in enumerate(forms)]
