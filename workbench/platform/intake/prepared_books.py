"""Books as people get them: each sheet filled with what the register knows, so that they write only what it cannot know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from workbench.core.errors import WrongUse
from workbench.core.file_names import file_name
from workbench.core.files import try_folder
from workbench.core.messages import Bilingual
from workbench.platform.access.session import Session
from workbench.platform.capability import declared, derived, resolve
from workbench.platform.forms.books import FormBook, books
from workbench.platform.forms.write_book import Filled, write_book


@dataclass(frozen=True)
class Subject:
    """What a book is about, as far as somebody said it. ``unit``: the unit that hands it in; ``day``: of its week, or today."""

    day: date
    customer: str | None = None
    unit: str | None = None
    manager: str | None = None
    month: str | None = None


@dataclass(frozen=True)
class Prefill:
    """How a template is filled in beforehand in a book: ``fill`` (``module:function``) makes ``Filled`` from session and
    ``Subject``; None where the sheet stays blank."""

    template: str
    fill: str


@derived
def prefills() -> dict[str, Prefill]:
    """All of them, by template."""
    return {each.template: each for each in declared("prefills")}


def the_book(key: str) -> FormBook:
    """A book by its key or title. Raises WrongUse ``no_such_book``."""
    for book in books().values():
        if key in (book.key, book.title):
            return book
    raise WrongUse(
        "no_such_book", key=key, known=[Bilingual(f"{book.key}（{book.title}）", book.key) for book in books().values()]
    )


def prepare_book(session: Session, key: str, subject: Subject, out: Path) -> Path:
    """Write a book about a subject to a folder, and note in the trail that it was handed out.

    Raises RegisterError ``not_allowed``; WrongUse ``no_such_book``, ``book_asks``, what its prefills raise, and
    ``folder_not_written/preparing``.
    """
    book = the_book(key)
    session.require(book.action)
    if missing := [name for name in book.asks if getattr(subject, name) is None]:
        raise WrongUse("book_asks", book=Bilingual(book.title, book.key), options=[f"--{name}" for name in missing])
    name, said = resolve(book.called)(session, subject)
    filled: dict[str, Filled] = {}
    for form in book.forms:
        if form in prefills() and (made := resolve(prefills()[form].fill)(session, subject)) is not None:
            filled[form] = made
    return _written(session, book, out / file_name(book.title, *name, ending=".xlsx"), filled, said)


def _written(session: Session, book: FormBook, path: Path, filled: dict[str, Filled], said: dict[str, Any]) -> Path:
    try:
        try_folder(path.parent)
        with session.transaction(book.action, session.now, book=book.key, **said):
            return write_book(book, path, filled, policy=session.policy, on=session.now.date())
    except OSError:
        raise WrongUse("folder_not_written/preparing", out=path.parent) from None
