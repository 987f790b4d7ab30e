"""What a report's notebook shows (tables, cards, bars as plain HTML and SVG), and the page made from a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pandas as pd

from workbench.platform.reporting.parts import Column, Figure, plain, ratio, text_of

IN_LAB = "WORKBENCH_LAB"  # set for the kernels of ``workbench lab``
ROWS = 300  # a page shows this many rows of a table and says where the others are
COLOURS = ("#1F3864", "#2E75B6", "#C55A11", "#9DC3E6")
CONTENT = """
*{box-sizing:border-box}
h1,h2,h3{color:var(--ink);line-height:1.35}
h2{border-bottom:2px solid var(--accent);padding-bottom:5px;margin-top:34px;font-size:20px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:14px;margin:18px 0}
.card{background:var(--pale);border-top:3px solid var(--accent);padding:10px 14px;text-align:center}
.card b{display:block;font-size:27px;color:var(--ink)}.card span{color:var(--muted);font-size:12px}
.scroll{overflow-x:auto;margin:14px 0}
table{border-collapse:collapse;width:100%;font-size:13px;table-layout:auto}
th{background:var(--ink);color:#fff;padding:7px 8px;white-space:pre-line;font-weight:600;text-align:center}
td{border-bottom:1px solid var(--line);padding:5px 8px;vertical-align:top;text-align:left;white-space:pre-line}
tr:nth-child(even) td{background:#F8FAFD}td.n{text-align:right;white-space:nowrap}td.c{text-align:center;white-space:nowrap}
tr.total td{font-weight:700;background:var(--pale);border-top:2px solid var(--ink)}
td.minus{color:#B3261E}.none{color:var(--muted);font-style:italic}
ul.notes{padding-left:20px;color:#3C4A5A}figure{margin:16px 0}figcaption{font-weight:600;color:var(--ink)}
svg text{font-family:inherit}
"""
LOOK = """--ink:#1F3864;--accent:#2E75B6;--line:#D5DCE6;--pale:#EEF3FA;--muted:#66717F;color:#22303F;
font:15px/1.65 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC","Source Han Sans SC",sans-serif"""
STYLE = f"""
:root{{{LOOK}}}
{CONTENT}
body{{margin:0;background:#F3F5F9}}
main{{max-width:1180px;margin:24px auto;background:#fff;padding:0 40px 40px;box-shadow:0 1px 8px #0002}}
header{{margin:0 -40px 20px;padding:26px 40px;background:var(--ink);color:#fff}}
header h1{{margin:0;font-size:27px;color:#fff}}header p{{margin:4px 0 0;opacity:.85;font-size:13px}}
footer{{margin-top:36px;color:var(--muted);font-size:12px;border-top:1px solid var(--line);padding-top:8px}}
.mark{{position:fixed;top:45%;left:0;right:0;text-align:center;font-size:96px;font-weight:700;color:#C0504D;opacity:.13;
transform:rotate(-28deg);pointer-events:none;z-index:9;white-space:nowrap}}
@media print{{body{{background:#fff}}main{{box-shadow:none;margin:0;max-width:none}}@page{{size:A4 landscape;margin:12mm}}
tr,figure,.card{{break-inside:avoid}}thead{{display:table-header-group}}}}
"""


class Html(str):
    """A piece of a page; a notebook shows it as HTML."""

    def _repr_html_(self) -> str:
        """As it stands for a run by papermill, whose page has its style; dressed in JupyterLab, which has none."""
        return dressed(self) if IN_LAB in os.environ else str(self)


def dressed(piece: str) -> str:
    """A piece of a page with its style, for a place that has another one."""
    return f'<div class="wb"><style>.wb{{{LOOK};{CONTENT}}}</style>{piece}</div>'


def cards(figures: Sequence[Figure]) -> Html:
    """Key figures as cards."""
    parts = [
        f'<div class="card"><span>{escape(f.label)}</span><b>{escape(text_of(f.value, f.style))}</b>'
        f"<span>{escape(f.note)}</span></div>"
        for f in figures
    ]
    return Html(f'<div class="cards">{"".join(parts)}</div>')


def notes(lines: Sequence[str]) -> Html:
    """Remarks as a list."""
    return Html(f'<ul class="notes">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>')


def table(
    frame: pd.DataFrame, columns: Sequence[Column], *, empty: str = "没有记录。", total: bool = True,
    leads_on: Callable[[int, str], bool] | None = None, most: int | None = ROWS,
) -> Html:  # fmt: skip
    """A table of those columns the frame has, with its total row.

    ``leads_on``: whether a cell (row by position, column) can be clicked; it is then a button with both in ``data-to``.
    ``most``: rows shown, None: all.
    """
    columns = [column for column in columns if column.key in frame.columns]
    if frame.empty:
        return Html(f'<p class="none">{escape(empty)}</p>')
    head = "".join(f"<th>{escape(column.title)}</th>" for column in columns)
    rows = zip(*(frame[column.key].iloc[:most] for column in columns), strict=True)
    body = []
    for place, row in enumerate(rows):
        cells = zip(row, columns, strict=True)
        body.append(
            f"<tr>{''.join(_cell(v, c, place if leads_on and leads_on(place, c.key) else None) for v, c in cells)}</tr>"
        )
    if total and any(column.total is not None for column in columns):
        body.append(f'<tr class="total">{"".join(_total(frame, column) for column in columns)}</tr>')
    left = len(frame) - most if most is not None else 0
    rest = f'<p class="none">另有 {left} 行，见工作簿。</p>' if left > 0 else ""
    return Html(
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>{rest}'
    )


def _cell(value: Any, column: Column, place: int | None = None) -> str:
    kind = {"text": "", "center": "c", "date": "c", "time": "c", "rank": "c"}.get(column.style, "n")
    number = plain(value)
    minus = " minus" if column.style == "yuan" and number is not None and number < 0 else ""
    text = escape(text_of(value, column.style))
    if place is not None:
        text = f'<button data-to="{place}:{column.key}">{text}</button>'
    return f'<td class="{kind}{minus}">{text}</td>'


def _total(frame: pd.DataFrame, column: Column) -> str:
    if column.total == "sum":
        return _cell(int(frame[column.key].sum()), column)
    if isinstance(column.total, tuple):
        part, whole = (int(frame[key].sum()) for key in column.total)
        return _cell(ratio(part, whole), column)
    if isinstance(column.total, int):
        return _cell(column.total, column)
    return f"<td>{escape(column.total or '')}</td>"


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
        return Html(f'<p class="none">{escape(title)}：没有数据。</p>')
    numbers = [[float(plain(row[key]) or 0) for key, _ in series] for row in part.to_dict("records")]
    top = max((max(row) for row in numbers), default=0) or 1
    thick, gap, left, wide = 15, 12, 220, 640
    high = thick * len(series) + gap
    parts = []
    for place, (row, values) in enumerate(zip(part.to_dict("records"), numbers, strict=True)):
        y = place * high
        parts.append(
            f'<text x="{left - 10}" y="{y + high / 2}" text-anchor="end" font-size="13">{escape(str(row[label]))}</text>'
        )
        for number, (value, (key, _)) in enumerate(zip(values, series, strict=True)):
            length = max(0.0, value) / top * wide
            at = y + number * thick
            parts.append(
                f'<rect x="{left}" y="{at}" width="{length:.1f}" height="{thick - 3}" fill="{COLOURS[number]}"/>'
            )
            parts.append(f'<text x="{left + length + 6:.1f}" y="{at + thick - 5}" font-size="11" fill="#44515F">'
                         f"{escape(text_of(row[key], style))}</text>")  # fmt: skip
    legend = "　".join(
        f'<span style="color:{COLOURS[n]}">■</span> {escape(name)}' for n, (_, name) in enumerate(series)
    )
    more = f"（前 {most} 项）" if len(frame) > most else ""
    return Html(
        f"<figure><figcaption>{escape(title)}{more}　<small>{legend}</small></figcaption>"
        f'<svg viewBox="0 0 {left + wide + 90} {high * len(part)}" width="100%" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg></figure>'
    )


def render(notebook: Any, stamp_line: str, title: str, period: str, mark: str = "") -> str:
    """A run notebook as one self-contained page: prose and outputs, no code. ``mark`` lies across every page."""
    import mistune

    body = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            body.append(str(mistune.html(cell.source)))
        elif cell.cell_type == "code":
            body += [_output(output) for output in cell.outputs]
    across = f'<div class="mark" aria-hidden="true">{escape(mark)}</div>' if mark else ""
    title = f"{title}　{mark}".strip()
    head = f"<header><h1>{escape(title)}</h1><p>{escape(period)}　{escape(stamp_line)}</p></header>"
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)} {escape(period)}</title><style>{STYLE}</style></head><body>{across}<main>{head}"
        f"{''.join(body)}<footer>{escape(stamp_line)}</footer></main></body></html>\n"
    )


def _output(output: Any) -> str:
    if output.output_type not in ("display_data", "execute_result"):
        return ""
    return output.data.get("text/html") or f"<pre>{escape(output.data.get('text/plain', ''))}</pre>"
