"""Writes the official workbooks: blank, pre-filled for the sections, or filled. Same input, same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, TypeVar

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from workbench.core import places
from workbench.core.colours import BAD, INK, LINE, MUTED, PALE, WHITE
from workbench.core.file_names import file_name
from workbench.core.texts import a_little_long, lines_needed
from workbench.platform.forms.spec import Column, Part, Template, templates
from workbench.platform.forms.wording import PLACEHOLDER, Wording
from workbench.platform.regulation.edition import Policy

FONT = "Microsoft YaHei"
LISTS, STAMP, GUIDE = "_列表", "_表单", "填表说明"
GUIDE_WIDTHS = (18, 8, 12, 44, 60)
ROW_ID = "行标识"
# the stamp's labels on its hidden sheet
STAMP_LABELS = ("template", "version", "form_no")
Target = TypeVar("Target", Path, IO[bytes])
A3, A4 = 8, 9  # Excel's numbers
WIDEST_ON_A4, WIDEST_ON_A3 = 240, 340  # characters in a line that can still be read
FORMATS = {
    "code": "@",
    "phone": "@",
    "person": "@",
    "text": "@",
    "choice": "@",
    "province": "@",
    "city": "@",
    "when": "@",
    "month": "@",
    "year": "0",
    "integer": "#,##0",
    "number": "#,##0.##",
    "money": "#,##0.00",
    "date": "yyyy-mm-dd",
    "time": "yyyy-mm-dd hh:mm",
}
CENTRED = frozenset({"date", "time", "month", "integer", "year", "choice"})
ASKED = {
    "date": "日期，如 2026-03-05",
    "month": "月份，如 2026-03",
    "integer": "整数",
    "number": "数字",
    "money": "金额（元）",
    "phone": "电话，按文本填写",
    "code": "按文本填写",
    "year": "年度，如 2026",
    "when": "日期或月份",
}


def build_blanks(out: Path, policy: Policy, on: date) -> list[Path]:
    """Write every blank official workbook, with the numbers in force on a day; the files in the templates' order."""
    out.mkdir(parents=True, exist_ok=True)
    blanks = {out / file_name(item.order, item.title, ending=".xlsx"): item for item in templates().values()}
    return [write_form(item, path, policy=policy, on=on) for path, item in blanks.items()]


def write_form(
    template: Template,
    path: Target,
    header: Mapping[str, Any] | None = None,
    rows: pd.DataFrame | Sequence[Mapping[str, Any]] = (),
    *,
    policy: Policy,
    on: date,
    row_count: int = 200,
) -> Target:
    """One official workbook, at a path or in a stream, whose hints and colours go by the policy's numbers on the day ``on`` it is written.

    ``header`` and the columns of ``rows`` go by key; a ``row_id`` column replaces the built-in hidden
    ids. ``row_count`` rows are prepared (at least as many as ``rows``). Money is given in fen.
    """
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    with new_workbook(str(path) if isinstance(path, Path) else path) as workbook:
        workbook.set_properties({"title": template.title, "subject": template.form_no, "created": datetime(2026, 1, 1)})
        wording = Wording(template, policy, on)
        FormSheet(workbook, wording, max(row_count, len(frame))).fill(header or {}, frame)
        Guide(workbook, f"《{template.title}》填表说明").about(wording)
        add_lists(workbook)
        add_stamp(workbook, list(zip(STAMP_LABELS, (template.id, template.version, template.form_no), strict=True)))
    return path


def new_workbook(target: Any) -> xlsxwriter.Workbook:
    """A workbook to be written to a path or a stream, in which texts stay texts.

    In memory: contacts are not to pass through files in the system's temporary folder.
    """
    options = {
        "default_date_format": "yyyy-mm-dd",
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "in_memory": True,
    }
    return xlsxwriter.Workbook(target, options)


def add_stamp(workbook: xlsxwriter.Workbook, rows: Iterable[Sequence[str]]) -> None:
    """The hidden sheet by which a workbook is recognised."""
    stamp = workbook.add_worksheet(STAMP)
    for row, values in enumerate(rows):
        stamp.write_row(row, 0, values)
    stamp.very_hidden()


def header_slots(template: Template) -> list[tuple[Part, int, int]]:
    """Where each header field's label stands: field, row, column; its value comes right after, two columns wide."""
    wide = (1, 4, 7, 10) if len(template.header) == 4 else (1, 4, 7)  # a fourth one needs no line of its own
    labels = wide if len(template.columns) >= 12 else (1, 4) if len(template.columns) >= 7 else (1,)
    return [(field, 2 + n // len(labels), labels[n % len(labels)]) for n, field in enumerate(template.header)]


class FormSheet:
    """A form's sheet being written. ``note``: what stands at its head beside what stands there anyway."""

    def __init__(self, workbook: xlsxwriter.Workbook, wording: Wording, row_count: int, note: str = "") -> None:
        self.note = f"    {note}" if note else ""
        self.workbook, self.wording, self.template = workbook, wording, wording.template
        template = self.template
        self.sheet = workbook.add_worksheet(template.sheet)
        self.slots = header_slots(template)
        self.top = (max(row for _, row, _ in self.slots) + 2) if self.slots else 2  # row of the column headers
        self.first, self.last = self.top + 1, self.top + row_count
        self.place = {column.key: number for number, column in enumerate(template.columns)}
        self.id_column = len(template.columns)
        self._formats: dict[tuple[Any, ...], Any] = {}

    def fill(self, header: Mapping[str, Any], rows: pd.DataFrame) -> None:
        """Everything on the sheet, top to bottom."""
        self._title()
        for field, row, place in self.slots:
            self._header_field(field, row, place, header.get(field.key))
        for number, column in enumerate(self.template.columns):
            self._column(column, number)
        self._highlights()
        self._rows(rows)
        self._page()

    def _format(self, **settings: Any) -> Any:
        key = tuple(sorted(settings.items()))
        if key not in self._formats:
            base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self.workbook.add_format({**base, **settings})
        return self._formats[key]

    def _body(self, column: Column, **settings: Any) -> Any:
        align = {"align": "center"} if column.kind in CENTRED else {}
        return self._format(num_format=FORMATS[column.kind], locked=column.given, **align, **settings)

    def _title(self) -> None:
        stamp = f"表号：{self.template.form_no}    版本：{self.template.version}    深蓝色标题为必填{self.note}"
        self.sheet.write_string(0, 0, stamp, self._format(font_color=MUTED, font_size=9))
        title = self._format(bold=True, font_size=16, align="center", font_color=INK)
        self.sheet.merge_range(1, 0, 1, len(self._first_page()) - 1, self.template.title, title)
        self.sheet.set_row(1, 32)

    def _header_field(self, field: Part, row: int, column: int, value: Any) -> None:
        label = self._format(
            bold=True,
            bg_color=PALE,
            border=1,
            border_color=LINE,
            align="right",
            font_color=INK if field.required else MUTED,
        )
        box = self._format(border=1, border_color=LINE, locked=False, num_format=FORMATS[field.kind], align="left")
        self.sheet.write_string(row, column, field.title, label)
        self.sheet.merge_range(row, column + 1, row, column + 2, "", box)
        self._put(row, column + 1, field, value, box)
        self.sheet.set_row(row, 20)
        self._validation(field, row, column + 1, row, column + 1)

    def _column(self, column: Column, number: int) -> None:
        head = self._format(
            bold=True,
            font_color=WHITE,
            bg_color=INK if self.wording.required(column) else MUTED,
            border=1,
            border_color=LINE,
            align="center",
            text_wrap=True,
        )
        self.sheet.write_string(self.top, number, column.title, head)
        body = self._body(column)
        self.sheet.set_column(number, number, column.width, body)
        if not column.given:
            self._validation(column, self.first, number, self.last, number)

    def _validation(self, part: Part, top: int, left: int, bottom: int, right: int) -> None:
        rule: dict[str, Any] = {"validate": "any"}
        if part.offered:
            rule = {"validate": "list", "source": list(part.offered), "error_message": "请从下拉列表中选择。"}
        elif part.kind == "province":
            rule = {
                "validate": "list",
                "source": f"='{LISTS}'!$D$2:$D${len(places.provinces()) + 1}",
                "error_type": "warning",
                "error_message": "该省份不在列表中，请从下拉列表选择。",
            }
        elif part.kind == "city":
            province = "$" + xl_rowcol_to_cell(top, self.place["province"])
            source = (
                f"=OFFSET('{LISTS}'!$B$1,MATCH({province},'{LISTS}'!$A:$A,0)-1,0,COUNTIF('{LISTS}'!$A:$A,{province}),1)"
            )
            rule = {
                "validate": "list",
                "source": source,
                "error_type": "warning",
                "error_message": "该城市不在所选省份的列表中，请核对省份和城市。",
            }
        elif part.kind in ("integer", "year"):
            rule = {
                "validate": "integer",
                "criteria": ">=",
                "value": part.min or 0,
                "error_message": "请填整数，不带单位。",
            }
        elif part.kind in ("number", "money"):
            rule = {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "请填数字，不带单位。"}
        elif part.kind == "date":
            rule = {
                "validate": "date",
                "criteria": ">=",
                "value": date(2000, 1, 1),
                "error_message": "请填日期，如 2026-03-05。",
            }
        rule.setdefault("error_title", part.title[:32])
        must = "必填" if self.wording.required(part) else None
        words = "；".join(filter(None, [must, self.wording.hint(part), ASKED.get(part.kind)]))
        if words:
            rule |= {"input_title": part.title[:32], "input_message": words[:255]}
        if rule["validate"] != "any" or words:
            self.sheet.data_validation(top, left, bottom, right, rule)

    def _highlights(self) -> None:
        red = self.workbook.add_format({"bg_color": BAD})
        for item, words in self.wording.highlights():
            column = self.place[item.column]
            formula = "=" + PLACEHOLDER.sub(self._reference, words)
            area = (self.first, column, self.last, column)
            self.sheet.conditional_format(*area, {"type": "formula", "criteria": formula, "format": red})
        grid = self.workbook.add_format({"border": 1, "border_color": LINE})
        area = (self.first, 0, self.last, len(self.template.columns) - 1)
        self.sheet.conditional_format(*area, {"type": "formula", "criteria": "=TRUE", "format": grid})

    def _reference(self, match: re.Match[str]) -> str:
        letter = xl_col_to_name(self.place[match[1]])
        if match[2] == "all":
            return f"${letter}${self.first + 1}:${letter}${self.last + 1}"
        return f"${letter}{self.first + 1}"

    def _rows(self, rows: pd.DataFrame) -> None:
        ids = rows["row_id"].tolist() if "row_id" in rows else [f"r{n:04d}" for n in range(1, self.last - self.top + 1)]
        hidden = self._format(font_color=WHITE, locked=True)
        self.sheet.write_string(self.top, self.id_column, ROW_ID, hidden)
        for offset, row_id in enumerate(ids):
            self.sheet.write_string(self.first + offset, self.id_column, row_id, hidden)
        self.sheet.set_column(self.id_column, self.id_column, 8, hidden, {"hidden": True})
        for column in self.template.columns:
            if column.key not in rows:
                continue
            for offset, value in enumerate(rows[column.key].tolist()):
                look = {"bg_color": PALE} if column.given else {}
                body = self._body(column, shrink=a_little_long(value, column.width), **look)
                self._put(self.first + offset, self.place[column.key], column, value, body)

    def _put(self, row: int, column: int, part: Part, value: Any, body: Any) -> None:
        """One value with its right type; text is always a string cell, never a formula."""
        if value is None or value is pd.NaT or value is pd.NA or value != value:
            return
        if isinstance(value, (datetime, date)):
            moment = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
            if part.kind in ("date", "time"):
                self.sheet.write_datetime(row, column, moment, body)
            else:
                self.sheet.write_string(row, column, moment.strftime("%Y-%m-%d"), body)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, value, body)
        else:
            self.sheet.write_number(row, column, value / 100 if part.kind == "money" else value, body)

    def _first_page(self) -> Sequence[Column]:
        """The columns that are printed side by side on the first page: all, or half of a line no paper holds."""
        columns = self.template.columns
        if (width := _width(columns)) <= WIDEST_ON_A3:
            return columns
        return [column for place, column in enumerate(columns) if _width(columns[: place + 1]) <= width / 2]

    def _page(self) -> None:
        sheet = self.sheet
        sheet.freeze_panes(self.first, min(2, len(self.template.columns)))
        sheet.set_row(self.top, 34)
        sheet.set_landscape()
        width, one_page = _width(self.template.columns), self._first_page() == self.template.columns
        sheet.set_paper(A3 if width > WIDEST_ON_A4 else A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1 if one_page else 2, 0)
        if not one_page:  # what a row is about stands on the second page too
            sheet.repeat_columns(0, 1)
        sheet.repeat_rows(self.top)
        sheet.print_area(0, 0, self.last, len(self.template.columns) - 1)
        sheet.set_footer(f"&L{self.template.form_no}&C第 &P 页，共 &N 页&R内部资料，注意保密")
        sheet.protect(
            options={
                "format_columns": True,
                "format_rows": True,
                "sort": True,
                "autofilter": True,
                "insert_rows": False,
            }
        )
        sheet.activate()


class Guide:
    """The instruction sheet: what each field means, whether it must be filled, what it may hold; form after form."""

    def __init__(self, workbook: xlsxwriter.Workbook, title: str, lines: Sequence[str] = ()) -> None:
        base = {"font_name": FONT, "font_size": 10, "valign": "top", "text_wrap": True}
        self.title = workbook.add_format({**base, "bold": True, "font_size": 14, "font_color": INK, "text_wrap": False})
        self.head = workbook.add_format({**base, "bold": True, "font_color": WHITE, "bg_color": INK, "border": 1})
        self.body = workbook.add_format({**base, "border": 1, "border_color": LINE})
        self.plain = workbook.add_format({**base, "text_wrap": False})
        self.sheet = workbook.add_worksheet(GUIDE)
        self.sheet.write_string(0, 0, title, self.title)
        self.sheet.set_row(0, 24)
        self.row = 1
        self._lines(lines)
        for column, width in enumerate(GUIDE_WIDTHS):
            self.sheet.set_column(column, column, width)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.protect()

    def _lines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.sheet.write_string(self.row, 0, f"· {line}", self.plain)
            self.row += 1

    def about(self, wording: Wording, *, titled: bool = False) -> None:
        """Add a form; ``titled``: under its name."""
        template = wording.template
        if titled:
            self.sheet.write_string(self.row + 1, 0, f"{template.order} 《{template.title}》", self.title)
            self.sheet.set_row(self.row + 1, 24)
            self.row += 2
        self._lines(wording.instructions())
        self.row += 1
        self.sheet.write_row(self.row, 0, ["栏目", "位置", "必填", "填写要求", "可选值"], self.head)
        for part in (*template.header, *template.columns):
            required = "必填" if wording.required(part) else ""
            if isinstance(part, Column) and part.required_if:
                required = "；".join(f"{value}必填" for value in wording.required_values(part))
            given = "由市场策略科预填" if isinstance(part, Column) and part.given else None
            asked = "；".join(filter(None, [given, wording.hint(part), ASKED.get(part.kind)]))
            self.row += 1
            where = "表列" if isinstance(part, Column) else "表头"
            line = [part.title, where, required, asked, "、".join(part.offered)]
            self.sheet.write_row(self.row, 0, line, self.body)
            high = max(lines_needed(text or "", room) for text, room in zip(line, GUIDE_WIDTHS, strict=True))
            self.sheet.set_row(self.row, 15 * high)
        self.row += 1


def _width(columns: Sequence[Column]) -> int:
    """How many characters a line of columns takes."""
    return sum(column.width for column in columns)


def add_lists(workbook: xlsxwriter.Workbook) -> None:
    """The hidden lists behind the province and city drop-downs."""
    sheet = workbook.add_worksheet(LISTS)
    sheet.write_row(0, 0, ["省份", "城市", "", "省份"])
    row = 1
    for number, province in enumerate(places.provinces(), start=1):
        sheet.write_string(number, 3, province)
        for city in places.cities(province):
            sheet.write_string(row, 0, province)
            sheet.write_string(row, 1, city)
            row += 1
    sheet.hide()
