"""In which columns a received sheet had what, where that is not as usual: so that its cells are named as they were.

Usual is the official layout of the template, without columns that were added to it by a line of YAML. Of a sheet that is
as usual nothing is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from workbench.platform.forms.spec import Template
from workbench.platform.intake.record_intake import added_columns
from workbench.platform.intake.submission import ImportBatch, Submission
from workbench.platform.intake.tables import LAYOUT
from workbench.platform.register.facts import Facts

Letters = Mapping[str, str]  # column key → letters of its column in the sheet


def usual_letters(template: Template, version: str | None = None) -> dict[str, str]:
    """Where the columns of a template stand in the official layout of a version (None: of this one)."""
    from xlsxwriter.utility import xl_col_to_name  # it loads the whole writer, which no list needs

    added = {column.key for column in added_columns(template) if not column.since}
    keys = [column.key for column in template.columns_of(version) if column.key not in added]
    return {key: xl_col_to_name(place) for place, key in enumerate(keys)}


def put_layouts(batch: ImportBatch, submissions: Sequence[Submission]) -> None:
    """Store the layout of the sheets that are not as usual."""
    rows = []
    for submission in submissions:
        usual, letters = usual_letters(submission.form.template), submission.form.letters
        if any(letters[key] != letter for key, letter in usual.items() if key in letters):
            template = submission.form.template.id
            rows.append({"document": submission.document, "template": template, "letters": json.dumps(letters)})
    batch.put(LAYOUT, rows)


def kept_layouts(facts: Facts) -> dict[tuple[str, str], Letters | None]:
    """(template, file) → its layout; None where files of one name had different ones."""
    found: dict[tuple[str, str], Letters | None] = {}
    for row in facts.layouts.to_dict("records"):
        key, letters = (row["template"], row["file"]), json.loads(row["letters"])
        found[key] = letters if found.get(key, letters) == letters else None
    return found
