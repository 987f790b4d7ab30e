"""What a report's notebook shows (tables, cards, bars), and the page made from a run; the HTML stands in ``templates``."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.core.colours import of_series
from workbench.platform.reporting import html
from workbench.platform.reporting.parts import Column, Figure, plain, ratio, text_of

IN_LAB = "WORKBENCH_LAB"  # set for the kernels of ``workbench lab``
ROWS = 300  # a page shows this many rows of a table and says where the others are


class Html(str):
    """A piece of a page, escaped already; a notebook shows it as HTML."""

    def __html__(self) -> str:
        """As it stands: Jinja escapes no piece twice."""
        return str(self)

    def _repr_html_(self) -> str:
        """As it stands for a run by papermill, whose page has its style; dressed in JupyterLab, which has none."""
        return dressed(self) if IN_LAB in os.environ else str(self)


def dressed(piece: str) -> Html:
    """A piece of a page with its style, for a place that has another one."""
    return _made("dressed", Html(piece))


def _made(macro: str, *values: Any) -> Html:
    return Html(html.piece(macro)(*values))


def cards(figures: Sequence[Figure]) -> Html:
    """Key figures as cards."""
    shown = [
        {"label": each.label, "text": each.shown(), "note": each.note, "before": each.beside()} for each in figures
    ]
    return _made("cards", shown)


def briefing(lines: Sequence[tuple[str, str]]) -> Html:
    """What a manager asks first: headings and sentences."""
    return _made("briefing", lines)


def notes(lines: Sequence[str]) -> Html:
    """Remarks as a list."""
    return _made("notes", lines)


def saved(name: str) -> Html:
    """That the workbook stands there."""
    return _made("saved", name)


def progress(done: int, of: int, stage: str) -> Html:
    """How far something is, and the sentence of the ``stage`` it is in."""
    return _made("progress", done, of, stage)


@dataclass(frozen=True)
class Cell:
    """A cell of a table: its class (None: none), its text, and what a button in it leads to."""

    kind: str | None
    text: str
    to: str = ""


def table(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    empty: str = "没有记录。",
    total: bool = True,
    leads_on: Callable[[int, str], bool] | None = None,
    most: int | None = ROWS,
) -> Html:
    """A table of those columns the frame has, with its total row.

    ``leads_on``: whether a cell (row by position, column) can be clicked; it is then a button with both in ``data-to``.
    ``most``: rows shown, None: all.
    """
    columns = [column for column in columns if column.key in frame.columns]
    if frame.empty:
        return _made("nothing", empty)

    def cell(place: int, value: Any, column: Column) -> Cell:
        clickable = leads_on is not None and leads_on(place, column.key)
        return _cell(value, column, f"{place}:{column.key}" if clickable else "")

    values = zip(*(frame[column.key].iloc[:most] for column in columns), strict=True)
    rows = [[cell(place, *pair) for pair in zip(row, columns, strict=True)] for place, row in enumerate(values)]
    summed = total and any(column.total is not None for column in columns)
    totals = [_total(frame, column) for column in columns] if summed else []
    left = len(frame) - most if most is not None else 0
    return _made("table", [column.title for column in columns], rows, totals, left)


def _cell(value: Any, column: Column, to: str = "") -> Cell:
    kind = {"text": "", "center": "c", "date": "c", "time": "c", "rank": "c"}.get(column.style, "n")
    number = plain(value)
    minus = " minus" if column.style == "yuan" and number is not None and number < 0 else ""
    return Cell(kind + minus, text_of(value, column.style), to)


def _total(frame: pd.DataFrame, column: Column) -> Cell:
    if column.total == "sum":
        return _cell(int(frame[column.key].sum()), column)
    if isinstance(column.total, tuple):
        part, *wholes = (int(frame[key].sum()) for key in column.total)
        return _cell(ratio(part, sum(wholes)), column)
    if isinstance(column.total, int):
        return _cell(column.total, column)
    return Cell(None, column.total or "")


THICK, GAP, LEFT, WIDE, RIGHT = 15, 12, 220, 640, 90  # pixels: a bar, between groups, names, the longest bar, numbers


def bars(
    frame: pd.DataFrame,
    label: str,
    series: Sequence[tuple[str, str]],
    *,
    title: str,
    style: str = "int",
    most: int = 12,
) -> Html:
    """Horizontal bars, grouped by row, as inline SVG: ``series`` are (column, name)."""
    part = frame.iloc[:most]
    if part.empty:
        return _made("nothing", f"{title}：没有数据。")
    rows = part.to_dict("records")
    numbers = [[float(plain(row[key]) or 0) for key, _ in series] for row in rows]
    top = max((max(row) for row in numbers), default=0) or 1
    meant = of_series([name for _, name in series])
    high = THICK * len(series) + GAP
    groups = []
    for place, (row, values) in enumerate(zip(rows, numbers, strict=True)):
        lengths = [max(0.0, value) / top * WIDE for value in values]
        drawn = [
            {
                "x": LEFT,
                "y": place * high + number * THICK,
                "width": f"{length:.1f}",
                "height": THICK - 3,
                "colour": meant[number],
                "text_x": f"{LEFT + length + 6:.1f}",
                "text_y": place * high + number * THICK + THICK - 5,
                "text": text_of(row[key], style),
            }
            for number, (length, (key, _)) in enumerate(zip(lengths, series, strict=True))
        ]
        groups.append({"x": LEFT - 10, "y": place * high + high / 2, "label": str(row[label]), "bars": drawn})
    legend = [(meant[number], name) for number, (_, name) in enumerate(series)]
    more = f"（前 {most} 项）" if len(frame) > most else ""
    return _made("bars", title, more, legend, LEFT + WIDE + RIGHT, high * len(part), groups)


def render(notebook: Any, stamp_line: str, title: str, period: str, mark: str = "") -> str:
    """A run notebook as one self-contained page: prose and outputs, no code. ``mark`` lies across every page."""
    import mistune

    parts: list[Html] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(Html(mistune.html(cell.source)))
        elif cell.cell_type == "code":
            parts += [_output(output) for output in cell.outputs]
    return (
        html.templates()
        .get_template("report.html.jinja")
        .render(title=f"{title}　{mark}".strip(), period=period, stamp=stamp_line, mark=mark, parts=parts)
    )


def _output(output: Any) -> Html:
    if output.output_type not in ("display_data", "execute_result"):
        return Html("")
    shown = output.data.get("text/html")
    return Html(shown) if shown else _made("plain_text", output.data.get("text/plain", ""))
