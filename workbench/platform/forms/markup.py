"""A part of a workbook as XML, child by child: no declaration, bounded memory, time that grows with its size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from workbench.platform.forms.guard import Refused

CHUNK = 256 << 10  # bytes given to the parser at once
LONGEST_KEPT = 64 << 10  # bytes of a part that is kept as it was parsed
MOST_TEXT, MOST_TAGS = 16 << 20, 500_000  # of one child: bytes and marks of elements, begun and ended
_OTHER_ENCODING = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY")
_LONGEST = max(map(len, _DECLARED)) - 1


def children(
    chunks: Iterable[bytes], within: str = "", lighten: Callable[[bytes], bytes] | None = None
) -> Iterator[list[Element]]:
    """First the root alone (its name and attributes only), then its children, whole, in their order, some at a time.

    ``within``: the local name of a child that is not given itself, but its own children instead. What was given is
    forgotten. ``lighten``: what the parser gets instead of a chunk, once it was looked at. Raises Refused ``doctype``, ``damaged_workbook``, ``bomb``.
    """
    builder = TreeBuilder()
    holder = builder.start("", {})  # the root becomes its child: so it is at hand while it grows
    # whatever the part says of itself; declarations of types and what would grow are refused below
    parser = XMLParser(target=builder, encoding="utf-8")  # noqa: S314
    text = tags = 0
    tail, begun = b"", False
    for chunk in chain(chunks, (None,)):
        try:
            if chunk is None:
                parser.close()
            else:
                if not tail and chunk.startswith(_OTHER_ENCODING):
                    raise Refused("doctype")
                seam = tail + chunk
                if any(word in seam for word in _DECLARED):
                    raise Refused("doctype")
                tail = seam[-_LONGEST:]
                text, tags = text + len(chunk), tags + chunk.count(b"<")
                parser.feed(lighten(chunk) if lighten else chunk)
        except (ParseError, ValueError, AssertionError):  # the builder's word for what is not closed
            raise Refused("damaged_workbook") from None
        if not len(holder):
            continue
        root = holder[0]
        if not begun:
            begun = True
            yield [Element(root.tag, root.attrib)]
        if done := _whole(root, within, chunk is None):
            text = tags = 0
            yield done
        if text > MOST_TEXT or tags > MOST_TAGS:
            raise Refused("bomb")
    if not begun:
        raise Refused("damaged_workbook")


def short_children(raw: bytes, within: str) -> Iterator[list[Element]]:
    """The same of a short part; forms of one template have much in common, and what is parsed is kept."""
    if len(raw) > LONGEST_KEPT:
        yield from children([raw], within)
        return
    given, refused = _kept(raw, within)
    yield from given
    if refused:
        raise Refused(refused)


@lru_cache(maxsize=16)
def _kept(raw: bytes, within: str) -> tuple[list[list[Element]], str | None]:
    """What is given of a part, up to what it is refused for."""
    given: list[list[Element]] = []
    try:
        given.extend(children([raw], within))
    except Refused as no:
        return given, no.key
    return given, None


def local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


def _whole(root: Element, within: str, ended: bool) -> list[Element]:
    """The children that have ended, taken out of the tree."""
    done: list[Element] = []
    last = len(root) - (not ended)  # the one behind is still growing
    for place, child in enumerate(root):
        if within and local(child.tag) == within:
            count = len(child) - (place == last)
            if count > 0:
                done += child[:count]
                del child[:count]
        elif place < last:
            done.append(child)
    if last > 0:
        del root[:last]
    return done
