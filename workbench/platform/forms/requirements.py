"""Cells that a rule of the regulation, and not the form, says must not be empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from workbench.core.findings import Finding, Severity
from workbench.platform.forms.check import at_cell, missing
from workbench.platform.forms.read import Form
from workbench.platform.forms.spec import Column, Template
from workbench.platform.forms.values import Problem


def require(form: Form, empty: Mapping[str, np.ndarray], why: Callable[[Template, Column], Problem] = missing) -> None:
    """Return the rows of a form in which a required cell is empty, in the form's own words and order of findings.

    ``empty``: for each column (by key) and row of ``form.rows`` (bool) whether the regulation asks for what is not there;
    ``why``: what is wrong with such a cell. A cell of which something else was said already is left alone.
    """
    if not any(where.any() for where in empty.values()):
        return
    order = {column.key: number for number, column in enumerate(form.template.columns)}
    columns = {column.key: column for column in form.template.columns}
    reported = {(item.row, item.column) for item in form.findings if item.code != "merged_cells"}
    rows, found = form.rows["row"].to_numpy(), []
    returned = form.rows["returned"].to_numpy(dtype=bool, copy=True)
    for key, where in empty.items():
        problem = why(form.template, columns[key])
        for place in np.flatnonzero(where):
            row = int(rows[place])
            if (row, key) in reported:
                continue
            cell = f"{form.letters.get(key, 'A')}{row}"
            text = f"{cell}“{columns[key].title}”：{problem.message}"
            found.append(
                Finding(
                    problem.code,
                    text,
                    Severity.ERROR,
                    form.template.clause,
                    form.file,
                    form.sheet,
                    row,
                    cell,
                    key,
                    localized=at_cell(problem, cell, columns[key].title),
                )
            )
            returned[place] = True
    if not found:
        return
    form.rows["returned"] = returned
    inside = set(rows.tolist())
    start = next((n for n, item in enumerate(form.findings) if _of_row(item, inside)), len(form.findings))
    # stable: what is missing comes before what a merged area says of the same cell, as everything does by its column
    form.findings[start:] = sorted(
        [*found, *form.findings[start:]], key=lambda item: (item.row, order.get(item.column or "", -1))
    )


def _of_row(finding: Finding, rows: set[int]) -> bool:
    """Whether a finding is about a row of the table (a line of totals is none)."""
    return finding.row in rows
