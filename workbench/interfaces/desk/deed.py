"""What can be done on the desk page: what a deed asks for, what it is given, what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.app import unlock
from workbench.app.interface import buttons
from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.platform.capability import resolve

if TYPE_CHECKING:
    from workbench.interfaces.desk.work import Progress
    from workbench.platform.access.session import Session

OWN = {"report": "workbench.interfaces.desk.deeds_papers:REPORT"}  # what is no single button of Excel
HIDDEN = {"decide": "workbench.interfaces.desk.deeds_review:DECIDE"}  # done from within an answer


@dataclass(frozen=True)
class Asked:
    """Whom a form is made for: the time, and the unlocked register where the deed needs it."""

    now: datetime
    session: Session | None


@dataclass(frozen=True)
class Field:
    """A field of a deed's form. ``kind``: ``files``, ``text``, ``choice`` or ``secret`` (typed unseen, kept nowhere).

    ``label``: a text by its key; ``value``: what is proposed; ``choices``: what can be chosen; ``needed``: it may not stay empty.
    """

    name: str
    kind: str
    label: str
    value: Callable[[Asked], str] | None = None
    choices: Callable[[Asked], Sequence[str]] | None = None
    needed: bool = True

    def as_json(self, asked: Asked) -> dict[str, Any]:
        """The field as the page draws it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "label": text_for(self.label),
            "value": self.value(asked) if self.value else "",
            "choices": list(self.choices(asked)) if self.choices else [],
            "needed": self.needed,
        }


@dataclass
class DeskCall:
    """One deed as it is done. ``given``: what was typed, by field; ``files``: what was dropped; ``folder``: where what is
    written goes, gone with the answer; ``now``: PRC time; ``deed``: what is done and stays done, in a sentence; whatever fails
    afterwards is told behind it.
    """

    now: datetime
    given: Mapping[str, str]
    files: list[Path]
    folder: Path
    progress: Progress
    deed: str = ""

    def text(self, name: str) -> str:
        """What was typed into a field, without space around it."""
        return self.given.get(name, "").strip()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The unlocked register; its time is that of the deed. Raises RegisterError as ``unlock.current``."""
        with unlock.current(self.now) as session:
            yield session


@dataclass(frozen=True)
class Table:
    """A table of an answer: texts only. ``leads_to``: for each row the deed that does what it says (``{"deed", "given"}``), where
    there is one.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    leads_to: Sequence[dict[str, Any] | None] = ()


@dataclass
class Answer:
    """What a deed answers: sentences, tables, lines of text as they are, pairs to decide on, and files to take away."""

    said: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    pairs: list[dict[str, Any]] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Deed:
    """What is done on the page. ``fields``: what it asks for; ``label``: what it is called where the button's own word does not
    fit (a text by its key); ``locked``: it needs no register; ``at_once``: it asks for nothing and is done when it is chosen.
    """

    run: Callable[[DeskCall], Answer]
    fields: tuple[Field, ...] = ()
    label: str = ""
    tip: str = ""
    locked: bool = False
    at_once: bool = False

    def check(self, given: Mapping[str, str], files: int) -> None:
        """Raises WrongUse ``desk_missing``, ``desk_no_files`` where something needed is not there."""
        for each in self.fields:
            if not each.needed:
                continue
            if each.kind == "files":
                if not files:
                    raise WrongUse("desk_no_files")
            elif not given.get(each.name, "").strip():
                raise WrongUse("desk_missing", field=text_for(each.label))


@dataclass(frozen=True)
class Listed:
    """A deed with its id and its words."""

    id: str
    label: str
    tip: str
    deed: Deed
    command: str = ""


def deeds() -> list[Listed]:
    """What stands in the page's list: the buttons that are declared for it, in their order, and the reports."""
    found = []
    for button in buttons():
        if button.desk:
            deed: Deed = resolve(button.desk)
            label = text_for(deed.label) if deed.label else button.label
            found.append(Listed(button.id, label, text_for(deed.tip) if deed.tip else button.tip, deed, button.command))
    for name, place in OWN.items():
        deed = resolve(place)
        found.append(Listed(name, text_for(deed.label), text_for(deed.tip), deed))
    return found


def deed_of(name: str) -> Listed:
    """A deed by its id, those of answers too. Raises WrongUse ``desk_unknown``."""
    for each in deeds():
        if each.id == name:
            return each
    if name in HIDDEN:
        deed: Deed = resolve(HIDDEN[name])
        return Listed(name, text_for(deed.label), "", deed)
    raise WrongUse("desk_unknown")
