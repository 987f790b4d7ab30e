"""What stands in columns that were added to templates: one list for all of them, and what is personal, with a reason."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.capabilities.leads.visibility import visible_leads
from workbench.core.errors import WrongUse
from workbench.platform.access.session import Session
from workbench.platform.forms.spec import Template, templates
from workbench.platform.intake.added_values import MASK, newest_added
from workbench.platform.intake.tables import ADDED
from workbench.platform.register.columns import from_sealed
from workbench.platform.register.facts import shown_file

COLUMNS = ["place", "template", "subject", "lead", "column", "value", "at", "file", "row", "cell"]
_PLACE = re.compile(r"(\d{1,9})/(\d{1,9})")


def list_added(session: Session, as_of: datetime, wanted: str | None = None) -> pd.DataFrame:
    """The values that count at a moment (columns ``COLUMNS``), by template, subject and column; what is personal is a mask.

    ``wanted``: only those of a template, by its number (T4), id or title. ``place``: file number and row, by which
    ``reveal_row`` opens what is personal. ``template``: its number. A verifier gets what is about leads handed to his
    section. Raises WrongUse ``unknown_template``; RegisterError ``not_allowed``.
    """
    session.require("list")
    template = None if wanted is None else _template(wanted)
    rows = newest_added(open_snapshot(session, as_of).facts, template.id if template else None)
    if (own := visible_numbers(session)) is not None:
        rows = rows[rows["lead"].isin(own)]
    known = templates()
    order = {name: place for place, name in enumerate(known)}
    rows = rows.assign(order=rows["template"].map(order), column=rows["title"], file=rows["file"].map(shown_file))
    rows = rows.sort_values(["order", "subject"], kind="stable")
    numbers = [known[name].order if name in known else name for name in rows["template"]]
    places = [f"{document}/{row}" for document, row in zip(rows["document"], rows["row"], strict=True)]
    return rows.assign(template=numbers, place=places)[COLUMNS].reset_index(drop=True)


def is_place(text: str) -> bool:
    """Whether a text names a row of a received file: file number/row."""
    return _PLACE.fullmatch(text) is not None


def personal_of_row(session: Session, place: str, *, opened: bool) -> dict[str, Any]:
    """What stands in personal added columns of a row of a received file (``12/7``), by their titles; else masks.

    ``opened`` needs the keys of personal fields. Raises WrongUse ``unknown_row``.
    """
    document, row = map(int, place.split("/"))
    where = {"document": document, "row": row, "personal": True, "filled": True}
    columns = ["lead", "title", *(["sealed_value"] if opened else [])]
    rows = session.register.read(ADDED, columns, where=where)
    own = visible_numbers(session)
    if rows.empty or (own is not None and not rows["lead"].isin(own).all()):
        raise WrongUse("unknown_row", place=place)
    values = [from_sealed(text) for text in rows["sealed_value"]] if opened else [MASK] * len(rows)
    return dict(zip(rows["title"], values, strict=True))


def visible_numbers(session: Session) -> set[str] | None:
    """The numbers of the leads this person may see one by one; None: all."""
    own = visible_leads(session)
    if own is None:
        return None
    return set(session.register.read("lead", ["number"], where={"lead": own})["number"])


def _template(wanted: str) -> Template:
    for template in templates().values():
        if wanted.strip() in (template.order, template.id, template.title):
            return template
    raise WrongUse("unknown_template/added", wanted=wanted)
