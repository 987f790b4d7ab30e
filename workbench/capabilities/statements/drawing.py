"""Drawing up statements: workbook and pre-filled appeal form as bytes, from what is told alone; a worker may do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from workbench.capabilities.statements import statement_workbook
from workbench.capabilities.statements.statement import Statement
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.regulation.edition import Policy


@dataclass(frozen=True)
class Drawn:
    """The bytes of a statement's workbook and of its T14; ``appeal``: None where nothing can be appealed against."""

    workbook: bytes = field(repr=False)
    appeal: bytes | None = field(repr=False)


def draw(statements: Sequence[Statement], policy: Policy) -> list[Drawn]:
    """The workbooks of statements; the same statement gives the same bytes wherever it is done."""
    return [Drawn(_workbook(each), _appeal(each, policy) if each.appeal_by else None) for each in statements]


def _workbook(statement: Statement) -> bytes:
    stream = BytesIO()
    statement_workbook.write(statement, stream)
    return stream.getvalue()


def _appeal(statement: Statement, policy: Policy) -> bytes:
    """T14 with a row for each line; a row whose last columns stay empty says nothing."""
    rows: Sequence[dict[str, Any]] = [
        {
            "seq": str(place),
            "quarter": row["adjusts"] or statement.quarter,
            "clause": row["clause"],
            "party": statement.unit,
            "ref": row["ref"],
            "row_id": f"l:{place}",
        }
        for place, row in enumerate(statement.lines.to_dict("records"), start=1)
    ]
    on, header, stream = statement.stamp.as_of.date(), {"unit": statement.unit}, BytesIO()
    form = templates()["reward_appeal"]
    write_form(form, stream, header, rows, policy=policy, on=on, row_count=len(rows) + 5)
    return stream.getvalue()
