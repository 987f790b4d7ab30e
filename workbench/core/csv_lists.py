"""Lists that people keep as CSV: of receipts, passwords, addresses, targets; read by columns, with the line of each row."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from workbench.core.errors import WrongUse
from workbench.core.files import decoded


@dataclass(frozen=True)
class CsvList:
    """A list: its columns, and each row that is not empty with the line it begins in. A cell that is left out is None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str | None]], ...]


def read_csv_list(path: Path) -> CsvList:
    """A list as Excel, WPS or an editor saves it: UTF-8 or GBK, lines ended as on Windows, Unix or an old Macintosh.

    Raises OSError; WrongUse ``bad_csv`` for another encoding, a quote that is not closed, or what stands in no text.
    """
    text = decoded(path)
    if text is None:
        raise WrongUse("bad_csv/encoding", path=path.name)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    bad = next((number for number, line in enumerate(lines, start=1) if "\0" in line), 0)
    reader = csv.reader((f"{line}\n" for line in lines), strict=True)
    columns: tuple[str, ...] | None = None
    rows: list[tuple[int, dict[str, str | None]]] = []
    begins = 1
    try:
        for cells in [] if bad else reader:
            if columns is None:
                columns = tuple(cells)
            elif any(cell.strip() for cell in cells):
                given = dict(zip(columns, cells, strict=False))
                rows.append((begins, {name: given.get(name) for name in columns}))
            begins = reader.line_num + 1
    except csv.Error:
        bad = begins
    if bad:
        raise WrongUse("bad_csv", path=path.name, line=bad)
    return CsvList(columns or (), tuple(rows))
