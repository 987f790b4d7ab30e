"""One look for all report workbooks: formats, tables, print set-up. Charts stand in ``charts``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from workbench.core import colours
from workbench.core.colours import ACCENT, BAD, GOOD, INK, INPUT, LINE, MUTED, PALE, PROVISIONAL, STRIPE, WARN, WHITE
from workbench.core.rates import MOST, decimals, short_percent
from workbench.core.texts import lines_needed
from workbench.platform.reporting.parts import UNDEFINED, Column, Stamp, plain, ratio

FONT = "微软雅黑"
COLOUR_WORDS = {"good": "绿色", "bad": "红色", "warn": "黄色"}
A4 = 9
HIGHEST = 409  # points a row may be high

LOOKS: dict[str, dict[str, Any]] = {
    "base": {"font_name": FONT, "font_size": 10, "valign": "vcenter"},
    "cell": {"border": 1, "border_color": LINE},
    "text": {"text_wrap": True, "align": "left"},
    "center": {"align": "center"},
    "int": {"num_format": "#,##0", "align": "right"},
    "rank": {"num_format": "0", "align": "center"},
    "rate": {"num_format": "0.0%", "align": "right"},
    "yuan": {"num_format": "#,##0;[Red]-#,##0;0", "align": "right"},
    "date": {"num_format": "yyyy-mm-dd", "align": "center"},
    "time": {"num_format": "yyyy-mm-dd hh:mm", "align": "center"},
    "head": {"bold": True, "font_color": WHITE, "bg_color": INK, "align": "center", "text_wrap": True},
    "total": {"bold": True, "bg_color": PALE, "top": 2, "top_color": INK},
    "title": {"bold": True, "font_size": 16, "font_color": INK},
    "mark": {"font_color": PROVISIONAL},
    "section": {"bold": True, "font_size": 11, "font_color": INK, "bottom": 2, "bottom_color": ACCENT},
    "small": {"font_size": 9, "font_color": MUTED},
    "note": {"text_wrap": True, "valign": "top"},
    "empty": {"italic": True, "font_color": MUTED, "align": "center"},
    "check": {"bold": True, "align": "center"},
    "input": {"bg_color": INPUT},
    "link": {"font_color": ACCENT, "underline": 1},
    "percent": {"num_format": "0%", "align": "center"},
    "banner": {"bold": True, "font_size": 22, "font_color": WHITE, "bg_color": INK, "align": "center"},
    "banner2": {"font_size": 12, "font_color": WHITE, "bg_color": ACCENT, "align": "center"},
    "card": {
        "bg_color": PALE,
        "align": "center",
        "left": 5,
        "right": 5,
        "left_color": WHITE,
        "right_color": WHITE,
    },
    "card_label": {"font_color": MUTED, "top": 2, "top_color": ACCENT},
    "card_value": {"bold": True, "font_size": 20, "font_color": INK, "align": "center", "text_wrap": False},
    "card_note": {"font_size": 8, "font_color": MUTED, "shrink": True},
    "card_before": {"font_size": 8, "font_color": ACCENT, "shrink": True},
    "brief": {"text_wrap": True, "valign": "top", "bottom": 4, "bottom_color": LINE},
    "brief_heading": {"bold": True, "font_color": INK, "valign": "top", "bottom": 4, "bottom_color": LINE},
    "sign_label": {"bold": True, "align": "right"},
    "sign_line": {"bottom": 1, "align": "right", "font_color": MUTED},
    "soft": {"bg_color": STRIPE},
    "gap": {"num_format": "+#,##0;-#,##0;0", "align": "right"},
    "delta": {"num_format": "+#,##0;[Red]-#,##0;0", "align": "right"},
    "good": {"bg_color": GOOD},
    "bad": {"bg_color": BAD},
    "warn": {"bg_color": WARN},
    **{f"rate{places}": {"num_format": f"0.{'0' * places}%", "align": "right"} for places in range(2, MOST + 1)},
}


@dataclass(frozen=True)
class Area:
    """Where a table stands: rows of its data (0-based, ``last`` < ``first`` when empty) and columns by key."""

    sheet: str
    first: int
    last: int
    columns: dict[str, int]

    def __len__(self) -> int:
        return self.last - self.first + 1

    def cell(self, row: int, key: str, *, absolute: bool = False) -> str:
        """A1 address of a data row's cell."""
        return str(xl_rowcol_to_cell(row, self.columns[key], row_abs=absolute, col_abs=absolute))

    def reference(self, key: str) -> list[Any]:
        """The column's cells as a chart wants them."""
        return [self.sheet, self.first, self.columns[key], self.last, self.columns[key]]

    def span(self, key: str) -> str:
        """The column's cells as a formula on the same sheet wants them."""
        name = xl_col_to_name(self.columns[key])
        return f"{name}{self.first + 1}:{name}{self.last + 1}"


class ReportWorkbook:
    """A report's workbook while it is written; closes itself. The same data give the same bytes."""

    def __init__(self, path: Path | IO[bytes], stamp: Stamp) -> None:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        held = not isinstance(path, Path)  # what goes to a stream passes through no temporary files either
        self.file = xlsxwriter.Workbook(path if held else str(path), {**options, "in_memory": held})
        self.stamp = stamp
        self._formats: dict[tuple[str, ...], Format] = {}
        self._widths: dict[str, list[float]] = {}
        self._legends: dict[str, list[str]] = {}
        created = stamp.as_of.replace(tzinfo=None)
        self.file.set_properties(
            {
                "title": f"{stamp.title} {stamp.period}",
                "subject": stamp.edition,
                "created": created,
                "comments": stamp.line(),
            }
        )
        self.file.set_calc_mode("auto")

    def __enter__(self) -> ReportWorkbook:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.file.close()

    def look(self, *names: str) -> Format:
        """The format made of the named looks; later ones win."""
        if names not in self._formats:
            merged: dict[str, Any] = dict(LOOKS["base"])
            for name in names:
                merged |= LOOKS[name]
            self._formats[names] = self.file.add_format(merged)
        return self._formats[names]

    def rate_look(self, value: Any, *names: str) -> Format:
        """The format of a rate with as many decimals as keep it on its side of a threshold (D12), further looks on top."""
        return self.look(rate_style(value), *names)

    def sheet(self, name: str, widths: Sequence[float], heading: str | None = None) -> Worksheet:
        """A new sheet: A4 landscape, one page wide, footer with the stamp; heading in the first two rows."""
        sheet = self.file.add_worksheet(name)
        self._widths[name] = list(widths)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, self.look())
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.85 if self.stamp.mark else 0.6, bottom=0.75)
        sheet.center_horizontally()
        sheet.ignore_errors({"number_stored_as_text": "A1:Z1048576"})  # clause numbers are text
        mark = f'&C&"{FONT},Bold"&22&K{colours.bare(PROVISIONAL)}{self.stamp.mark}' if self.stamp.mark else ""
        sheet.set_header(f"&L&9 {self.stamp.title}{mark}&R&9 {self.stamp.period}")
        sheet.set_footer(f"&L&8 {self.stamp.line()}&R&8 第 &P 页 / 共 &N 页")
        if heading:
            sheet.set_row(0, 28)
            marked = f"【{self.stamp.mark}】{heading}" if self.stamp.mark else heading
            sheet.write_string(0, 0, marked, self.look("title", "mark") if self.stamp.mark else self.look("title"))
            sheet.write_string(
                1, 0, f"{self.stamp.title}　{self.stamp.period}　{self.stamp.line()}", self.look("small")
            )
        return sheet

    def put(self, sheet: Worksheet, row: int, column: int, value: Any, style: str, *looks: str) -> None:
        """One value in a style, further looks on top; text is always text, so nothing received becomes a formula."""
        value = plain(value)
        look = self.rate_look(value, *looks) if style == "rate" else self.look(style, *looks)
        if value is None and style in ("rate", "rank"):
            sheet.write_string(row, column, UNDEFINED, look)
        elif value is None:
            sheet.write_blank(row, column, None, look)
        elif style in ("date", "time"):
            moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
            sheet.write_datetime(row, column, moment, look)
        elif isinstance(value, str):
            sheet.write_string(row, column, value, look)
        else:
            sheet.write_number(row, column, float(value) if style == "rate" else value, look)

    def table(
        self,
        sheet: Worksheet,
        row: int,
        columns: Sequence[Column],
        frame: pd.DataFrame,
        *,
        empty: str,
        freeze: bool = True,
        filtered: bool = True,
        total: bool = True,
    ) -> Area:
        """A table with its header at ``row`` (0-based); an empty one says so in words.

        The first table of a sheet freezes and repeats its header (``freeze``).
        """
        high = max(lines_needed(column.title, column.width) for column in columns)
        sheet.set_row(row, 6 + 14 * high)
        for place, column in enumerate(columns):
            sheet.write_string(row, place, column.title, self.look("cell", "head"))
        first, last = row + 1, row + len(frame)
        area = Area(sheet.name, first, last, {column.key: place for place, column in enumerate(columns)})
        rows = zip(*(frame[column.key] for column in columns), strict=True)
        for line, values in enumerate(rows, first):
            sheet.set_row(line, self._height(columns, values))
            for place, value in enumerate(values):
                self.put(sheet, line, place, value, columns[place].style, "cell")
        if frame.empty:
            sheet.merge_range(first, 0, first, len(columns) - 1, empty, self.look("cell", "empty"))
            sheet.set_row(first, 24)
        elif total and any(column.total is not None for column in columns):
            self._total(sheet, area, columns, frame)
        if freeze:
            sheet.freeze_panes(first, min(2, len(columns) - 1))
            sheet.repeat_rows(row)
        if filtered and len(frame):
            sheet.autofilter(row, 0, last, len(columns) - 1)
        return area

    @staticmethod
    def _height(columns: Sequence[Column], values: Sequence[Any]) -> float:
        """The height a row needs so that its wrapped texts are not cut off, up to the highest there is."""
        texts = [(value, column.width) for value, column in zip(values, columns, strict=True) if isinstance(value, str)]
        return min(HIGHEST, 5 + 14 * max([lines_needed(text, width) for text, width in texts], default=1))

    def _total(self, sheet: Worksheet, area: Area, columns: Sequence[Column], frame: pd.DataFrame) -> None:
        """The total row: live sums and rates of sums, with their values."""
        row = area.last + 1
        sheet.set_row(row, 21)
        for place, column in enumerate(columns):
            look = self.look("cell", column.style, "total")
            if column.total == "sum":
                value = int(frame[column.key].sum())
                sheet.write_formula(row, place, f"=SUM({area.span(column.key)})", look, value)
            elif isinstance(column.total, tuple):
                part, *others = (area.cell(row, key) for key in column.total)
                number, *numbers = (int(frame[key].sum()) for key in column.total)
                whole = others[0] if len(others) == 1 else f"({'+'.join(others)})"
                rate = ratio(number, sum(numbers))
                look = self.look("cell", rate_style(rate), "total")
                shown = UNDEFINED if rate is None else float(rate)
                sheet.write_formula(row, place, f'=IF({whole}=0,"{UNDEFINED}",{part}/{whole})', look, shown)
            elif isinstance(column.total, int):
                sheet.write_number(row, place, column.total, look)
            else:
                sheet.write_string(row, place, column.total or "", look)

    def wide(self, sheet: Worksheet, row: int, first: int, last: int, text: str, *looks: str) -> None:
        """Text across columns ``first`` to ``last`` of a row."""
        look = self.look(*looks)
        if last > first:
            sheet.merge_range(row, first, row, last, "", look)
        sheet.write_string(row, first, text, look)

    def notes(self, sheet: Worksheet, row: int, lines: Sequence[str], width: int, heading: str = "说明") -> int:
        """Remarks under a table, one merged row each; gives back the next free row."""
        if not lines:
            return row
        self.wide(sheet, row, 0, width - 1, heading, "section")
        room = sum(self._widths[sheet.name][:width])
        for number, line in enumerate(lines, 1):
            self.wide(sheet, row + number, 0, width - 1, line, "note")
            sheet.set_row(row + number, 17 * lines_needed(line, room))
        return row + len(lines) + 2

    def rate_colours(self, sheet: Worksheet, area: Area, key: str, good: float = 1.0, bad: float = 0.6) -> None:
        """Green from ``good`` on, red below ``bad``; a dash stays plain."""
        self._colours(sheet, area, key, "", good, bad)

    def rate_rows(self, sheet: Worksheet, area: Area, key: str, by: str, word: str) -> None:
        """The same colours, only in rows whose column ``by`` holds ``word``."""
        if len(area):
            label = xl_rowcol_to_cell(area.first, area.columns[by], col_abs=True)
            self._colours(sheet, area, key, f'{label}="{word}",', 1.0, 0.6)

    def _colours(self, sheet: Worksheet, area: Area, key: str, only: str, good: float, bad: float) -> None:
        if not len(area):
            return
        limits = (short_percent(Fraction(limit).limit_denominator(10**6)) for limit in (good, bad))
        self._legend(sheet, "绿色：不低于 {}，红色：低于 {}（比率）".format(*limits))
        cell = area.cell(area.first, key)
        for test, look in ((f">={good}", "good"), (f"<{bad}", "bad")):
            criteria = f"=AND({only}ISNUMBER({cell}),{cell}{test})"
            rule = {"type": "formula", "criteria": criteria, "format": self._tint(look)}
            sheet.conditional_format(area.span(key), rule)

    def _legend(self, sheet: Worksheet, words: str) -> None:
        """What a colour of a sheet's table stands for, in the free line above it."""
        told = self._legends.setdefault(sheet.name, [])
        if words not in told:
            told.append(words)
            sheet.write_string(2, 0, f"颜色　{'；'.join(told)}", self.look("small"))

    def flag_rows(self, sheet: Worksheet, area: Area, key: str, word: str) -> None:
        """Tints whole rows whose column ``key`` holds ``word`` somewhere in its text."""
        if len(area):
            look = colours.STATES[word]
            self._legend(sheet, f"{COLOUR_WORDS[look]}：{word}")
            cell = xl_rowcol_to_cell(area.first, area.columns[key], col_abs=True)
            rule = {"type": "formula", "criteria": f'=ISNUMBER(SEARCH("{word}",{cell}))', "format": self._tint(look)}
            columns = area.columns.values()
            sheet.conditional_format(area.first, min(columns), area.last, max(columns), rule)

    def bars(self, sheet: Worksheet, area: Area, key: str) -> None:
        """Data bars behind a column of counts."""
        if len(area):
            look = {
                "type": "data_bar",
                "bar_color": colours.RESULT,
                "bar_solid": True,
                "min_type": "num",
                "min_value": 0,
            }
            sheet.conditional_format(area.span(key), look)

    def shades(self, sheet: Worksheet, area: Area, first: str, last: str) -> None:
        """The larger a number among neighbouring columns, the darker behind it."""
        if len(area):
            self._legend(sheet, "蓝色越深，数量越大")
            look = {"type": "2_color_scale", "min_color": WHITE, "max_color": colours.RESULT}
            sheet.conditional_format(area.first, area.columns[first], area.last, area.columns[last], look)

    def check_colours(self, sheet: Worksheet, where: str, right: str = "相符") -> None:
        """A check cell: green where it agrees, red where not."""
        same = {"type": "cell", "criteria": "==", "value": f'"{right}"', "format": self._tint("good")}
        other = {"type": "cell", "criteria": "!=", "value": f'"{right}"', "format": self._tint("bad")}
        sheet.conditional_format(where, same)
        sheet.conditional_format(where, other)

    def word_colour(self, sheet: Worksheet, area: Area, key: str, word: str) -> None:
        """A colour behind the cells of a column that hold a word."""
        look = colours.STATES[word]
        self._legend(sheet, f"{COLOUR_WORDS[look]}：{word}")
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": self._tint(look)}
        sheet.conditional_format(area.span(key), rule)

    def _tint(self, look: str) -> Format:
        key = ("tint", look)
        if key not in self._formats:
            self._formats[key] = self.file.add_format(LOOKS[look])
        return self._formats[key]


def rate_style(value: Any) -> str:
    """The look of a rate, by the decimals it needs; the ordinary one for what is no number."""
    if isinstance(value, str) or value is None:
        return "rate"
    places = decimals(Fraction(value))
    return "rate" if places <= 1 else f"rate{places}"


def rate_format(values: Iterable[Any]) -> str:
    """The number format in which every one of some rates stays on its side of a threshold, as the labels of a chart need it."""
    styles = [rate_style(plain(value)) for value in values]
    return str(LOOKS[max(styles, default="rate")]["num_format"])
