"""Gives altered sheets to the pass, or altered workbooks to the reader, as many as are asked for, and counts what becomes of them.

Run as ``python -m tests.support.fuzzing pass|reader --inputs 1000000 --seed 0``: one line of JSON for every ten thousand and
at the end. Anything but a reading or a refusal ends it with the seed of the input (docs/testing.md).
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import re
import struct
import time
import zlib
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from tests.support.altered import altered, parts, zipped
from workbench.platform.forms import child
from workbench.platform.forms.guard import Refused
from workbench.platform.forms.plain_cells import PlainCells
from workbench.platform.forms.reading_process import specs
from workbench.platform.forms.sheet import Book, Sheet
from workbench.platform.forms.spec import templates

SHEET, LINKS = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SLOW, COMPARED = 0.02, 0.25  # seconds that are looked at; share of sheets that are read another way too
MOST = 1, 1, 2, 4  # places that are altered in one part
Parts = dict[str, bytes]
One = Callable[[Random], str]


def small_workbook() -> Parts:
    """The parts of a T1 with every kind of cell and mark, as small as it can be, as openpyxl writes it."""
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
    return {name: raw for name, raw in parts(out.getvalue()).items() if not name.startswith(("docProps", "xl/theme"))}


def written_otherwise() -> list[Parts]:
    """The same workbook as other programs write it: with shared texts, plain and in runs, with rows as Excel writes them, with
    a prefix, without addresses."""
    own = small_workbook()
    texts: list[bytes] = []

    def shared(cell: re.Match[bytes]) -> bytes:
        texts.append(cell[1])
        return b't="s"><v>%d</v></c>' % (len(texts) - 1)

    sheet = re.sub(rb't="inlineStr"><is><t>(.*?)</t></is></c>', shared, own[SHEET]).replace(b" />", b"/>")
    runs = [b"<r><rPr><strike/></rPr><t>%b</t></r><r><t></t></r>" % text for text in texts]
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    link = f'<Relationship Id="texts" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'.encode()
    links = own[LINKS].replace(b"</Relationships>", link)

    def usual(sheet: bytes, items: list[bytes]) -> Parts:
        table = b"".join(b"<si>%b</si>" % item for item in items)
        return own | {SHEET: sheet, LINKS: links, "xl/sharedStrings.xml": b'<sst xmlns="%b">%b</sst>' % (MAIN, table)}

    plain = [b"<t>%b</t>" % text for text in texts]
    prefixed = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1x:", sheet).replace(b" xmlns=", b" xmlns:x=")
    excel = sheet.replace(b"<row ", b'<row x14ac:dyDescent="0.25" ').replace(
        b"<worksheet ", b'<worksheet xmlns:x14ac="x14ac" '
    )
    unplaced = re.sub(rb'(<(?:row|c)) r="[A-Z]*\d+"', rb"\1", own[SHEET])
    others = [usual(sheet, plain), usual(sheet, runs), usual(prefixed, plain), usual(excel, plain)]
    return [own, *others, own | {SHEET: unplaced}]


def of_pass(samples: list[Parts]) -> One:
    """Reads altered sheets in one piece; some also in two, or without the short way of plain cells, which must find the same."""
    books = [(Book(zipped(held)), held[SHEET]) for held in samples]

    def seen(book: Book) -> Any:
        try:
            sheet = Sheet(book, SHEET)
            sheet.read(2)
            return repr(sheet.read()), sheet.marks
        except Refused as no:
            return no.key

    def one(random: Random) -> str:
        book, whole = random.choice(books)
        changed = altered(whole, random, random.choice(MOST))
        cut = random.randrange(len(changed) + 1)
        book.package.begin = lambda part: changed  # type: ignore[method-assign]
        found = seen(book)
        way = random.random()
        if way > COMPARED:
            return found if isinstance(found, str) else "read"
        if way > COMPARED / 2:
            book.package.begin = lambda part: None  # type: ignore[method-assign]
            book.package.chunks = lambda part: iter([changed[:cut], changed[cut:]])  # type: ignore[method-assign]
            other = seen(book)
        else:
            short, PlainCells.lighten = PlainCells.lighten, lambda self, piece: piece  # type: ignore[method-assign]
            try:
                other = seen(book)
            finally:
                PlainCells.lighten = short  # type: ignore[method-assign]
        if found != other:
            raise AssertionError(f"{found} is {other} when it is read another way")
        return found if isinstance(found, str) else "read"

    return one


@lru_cache(maxsize=256)
def _entry(name: str, content: bytes) -> tuple[bytes, bytes]:
    """A part's name and bytes as an archive holds them unpacked, and what its list says of them, without the place."""
    raw = name.encode()
    said = struct.pack("<5H3L2H", 20, 0, 0, 0, 0x21, zlib.crc32(content), len(content), len(content), len(raw), 0)
    return b"PK\3\4" + said + raw + content, b"PK\1\2\x14\0" + said


def stored(held: Parts) -> bytes:
    """A package of parts as they are, in a tenth of the time that ``zipfile`` takes."""
    entries = [_entry(name, content) for name, content in held.items()]
    places = accumulate((len(local) for local, _ in entries), initial=0)
    listed = b"".join(
        said + struct.pack("<3H2L", 0, 0, 0, 0, place) + name.encode()
        for (_, said), place, name in zip(entries, places, held)
    )
    body = b"".join(local for local, _ in entries)
    count = len(held)
    return body + listed + b"PK\5\6" + struct.pack("<4H2LH", 0, 0, count, count, len(listed), len(body), 0)


def of_reader(samples: list[Parts]) -> One:
    """Reads workbooks of which one or two parts are altered, or bytes of the archive itself."""
    known = specs()
    whole = [zipped(held) for held in samples]

    def one(random: Random) -> str:
        number = random.randrange(len(samples))
        if random.random() < 0.1:
            raw = bytearray(whole[number])
            for _ in range(random.randint(1, 6)):
                raw[random.randrange(len(raw))] = random.randrange(256)
            packed = bytes(raw)
        else:
            changed = dict(samples[number])
            for name in random.sample(sorted(changed), random.randint(1, 2)):
                changed[name] = altered(changed[name], random, random.choice(MOST))
            packed = zipped(changed) if random.random() < 0.1 else stored(changed)
        try:
            answer = child.parsed(packed, known)
        except Refused as no:
            return no.key
        json.dumps(answer)  # as it leaves the reading process
        return "read"

    return one


FUZZED = {"pass": of_pass, "reader": of_reader}


def counted(
    what: str, inputs: int, seed: int = 0, tell: Callable[[dict[str, Any]], None] | None = None
) -> Counter[str]:
    """How many of so many altered inputs ended how, by ``read`` or the key of the refusal. Any other end goes on."""
    one = FUZZED[what](written_otherwise())
    counts, longest, slowest = Counter[str](), 0.0, seed
    for at in range(seed, seed + inputs):
        begun = time.perf_counter()  # that passes: the processor's own costs more to ask for than some inputs take
        try:
            counts[one(Random(at))] += 1
            took = time.perf_counter() - begun
            if took > max(longest, SLOW):
                begun = time.process_time()
                one(Random(at))
                took = time.process_time() - begun
        except BaseException as fault:
            fault.add_note(f"{what}: seed {at}")
            raise
        if took > longest:
            longest, slowest = took, at
        if tell and ((at - seed + 1) % 10_000 == 0 or at + 1 == seed + inputs):
            gc.collect()
            tell({"what": what, "done": at - seed + 1, "longest": round(longest, 3), "seed": slowest, **counts})
    return counts


def main() -> None:
    """Count as the command line asks."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", choices=FUZZED)
    asked.add_argument("--inputs", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=0, help="of the first input; the next ones count on")
    given = asked.parse_args()
    gc.freeze()  # as in the reading process
    gc.disable()
    counted(given.what, given.inputs, given.seed, lambda told: print(json.dumps(told), flush=True))


if __name__ == "__main__":
    main()
