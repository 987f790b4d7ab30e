"""Which lines of a month's register do not stand any more because a later file replaced them or left them out (D25)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from workbench.capabilities.leads.contract_history import model_key, without_given_back
from workbench.platform.forms.check import OF_A_BLANK
from workbench.platform.intake.rows import Row
from workbench.platform.register.store import Register

KEY = ("contract", "lead", "model")
COLUMNS = ["month", *KEY, "unit", "quantity", "signed_on", "picked_up", "row_id", "replaces", "at", "document", "row"]
Line = tuple[str, int, str]


class Replaced(NamedTuple):
    """A line that does not stand since a later file came in; ``row``: of that file, None where it was left out."""

    line: Line
    at: Any
    document: int
    row: int | None


def rows_of_month(register: Register, month: str, without: Sequence[int] = ()) -> list[Row]:
    """What all files of a month held, and the lines of files that were taken in before that was kept.

    ``without``: files that count no more, because the same was received earlier.
    """
    kept = register.read("register_row", COLUMNS, where={"month": month})
    lines = register.read("contract_line", [c for c in COLUMNS if c not in ("row_id", "replaces")], {"month": month})
    lines = lines[~lines["document"].isin(kept["document"])].assign(row_id=None, replaces=0)
    lines["model"] = lines["model"].map(model_key)
    both = pd.concat([each.astype(object) for each in (kept, lines)], ignore_index=True)[COLUMNS]
    both = both[~both["document"].isin(without)]
    fits = without_given_back(both, register.read).index
    both["lead"] = both["lead"].where(both.index.isin(fits), None)
    return both.where(both.notna(), None).to_dict("records")


def replaced_lines(rows: Sequence[Row], names: dict[int, str]) -> set[Replaced]:
    """D25, over all files of one month in any order; ``names``: of the files by document.

    A row under the id of an earlier one that now names another contract, lead or model stands for a line of its own
    where the old line stands elsewhere in the file or the new one was known before.
    """
    files: dict[int, list[Row]] = {}
    for row in rows:
        files.setdefault(row["document"], []).append(row)
    order = sorted(files, key=lambda document: (files[document][0]["at"], names.get(document, ""), document))
    found: set[Replaced] = set()
    before: dict[Line, Row] = {}
    for document in order:
        own = files[document]
        held = {_line(row) for row in own if row["lead"] is not None}
        if any(row["replaces"] for row in own):
            left = {row["contract"] for row in own if row["contract"] is not None and row["lead"] is None}
            for line in [line for line in before if line not in held and line[0] not in left]:
                found.add(Replaced(line, own[0]["at"], document, None))
                del before[line]
        for old, row in list(_under_their_ids(before, held, own, names)):
            found.add(Replaced(old, row["at"], document, row["row"]))
            before.pop(old, None)
        before |= {_line(row): row for row in own if row["lead"] is not None}
    return found


def _line(row: Row) -> Line:
    return row["contract"], int(row["lead"]), row["model"]


def _under_their_ids(
    before: dict[Line, Row], held: set[Line], own: Sequence[Row], names: dict[int, str]
) -> Iterator[tuple[Line, Row]]:
    """The earlier lines that rows of a file stand in place of, with the row."""
    known = {row["row_id"]: (line, row) for line, row in before.items() if row["row_id"]}
    for row in own:
        if row["lead"] is None or row["row_id"] not in known or _line(row) in before:
            continue
        line, old = known[row["row_id"]]
        if line not in held and _comes_again(old, row, names.get(old["document"]) == names.get(row["document"])):
            yield line, row


def _comes_again(old: Row, row: Row, same_name: bool) -> bool:
    """Whether a row under the same id is the old one, corrected: one thing that names the line changed, little else."""
    if not OF_A_BLANK.fullmatch(row["row_id"]):  # the id of a pre-filled register names one line
        return True
    changed = [name for name in KEY if old[name] != row[name]]
    if len(changed) != 1 or old["unit"] != row["unit"]:
        return False
    alike = [old[name] == row[name] for name in ("signed_on", "quantity", "picked_up")]
    return same_name or (all(alike) if changed == ["lead"] else alike[0] and any(alike[1:]))
