"""Template specs: what `templates/*.yaml` may say, and all of them loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from workbench.core.shipped import shipped
from workbench.core.yaml_texts import plain_values
from workbench.platform.capability import declared, derived
from workbench.platform.regulation.clause import settled_order

Kind = Literal[
    "text",
    "code",
    "person",
    "phone",
    "integer",
    "number",
    "money",
    "date",
    "time",
    "when",
    "month",
    "year",
    "choice",
    "province",
    "city",
]


def _settled_clauses() -> tuple[str, ...]:
    return tuple(settled_order())


LISTS: dict[str, Callable[[], tuple[str, ...]]] = {"settled_clauses": _settled_clauses}


class Part(BaseModel):
    """What header fields and columns have in common.

    ``required``: an empty cell is an error. ``decisive``: a value that cannot be read is an error, not
    just a warning. ``personal``: sealed in the register and never shown in findings. ``staff``: names people of the
    company, who are named in clear. ``hint``: what to fill in,
    ``if_missing``: what follows where a required cell is empty; both may hold numbers of the regulation (``Wording``).
    ``choices``: the words a cell may hold, or the name of a list that is made from declarations (``LISTS``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    title: str
    kind: Kind
    required: bool = False
    decisive: bool = False
    personal: bool = False
    staff: bool = False
    choices: tuple[str, ...] | Literal["settled_clauses"] | None = None
    min: int | None = None
    hint: str | None = None
    if_missing: str | None = None

    @property
    def offered(self) -> tuple[str, ...]:
        """The words a cell may hold; none where any will do."""
        return LISTS[self.choices]() if isinstance(self.choices, str) else self.choices or ()

    @property
    def strict(self) -> bool:
        """Whether a value that cannot be read returns the row."""
        return self.required or self.decisive

    @property
    def expected(self) -> bool:
        """Whether a sheet must have the field at all."""
        return self.required


class Column(Part):
    """A column. ``given``: filled in by us and not read back. ``since``: the version of the template it came with.

    ``required_if``: required where another column has a value. ``required_by``: a dated parameter of the regulation that
    lists the columns a row must not lack; whether a cell is missing is then said by the rule of that clause.
    """

    width: int = 12
    given: bool = False
    since: str | None = None
    required_if: dict[str, str] | None = None
    required_by: str | None = None

    @property
    def idle(self) -> bool:
        """Whether it only counts the rows: it does not make a row a row, and nobody keeps it."""
        return self.key == "seq"

    @property
    def expected(self) -> bool:
        """Whether a sheet must have the column at all, even where the regulation does not ask for it at the moment."""
        return self.required or self.required_by is not None

    @property
    def regulated(self) -> bool:
        """Whether a rule of the regulation, and not the form, says when the cell must not be empty."""
        return self.required_by is not None or any("{" in value for value in (self.required_if or {}).values())


class Highlight(BaseModel):
    """Cells coloured in Excel while staff type.

    In the formula ``{key}`` stands for the row's cell, ``{key:all}`` for the column, other names for the regulation's
    numbers. ``note`` says what the colour means; notes that differ only in what they speak ``of`` are said as one.
    ``when_required``: only where the column must be filled.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    formula: str
    note: str
    of: str | None = None
    when_required: bool = False


class Template(BaseModel):
    """One official form.

    ``migrations``: old version → its column titles that were renamed since. ``left_open``: columns without which a row that
    was filled in by us says nothing. ``missing``: what is said of an empty
    required cell.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    order: str
    form_no: str
    title: str
    version: str
    clause: str | None = None
    migrations: dict[str, dict[str, str]] = {}
    left_open: tuple[str, ...] = ()
    missing: str = "缺少“{title}”，请补填后重新提交。"
    header: tuple[Part, ...]
    columns: tuple[Column, ...]
    highlights: tuple[Highlight, ...] = ()
    instructions: tuple[str, ...] = ()

    def columns_of(self, version: str | None) -> list[Column]:
        """The columns its sheet had in a version (None: in this one)."""
        return [each for each in self.columns if not (each.since and version) or _parts(each.since) <= _parts(version)]

    @property
    def sheet(self) -> str:
        """The name of its data sheet."""
        return self.title[:31]


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


@derived
def templates() -> dict[str, Template]:
    """All templates by id, in the order of their numbers: the shipped ones and those the capabilities bring.

    A later one replaces an earlier one of its id. Raises pydantic's ValidationError for a bad spec.
    """
    paths = [*sorted(shipped("templates").glob("*.yaml")), *declared("templates")]
    found = {item.id: item for item in (Template(**plain_values(path.read_bytes())) for path in paths)}
    return dict(sorted(found.items(), key=lambda named: _number(named[1].order)))


def _number(order: str) -> tuple[bool, int]:
    """Where a template stands among the others: T1, T2 … and then those without a number."""
    return (False, int(order[1:])) if order.startswith("T") else (True, 0)
