"""Alters files for fuzz tests, by a drawn seed: tokens of markup, bytes, parts of packages, values of documents.

Run as ``python -m tests.support.altered pass|reader NUMBER [SEED]`` it alters sheets or workbooks without end and counts what becomes
of them; anything but a reading or a refusal ends it (docs/testing.md).
"""

from __future__ import annotations

import io
import json
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from random import Random
from typing import Any

TOKEN = re.compile(rb"<[^>]*>|[^<]+")
VALUE = re.compile(rb'((?<==")[^"<]*(?=")|(?<=>)[^<]+(?=<))')
SPOILED = (
    b"",
    b"\x00",
    b"\xff",
    b"<",
    b">",
    b"&#0;",
    b"]]>",
    b"A1:XFD1048576",
    b"-1",
    b"1e999",
    "〇".encode(),
    b"9" * 40,
)
VALUES = (None, True, 0, -1, 2**70, 1e308, float("nan"), "", "x", "\x00", "9" * 40, [], {}, [[]], ["x"], {"x": []})


def altered(content: bytes, random: Random) -> bytes:
    """A few tokens or bytes of a part are dropped, doubled, exchanged or spoiled; or its values alone, so that it stays XML."""
    if random.random() < 0.5:
        return _other_values(content, random)
    tokens = (
        TOKEN.findall(content) if random.random() < 0.8 else [content[i : i + 7] for i in range(0, len(content), 7)]
    )
    for _ in range(random.randint(1, 4)):
        if not tokens:
            break
        place = random.randrange(len(tokens))
        how = random.randrange(6)
        if how == 0:
            del tokens[place]
        elif how == 1:
            tokens.insert(place, tokens[random.randrange(len(tokens))])
        elif how == 2:
            other = random.randrange(len(tokens))
            tokens[place], tokens[other] = tokens[other], tokens[place]
        elif how == 3:
            tokens[place] = random.choice(SPOILED)
        elif how == 4:
            cut = random.randrange(len(tokens[place]) + 1)
            tokens[place] = tokens[place][:cut] + random.choice(SPOILED) + tokens[place][cut:]
        else:
            tokens[place] = re.sub(rb'"[^"]*"', b'"' + random.choice(SPOILED).replace(b'"', b"") + b'"', tokens[place])
    return b"".join(tokens)


def _other_values(content: bytes, random: Random) -> bytes:
    """Some attributes and texts of a part are others: spoiled, or taken from another place."""
    pieces = VALUE.split(content)  # what stands between, and each value, by turns
    values = range(1, len(pieces), 2)
    for place in random.sample(values, min(len(values), random.randint(1, 4))):
        known = pieces[random.choice(values)]
        pieces[place] = random.choice(
            (known, known[:-1], b"", b"-1", b"0", b"1e999", b"9" * 40, b"A1:D", b"XFD1048576")
        )
    return b"".join(pieces)


def altered_document(document: Any, random: Random) -> Any:
    """Some values of a document of lists and records are others, missing, doubled, or of another place."""
    changed = deepcopy(document)
    for _ in range(random.randint(1, 3)):
        places = list(_places(changed))
        if not places:
            return changed
        holder, key = random.choice(places)
        how = random.randrange(4)
        if how == 0:
            del holder[key]
        elif how == 1:
            holder[key] = deepcopy(random.choice(VALUES))
        elif how == 2:
            other, its = random.choice(places)
            holder[key] = deepcopy(other[its])
        elif isinstance(holder, list):
            holder.append(deepcopy(holder[key]))
        else:
            holder[random.choice(("sheets", "roster", "user", "signature", "x"))] = deepcopy(holder[key])
    return changed


def _places(value: Any) -> Any:
    """Every place of a value within lists and records: what holds it, and under which key."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def parts(raw: bytes) -> dict[str, bytes]:
    """The parts of a package by their names."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(held: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A package of parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return out.getvalue()


def small_workbook() -> dict[str, bytes]:
    """The parts of a T1 with every kind of cell and mark, as small as it can be."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    from workbench.platform.forms.spec import templates

    template = templates()["lead_record"]
    book = Workbook()
    page = book.active
    page.append([f"表号：{template.form_no}    版本：{template.version}"])
    page.append([word for field in template.header for word in (field.title, "D001")])
    page.append([column.title for column in template.columns])
    for number in range(2):
        page.append(
            [number, "江城公交", "企事业单位", "安徽省", "芜湖市", None, None, "张联系", "13900001111", None, 12.5]
        )
    page["L4"], page["M4"], page["N4"], page["O4"] = 12, True, "=1+1", "#N/A"
    page["P4"].number_format, page["P4"].value = "0.0,", 5
    page["Q4"].font, page["Q4"].value = Font(strike=True), "x"
    page.merge_cells("R4:S5")
    page.row_dimensions[5].hidden = page.column_dimensions["T"].hidden = True
    out = io.BytesIO()
    book.save(out)
    return {name: raw for name, raw in parts(out.getvalue()).items() if not name.startswith("docProps")}


def _of_pass(held: dict[str, bytes]) -> Callable[[Random], str]:
    from workbench.platform.forms.guard import Refused
    from workbench.platform.forms.sheet import Book, Sheet

    book = Book(zipped(held))
    sheet, texts = "xl/worksheets/sheet1.xml", book.texts
    whole = held[sheet]

    def one(random: Random) -> str:
        changed = altered(whole, random)
        cut = random.randrange(len(changed) + 1)
        book.package.chunks = lambda part: iter([changed[:cut], changed[cut:]])  # type: ignore[method-assign]
        try:
            Sheet(book, sheet).read()
        except Refused as no:
            return no.key
        return "read" if book.texts is texts else "other texts"

    return one


def _of_reader(held: dict[str, bytes]) -> Callable[[Random], str]:
    from workbench.platform.forms import child
    from workbench.platform.forms.guard import Refused
    from workbench.platform.forms.reading_process import specs

    known = specs()

    def one(random: Random) -> str:
        changed = dict(held)
        for name in random.sample(sorted(held), random.randint(1, 2)):
            changed[name] = altered(held[name], random)
        try:
            child.parsed(zipped(changed, zipfile.ZIP_STORED), known)
        except Refused as no:
            return no.key
        return "read"

    return one


def main() -> None:
    """Count what becomes of altered sheets or workbooks, one line of JSON for every ten thousand and at the end."""
    what, number = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    one = {"pass": _of_pass, "reader": _of_reader}[what](small_workbook())
    counts, longest, slowest = Counter[str](), 0.0, seed
    for at in range(seed, seed + number):
        begun = time.process_time()
        try:
            counts[one(Random(at))] += 1
        except BaseException:
            print(json.dumps({"what": what, "seed": at}), flush=True)
            raise
        took = time.process_time() - begun
        if took > longest:
            longest, slowest = took, at
        if (at - seed + 1) % 10_000 == 0 or at + 1 == seed + number:
            told = {"what": what, "done": at - seed + 1, "longest": round(longest, 3), "seed": slowest, **counts}
            print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
