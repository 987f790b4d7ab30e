"""Statements of all reporters of the demo: nothing of anybody else in any part of any file, and sums that are the settlement's.

What belongs to whom is read from the files of the inbox; what the statements hold is looked for in every part of their
packages: sheets, shared strings, properties, headers and footers, whatever is hidden or commented.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.support.company_figures import INVALID, PENDING, VALID, Company
from tests.support.contents import contents, without_digests
from tests.support.publication_figures import COUNTS, tally

pytestmark = pytest.mark.slow

PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")


@pytest.fixture(scope="module")
def quarter(played_demo) -> str:
    months = played_demo.calendar[-3:]
    return f"{months[0][:4]}Q{(int(months[0][5:]) + 2) // 3}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("对账单")


@pytest.fixture(scope="module")
def told(company: Company, played_demo, quarter, folder) -> dict[str, dict[str, Any]]:
    """Every statement of the last quarter, and its files; of an approved one the appeal forms too."""
    before = f"{quarter[:5]}{int(quarter[5]) - 1}"
    made = {}
    for period in (before, quarter):
        more = ("--as-of", played_demo.until.isoformat(), "--out", folder / period)
        made[period] = company.ask("statement", "--all", "--period", period, *more)
    assert all(each["files"] for each in made[quarter])
    return {each["unit"]: each for each in made[quarter]}


def whole(path: Path) -> str:
    """The text of all parts of a file, entities resolved, and its own name."""
    return path.name + "".join(unescape(raw.decode("utf-8", errors="replace")) for _, raw in contents(path))


def test_everybody_who_reported_is_told(company: Company, told, played_demo, quarter):
    """One statement each, with the leads of the quarter that the list gives it, each on one statement only."""
    months = played_demo.calendar[-3:]
    leads = [lead for lead in company.leads(played_demo.until) if lead["month"] in months]
    assert {lead["reporter"] for lead in leads} <= told.keys()
    assert len(told) == len({*told}) > 10
    listed = Counter((lead["reporter"], lead["number"], lead["status"]) for lead in leads)
    assert listed == Counter(
        (unit, row["number"], row["status"]) for unit, each in told.items() for row in each["leads"]
    )


def test_no_file_holds_anything_of_another_party(company: Company, told, played_demo, folder):
    """Code, name, persons, customers, phones, numbers, names of files of everybody else: in no part of any file."""
    leads = company.leads(played_demo.until)
    persons: dict[str, set[str]] = {unit: set() for unit in company.units}
    own: dict[str, set[str]] = {unit: set() for unit in company.units}
    for row in company.reported.values():
        unit = row.header["单位代码"]
        persons[unit] |= {str(row.header["提报人"]), str(row["第三方联系人"])} - {""}
        own[unit] |= {str(row["客户名称"]).strip(), row.file}
    for lead in leads:
        own[lead["reporter"]] |= {lead["number"], lead["customer"]}
    for code, row in company.units.items():
        own[code] |= {code, row["单位名称"]}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 2 * len(told) - 4
    looked = Counter()
    for path in files:
        unit = next(code for code in company.units if f"_{code}_" in path.name)
        text = whole(path)
        assert not re.fullmatch(r"提报对账单_.*\.xlsx", path.name) or company.units[unit]["单位名称"] in text
        for other, words in ((code, own[code]) for code in own if company.units[code]["单位类型"] != "科室"):
            foreign = {word for word in words - own[unit] if len(word) > 1}
            found = [word for word in foreign if word in text]
            assert found == [], f"{path.name}: {other}"
            looked[unit] += len(foreign)
        contacts = set().union(*persons.values()) - {company.units[unit]["责任人"]}
        assert [name for name in contacts if len(name) > 1 and name in text] == [], path.name
        assert PHONE.findall(without_digests(text)) == [], path.name
    assert min(looked.values()) > 100


def test_no_statement_hides_or_comments(told, folder):
    """No comments, no hidden sheets, rows or columns, no defined names that reach elsewhere, nothing embedded."""
    for path in folder.rglob("提报对账单_*.xlsx"):
        parts = dict(contents(path))
        names = [name.partition("!")[2] for name in parts]
        assert not [name for name in names if re.search(r"comment|embed|external|custom|query|pivot|media", name)]
        book = parts[f"{path.name}!xl/workbook.xml"].decode()
        assert not re.search(r'state="(hidden|veryHidden)"', book)  # the range of a filter is a hidden name
        sheets = [raw.decode() for name, raw in parts.items() if "worksheets/sheet" in name]
        assert len(sheets) == 5 and not [sheet for sheet in sheets if 'hidden="1"' in sheet]


def test_their_sums_are_the_settlement(company: Company, told, played_demo, quarter):
    """Line by line, in sum by reporter and over all; what is left are the penalties of persons."""
    settled = company.ask("settle", quarter, "--as-of", played_demo.until.isoformat())
    lines = [(line["party"], line["clause"], line["ref"], line["amount"]) for line in settled["lines"]]
    shown = [(unit, x["clause"], x["ref"], x["amount"]) for unit, each in told.items() for x in each["lines"]]
    of_units = [line for line in lines if line[0] in company.units]
    assert Counter(shown) == Counter(of_units) and of_units
    for unit, each in told.items():
        assert each["total"] == settled["totals"].get(unit, 0)
    persons = [line for line in lines if line[0] not in company.units]
    assert sum(each["total"] for each in told.values()) + sum(amount for *_, amount in persons) == sum(
        settled["totals"].values()
    )
    assert all(amount < 0 or clause.startswith("7.3") for _, clause, _, amount in persons)


def test_their_counts_are_the_publication(company: Company, shown):
    """At the moment of the last publication: total, valid, invalid and pending of the month, reporter by reporter."""
    book, _ = shown("信息提报情况通报")
    made = company.published()
    day = max(made)
    at: datetime = made[day]
    statements = company.ask("statement", "--all", "--period", day[:7], "--as-of", at.isoformat())
    counted = {}
    for each in statements:
        statuses = Counter(row["status"] for row in each["leads"])
        groups = {"valid": VALID, "invalid": INVALID, "pending": PENDING}
        counts = {name: sum(statuses[status] for status in group) for name, group in groups.items()}
        counted[each["unit"]] = {"total": sum(statuses.values()), **counts}
    rows = book.sheets["本月累计"]
    top = next(place for place, row in enumerate(rows) if "单位代码" in row)
    titles = [str(cell).replace("\n", "") for cell in rows[top]]
    published = {}
    for row in rows[top + 1 :]:
        if row[0] in company.units:
            cells = dict(zip(titles, row, strict=True))
            published[row[0]] = {key: int(cells[title]) for title, key in COUNTS.items() if key in counted[row[0]]}
    assert published
    assert {unit: counts for unit, counts in counted.items() if counts["total"]} == published
    month = [lead for lead in company.leads(at) if lead["month"] == day[:7]]
    assert sum(counts["total"] for counts in published.values()) == sum(
        tally(month)[who]["total"] for who in tally(month)
    )
