"""What the register keeps of received rows, whatever their template."""

from __future__ import annotations

import pandas as pd

from workbench.platform.register import stored_files
from workbench.platform.register.facts import BOOL, INT, TEXT, TIME, FactTable
from workbench.platform.register.withdrawn import COPIES, REFUSED
from workbench.platform.register.withdrawn import TABLE as WITHDRAWALS

ADDED = "added_value"
LAYOUT = "layout"
CAUSES = "workbench.platform.intake.causes"
WAITING, TAKEN, UNSEEN = "waiting_row", "taken_row", "waiting_unseen"


def _without_values(frame: pd.DataFrame) -> pd.DataFrame:
    """For those who may not see names: a text in a column nobody knows may hold one, a number cannot."""
    numbers = frame["value"].map(lambda value: isinstance(value, int)).astype(bool)
    return frame.assign(value=frame["value"].where(numbers, None))


TABLES = (
    stored_files.TABLE,
    # received files that were taken back, by their numbers: what came with them counts no more from then on
    FactTable(
        name=WITHDRAWALS,
        word="撤回的文件",
        facts="import_withdrawals",
        columns={"withdrawn": INT, "at": TIME, "by": TEXT, "reason": TEXT},
        known_at="at",
        named=("reason",),
        cause=f"{CAUSES}:taken_back",
    ),
    # received files that were received earlier too (D4), by their numbers; `at`: the receipt that counts
    FactTable(
        name=COPIES,
        word="较早收到的同一文件",
        columns={"later": INT, "earlier": INT, "at": TIME},
        cause=f"{CAUSES}:received_earlier",
    ),
    # received files that would have been refused had they come in behind what was received before them (D4), by their
    # numbers; not ``out``: they would not, after all. `at`: their receipt
    FactTable(name=REFUSED, word="应予退回的文件", columns={"refused": INT, "out": BOOL, "at": TIME}),
    # rows that were returned for what a file received earlier may mend (D4), as they came: cells by column as a JSON text,
    # personal ones sealed; and those that were taken in since. `at`: the receipt of their file
    FactTable(
        name=WAITING,
        word="待补接收的行",
        columns={"at": TIME, "cells": TEXT, "personal": BOOL},
        sealed=("sealed_cells",),
        named=("cells",),
    ),
    FactTable(name=TAKEN, word="补接收的行", columns={"at": TIME}),
    # from which receipt on waiting rows are to be looked at by the next one who has the keys of what is personal in them;
    # not ``open``: they were
    FactTable(name=UNSEEN, word="待有密钥者再看的行", columns={"at": TIME, "open": BOOL}),
    # the value is a text or a whole number; None where the cell was emptied (not ``filled``) or its column is personal
    FactTable(
        name=ADDED,
        word="附加栏目",
        facts="added_values",
        columns={
            "template": TEXT,
            "subject": TEXT,
            "lead": TEXT,
            "field": TEXT,
            "title": TEXT,
            "value": TEXT,
            "filled": BOOL,
            "personal": BOOL,
            "at": TIME,
            "document": INT,
            "file": TEXT,
            "row": INT,
            "cell": TEXT,
        },
        known_at="at",
        by_lead_number="lead",
        without_names=_without_values,
    ),
    # `letters`: column key → letters of its column in the sheet, as a JSON text; only of sheets that are not as usual
    FactTable(
        name=LAYOUT,
        word="列位",
        facts="layouts",
        columns={"template": TEXT, "file": TEXT, "letters": TEXT},
    ),
)
