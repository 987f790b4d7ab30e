"""Template specs: what `templates/*.yaml` may say, and all of them loaded."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from workbench.core.shipped import shipped

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one where PyYAML was built with it
Kind = Literal[
    "text", "code", "person", "phone", "integer", "number", "money", "date", "time", "when", "month", "year", "choice",
    "province", "city",
]  # fmt: skip


class Part(BaseModel):
    """What header fields and columns have in common.

    ``required``: an empty cell is an error. ``decisive``: a value that cannot be read is an error, not
    just a warning. ``personal``: sealed in the register and never shown in findings.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    title: str
    kind: Kind
    required: bool = False
    decisive: bool = False
    personal: bool = False
    choices: tuple[str, ...] | None = None
    min: int | None = None
    hint: str | None = None

    @property
    def strict(self) -> bool:
        """Whether a value that cannot be read returns the row."""
        return self.required or self.decisive


class Column(Part):
    """A column. ``given``: filled in by us and not read back. ``required_if``: required where another column has a value."""

    width: int = 12
    given: bool = False
    required_if: dict[str, str] | None = None


class Highlight(BaseModel):
    """Cells coloured in Excel while staff type; ``{key}`` stands for the row's cell, ``{key:all}`` for the column."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    formula: str
    note: str


class Template(BaseModel):
    """One official form. ``migrations``: old version → its column titles that were renamed since."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    order: str
    form_no: str
    title: str
    version: str
    clause: str | None = None
    migrations: dict[str, dict[str, str]] = {}
    header: tuple[Part, ...]
    columns: tuple[Column, ...]
    highlights: tuple[Highlight, ...] = ()
    instructions: tuple[str, ...] = ()

    @property
    def sheet(self) -> str:
        """The name of its data sheet."""
        return self.title[:31]


@lru_cache(maxsize=1)
def templates() -> dict[str, Template]:
    """All templates by id, in the order of their numbers. Raises pydantic's ValidationError for a bad spec."""
    found = [
        Template(**yaml.load(path.read_bytes(), Loader=LOADER)) for path in sorted(shipped("templates").glob("*.yaml"))
    ]
    found.sort(key=lambda item: (item.order[0] != "T", int(item.order[1:]) if item.order[0] == "T" else 0))
    return {item.id: item for item in found}
