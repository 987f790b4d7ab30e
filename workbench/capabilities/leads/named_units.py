"""A report whose unit code and unit name are those of two listed units: it is held until a person says whose it is."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from workbench.capabilities.leads.changes import Matter
from workbench.capabilities.organization.directory import all_units, known_units, unit_at
from workbench.capabilities.organization.successions import successors_on
from workbench.core.findings import Severity
from workbench.core.messages import Message
from workbench.core.names import customer_key
from workbench.platform.intake.submission import ImportBatch, Submission
from workbench.platform.register.facts import Facts

CLAUSE = "5.2"  # a report has to be true: who reports is part of it


def _plain(names: Iterable[str]) -> list[str]:
    """Names of units as they are told apart: one script and width, no spaces, marks or company suffix."""
    keys = customer_key(pd.Series(list(names), dtype=object))
    return ["" if pd.isna(key) else str(key) for key in keys]


def another_named(batch: ImportBatch, submission: Submission) -> str | None:
    """The code of the other listed unit whose name a report gives; None where the name is its own, or nobody's.

    The name of a unit that the report's unit has succeeded is taken for its own (D36).
    """
    header = submission.form.header
    if not header.get("unit_name"):
        return None
    code, listed = header["unit"], known_units(batch)
    own = (listed.at[code, "name"], unit_at(batch, code, submission.received_at)["name"])
    typed, *mine = _plain([header["unit_name"], *own])
    if not typed or typed in mine:
        return None
    followed = successors_on(batch.once("succession", all_units), submission.received_at.date())
    for other, name in zip(listed.index, _plain(listed["name"]), strict=True):
        if name == typed and other != code and followed.get(str(other)) != code:
            return str(other)
    return None


def check_name(batch: ImportBatch, submission: Submission) -> None:
    """Say where a report's unit name is not that of its code: a warning, or an error where it is another unit's."""
    header, listed = submission.form.header, known_units(batch)
    code, typed = header["unit"], header.get("unit_name")
    name = listed.at[code, "name"]
    if not typed or typed == name:
        return
    if other := another_named(batch, submission):
        said = Message.of("unit_name_of_another", code=code, name=name, other=other, typed=listed.at[other, "name"])
        submission.add_finding("unit_name_of_another", said, column="unit_name", clause=CLAUSE, unit=code, other=other)
        return
    said = Message.of("unit_name_differs", name=name)
    submission.add_finding("unit_name_differs", said, column="unit_name", severity=Severity.WARNING)


def keep_doubts(batch: ImportBatch, rows: pd.DataFrame, by_document: dict[int, Submission]) -> None:
    """Remember which leads came in a report of two units, and which of these came again in one of their own (``named``
    empty)."""
    known = set(batch.register.read("doubted_reporter", ["lead"])["lead"])
    for document, submission in by_document.items():
        at, other = pd.Timestamp(submission.received_at), another_named(batch, submission)
        if other:
            mine = rows.loc[rows["document"] == document, ["lead", "document", "row"]]
            batch.put("doubted_reporter", mine.assign(named=other, at=at))
        elif known and (repeated := _repeated(batch, submission)):
            found = [
                {"lead": lead, "document": document, "row": row, "at": at} for lead, row in repeated if lead in known
            ]
            batch.put("doubted_reporter", pd.DataFrame(found).assign(named=None) if found else [])


def _repeated(batch: ImportBatch, submission: Submission) -> list[tuple[int, int]]:
    """The leads of which a report says nothing new, each with its row."""
    rows = {number: row for row, number in submission.subjects.items() if row in submission.verdicts}
    leads = batch.register.read("lead", ["lead", "number"], where={"number": sorted(rows)})
    return [(int(lead), rows[number]) for lead, number in zip(leads["lead"], leads["number"])]


def doubted(leads: pd.DataFrame, known: Facts, changed: pd.DataFrame) -> np.ndarray:
    """Which ``leads`` came in reports of two units only, and were not given to either by a decided T20."""
    said = known.doubted_reporters
    if said.empty:
        return np.zeros(len(leads), dtype=bool)
    doubts, versions = said[said["named"].notna()], known.leads[known.leads["lead"].isin(said["lead"])]
    kept = set(zip(doubts["lead"].tolist(), doubts["document"].tolist(), strict=True))
    came = zip(versions["lead"].tolist(), versions["document"].tolist(), strict=True)
    sure = {lead for lead, document in came if (lead, document) not in kept}
    sure |= set(said.loc[said["named"].isna(), "lead"])
    sure |= set(changed.loc[changed["matter"] == Matter.NEW_REPORTER, "lead"].astype("int64"))
    return leads["lead"].isin(set(doubts["lead"]) - sure).to_numpy()
