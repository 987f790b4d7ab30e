"""Reading a receipt slip's page: the signed document in it, and all that a reader is shown, element by element."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

DATA = [("type", "application/json"), ("id", "receipt")]  # the script that holds the signed document


@dataclass
class Page:
    """``documents``: the signed documents it holds; ``shown``: tags, texts and whatever else, in order; ``style``: its digest."""

    documents: list[str] = field(default_factory=list)
    shown: list[tuple[Any, ...]] = field(default_factory=list)
    style: str = ""


def read_page(text: str) -> Page:
    """A page, however its elements are set out in lines. What a slip has no use for stands in ``shown`` as well."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.page.style = hashlib.sha256("\n".join(reader.styles).encode()).hexdigest()
    return reader.page


class _Reader(HTMLParser):
    """Comments, further scripts and instructions are kept too: a browser may read them otherwise."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.styles, self._within = Page(), list[str](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self._within = "data" if tag == "script" and attrs == DATA else tag
        if self._within == "data":
            self.page.documents.append("")
        elif tag == "style" and not attrs:
            self.styles.append("")
        else:
            self.page.shown.append(("begin", tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if self._within != "data" and tag != "style":
            self.page.shown.append(("end", tag))
        self._within = ""

    def handle_data(self, data: str) -> None:
        """A text; white space between elements is none."""
        if self._within == "data":
            self.page.documents[-1] += data
        elif self._within == "style":
            self.styles[-1] += data
        elif data.strip():
            self.page.shown.append(("text", " ".join(data.split())))

    def handle_comment(self, data: str) -> None:
        """A comment."""
        self.page.shown.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        """The kind of the document."""
        self.page.shown.append(("declaration", decl.lower()))

    def handle_pi(self, data: str) -> None:
        """An instruction."""
        self.page.shown.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        """Anything else."""
        self.page.shown.append(("unknown", data))
