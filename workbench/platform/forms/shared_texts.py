"""Texts that cells share, and texts with runs."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from workbench.core.texts import all_visible, without_invisible

_TEXTS = re.compile(
    rb'(?:<\?xml version="1\.0" encoding="(?:UTF|utf)-8"(?: standalone="yes")?\?>\r?\n?)?'
    rb'<sst xmlns="http://schemas\.openxmlformats\.org/spreadsheetml/2006/main"(?: (?:count|uniqueCount)="\d{1,9}"){0,2}>'
)
_FIRST, _BETWEEN, _LAST = "<si><t>", "</t></si><si><t>", "</t></si></sst>"
# other spellings of the same: spaces are kept anyhow, and how Chinese is to be sorted is nobody's text
_SPELT_OTHERWISE = (
    ('<si><t xml:space="preserve">', "<si><t>"),
    ('</t><phoneticPr fontId="1" type="noConversion"/></si>', "</t></si>"),
)
_NOT_PLAIN = re.compile("[<&\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|]]>")
_NO_SIGNS = ("<", "&", "]]>")  # what may stand there for all that can be seen


def plain_texts(raw: bytes | None) -> list[str] | None:
    """The texts of a part in which nothing but plain texts stand, as most programs write it; None for any other.

    What matches is what the parser would find; there is a test that holds the two against each other.
    """
    if raw is None or not (head := _TEXTS.match(raw)):
        return None
    try:
        items = raw[head.end() :].decode()
    except UnicodeDecodeError:
        return None
    if items == "</sst>":
        return []
    for other, usual in _SPELT_OTHERWISE:
        items = items.replace(other, usual)
    if not (items.startswith(_FIRST) and items.endswith(_LAST)):
        return None
    texts = items[len(_FIRST) : -len(_LAST)].split(_BETWEEN)
    whole = "".join(texts)
    if all_visible([whole]) and not any(sign in whole for sign in _NO_SIGNS):  # nearly always
        return texts
    return texts if not _NOT_PLAIN.search(whole) and without_invisible(whole) == whole else None


def text_of(item: Element) -> tuple[str, bool]:
    """A text with its runs, without readings of its characters (phonetic), and whether all of it is crossed out."""
    pieces, struck = [], []
    for child in item:
        if child.tag.endswith("}t"):
            pieces.append(child.text or "")
            struck.append(not child.text)
        elif child.tag.endswith("}r"):
            text = "".join(each.text or "" for each in child if each.tag.endswith("}t"))
            pieces.append(text)
            marks = [mark for run in child if run.tag.endswith("}rPr") for mark in run if mark.tag.endswith("}strike")]
            struck.append(not text or (bool(marks) and marks[0].get("val", "1") not in ("0", "false")))
    return "".join(pieces), bool(pieces) and all(struck) and any(pieces)
