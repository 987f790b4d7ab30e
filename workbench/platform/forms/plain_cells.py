"""Cells as most programs write them, taken out of a sheet's XML in one go instead of element by element.

What is left goes to the parser as it stands, with a mark where a run of such cells stood: so the parser still judges
everything but these cells, whose bytes can mean one thing only. Any other sheet is left as it is.
"""

from __future__ import annotations

import os
import re
from operator import lt
from xml.etree.ElementTree import Element

from workbench.platform.forms.addresses import column_of
from workbench.platform.forms.guard import Refused
from workbench.platform.forms.plain_rows import PlainRow, parted

# a letter-and-digit address, a style, and nothing, the number of a shared text, or a number
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,6})")?'
    rb'(?:/>| t="s"><v>([0-9]{1,9})</v></c>|(?: t="n")?><v>([-+.0-9eE]{1,40})</v></c>)'
)
_FIELDS = 6  # what a split leaves for each cell: what stood before it, and the five groups
_ROOT = re.compile(
    rb"(?:<\?xml[^<>]*\?>)?\s*<worksheet\s[^<>]*?\bxmlns="
    rb'"http://(?:schemas\.openxmlformats\.org/spreadsheetml/2006|purl\.oclc\.org/ooxml/spreadsheetml)/main"[^<>]*>'
)
_DEFAULT, _ELSE = re.compile(rb"xmlns(?!:)"), re.compile(rb"xmlns(?!:)|<[!?]")
_OPEN, _CLOSE = b"<sheetData>", b"</sheetData>"
_PREFIX = b' xmlns:x14ac="'
# comments, raw texts, other namespaces: what looks like a cell may be none
_OTHERWISE = (b"<!", b"<?", b"xmlns")
_LONGEST = max(map(len, _OTHERWISE)) - 1
MARK = f"_{os.urandom(8).hex()}"  # no received file can know it
_MARK = MARK.encode()
MOST_CELLS = 500_000  # that wait for their row to end
_COLUMNS: dict[bytes, int] = {}

# columns (from 0), numbers of styles, of shared texts, and numbers: None where a cell has none
_Cells = tuple[list[int | None], list[bytes], list[bytes], list[bytes | None], list[bytes | None], list[bytes | None]]
Run = tuple[list[int], list[bytes | None], list[bytes | None], list[bytes | None]]


class PlainCells:
    """Takes the plain cells out of a sheet's chunks, which it is given in their order."""

    def __init__(self) -> None:
        self._runs: dict[str, tuple[_Cells, int, int]] = {}
        self._rows: dict[str, list[PlainRow]] = {}
        self._count = self._waiting = 0
        self._begun = self._over = self._prefix = False
        self._tail = b""

    def lighten(self, chunk: bytes) -> bytes:
        """A chunk with a mark (an element ``MARK``, its number as ``n``) instead of plain rows and runs of plain cells.

        Raises Refused ``bomb`` for more cells than a row can have.
        """
        if self._over:
            return chunk
        head = b""
        if not self._begun:
            head, opened, rows = chunk.partition(_OPEN)
            root = _ROOT.match(head)
            if not opened or not root or _ELSE.search(head, root.end()) or len(_DEFAULT.findall(root[0])) > 1:
                self._over = True
                return chunk
            self._prefix = _PREFIX in root[0]
            head, chunk, self._begun = head + opened, rows, True
        rows, closed, rest = chunk.partition(_CLOSE)
        pieces = parted(rows, self._prefix)
        seam = self._tail + b"<".join([piece for piece in pieces if isinstance(piece, bytes)])
        self._tail = (self._tail + rows[-_LONGEST:])[-_LONGEST:]
        if any(word in seam for word in _OTHERWISE):
            self._over = True
            return head + chunk
        self._over = bool(closed)
        return b"".join((head, *map(self._without, pieces), closed, rest))

    def _marked(self) -> bytes:
        """A new mark."""
        self._count += 1
        return b'<%b n="%d"/>' % (_MARK, self._count)

    def _without(self, rows: bytes | list[PlainRow]) -> bytes:
        if isinstance(rows, list):
            mark = self._marked()
            self._rows[str(self._count)] = rows
            return mark
        pieces = _CELL.split(rows)
        between, letters, digits, styles, texts, numbers = (pieces[n::_FIELDS] for n in range(_FIELDS))
        cells: _Cells = [*map(_COLUMNS.get, letters)], letters, digits, styles, texts, numbers
        starts = [n for n, piece in enumerate(between) if piece or not n]
        left = []
        for start, end in zip(starts, [*starts[1:], len(between) - 1]):
            left.append(between[start])
            if end > start:
                left.append(self._marked())
                self._runs[str(self._count)] = cells, start, end
        self._waiting += len(between) - 1
        if self._waiting > MOST_CELLS:
            raise Refused("bomb")
        return b"".join(left)

    def rows(self, mark: Element) -> list[PlainRow]:
        """The rows that a mark stands for. Raises Refused for one that stands for none."""
        if (rows := self._rows.pop(mark.get("n", ""), None)) is None:
            raise Refused("damaged_workbook")
        return rows

    def take(self, mark: Element, row: bytes) -> Run:
        """The cells of a run in a row. Raises Refused for what does not stand in it, or not in its order."""
        number = mark.get("n", "")
        if number not in self._runs:  # a row within a row
            raise Refused("damaged_workbook")
        cells, start, end = self._runs.pop(number)
        self._waiting -= end - start
        known, letters, rows, styles, texts, numbers = cells
        if rows[start:end].count(row) < end - start:
            raise Refused("damaged_workbook")
        columns = [column for column in known[start:end] if column is not None]
        if len(columns) < end - start:
            for each in letters[start:end]:
                _COLUMNS[each] = column_of(each.decode())
            columns = [_COLUMNS[each] for each in letters[start:end]]
        if not all(map(lt, columns, columns[1:])):
            raise Refused("damaged_workbook")
        return columns, styles[start:end], texts[start:end], numbers[start:end]
