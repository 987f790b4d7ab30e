"""One pass over a worksheet's part: its values as a person sees them, and its marks.

A value is a text without what cannot be seen, a number, a truth value, a day, a time, or "" where nothing is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Any
from xml.etree.ElementTree import Element

from workbench.core.texts import without_invisible
from workbench.platform.forms.addresses import COLUMNS, LAST_ROW, column_of, letter, whole_area
from workbench.platform.forms.days import day_of_iso
from workbench.platform.forms.guard import Marks, Refused
from workbench.platform.forms.looks import DAY, LASTING, Look, odd_looks
from workbench.platform.forms.markup import children, short_children
from workbench.platform.forms.package import MAIN, Package, yes
from workbench.platform.forms.plain_cells import MARK, PlainCells
from workbench.platform.forms.plain_rows import FAR_COLUMN, FAR_ROW, PlainRow
from workbench.platform.forms.shared_texts import plain_texts, text_of

MOST_AREAS = 200_000
LONGEST_AREA = 40  # characters of one that is kept in memory
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_LAST_DAY = 2_958_466  # 10000-01-01
_NOTHING: list[Any] = []
_NO_TEXTS: dict[bytes, str] = {}
_NUMBERS = [b"%d" % number for number in range(4096)]
_TRUTH = {"0": False, "1": True, "false": False, "true": True}


class Book:
    """What all sheets of a workbook share. Raises Refused, here and in what is made from it.

    ``odd``: the numbers of the styles that change what is read; ``crossed``: those of the texts that are crossed out.
    """

    def __init__(self, raw: bytes) -> None:
        self.package = Package(raw)
        self.sheets, from_1904 = self.package.sheets()
        self.epoch = _EPOCH_1904 if from_1904 else _EPOCH
        self.odd = odd_looks(self.package)
        self.crossed: set[int] = set()
        self._texts: list[str] | None = None
        self._numbered: dict[bytes, str] | None = None

    @property
    def texts(self) -> list[str]:
        """The shared texts."""
        if self._texts is None:
            part = self.package.linked("sharedStrings")
            if part and (plain := plain_texts(self.package.begin(part))) is not None:
                self._texts = plain
                return plain
            self._texts = texts = []
            for items in children(self.package.chunks(part)) if part else ():
                for item in items:
                    if not item.tag.endswith("}si"):
                        continue
                    if len(item) == 1 and item[0].tag.endswith("}t"):
                        texts.append(item[0].text or "")
                        continue
                    text, crossed = text_of(item)
                    if crossed:
                        self.crossed.add(len(texts))
                    texts.append(text)
            whole = "".join(texts)
            if without_invisible(whole) != whole:
                self._texts = [without_invisible(text) for text in texts]
        return self._texts

    @property
    def numbered(self) -> dict[bytes, str]:
        """The first shared texts by their numbers; "" for those in which nothing is to be seen."""
        if self._numbered is None:
            self._numbered = dict(zip(_NUMBERS, self.texts))
            if any(map(str.isspace, self.texts)):
                self._numbered = {n: "" if text.isspace() else text for n, text in self._numbered.items()}
        return self._numbered


class Sheet:
    """A sheet that is read as far as it is asked for: ``grid`` holds its rows from 1 on, each up to its last value."""

    def __init__(self, book: Book, part: str, *, concealed: bool = False) -> None:
        self.book, self.marks = book, Marks(concealed=concealed, from_1904=book.epoch is _EPOCH_1904)
        self.grid: list[list[Any]] = []
        self._all_hidden = False
        self._plain = PlainCells()
        self._parts: Iterator[Element | list[PlainRow]] = self._elements(part)
        first = next(self._parts)
        root = first.tag if isinstance(first, Element) else ""
        self.main = root.rpartition("worksheet")[0]
        if self.main not in MAIN or root != f"{self.main}worksheet":
            raise Refused("damaged_workbook")

    def read(self, rows: int | None = None) -> list[list[Any]]:
        """Its grid, with at least so many rows where it has them; all there is, and all marks, without ``rows``."""
        row_tag = f"{self.main}row"
        if rows is not None and len(self.grid) >= rows:
            return self.grid
        for element in self._parts:
            if isinstance(element, list):
                if left := self._plain_rows(element, rows):
                    self._parts = chain([left], self._parts)
            elif element.tag == row_tag:
                self._row(element)
            else:
                self._other(element)
                continue
            if rows is not None and len(self.grid) >= rows:
                break
        return self.grid

    def _elements(self, part: str) -> Iterator[Element | list[PlainRow]]:
        """The root, and what stands in it and in its table, in its order."""
        package, mark = self.book.package, ""
        whole = package.begin(part)
        if whole is None:
            parts: Iterable[list[Element]] = children(package.chunks(part), "sheetData", self._plain.lighten)
        else:
            parts = short_children(self._plain.lighten(whole), "sheetData")
        for elements in parts:
            for element in elements:
                if not mark:
                    mark = f"{element.tag.rpartition('worksheet')[0]}{MARK}"
                if element.tag == mark:
                    yield self._plain.rows(element)
                else:
                    yield element

    def _begin_row(self, number: int, hidden: bool | None) -> None:
        """Go on to a row; ``hidden`` None: as the sheet says of its rows. Raises Refused."""
        grid = self.grid
        if not len(grid) < number <= LAST_ROW:
            raise Refused("damaged_workbook")
        if number - 1 > len(grid):
            grid.extend([_NOTHING] * (number - 1 - len(grid)))
        if hidden or (hidden is None and self._all_hidden):
            self.marks.hidden.add(number)

    def _plain_rows(self, run: list[PlainRow], most: int | None) -> list[PlainRow]:
        """Rows of plain cells, until there are so many rows; those that are left."""
        book, grid, numbered = self.book, self.grid, _NO_TEXTS
        odd = book.odd.keys()
        for place, (head, pattern, values) in enumerate(run):
            if most is not None and len(grid) >= most:
                return run[place:]
            if head.number != len(grid) + 1 or head.hidden or self._all_hidden:
                self._begin_row(head.number, head.hidden)
            if pattern.shared and numbered is _NO_TEXTS:
                numbered = book.numbered
            line: list[Any] = [""] * pattern.width
            try:
                if book.crossed or not odd.isdisjoint(pattern.distinct):
                    raise KeyError
                for column, text, value in zip(pattern.columns, pattern.texts, values):
                    line[column] = numbered[value] if text else float(value)
                while line and line[-1] == "":
                    line.pop()
            except (KeyError, ValueError):  # what is to be looked at one by one
                line = []
                texts = [value if text else None for text, value in zip(pattern.texts, values)]
                numbers = [None if text else value for text, value in zip(pattern.texts, values)]
                self._plain_cells(pattern.columns, pattern.styles, texts, numbers, head.digits.decode(), line)
            grid.append(line or _NOTHING)
        return []

    def _other(self, element: Element) -> None:
        """What stands before and behind the rows."""
        name = element.tag.removeprefix(self.main)
        if name == "sheetFormatPr":
            self._all_hidden = yes(element.get("zeroHeight"))
        elif name == "cols":
            for column in element:
                if yes(column.get("hidden")) or _size(column.get("width")) == 0:
                    first, last = _whole(column.get("min")), min(_whole(column.get("max")), FAR_COLUMN)
                    self.marks.columns.update(range(first - 1, last))
        elif name == "mergeCells":
            if len(element) > MOST_AREAS:
                raise Refused("bomb")
            self.marks.merged += [area for each in element if (area := _area_of(each.get("ref", "")))]

    def _row(self, row: Element) -> None:
        grid, marks = self.grid, self.marks
        number = _whole(row.get("r")) if "r" in row.attrib else len(grid) + 1
        hidden = yes(row.get("hidden")) if "hidden" in row.attrib else None
        self._begin_row(number, _size(row.get("ht")) == 0 or hidden)
        line: list[Any] = []
        digits = str(number)
        behind = -len(digits)
        column = -1
        v, mark, odd = f"{self.main}v", f"{self.main}{MARK}", self.book.odd
        for cell in row:
            if cell.tag == mark:
                column = self._run(cell, column, digits, line)
                continue
            attributes = cell.attrib
            place = attributes.get("r")
            if place is None:
                column += 1
            else:
                now = COLUMNS.get(place[:behind])
                if now is None:
                    now = column_of(place[:behind])
                if now <= column or place[behind:] != digits:
                    raise Refused("damaged_workbook")
                column = now
            if not len(cell):  # a format only
                continue
            kind, first = attributes.get("t"), cell[0]
            if kind == "s" and first.tag == v and first.text:
                value = self._shared(first.text, column, digits)
            else:
                value = self._value(cell, kind, column, digits)
            if value == "" or (value.__class__ is str and value.isspace()):
                continue
            look = odd.get(attributes.get("s"))
            if look is not None:
                value = self._as_shown(value, look, f"{letter(column)}{digits}")
            if column >= FAR_COLUMN or number >= FAR_ROW:
                marks.far = marks.far or f"{letter(column)}{digits}"
                continue
            if column > len(line):
                line.extend([""] * (column - len(line)))
            line.append(value)
        grid.append(line or _NOTHING)

    def _run(self, mark: Element, before: int, digits: str, line: list[Any]) -> int:
        """Plain cells of a row that stand behind a column; the last one's column."""
        columns, styles, shared, numbers = self._plain.take(mark, digits.encode())
        if columns[0] <= before:
            raise Refused("damaged_workbook")
        self._plain_cells(columns, styles, shared, numbers, digits, line)
        return columns[-1]

    def _plain_cells(
        self,
        columns: Sequence[int],
        styles: Sequence[bytes | None],
        shared: Sequence[bytes | None],
        numbers: Sequence[bytes | None],
        digits: str,
        line: list[Any],
    ) -> None:
        """Put the values of plain cells into a row."""
        marks, odd = self.marks, self.book.odd
        far = FAR_COLUMN if len(self.grid) < FAR_ROW - 1 else 0
        value: Any
        for column, style, text, number in zip(columns, styles, shared, numbers):
            if text is not None:
                value = self._shared(text, column, digits)
                if not value or value.isspace():
                    continue
            elif number is not None:
                try:
                    value = float(number)
                except ValueError:
                    marks.errors.append(f"{letter(column)}{digits}")
                    continue
            else:  # a format only
                continue
            look = odd.get(style)
            if look is not None:
                value = self._as_shown(value, look, f"{letter(column)}{digits}")
            if column >= far:
                marks.far = marks.far or f"{letter(column)}{digits}"
                continue
            if column > len(line):
                line.extend([""] * (column - len(line)))
            line.append(value)

    def _shared(self, index: str | bytes, column: int, digits: str) -> str:
        book = self.book
        try:
            number = int(index)
            text = book.texts[number]
        except (ValueError, IndexError):
            raise Refused("damaged_workbook") from None
        if number < 0:
            raise Refused("damaged_workbook")
        if number in book.crossed and text:
            self.marks.struck.append(f"{letter(column)}{digits}")
        return text

    def _value(self, cell: Element, kind: str | None, column: int, digits: str) -> Any:
        """What a cell shows that holds no shared text; what cannot be told is marked and empty."""
        main = self.main
        held: str | None = None
        formula = inline = None
        for child in cell:
            name = child.tag
            if name == main + "v":
                held = child.text or ""
            elif name == main + "f":
                formula = child
            elif name == main + "is":
                inline = child
        if kind == "inlineStr":
            text, crossed = text_of(inline) if inline is not None else ("", False)
            if crossed:
                self.marks.struck.append(f"{letter(column)}{digits}")
            return without_invisible(text)
        if held is None or (held == "" and kind != "str"):
            if kind == "e":
                self.marks.errors.append(f"{letter(column)}{digits}")
            elif formula is not None:
                self.marks.uncached.append(f"{letter(column)}{digits}")
            return ""
        if kind == "s":
            return self._shared(held, column, digits)
        if kind == "str":
            return without_invisible(held)
        try:
            if kind is None or kind == "n":
                value = float(held)
                if "_" not in held:
                    return value
            elif kind == "b" and held in _TRUTH:
                return _TRUTH[held]
            elif kind == "d":
                return day_of_iso(held)
        except ValueError:
            pass
        self.marks.errors.append(f"{letter(column)}{digits}")  # an error value, or no value of its kind
        return ""

    def _as_shown(self, value: Any, look: Look, cell: str) -> Any:
        if look.struck and self.marks.struck[-1:] != [cell]:
            self.marks.struck.append(cell)
        if value.__class__ is float and look.shows:
            return moment(value, look.shows, self.book.epoch)
        if value.__class__ in (float, str) and look.disguises(value):
            self.marks.disguised.append(cell)
        return value


def moment(value: float, shows: int, epoch: datetime) -> Any:
    """A number of days as what Excel shows of it; the number itself where that is no day."""
    if shows == LASTING:
        return timedelta(seconds=round(value * 86_400)) if abs(value) < _LAST_DAY else value
    if not 0 <= value < _LAST_DAY:
        return value
    whole = timedelta(seconds=round(value * 86_400))
    if value < 1 and shows == DAY:
        return (_EPOCH + whole).time()
    if epoch is _EPOCH and value < 60:  # Excel's 29 February 1900
        whole += timedelta(days=1)
    try:
        return epoch + whole
    except OverflowError:
        return value


def _whole(text: str | None) -> int:
    if not text or not text.isascii() or not text.isdigit() or len(text) > 8:
        raise Refused("damaged_workbook")
    return int(text)


def _size(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _area_of(text: str) -> str | None:
    return _area(text) if len(text) <= LONGEST_AREA else _area.__wrapped__(text)


@lru_cache(maxsize=1024)
def _area(text: str) -> str | None:
    """A merged area, of more than one cell, in the spelling of addresses. Raises Refused for what is none."""
    first, _, last = whole_area(text).partition(":")
    if not last:
        return None
    for end in (first, last):
        letters = end.rstrip("0123456789")
        column_of(letters)
        if not 1 <= _whole(end[len(letters) :]) <= LAST_ROW:
            raise Refused("damaged_workbook")
    return f"{first}:{last}"
