"""What can be done on the desk page: what a deed asks for, what it is given, what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
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

_HERE = "workbench.interfaces.desk"
OWN = {  # what is no single button of Excel: where it is declared, and the command that does the same
    "run_due": (f"{_HERE}.deeds_daily:RUN", "workbench due --run"),
    "blanks": (f"{_HERE}.deeds_received:BLANKS", "workbench templates"),
    "dispatch_again": (f"{_HERE}.deeds_fixed_dates:DISPATCH_AGAIN", "workbench dispatch --batch"),
    "withdraw_import": (f"{_HERE}.deeds_cases:WITHDRAW", "workbench withdraw-import"),
    "changes": (f"{_HERE}.deeds_cases:CHANGES", "workbench changes"),
    "prepare_register": (f"{_HERE}.deeds_papers:PREPARE", "workbench prepare-register"),
    "quarter": (f"{_HERE}.deeds_quarter:QUARTER", "workbench settlement"),
    "appeals": (f"{_HERE}.deeds_cases:APPEALS", "workbench appeals"),
    "report": (f"{_HERE}.deeds_papers:REPORT", "workbench report"),
}
HIDDEN = {  # done from within an answer
    "decide": f"{_HERE}.deeds_review:DECIDE",
    "decide_change": f"{_HERE}.deeds_cases:DECIDE_CHANGE",
    "rule": f"{_HERE}.deeds_cases:RULE",
    "submit": f"{_HERE}.deeds_quarter:SUBMIT",
    "approve": f"{_HERE}.deeds_quarter:APPROVE",
    "pay": f"{_HERE}.deeds_quarter:PAY",
}
GROUPS = {  # what stands above a part of the page's list
    "today": "今天",
    "ask": "查询",
    "forms": "填表",
    "intake": "收件",
    "handling": "复核与转交",
    "reports": "通报与报告",
    "quarter": "季度奖惩",
}


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
    choices: Sequence[str] | Callable[[Asked], Sequence[str]] = ()
    needed: bool = True

    def as_json(self, asked: Asked | None = None) -> dict[str, Any]:
        """The field as the page draws it; what is proposed, and what is chosen among as things are, depends on whom it is for."""
        choices: Sequence[str] = ()
        if not callable(self.choices):
            choices = self.choices
        elif asked is not None:
            choices = self.choices(asked)
        return {
            "name": self.name,
            "kind": self.kind,
            "label": text_for(self.label),
            "value": self.value(asked) if self.value and asked is not None else "",
            "choices": [str(each) for each in choices],
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


@dataclass(frozen=True)
class Fact:
    """A line of a card; ``other``: of the second of two that stand side by side."""

    title: str
    one: str
    other: str = ""
    differs: bool = False


@dataclass(frozen=True)
class Card:
    """Something that waits for a person: what is known of it, and the deed that is done about it there.

    ``given``: what the deed is given beside what is typed into ``fields``; ``two``: two stand side by side.
    """

    title: str
    facts: Sequence[Fact]
    deed: str
    given: Mapping[str, str]
    fields: Sequence[Field]
    word: str
    two: bool = False

    def as_json(self) -> dict[str, Any]:
        """The card as the page draws it."""
        return {
            "title": self.title,
            "facts": [asdict(fact) for fact in self.facts],
            "deed": self.deed,
            "given": dict(self.given),
            "fields": [each.as_json() for each in self.fields],
            "word": text_for(self.word),
            "two": self.two,
        }


@dataclass
class Answer:
    """What a deed answers: sentences, cards to decide on, tables, lines of text as they are, and files to take away."""

    said: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Deed:
    """What is done on the page. ``fields``: what it asks for; ``label``: what it is called where the button's own word does not
    fit (a text by its key); ``locked``: it needs no register; ``at_once``: it asks for nothing and is done when it is chosen.
    ``group``: of ``GROUPS``; ``needs``: actions of which one lets it be done, so that others are not offered it; whether it may be
    done the action itself decides.
    """

    run: Callable[[DeskCall], Answer]
    fields: tuple[Field, ...] = ()
    group: str = "ask"
    needs: Sequence[str] | Callable[[], Sequence[str]] = ()
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
    for name, (place, command) in OWN.items():
        deed = resolve(place)
        found.append(Listed(name, text_for(deed.label), text_for(deed.tip), deed, command))
    return found


def offered(session: Session) -> frozenset[str]:
    """The ids of the deeds that somebody's role lets him do."""
    found = set()
    for each in deeds():
        needs = each.deed.needs() if callable(each.deed.needs) else each.deed.needs
        if not needs or any(session.may(action) for action in needs):
            found.add(each.id)
    return frozenset(found)


def deed_of(name: str) -> Listed:
    """A deed by its id, those of answers too. Raises WrongUse ``desk_unknown``."""
    for each in deeds():
        if each.id == name:
            return each
    if name in HIDDEN:
        deed: Deed = resolve(HIDDEN[name])
        return Listed(name, text_for(deed.label), "", deed)
    raise WrongUse("desk_unknown")
