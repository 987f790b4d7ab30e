"""Books: one workbook with several official forms for one person's work, each sheet as the single template has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.platform.capability import declared, derived
from workbench.platform.forms.spec import Template, templates


@dataclass(frozen=True)
class FormBook:
    """A workbook that holds several templates, a sheet each.

    ``key``: what its stamp and the commands call it; ``title``: in Chinese; ``order``: its place among the books; ``forms``: ids of the templates, in the
    order of the sheets; ``asks``: what has to be said to have it filled in (fields of ``Subject``); ``action``: who may
    have it; ``called``: ``module:function`` from session and subject to the words of its file's name and what the trail says; ``about``: who uses it and how, in one Chinese sentence; ``notes``: template → what stands at the head of its
    sheet beside what stands there anyway.
    """

    key: str
    title: str
    order: int
    forms: tuple[str, ...]
    asks: tuple[str, ...]
    action: str
    called: str
    about: str
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def templates(self) -> tuple[Template, ...]:
        """Its templates. Raises KeyError for one that does not exist."""
        return tuple(templates()[form] for form in self.forms)


@derived
def books() -> dict[str, FormBook]:
    """All books by key, in their order. Raises ValueError for a template that stands twice in one."""
    found: dict[str, FormBook] = {}
    for book in sorted(declared("books"), key=lambda each: each.order):
        if len(set(book.forms)) < len(book.forms):
            raise ValueError(f"a template stands twice in {book.key}")
        found[book.key] = book
    return found


def title_of(key: str) -> str:
    """What a book is called; its key where this version has no such book."""
    book = books().get(key)
    return key if book is None else book.title
