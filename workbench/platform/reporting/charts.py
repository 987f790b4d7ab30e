"""Native charts with one look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlsxwriter.chart import Chart
from xlsxwriter.worksheet import Worksheet

from workbench.core import colours
from workbench.platform.reporting.sheets import FONT, Area, ReportWorkbook

WORDS = {"name": FONT, "size": 9, "color": colours.TEXT}
GRID = {"visible": True, "line": {"color": colours.FAINT, "width": 0.75}}
TALL = 16  # rows of 15 pt that a cover's chart of 290 pixels takes, with room under it


def chart(
    workbook: ReportWorkbook,
    kind: str,
    title: str,
    area: Area,
    categories: str,
    series: list[tuple[str, str]],
    *,
    number: str = "#,##0",
    labels: bool = True,
    rows: tuple[int, int] | None = None,
    subtype: str | None = None,
    lengths: Mapping[str, int] | None = None,
) -> Chart:
    """A chart of columns ``series`` (key, name) of a table over its column ``categories``.

    ``rows`` takes part of the table; bars stand in the order of the table, first on top. ``lengths``: how many rows of
    the table a series has that ends before it; the points that a workbook keeps beside its cells would be zeros there.
    """
    made = workbook.file.add_chart({"type": kind, "subtype": subtype} if subtype else {"type": kind})
    meant = colours.of_series([name for _, name in series])
    for colour, (key, name) in zip(meant, series, strict=True):
        part = (0, lengths[key] - 1) if lengths and key in lengths else rows
        made.add_series(_series(area, categories, key, name, kind, colour, number, labels, part, subtype == "stacked"))
    made.set_title({"name": _words(title), "overlay": False, "name_font": {**WORDS, "size": 11, "bold": True}})
    values = {"num_font": WORDS, "num_format": number, "major_gridlines": GRID, "line": {"none": True}, "min": 0}
    names = {"num_font": WORDS, "line": {"color": colours.LINE}}
    if kind == "bar":
        names |= {"reverse": True, "label_position": "low"}
        values |= {"visible": False, "major_gridlines": {"visible": False}}
        made.set_x_axis(values)
        made.set_y_axis(names)
    else:
        made.set_x_axis(names)
        made.set_y_axis(values)
    made.set_legend({"none": True} if len(series) == 1 else {"position": "bottom", "font": WORDS})
    made.set_chartarea({"border": {"color": colours.LINE}})
    return made


def _words(text: str) -> str:
    """A text as a chart takes it: what begins with = would be a reference."""
    return f" {text}" if text.startswith("=") else text


def _series(
    area: Area,
    categories: str,
    key: str,
    name: str,
    kind: str,
    colour: str,
    number: str,
    labels: bool,
    rows: tuple[int, int] | None = None,
    stacked: bool = False,
) -> dict[str, Any]:
    """One series of a table's column."""
    spans = [area.reference(categories), area.reference(key)]
    if rows:
        for span in spans:
            span[1], span[3] = area.first + rows[0], area.first + rows[1]
    series: dict[str, Any] = {"name": _words(name), "categories": spans[0], "values": spans[1]}
    if kind == "line":
        series |= {
            "line": {"color": colour, "width": 2.25},
            "marker": {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}},
        }
    else:
        series |= {"fill": {"color": colour}, "border": {"none": True}, "gap": 50}
        series |= {"overlap": 100} if stacked else {}
    if labels:
        font = {**WORDS, "size": 8, **({"color": colours.WHITE} if stacked and colours.is_dark(colour) else {})}
        series["data_labels"] = {"value": True, "font": font, "num_format": number}
    return series


def place(sheet: Worksheet, row: int, column: int, made: Chart, width: int, height: int = 300) -> None:
    """Put a chart on a sheet; it keeps its size when columns move."""
    made.set_size({"width": width, "height": height})
    sheet.insert_chart(row, column, made, {"object_position": 2, "x_offset": 4, "y_offset": 4})
