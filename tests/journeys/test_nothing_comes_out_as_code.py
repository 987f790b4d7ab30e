"""What others wrote comes out as text: of every command that writes or lists, derived from what is declared."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.support.contents import contents
from tests.support.first_quarter import VALID
from tests.support.office import UNITS, Office, contract, lead
from workbench.app.interface import commands
from workbench.core.texts import one_line
from workbench.interfaces.cli.menu import _command
from workbench.platform.forms.books import books
from workbench.platform.register import key_file
from workbench.platform.reporting.registry import reports

pytestmark = pytest.mark.slow

MARK = "卜毒"  # stands in every text below, and nowhere else
CUSTOMERS = [
    f'=HYPERLINK("http://x.example/{MARK}","江城")',
    f"=cmd|'/c calc'!{MARK}",
    f"+1+{MARK}",
    f"@SUM({MARK})",
    f"-1-{MARK}公司",
    f'"><i {MARK}>江城</i>',
    f"</script><svg {MARK}>客运",
    f"<img src=x {MARK} onerror=alert(1)>",
    f"[{MARK}](javascript:alert(1))",
    f"{{{{7*7}}}}{{% raw %}}${{{MARK}}}$集团",
    f"\u202e{MARK}\x9b31m公司",
]
OF_KIND = {"date": "2026-03-30", "month": "2026-03", "quarter": "2026Q1"}
AT = "2026-04-09T12:00:00"
WRITES = {"--out", "--annotate", "--receipts", "--replies"}
# what writes no text that others wrote, or writes it by what is asked here already; each with its own tests of text
ELSEWHERE = {
    "templates",
    "demo",
    "help",  # the manual, nothing of a register
    "audit head",
    "audit key",
    "audit papers",
    "schedule install",
    "schedule show",
    "due",  # makes reports, and reminders
    "targets plan",
    "targets roll",
    "weekly prepare",
    "weekly share",
    "service prepare",
    "customers card",
    "inspections prepare",
    "archive get",  # originals, byte by byte
    "deliver make",
    "consent file",
    "incidents notices",
    "retention dispose",
    "disclosures hand-over",
}


def as_text(path: Path) -> Path:
    """A workbook whose formulas, as the library took texts for, are texts that begin with ``=``."""
    book = load_workbook(path)
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                if cell.data_type == "f":
                    cell.data_type = "s"
    book.save(path)
    return path


@pytest.fixture
def told(first_quarter: Office) -> Office:
    """The first quarter, and a dealer whose customers, cars, remarks and own name would do something."""
    office = first_quarter
    rows = [tuple(f"=1+{MARK}店" if value == "芜湖江南销售服务店" else value for value in row) for row in UNITS]
    office.receive(as_text(office.units(rows)), "2026-03-11T08:00:00", code=None)
    leads = [
        lead(
            text,
            联系方式=f"1380000{number:04d}",
            **dict.fromkeys(("需求车型", "竞争品牌", "信息来源", "信息内容", "备注"), text),
        )
        for number, text in enumerate(CUSTOMERS)
    ]
    path = office.leads(
        "D001",
        f"=1+1 {MARK}.xlsx",
        [*leads, lead(f"=9+{MARK}", 联系方式=None, 需求车型=f"\u3000=9+{MARK}")],
        date(2026, 3, 11),
    )
    got = office.receive(as_text(path), "2026-03-11T09:00:00")
    assert (got["accepted"], got["returned"]) == (len(CUSTOMERS), 1), got["findings"]
    office.run("dispatch", "--at", "2026-03-12T09:00:00", "--out", office.folder / "出" / "转交")
    seen = [row["customer"] for row in office.ask("leads") if MARK in row["customer"]]
    verdicts = {text: {**VALID, "项目责任人": f"=2+{MARK}", "备注": text} for text in seen}
    for answer in office.answer(office.folder / "出" / "转交", verdicts):
        office.receive(as_text(answer), "2026-03-13T09:00:00", code=None)
    lines = [
        contract(
            row["number"], row["customer"], datetime(2026, 3, 20), 6, 合同编号=f"HT-{number}", 备注=row["customer"]
        )
        for number, row in enumerate(office.ask("leads"))
        if MARK in row["customer"]
    ]
    register = office.file("合同登记汇总表", "合同3月.xlsx", {"月份": "2026-03", "编制人": "陈持"}, lines)
    office.receive(as_text(register), "2026-04-02T09:00:00", code=None)
    return office


def asked(office: Office) -> dict[str, list[list[object]]]:
    """Each command that writes files, with the arguments it is asked with here."""
    out, path = office.folder / "出", office.folder / "收件" / f"=1+1 {MARK}.xlsx"
    customer = CUSTOMERS[0]
    with_subject = {
        "customer_card": ["--customer", customer],
        "weekly_book": ["--unit", "S002", "--manager", f"=3+{MARK}"],
        "custodian_book": [],
    }
    return {
        "check": [[path, "--annotate", out]],
        "fix": [[path, "--out", out / "更正"]],
        "import": [
            [path, "--received-at", "2026-03-11T09:00:00", "--receipts", out / "回执", "--replies", out / "回复"],
            [path, "--received-at", "2026-03-11T09:00:00", "--desk", out / "收件台"],
        ],
        "receipt make": [["--file", path, "--out", out / "补发"]],
        "review": [["--out", out]],
        "dispatch": [["--at", AT, "--out", out / "再次"]],
        "prepare-register": [["2026-04", "--as-of", AT, "--out", out]],
        "publish": [["2026-04-10", "--at", "2026-04-10T09:00:00", "--out", out]],
        "report": [
            [report.name, "--period", OF_KIND[report.kind], "--as-of", AT, "--out", out / report.alias]
            for report in reports()
            if report.alias not in {"card", "whatif"}  # which their own commands make
        ],
        "statement": [["D001", "--period", "2026Q1", "--as-of", AT, "--out", out]],
        "remind": [["--on", "2026-04-09", "--out", out]],
        "whatif": [["2026Q1", "--as-of", AT, "--set", "7.1.1.amount=2000", "--out", out / "测算"]],
        "books make": [[book.key, *with_subject[book.key], "--out", out] for book in books().values()],
        "customers page": [[customer, "--as-of", AT, "--out", out]],
    }


class _Elements(HTMLParser):
    """Attributes of all elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """An element begins."""
        self.attributes += attrs


def acts(name: str, raw: bytes) -> list[str]:
    """What of a file, or of a part of one, would do something when it is opened."""
    text = raw.decode("utf-8", errors="ignore")
    if name.endswith(".html"):
        found = _Elements(text).attributes
        return [key for key, value in found if MARK in key or "javascript:" in (value or "")]
    if name.endswith(".ipynb"):
        cells = json.loads(text)["cells"]
        pages = [
            "".join(output["data"]["text/html"])
            for cell in cells
            for output in cell.get("outputs", [])
            if "text/html" in output.get("data", {})
        ]
        return [each for page in pages for each in acts("a.html", page.encode())]
    if name.endswith(".csv"):
        return re.findall(r'(?:^|[,;\t\n])"?[=+@\t\r-]\D[^,;\n]*', text)
    if "!" not in name:
        return []
    if name.endswith(".rels"):
        return re.findall(r'Target="(?:http|mailto|file)[^"]*"', text)
    formulas = re.findall(r"<(?:f|formula1?2?|definedName)\b[^>]*>([^<]*)<", text)
    return [formula for formula in formulas if MARK in formula or "cmd|" in formula]


def test_every_command_that_writes_is_asked_or_named(told):
    """A new one has to be put among those that are asked here, or among those that are looked at elsewhere."""
    writing = {
        each.path
        for each in commands()
        if each.run and WRITES & {option for parameter in _command(each).params for option in parameter.opts}
    }
    assert writing == asked(told).keys() | ELSEWHERE
    assert not asked(told).keys() & ELSEWHERE


def test_files_are_text_all_through(told):
    """Workbooks hold no formula, link or name made of it, pages no element, lists no beginning of one; papers name it, though."""
    silent, before = [], 0
    for path, each in asked(told).items():
        for arguments in each:
            told.run(*path.split(), *arguments, code=None)
            files = [path for path in (told.folder / "出").rglob("*") if path.is_file()]
            silent += [f"{path} {arguments[0]}"] * (len(files) == before)
            before = len(files)
    assert len(silent) <= 4 and set(silent) >= {"review --out", "dispatch --at"}, (
        silent
    )  # nothing waits, nothing is left
    assert {path.suffix for path in files} >= {".xlsx", ".html", ".ipynb", ".txt"}
    holding = 0
    for file in files:
        for name, raw in contents(file):
            holding += MARK.encode() in raw
            assert acts(name, raw) == [], name
    assert holding > 20


def test_lists_do_nothing_to_the_terminal(told):
    """Every list that needs no argument, for people and as JSON, whole."""
    listed = 0
    for each in commands():
        if not each.run or each.path.split()[0] in {"backup", "addin", "due", "dispatch", "receipt"}:
            continue
        made = _command(each)
        if any(parameter.required for parameter in made.params):
            continue
        if "--json" not in {option for parameter in made.params for option in parameter.opts}:
            continue
        for further in ((), ("--json",)):
            out = told.run(*each.path.split(), *further, code=None) + told.said
            assert all(one_line(part) == part for line in out.split("\n") for part in line.split("\t")), each.path
            listed += MARK in out
        assert key_file.path_of(told.folder / "登记册.db").exists()
    assert listed > 4


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", f"<p {MARK}>"),
        ("a.html", "<a href='javascript:x'>"),
        ("a.xlsx!xl/worksheets/sheet1.xml", f"<f>1+{MARK}</f>"),
        ("a.xlsx!xl/_rels/a.rels", '<Relationship Target="http://x.example"/>'),
        ("a.csv", "甲,=cmd|x\n"),
        ("a.ipynb", json.dumps({"cells": [{"outputs": [{"data": {"text/html": [f"<b {MARK}>"]}}]}]})),
    ],
)
def test_what_acts_is_found(name, text):
    """The look itself can fail."""
    assert acts(name, text.encode())
