"""The template's own rules over what was read: types, required cells, spoiled cells. All files of a template at once."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, compress
from operator import contains
from typing import Any

import numpy as np
import pandas as pd

from workbench.core import places
from workbench.core.errors import FileRefused
from workbench.core.findings import Finding, Severity
from workbench.core.messages import Message
from workbench.core.names import PLACEHOLDERS, is_placeholder
from workbench.core.personal_texts import Kind, personal_among
from workbench.platform.forms.addresses import split
from workbench.platform.forms.spec import Column, Part, Template
from workbench.platform.forms.values import ASKED_BACK, ERROR, Problem, clean_column, since_1904

DTYPES = {"integer": "Int64", "year": "Int64", "money": "Int64", "date": "datetime64[us]", "time": "datetime64[us]"}
OF_A_BLANK = re.compile(r"r\d+")  # the row ids of every blank
SPOILED = Problem.of("error_cell")
_OF_TEXTS = frozenset({"date_as_text", "text_in_number"})
_NOWHERE = "\0"  # a sign that stands in no text
_NO_ROWS = pd.DataFrame()  # until all files of a template have theirs
MOST_MERGED = 50  # areas of a row that are named: Excel's own cannot overlap, and a row has fewer columns
Problems = dict[int, list[tuple[str | None, Problem]]]  # position → (column key, problem)
Typed = tuple[Any, Problem | None, Problem | None]  # a value, what is wrong with it, and why it must not be kept


@dataclass
class Checked:
    """What the check leaves of one file; see ``read.Form``."""

    header: dict[str, Any]
    header_cells: dict[str, str]
    rows: pd.DataFrame
    letters: dict[str, str]
    findings: list[Finding]


def check(template: Template, read: list[tuple[str, dict[str, Any]]]) -> list[Checked | FileRefused]:
    """Check files of one template, given as (file name, what the child read). One outcome per file, in order."""
    if template.left_open:
        read = [(name, _said(template, answer)) for name, answer in read]
    read = [(name, _since_1904(template, answer) if answer.get("from_1904") else answer) for name, answer in read]
    numbers, ids = ([*chain.from_iterable(answer[name] for _, answer in read)] for name in ("rows", "ids"))
    bounds = [0, *accumulate(len(answer["rows"]) for _, answer in read)]
    problems_at: Problems = {}
    typed: dict[str, Any] = {"row": np.array(numbers, dtype="int64"), "row_id": _objects(ids)}
    for place_of, column in enumerate(template.columns):
        values = [*chain.from_iterable(answer["columns"][place_of] for _, answer in read)]
        cleaned, problems = clean_column(column.kind, column.offered, column.min, values)
        if not column.given:
            for place, problem in problems.items():
                problems_at.setdefault(place, []).append((column.key, _weighed(column, problem)))
            for place, problem in _in_clear(template, column, cleaned).items():
                problems_at.setdefault(place, []).append((column.key, problem))
                cleaned[place] = None  # nothing that is kept of a returned row holds it
        typed[column.key] = pd.array(cleaned, dtype=DTYPES[column.kind]) if column.kind in DTYPES else _objects(cleaned)
    table = pd.DataFrame(typed)
    _required(template, table, problems_at)
    _place_names(template, table, problems_at)
    _own_contact(template, table, problems_at)
    headers = _headers(template, read)
    outcomes: list[Checked | FileRefused] = []
    returned = np.zeros(len(numbers), dtype=bool)
    for number, (name, answer) in enumerate(read):
        first, last = bounds[number], bounds[number + 1]
        mine = {place - first: problems_at[place] for place in range(first, last) if place in problems_at}
        outcomes.append(_one(template, name, answer, headers[number], numbers[first:last], mine, returned[first:last]))
    table["returned"] = returned
    for number, outcome in enumerate(outcomes):
        if isinstance(outcome, Checked):
            outcome.rows = table.iloc[bounds[number] : bounds[number + 1]]
            outcome.rows.index = pd.RangeIndex(len(outcome.rows))
    return outcomes


def _said(template: Template, answer: dict[str, Any]) -> dict[str, Any]:
    """What was read without rows that were filled in by us and left open: their ids are not those of a blank."""
    asked = zip(
        *(values for column, values in zip(template.columns, answer["columns"]) if column.key in template.left_open)
    )
    said = [
        each is None or OF_A_BLANK.fullmatch(each) is not None or any(value not in (None, "") for value in values)
        for each, values in zip(answer["ids"], asked)
    ]
    if all(said):
        return answer
    numbers, ids = ([*compress(answer[name], said)] for name in ("rows", "ids"))
    return {**answer, "rows": numbers, "ids": ids, "columns": [[*compress(each, said)] for each in answer["columns"]]}


def _since_1904(template: Template, answer: dict[str, Any]) -> dict[str, Any]:
    """What was read of a workbook that counts days from 1904, as if it counted them as others do."""
    columns = [
        since_1904(values) if column.kind == "date" else values
        for column, values in zip(template.columns, answer["columns"])
    ]
    days = {field.title for field in template.header if field.kind == "date"}
    header = {title: since_1904([value])[0] if title in days else value for title, value in answer["header"].items()}
    return {**answer, "columns": columns, "header": header}


def _objects(values: Sequence[Any]) -> np.ndarray:
    """A column of texts, equal ones as one object: of many rows most say what others say."""
    if {str, type(None)}.issuperset(map(type, values)):
        known: dict[Any, Any] = {}
        values = [*map(known.setdefault, values, values)]
    return np.fromiter(values, dtype=object, count=len(values))


def _weighed(column: Column, problem: Problem) -> Problem:
    """An unreadable value returns the row only where the column is required or decisive."""
    if problem.severity == ERROR and not column.strict and not (problem.code in ASKED_BACK and not column.idle):
        localized = problem.localized and Message("kept_or_empty", {"problem": problem.localized})
        return Problem(problem.code, f"{problem.message}（已按空值或原文处理）", "warning", localized)
    return problem


def _in_clear(template: Template, part: Part, values: Sequence[Any]) -> dict[int, Problem]:
    """Personal data where they would be kept in clear, by position (S7): the row goes back, whatever the column."""
    if part.personal or getattr(part, "idle", False) or values.count(None) == len(values):
        return {}
    texts = [value for value in {*values} if value.__class__ is str]
    held = personal_among(texts).items()
    found = {value: problem for value, kind in held if (problem := _of_a_person(template, part, kind))}
    if not found:
        return {}
    return {place: found[value] for place, value in enumerate(values) if value.__class__ is str and value in found}


def _own_contact(template: Template, table: pd.DataFrame, problems_at: Problems) -> None:
    """The bare name of a row's own contact in another column; a firm that is called after him is none."""
    keys = [column.key for column in template.columns if column.personal and column.kind == "person"]
    persons = [table[key].tolist() for key in keys]
    for column in template.columns if persons else ():
        if column.personal or column.given or column.staff or column.kind != "text":
            continue
        values, problem = table[column.key].tolist(), _of_a_person(template, column, Kind.NAME)
        if values.count(None) == len(values):
            continue
        texts = [value if value.__class__ is str else "" for value in values]
        for names in persons:
            if not any(map(contains, texts, [name if name.__class__ is str else _NOWHERE for name in names])):
                continue  # nearly always
            for place, (name, value) in enumerate(zip(names, values, strict=True)):
                if name.__class__ is not str or value.__class__ is not str or name not in value:
                    continue
                told = any(key == column.key for key, _ in problems_at.get(place, ()))
                firm = column.required and not value.endswith(name)
                if problem and not (told or firm or len(name) < 2 or name in PLACEHOLDERS):
                    problems_at.setdefault(place, []).append((column.key, problem))
                    table.at[place, column.key] = None


def _of_a_person(template: Template, part: Part, kind: Kind) -> Problem | None:
    if kind is Kind.NAME and (part.staff or part.kind in ("person", "code")):
        return None
    instead = [column.title for column in template.columns if column.personal]
    key = "personal_in_clear" if instead else "personal_in_clear/nowhere"
    return Problem.of(key, what=Message(f"of_a_person/{kind}"), columns=instead)


def _required(template: Template, table: pd.DataFrame, problems_at: Problems) -> None:
    """Empty required cells; a person or phone that says nothing is empty, and so is a text of marks alone (—)."""
    for column in template.columns:
        if column.given or column.regulated or not (column.required or column.required_if):
            continue
        values = table[column.key]
        empty = values.isna()
        if column.required and column.kind in ("person", "phone"):
            empty = is_placeholder(values)
        elif column.required and column.kind == "text":
            texts = [value for value in {*values} if value.__class__ is str]
            if marks := [text for text in texts if not any(map(str.isalnum, text))]:
                empty |= values.isin(marks)
        for other, value in (column.required_if or {}).items():
            empty = values.isna() & table[other].eq(value)
        for place in np.flatnonzero(empty.to_numpy()).tolist():
            if any(key == column.key for key, _ in problems_at.get(place, ())):
                continue
            problems_at.setdefault(place, []).append((column.key, missing(template, column)))


def at_cell(problem: Problem, cell: str, title: str | None) -> Message | None:
    """A problem with its place; None for one that is in no catalogue."""
    if problem.localized is None:
        return None
    return Message(
        "at_cell/column" if title else "at_cell", {"cell": cell, "title": title, "problem": problem.localized}
    )


def missing(template: Template, column: Column) -> Problem:
    """What is wrong with a required cell that is empty."""
    localized = Message("missing", {"title": column.title})
    return Problem("missing", template.missing.format(title=column.title), localized=localized)


def _place_names(template: Template, table: pd.DataFrame, problems_at: Problems) -> None:
    """Complete short names of provinces and cities; unknown ones are taken as written, with a warning."""
    kinds = {column.kind: column.key for column in template.columns if column.kind in ("province", "city")}
    if len(kinds) < 2 or table.empty:
        return
    full = places.normalise(table[kinds["province"]], table[kinds["city"]])
    for kind in ("province", "city"):
        unknown = ~full[f"known_{kind}"] & table[kinds[kind]].notna()
        for place in np.flatnonzero(unknown.to_numpy()):
            problem = Problem.of(f"unknown_{kind}", "warning")
            problems_at.setdefault(int(place), []).append((kinds[kind], problem))
        table[kinds[kind]] = full[kind]


def _one(
    template: Template,
    name: str,
    answer: dict[str, Any],
    typed_header: dict[str, Typed],
    numbers: Sequence[int],
    problems_at: Problems,
    returned: np.ndarray,
) -> Checked | FileRefused:
    """One file's findings in order of its cells; ``returned`` is set for the rows that are. Its rows are not in it yet."""
    places = zip((column.key for column in template.columns), answer["letters"], strict=True)
    letters = {key: letter for key, letter in places if letter}
    titles = {column.key: column.title for column in template.columns}
    findings: list[Finding] = []

    kind = answer.get("format")

    def say(problem: Problem, cell: str, row: int | None = None, key: str | None = None) -> None:
        if kind == "csv" and problem.severity == "warning" and problem.code in _OF_TEXTS:
            return  # everything in a table of texts is one
        clause = template.clause if problem.severity == ERROR else None
        text = f"{cell}“{titles[key]}”：{problem.message}" if key else f"{cell}：{problem.message}"
        severity, sheet = Severity(problem.severity), answer["sheet"]
        localized = at_cell(problem, cell, titles[key] if key else None)
        findings.append(Finding(problem.code, text, severity, clause, name, sheet, row, cell, key, localized=localized))

    header, cells = ({}, {}) if answer["header"] is None else _header(template, name, answer, typed_header, say)
    if isinstance(header, FileRefused):
        return header
    if kind:
        unseen = Message(f"unseen/{kind}")
        findings.append(Finding("unseen", unseen, Severity.WARNING, file=name, sheet=answer["sheet"]))
    for title, cell in answer["extra"]:
        say(Problem.of("extra_column", "warning", title=title), cell)
    for cell in answer["beside"]:
        say(Problem.of("beside_table", "warning"), cell)
    for other, cell in answer.get("others", ()):
        problem = Problem.of("other_sheet", "warning", name=other)
        findings.append(
            Finding(
                problem.code,
                problem.message,
                Severity.WARNING,
                file=name,
                sheet=other,
                cell=cell,
                localized=problem.localized,
            )
        )
    for cell in answer.get("hidden_head", ()):
        say(Problem.of("hidden_row", "warning"), cell)
    for cell in answer["hidden_columns"]:
        say(Problem.of("hidden_column", "warning"), cell)
    for cell in answer["totals"]:
        say(Problem.of("extra_row"), cell, split(cell)[0])
    for number in answer["signed"]:
        say(Problem.of("signature_row", "note"), f"A{number}", number)
    if any(answer[mark] for mark in ("spoiled", "disguised", "struck", "merged", "hidden")):
        _spoiled(template, answer, letters, {row: place for place, row in enumerate(numbers)}, problems_at)
    order = {key: number for number, key in enumerate(letters)}
    for place in sorted(problems_at):
        for key, problem in sorted(problems_at[place], key=lambda item: order.get(item[0] or "", -1)):
            say(problem, f"{letters.get(key or '', 'A')}{numbers[place]}", numbers[place], key)
            returned[place] |= problem.severity == ERROR
    return Checked(header, cells, _NO_ROWS, letters, findings)


def _struck(answer: dict[str, Any], add: Callable[[int, str, Problem], None], filled: dict[int, int]) -> None:
    """A row that is crossed out from end to end is asked back: it may be meant to be gone. A single cell is told."""
    by_row: dict[int, list[str]] = {}
    for cell in answer["struck"]:
        by_row.setdefault(split(cell)[0], []).append(cell.rstrip("0123456789"))
    for row, cells in by_row.items():
        if len(cells) >= filled[row]:
            add(row, cells[0], Problem.of("struck_row"))
            continue
        for letter in cells:
            add(row, letter, Problem.of("struck_cell", "warning"))


def _spoiled(
    template: Template, answer: dict[str, Any], letters: dict[str, str], rows_at: dict[int, int], problems_at: Problems
) -> None:
    """Cells the parser cannot be trusted with: errors, formulas without results, merged or hidden ones."""
    keys = {letter: key for key, letter in letters.items()}

    def add(row: int, letter: str, problem: Problem) -> None:
        if row in rows_at:
            problems_at.setdefault(rows_at[row], []).append((keys.get(letter), problem))

    for cell in answer["spoiled"]:
        row, _ = split(cell)
        place, key = rows_at.get(row), keys.get(cell.rstrip("0123456789"))
        if place in problems_at:  # what is spoiled is not missing
            problems_at[place] = [item for item in problems_at[place] if (item[0], item[1].code) != (key, "missing")]
        add(row, cell.rstrip("0123456789"), SPOILED)
    columns = {column.key: column for column in template.columns}
    for cell in answer["disguised"]:
        row, key = split(cell)[0], keys[cell.rstrip("0123456789")]
        if not columns[key].given:
            add(row, cell.rstrip("0123456789"), _weighed(columns[key], Problem.of("shown_otherwise")))
    if answer["struck"]:
        rows = zip(answer["rows"], *answer["columns"])
        _struck(answer, add, {row: sum(value is not None for value in values) for row, *values in rows})
    numbers, left = sorted(rows_at), MOST_MERGED * len(rows_at)
    for area in answer["merged"]:
        first, last = area.split(":")
        (top, _), (bottom, _) = split(first), split(last)
        within = numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)][: max(left, 0)]
        left -= len(within)
        problem = Problem.of("merged_cells", area=area)
        (_, left_end), (_, right_end) = split(first), split(last)
        inside = next((letter for letter in keys if left_end <= split(f"{letter}1")[1] <= right_end), "A")
        for row in within:
            add(row, first.rstrip("0123456789") if first.rstrip("0123456789") in keys else inside, problem)
    for row in answer["hidden"]:
        add(row, next(iter(keys)), Problem.of("hidden_row", "warning"))


def _headers(template: Template, read: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Typed]]:
    """Each file's typed header values with what is wrong with them, and whether personal data stand there in clear."""
    headers: list[dict[str, Typed]] = [{} for _ in read]
    for field in template.header:
        raw = [(answer["header"] or {}).get(field.title) for _, answer in read]
        typed, problems = clean_column(field.kind, field.offered, field.min, raw)
        personal = _in_clear(template, field, typed)
        for place, (header, value) in enumerate(zip(headers, typed, strict=True)):
            header[field.key] = value, problems.get(place), personal.get(place)
    return headers


def _header(
    template: Template, name: str, answer: dict[str, Any], typed: dict[str, Typed], say: Callable[..., None]
) -> tuple[dict[str, Any] | FileRefused, dict[str, str]]:
    """Typed header values; one that is missing or cannot be read refuses the file."""
    header: dict[str, Any] = {}
    cells: dict[str, str] = {}
    for field in template.header:
        cell = answer["header_cells"].get(field.title)
        if cell is None:  # the blank is older than the field
            header[field.key] = None
            continue
        cells[field.key] = cell
        value, problem, personal = typed[field.key]
        if personal is not None:
            reason = personal.localized
            return FileRefused("refused_header", title=field.title, reason=reason, **_at(name, answer, cell)), {}
        if cell in answer["spoiled_header"]:
            problem = SPOILED
        elif cell in answer["disguised_header"] and problem is None:
            problem = Problem.of("shown_otherwise")
        if value is None and field.required and problem is None:
            problem = Problem.of("missing_header")
        if problem is not None and problem.severity == ERROR and field.strict:
            return FileRefused(
                "refused_header", title=field.title, reason=problem.localized, **_at(name, answer, cell)
            ), {}
        if problem is not None:
            localized = problem.localized and Message("at_header", {"title": field.title, "problem": problem.localized})
            say(Problem(problem.code, f"“{field.title}”{problem.message}", "warning", localized), cell)
        header[field.key] = value
    return header, cells


def _at(name: str, answer: dict[str, Any], cell: str) -> dict[str, Any]:
    return {"file": name, "sheet": answer["sheet"], "cell": cell}
