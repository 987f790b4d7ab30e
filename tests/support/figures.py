"""A report read from outside, cell by cell, until every figure in it has been compared with one that was computed otherwise.

The workbook is read by calamine, its charts as XML, the page by Beautiful Soup: none of them wrote it. A number, a date or a rate
that nothing was compared with is left over, and so is a sentence with a number in it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bs4 import BeautifulSoup
from openpyxl.utils import range_boundaries
from python_calamine import CalamineWorkbook

UNDEFINED = "—"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
TEXT = object()  # a column of words: names, reasons, sources
# numbers that are names: clauses, readings, quarters of the regulation's own words
NAMES = re.compile(r"第[\d.、a-b]+条|口径 ?D\d+|[74]\.\d[.\da-b]*|\d日、\d+日")

Place = tuple[str, int, int]


def same(shown: Any, expected: Any) -> bool:
    """Whether a cell shows a value: rates exactly but for the float they are stored as, dates by their day or moment.

    A function is asked, None is nothing or a dash.
    """
    if callable(expected):
        return bool(expected(shown))
    if expected is None:
        return shown in ("", UNDEFINED)
    if isinstance(expected, str):
        return bool(shown == expected)
    if isinstance(expected, datetime):
        return isinstance(shown, datetime) and abs((shown - expected).total_seconds()) < 1
    if isinstance(expected, date):
        return (shown.date() if isinstance(shown, datetime) else shown) == expected
    return isinstance(shown, int | float) and abs(Fraction(shown) - Fraction(expected)) <= Fraction(1, 10**9)


def percent(rate: Fraction | None) -> str:
    """A rate as a page shows it: a tenth rounded half up, more decimals where a rate that is no half per cent reads as one."""
    if rate is None:
        return UNDEFINED
    whole = Decimal(rate.numerator * 100) / Decimal(rate.denominator)
    for places in range(1, 10):
        shown = whole.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if shown % Decimal("0.5") or Fraction(shown) == rate * 100:
            break
    return f"{shown:,}%"


@dataclass
class Book:
    """A workbook's cells, and which of them were compared."""

    path: Path
    compared: set[Place] = field(default_factory=set)
    sheets: dict[str, list[list[Any]]] = field(init=False)

    def __post_init__(self) -> None:
        book = CalamineWorkbook.from_path(self.path)
        self.sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}

    def see(self, sheet: str, row: int, column: int, expected: Any) -> None:
        """Compare one cell (0-based)."""
        shown = self.sheets[sheet][row][column]
        assert same(shown, expected), f"{self.path.name} {sheet} {row + 1},{column + 1}: {shown!r} ≠ {expected!r}"
        self.compared.add((sheet, row, column))

    def cards(self, sheet: str, expected: Mapping[str, tuple[Any, str | None]]) -> None:
        """The cover's cards: label → value and small print (None: words)."""
        seen = set()
        for row, line in enumerate(self.sheets[sheet]):
            for column, label in enumerate(line):
                if label in expected and label not in seen and row + 2 < len(self.sheets[sheet]):
                    value, note = expected[label]
                    self.see(sheet, row + 1, column, value)
                    if note is not None:
                        self.see(sheet, row + 2, column, note)
                    seen.add(label)
        assert seen == set(expected), set(expected) - seen

    def briefing(self, sheet: str, expected: Mapping[str, Any], then: Mapping[str, str]) -> None:
        """What the cover says first, heading → sentence, and what stands beside the cards, label → text."""
        seen = set()
        for row, line in enumerate(self.sheets[sheet]):
            for column, cell in enumerate(line):
                if column == 0 and cell in expected:
                    self.see(sheet, row, 1, expected[cell])
                    seen.add(cell)
                elif cell in then and cell not in seen and row + 3 < len(self.sheets[sheet]):
                    self.see(sheet, row + 3, column, then[cell])
                    seen.add(cell)
        assert seen == {*expected, *then}, {*expected, *then} - seen

    def table(
        self, sheet: str, expected: Mapping[str, Sequence[Any] | object], total: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """A table by its titles (without line breaks), column by column in the order of its rows: values, or TEXT.

        ``total``: what stands in its total row, whose other cells are empty; None where it has none. The rows as shown.
        """
        rows = self.sheets[sheet]
        plain = [[str(cell).replace("\n", "") for cell in row] for row in rows]
        top = next(place for place, row in enumerate(plain) if set(expected) <= set(row))
        titles = [title for title in plain[top] if title]
        assert set(titles) == set(expected), set(titles) ^ set(expected)
        size = next((len(values) for values in expected.values() if values is not TEXT), 0)  # type: ignore[arg-type]
        for title, values in expected.items():
            place = titles.index(title)
            assert values is TEXT or len(values) == size, title  # type: ignore[arg-type]
            for offset in range(size):
                if values is not TEXT:
                    self.see(sheet, top + 1 + offset, place, values[offset])  # type: ignore[index]
                self.compared.add((sheet, top + 1 + offset, place))
        after = rows[top + 1 + size] if len(rows) > top + 1 + size else [""]
        assert (after[0] == "合计") == (total is not None and size > 0), (sheet, after)
        if total is not None and size:
            for place, title in enumerate(titles[1:], 1):
                self.see(sheet, top + 1 + size, place, total.get(title, ""))
        elif not size:
            assert after[0], f"{sheet}: an empty table says so"
        return [dict(zip(titles, row, strict=False)) for row in rows[top + 1 : top + 1 + size]]

    def say(self, sheet: str, sentences: Sequence[str]) -> None:
        """Sentences stand on a sheet word for word."""
        for sentence in sentences:
            places = [(row, 0) for row, line in enumerate(self.sheets[sheet]) if line and line[0] == sentence]
            assert places, f"{self.path.name}: “{sentence}” is not said; {self.notes(sheet)}"
            self.compared |= {(sheet, row, column) for row, column in places}

    def notes(self, sheet: str) -> list[str]:
        """The sentences in the first column that hold a number which is no name, and were not compared."""
        return [
            line[0]
            for row, line in enumerate(self.sheets[sheet])
            if line and isinstance(line[0], str) and re.search(r"\d", NAMES.sub("", line[0]))
            if (sheet, row, 0) not in self.compared
        ]

    def words(self, sheet: str, where: Callable[[str], bool]) -> None:
        """Cells that are words, whatever number they hold: stamps, titles of columns, and the heading of a sheet."""
        if sheet != next(iter(self.sheets)):
            self.compared |= {(sheet, row, 0) for row in (0, 1, 2)}
        for row, line in enumerate(self.sheets[sheet]):
            self.compared |= {
                (sheet, row, column) for column, cell in enumerate(line) if isinstance(cell, str) and where(cell)
            }

    def left_over(self) -> list[tuple[Place, Any]]:
        """Cells nobody compared that hold a figure, or a text with a number that is no name."""
        found = []
        for name, rows in self.sheets.items():
            for row, line in enumerate(rows):
                for column, cell in enumerate(line):
                    figure = isinstance(cell, int | float | date) and not isinstance(cell, bool)
                    spoken = isinstance(cell, str) and re.search(r"\d", NAMES.sub("", cell))
                    if (figure or spoken) and (name, row, column) not in self.compared:
                        found.append(((name, row + 1, column + 1), cell))
        return found

    def charts(self) -> dict[str, list[tuple[str, list[str], list[Fraction]]]]:
        """Title → series: name, categories and values as the chart keeps them, each the same as in the cells it names."""
        found = {}
        with zipfile.ZipFile(self.path) as archive:
            for name in sorted(archive.namelist()):
                if name.startswith("xl/charts/chart"):
                    tree = ElementTree.fromstring(archive.read(name))
                    title = "".join(
                        text.text or ""
                        for text in tree.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")
                    )
                    found[title] = [self._series(each) for each in tree.iter(f"{CHART}ser")]
        return found

    def _series(self, element: Any) -> tuple[str, list[str], list[Fraction]]:
        kept = []
        for part in ("cat", "val"):
            inner = element.find(f"{CHART}{part}")[0]
            count = int(inner.find(f".//{CHART}ptCount").get("val"))
            points = {int(point.get("idx")): point[0].text for point in inner.iter(f"{CHART}pt")}
            sheet, _, area = inner.find(f"{CHART}f").text.rpartition("!")
            left, top, right, bottom = range_boundaries(area.replace("$", ""))
            assert left == right
            assert bottom - top + 1 == count
            cells = [self.sheets[sheet.strip("'")][row - 1][left - 1] for row in range(top, bottom + 1)]
            shown = [points.get(place) for place in range(count)]
            if part == "val":
                numbers = [None if text in (None, "", UNDEFINED) else Fraction(text) for text in shown]
                assert all(same(cell, number) for cell, number in zip(cells, numbers, strict=True)), (shown, cells)
                kept.append(numbers)
            else:
                assert [str(cell) for cell in cells] == shown
                kept.append(shown)
        return element.find(f"{CHART}tx/{CHART}v").text, kept[0], kept[1]


@dataclass
class Page:
    """A page's cards, remarks, tables and bars as text."""

    path: Path

    def __post_init__(self) -> None:
        self.tree = BeautifulSoup(self.path.read_text(encoding="utf-8"), "html.parser")

    def cards(self) -> dict[str, tuple[str, str]]:
        """Label → value and small print."""
        found = {}
        for card in self.tree.select("div.card"):
            label, value, note, *_ = (part.get_text() for part in card.find_all(recursive=False))
            found[label] = (value, note)
        return found

    def notes(self) -> list[str]:
        """The remarks under the cards."""
        return [line.get_text() for line in self.tree.select("ul.notes li")]

    def tables(self) -> list[list[list[str]]]:
        """Each table as rows of texts, its titles first."""
        return [
            [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
            for table in self.tree.find_all("table")
        ]

    def bars(self) -> dict[str, list[list[str]]]:
        """Title → label and the numbers of each group."""
        found = {}
        for figure in self.tree.find_all("figure"):
            groups: list[list[str]] = []
            for text in figure.find_all("text"):
                if text.get("text-anchor") == "end":
                    groups.append([text.get_text()])
                else:
                    groups[-1].append(text.get_text())
            found[figure.find("svg")["aria-label"]] = groups
        return found


def compared(word: str, cards: Mapping[str, tuple[Any, str]], then: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """What stands beside each card of ``then`` (label → last period's value), and the sentence on what changed."""
    beside, moved = {}, []
    for label, old in then.items():
        new = cards[label][0]
        is_rate = isinstance(new, Fraction) or isinstance(old, Fraction) or new is None or old is None
        shown, before = (percent(each) if is_rate else f"{each:,}" for each in (new, old))
        if new is None or old is None:
            way = ""
        elif new == old:
            way = "（持平）"
        elif is_rate:
            points = (Decimal(abs(new - old).numerator * 100) / abs(new - old).denominator).quantize(
                Decimal("0.1"), ROUND_HALF_UP
            )
            told = points if points and shown != before else "不到 0.1"  # of what is shown as one number
            way = f"（{'升' if new > old else '降'} {told} 个百分点）"
        else:
            way = f"（{_way(new, old)} {abs(new - old):,}）"
        beside[label] = f"{word} {before}{way}"
        moved += [f"{label} {shown}，{beside[label]}"] if new != old else []
    same = len(then) - len(moved)
    if not moved:
        return beside, f"与{word}相比，主要数字没有变化。"
    return beside, "；".join(moved[:4]) + (f"；其余 {same} 项持平" if same else "") + "。"


def missing(words: Sequence[str], later: str) -> Callable[[str], bool]:
    """The sentence on inputs that have not come, but for how many of them are late (``test_standing`` counts these)."""
    expected = f"{'；'.join(words)}。{later}" if words else "没有。"
    return lambda shown: re.sub(r"（逾期 \d+ 条）", "", shown) == expected


def _way(new: int, old: int) -> str:
    if max(new, old) <= 0:
        return "多" if new < old else "少"
    return "增" if new > old else "减"


def most_moved(now: Mapping[Any, int], then: Mapping[Any, int]) -> list[tuple[Any, str]]:
    """Keys whose numbers differ, the largest difference first, with the way and by how much."""
    both = {*now, *then}
    gaps = {key: now.get(key, 0) - then.get(key, 0) for key in both}
    order = sorted((key for key in both if gaps[key]), key=lambda key: (-abs(gaps[key]), key))
    return [(key, f"{_way(now.get(key, 0), then.get(key, 0))} {abs(gaps[key]):,}") for key in order]


def rate(part: int, whole: int) -> Fraction | None:
    """A rate, None over nothing."""
    return Fraction(part, whole) if whole else None


def stamped(cell: str) -> bool:
    """Words of the cover and of headings that name the edition, the moment and the register."""
    return "登记册 " in cell or cell.startswith(("2026年", "每月")) or cell.endswith("月")


def check_page(
    page: Page,
    book: Book,
    cards: Mapping[str, tuple[Any, str]],
    sheets: Sequence[str],
    part_of: Sequence[str] = (),
) -> None:
    """A page says what its workbook says: cards, remarks, and each of its tables, cell by cell.

    ``part_of``: sheets of which a page shows some rows and columns, as they stand there.
    """
    for label, (value, note) in cards.items():
        text = percent(value) if isinstance(value, Fraction) else UNDEFINED if value is None else f"{value:,}"
        assert page.cards()[label] == (text, note), label
    front = next(iter(book.sheets.values()))
    assert set(page.notes()) <= {row[0] for row in front}
    tables = page.tables()
    assert len(tables) <= len(sheets) + len(part_of)
    for sheet in sheets:
        rows = [[str(cell).replace("\n", "") for cell in row] for row in book.sheets[sheet]]
        table = next((each for each in tables if [title.replace("\n", "") for title in each[0]] in rows), None)
        if table is None:
            assert all(not row[0] or not any(isinstance(cell, float) for cell in row) for row in book.sheets[sheet])
            continue
        tables.remove(table)
        top = rows.index([title.replace("\n", "") for title in table[0]])
        for shown, row in zip(table[1:], book.sheets[sheet][top + 1 :], strict=False):
            assert shown == [as_text(cell, text) for cell, text in zip(row, shown, strict=True)]
    for sheet, table in zip(part_of, list(tables), strict=True):
        rows = [[str(cell).replace("\n", "") for cell in row] for row in book.sheets[sheet]]
        titles = [title.replace("\n", "") for title in table[0]]
        top = next(place for place, row in enumerate(rows) if set(titles) <= set(row))
        places = [rows[top].index(title) for title in titles]
        whole = [[row[place] for place in places] for row in book.sheets[sheet][top + 1 :] if len(row) > max(places)]
        for shown in table[1:]:
            assert any(
                shown == [as_text(cell, text) for cell, text in zip(row, shown, strict=True)] for row in whole
            ), shown
        tables.remove(table)
    assert tables == []


def as_text(cell: Any, shown: str) -> str:
    """A workbook's cell as the page would show it; where the page shows a rate, as a rate."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}" if ":" in shown else f"{cell:%Y-%m-%d}"
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, int | float):
        if shown.endswith("%"):
            return percent(Fraction(cell).limit_denominator(10**6))
        return f"{int(cell):+,}" if shown.startswith("+") else f"{int(cell):,}"
    return str(cell)
