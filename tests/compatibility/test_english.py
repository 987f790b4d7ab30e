"""``--lang en`` on a register with two quarters of data: what commands print is English, the data apart."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from python_calamine import CalamineWorkbook

from tests.compatibility.office import Office
from tests.compatibility.test_v0_1 import AS_OF, AUDITOR, CLERK, CUSTODIAN, DATA, MANAGER, PASSPHRASES, PAYER, Q1, Q2
from tests.support.closed_lists import enumerations
from workbench import capabilities
from workbench.core.messages import files, read
from workbench.core.shipped import shipped
from workbench.platform.capability import declared
from workbench.platform.reporting.registry import reports

pytestmark = pytest.mark.slow

OF_PAPERS = ("联系人本人", "的客户")  # whom papers in Chinese are for
LAST_YEAR = "按上年"  # of the files of a plan, which are official papers
TRANSLATED = {entry["zh"] for file in files() for key, entry in read(file).items() if key.startswith("rule_source/")}
SILENT = (("backup", "list"), ("added", *AS_OF), ("changes", "list"), ("addin", "uninstall"))
HAN = re.compile(r"[\u3400-\u9fff]+")
MARKS = re.compile(r"[，。；：、！？（）]")  # of Chinese sentences
QUOTES = re.compile(
    r"《[^》]*》|[^，。；：、！？（）\s]*\.(xlsx|csv|html)|（[^（）]*）"
)  # titles, files, what stands in brackets
RECEIPT = "receipts/收件回执_000067_033947f0.html"
PAPERS = ("receipt", "receipts")  # what a signed document says is not said by the command
# by people
TYPED = (
    "reason",
    "purpose",
    "recipient",
    "applicant",
    "approver",
    "file",
    "by",
    "evidence",
    "customer",
    "contact",
    "region",
    "other_region",
)
TRIAL = ("--set", "dealer_conversion_rate=60%", "--reading", "overdue_unit=dispatch")
PLAN = ("--from-last-year", "--total", "500", "--out", "out", *AS_OF)
# who runs what; what exits with 2 is a refusal
COMMANDS = (
    (CLERK, "help"),
    (CLERK, "leads", *AS_OF),
    (CLERK, "review", "--json", *AS_OF),
    (CLERK, "explain", "DK202602-00031", *AS_OF),
    (CLERK, "explain", "DK202602-00030", *AS_OF),
    (CLERK, "explain", "DK202602-00028", *AS_OF),
    (CLERK, "explain", "DK202601-00002", *AS_OF),
    (CLERK, "explain", "DK202601-00002", "--json", *AS_OF),
    (CLERK, "explain", "7.1.1/D004/DK202602-00031", *Q1),
    (CLERK, "explain", "7.3.4/许企/XL2026-001", *Q1),
    (CLERK, "explain", "7.3.2b/郑策/2026-02-28", *Q1),
    (CLERK, "explain", "7.2.2/B003/DK202601-00018", *Q2),
    (CLERK, "explain", "B002", *Q1),
    (CLERK, "explain", "D004", *Q1),
    (CLERK, "explain", "合计", *Q1),
    (CLERK, "explain", "7.1.1", *Q2),
    (CLERK, "settle", "2026Q1", *AS_OF),
    (CLERK, "settle", "2026Q2", *AS_OF),
    (CLERK, "whatif", "2026Q1", *TRIAL, *AS_OF),
    (CLERK, "targets", "history"),
    (CLERK, "targets", "forecast", "--year", "2026", *AS_OF),
    (CLERK, "targets", "plan", "--year", "2027", *PLAN),
    (CLERK, "targets", "plan", "--year", "2027", *PLAN, "--json"),
    (CLERK, "targets", "plan", "2027"),
    (CLERK, "targets", "forecast", "--year", "2026", "--json", *AS_OF),
    (CLERK, "targets", "roll", "2026-03", "--out", "out", *AS_OF),
    (CLERK, "targets", "roll", "2026-12", *AS_OF),
    (CLERK, "targets", "history", "--json"),
    (CLERK, "leads", "--json", *AS_OF),
    (CLERK, "added", *AS_OF),
    (CLERK, "added", "T1", "--json", *AS_OF),
    (CLERK, "explain", "DK202602-00031", "--json", *AS_OF),
    (CLERK, "explain", "B002", "--json", *Q1),
    (CLERK, "settle", "2026Q1", "--json", *AS_OF),
    (CLERK, "settle", "2026Q2", "--json", *AS_OF),
    (CLERK, "whatif", "2026Q1", *TRIAL, "--json", *AS_OF),
    (MANAGER, "settlement", "status", "--json"),
    (PAYER, "settlement", "payable", "2026Q1", "--json"),
    (MANAGER, "appeals", "list", "--json"),
    (AUDITOR, "disclosures", "list", "--json"),
    (MANAGER, "deliver", "list", "--json"),
    (MANAGER, "deliver", "trace", "--code", "2V48-5KQN"),
    (MANAGER, "deliver", "trace", "--code", "2V48-5KQN", "--json"),
    (MANAGER, "changes", "list"),
    (CUSTODIAN, "users", "list", "--json"),
    (CUSTODIAN, "users", "roles", "--json"),
    (CUSTODIAN, "backup", "list", "--to", "backups"),
    (CUSTODIAN, "backup", "test", "--to", "backups"),
    (AUDITOR, "audit", "show", "--json"),
    (AUDITOR, "audit", "show", "--action", "trace copy"),
    (AUDITOR, "audit", "head"),
    (AUDITOR, "audit", "key"),
    (CUSTODIAN, "audit", "papers", "--out", "out/papers.json"),
    (None, "rules", "--json"),
    (None, "receipt", "verify", RECEIPT, "--key", "public_key.json", "--json"),
    (None, "verify", "reports/季度奖惩核算报告_2026Q1.xlsx", "--key", "public_key.json", "--json"),
    (None, "templates", "--out", "out"),
    (None, "fix", "received", "--out", "out"),
    (None, "doctor"),
    (CLERK, "doctor", "--json"),
    (None, "addin", "doctor"),
    (None, "addin", "doctor", "--json"),
    (CLERK, "prepare-register", "2026-04", *AS_OF, "--out", "out"),
    (CLERK, "remind", "--on", "2026-05-08", "--out", "out"),
    (CLERK, "report", "开发计划", "--period", "2026-05-08", *AS_OF, "--out", "out"),
    (CLERK, "statement", "--all", "--period", "2026Q1", *AS_OF, "--out", "out/statements"),
    (CLERK, "due", "--on", "2026-05-08"),
    (CLERK, "due", "--on", "2026-05-08", "--json"),
    (MANAGER, "settlement", "status"),
    (MANAGER, "settlement", "shares", "2026Q1"),
    (CLERK, "units", *AS_OF),
    (CLERK, "units", "--json", *AS_OF),
    (PAYER, "settlement", "payable", "2026Q1"),
    (MANAGER, "appeals", "list"),
    (AUDITOR, "disclosures", "list"),
    (MANAGER, "deliver", "list"),
    (CUSTODIAN, "users", "list"),
    (CUSTODIAN, "users", "roles"),
    (CUSTODIAN, "backup", "list"),
    (AUDITOR, "audit", "show"),
    (AUDITOR, "audit", "verify", "--anchor", "head_20260415.json"),
    (AUDITOR, "audit", "verify", "--anchor", f"2:{'a' * 64}"),
    (CLERK, "reveal", "DK202601-00001"),
    (CLERK, "schedule", "show", "--kind", "cron"),
    (None, "rules"),
    (None, "receipt", "verify", RECEIPT, "--key", "public_key.json"),
    (None, "verify", "reports/季度奖惩核算报告_2026Q1.xlsx", "--key", "public_key.json"),
    (None, "check", "received"),
    (None, "check", "received", "--json"),
    (CLERK, "customers", "list", *AS_OF),
    (CLERK, "customers", "worklist", *AS_OF),
    (CLERK, "customers", "worklist", "nothing"),
    (CLERK, "customers", "fields"),
    (CLERK, "customers", "show", "nobody"),
    (CLERK, "customers", "grades", "2026Q1", "--json", *AS_OF),
    (CLERK, "customers", "grades", "2027Q1"),
    (CLERK, "archive", "index", "--json"),
    (CLERK, "archive", "overdue", "--json"),
    (CLERK, "archive", "missing", *AS_OF),
    (CLERK, "archive", "customers", *AS_OF),
    (CLERK, "archive", "verify"),
    (CLERK, "archive", "get", "nothing", "--reason", "x"),
    (CLERK, "service", "list", *AS_OF),
    (CLERK, "service", "show", "nobody"),
    (CLERK, "weekly", "status", "--json"),
    (None, "books", "list"),
    (None, "books", "list", "--json"),
    (CLERK, "weekly", "record", "--json"),
    (CLERK, "consent", "list", "--json"),
    (CLERK, "incidents", "list"),
    (CLERK, "incidents", "affected", "XL2026-001", "--from", "2026-01-01", "--to", "2026-05-01", "--json"),
    (CLERK, "retention", "due", "--on", "2026-05-08", "--json"),
    (CLERK, "retention", "list", "--json"),
    (CLERK, "weekly", "shared"),
    (CUSTODIAN, "watch", "list", "--month", "2026-01"),
    (CUSTODIAN, "inspections", "list"),
    (CUSTODIAN, "training", "list"),
    (CUSTODIAN, "training", "partners"),
    (CUSTODIAN, "training", "partners", "--json"),
    # refusals
    (CUSTODIAN, "training", "open", "somebody", "--until", "2099-01-01", "--reason", "x"),
    (CUSTODIAN, "watch", "answer", "nothing", "--reason", "x"),
    (CUSTODIAN, "inspections", "prepare", "2099-01", "--out", "out"),
    (CLERK, "explain", "nobody", *Q1),
    (CLERK, "explain", "B002"),
    (CLERK, "settle", "2026Q4"),
    (CLERK, "settlement", "approve", "2026Q2"),
    (CLERK, "users", "add", "somebody", "--role", "nothing"),
    (CUSTODIAN, "users", "add", "somebody", "--role", "nothing"),
    (CLERK, "decide", "DK202601-00001", "重复", "--reason", "x"),
    (CLERK, "whatif", "2026Q1", "--set", "taxi_level_limit=nowhere", *AS_OF),
    (CLERK, "whatif", "2026Q1", "--set", "nothing=1", *AS_OF),
    (CLERK, "whatif", "2026Q1", "--reading", "overdue_unit=week", *AS_OF),
    (CLERK, "publish", "2026-05-11"),
    (CLERK, "report", "nothing", "--period", "2026Q1"),
    (CLERK, "import", "missing.xlsx"),
    (AUDITOR, "audit", "show", "--action", "nothing"),
    (PAYER, "settlement", "pay", "2026Q1", "--payer", "nobody"),
    (MANAGER, "appeals", "rule", "SS9", "upheld", "--reason", "x"),
    (CLERK, "reveal", "DK202601-00001", "--reason", " "),
    (None, "verify", "received", "--key", "public_key.json"),
    (None, "demo", "--out", "received"),
    ("苏分析", "lab", "--register", "nowhere.db"),
    (None, "desk", "--port", "70000"),
    (None, "addin", "install"),
    (None, "offline", "received"),
    (None, "sendto", "install"),
    (None, "sendto", "uninstall"),
    (None, "addin", "uninstall"),
)
CONSENT = ("--text", "x", "--version", "1", "--on", "2026-05-01", "--evidence", "x", "--scope", "保存")
# what changes something, in this order on one copy
LATE = ("--received-at", "2026-05-11T09:00:00", "--workers", "1")
DEEDS = (
    (CLERK, "import", "outstanding", *LATE),
    (CLERK, "import", "received", *LATE, "--json"),
    (CLERK, "review", "--as-of", "2026-05-12", "--out", "out"),
    (MANAGER, "decide", "DK202604-00071", "不重复", "--reason", "x"),
    (CLERK, "dispatch", "--at", "2026-05-11T16:00:00", "--out", "out"),
    (CLERK, "leads", "--as-of", "2026-05-12"),
    (CLERK, "explain", "DK202604-00071", "--as-of", "2026-05-12"),
    (CLERK, "receipt", "make", "3", "--out", "out"),
    (CLERK, "receipt", "make", "3", "--out", "out", "--json"),
    (CLERK, "reveal", "DK202601-00001", "--reason", "x"),
    (CLERK, "withdraw-import", "67", "--reason", "x"),
    (MANAGER, "withdraw-import", "67", "--reason", "x", "--decline"),
    (MANAGER, "withdraw-import", "67", "--reason", "x"),
    (MANAGER, "publish", "2026-05-10", "--at", "2026-05-11T17:00:00", "--out", "out"),
    (CLERK, "publish", "2026-05-20", "--out", "out"),
    (CLERK, "settlement", "submit", "2026Q2", "--as-of", "2026-07-02", "--accept", "x"),
    (MANAGER, "settlement", "return", "2026Q2", "--reason", "x"),
    (CLERK, "settlement", "submit", "2026Q2", "--as-of", "2026-07-02", "--accept", "x", "--json"),
    (MANAGER, "settlement", "approve", "2026Q2"),
    (MANAGER, "settlement", "status"),
    (PAYER, "settlement", "pay", "2026Q1", "--payer", "财务计划部", "--reference", "x"),
    (CLERK, "close", "2026-07", "--reason", "x"),
    (MANAGER, "appeals", "rule", "SS2026Q1-001", "不成立", "--reason", "x"),
    (MANAGER, "disclosures", "decide", "PL2026-001", "同意", "--reason", "x"),
    (CLERK, "disclosures", "hand-over", "PL2026-001", "--out", "out"),
    (MANAGER, "changes", "decide", "BG1", "同意", "--reason", "x"),
    (CLERK, "deliver", "out/信息提报情况通报_2026-05-20.xlsx", "--to", "someone", "--out", "out"),
    (MANAGER, "deliver", "make", "reports/开发计划_2026-05-08.xlsx", "--to", "someone", "--out", "out"),
    (CLERK, "customers", "link", "nobody", "x", "--as", "同一客户", "--reason", "x"),
    (CLERK, "customers", "unlink", "nobody", "x", "--as", "nothing", "--reason", "x"),
    (MANAGER, "customers", "name", "nobody", "--ground", "战略", "--reason", "x"),
    (MANAGER, "customers", "assess", "2026Q1", "nobody", "--unit", "B001", "--verdict", "x"),
    (CLERK, "customers", "card", "nobody", "--out", "out"),
    (CLERK, "archive", "add", "missing.pdf", "--number", "nothing"),
    (CLERK, "service", "prepare", "nobody", "--out", "out"),
    (CLERK, "weekly", "share", "B001", "--out", "out"),
    (CLERK, "weekly", "share", "nobody", "--out", "out"),
    (CLERK, "customers", "page", "nobody", "--out", "out"),
    (CLERK, "books", "make", "customer_card", "--customer", "nobody", "--out", "out"),
    (CLERK, "books", "make", "nothing", "--out", "out"),
    (CLERK, "weekly", "prepare", "nobody", "--unit", "B001", "--out", "out"),
    (CLERK, "weekly", "leave", "nobody", "2026-05-04", "2026-05-08", "--unit", "B001"),
    (CLERK, "consent", "record", "DK202601-00001", *CONSENT),
    (CLERK, "consent", "withdraw", "DK202601-00001", "--reason", "x"),
    (CLERK, "consent", "file", "DK202601-00001", "--out", "out"),
    (CLERK, "incidents", "notices", "XL2026-001", "--from", "2026-01-01", "--to", "2026-05-01", "--out", "out"),
    (CLERK, "incidents", "step", "nothing", "控制", "--note", "x"),
    (CLERK, "retention", "propose", "nobody", "--reason", "x"),
    (CUSTODIAN, "retention", "decide", "XH2026-001", "同意", "--reason", "x"),
    (CUSTODIAN, "retention", "dispose", "XH2026-001", "--out", "out"),
    (CUSTODIAN, "backup", "--to", "backups"),
    (CUSTODIAN, "backup", "make", "--to", "backups", "--json"),
    (CLERK, "due", "--on", "2026-05-09", "--done"),
    (CUSTODIAN, "users", "add", "somebody", "--role", "analyst"),
    (CUSTODIAN, "users", "revoke", "somebody"),
    (CUSTODIAN, "users", "passphrase", CLERK),
    (CUSTODIAN, "users", "recovery"),
    (CUSTODIAN, "upgrade"),
    (CUSTODIAN, "rotate"),
    (CUSTODIAN, "move", "out/moved.db"),
    (AUDITOR, "audit", "show"),
    (AUDITOR, "audit", "verify"),
    (CUSTODIAN, "restore", "backups/登记册_20260508-110000.wbk", "--to", "out/restored.db"),
    (CUSTODIAN, "trust", "--reason", "x"),
    (MANAGER, "confirm-restore", "--reason", "x"),
    (CUSTODIAN, "schedule", "install", "--kind", "cron"),
    (CUSTODIAN, "schedule", "remove", "--kind", "cron"),
    ("somebody", "init", "--register", "out/new.db"),
)
PASSPHRASE = "河对岸的风车慢慢地转 anew"


def values(document: Any, names: Collection[str] = ()) -> Iterator[str]:
    """All texts of a document; with ``names`` those under these keys only."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from values(value, () if name in names else names)
    elif isinstance(document, list):
        for value in document:
            yield from values(value, names)
    elif isinstance(document, str) and not names:
        yield document


def without_papers(document: Any) -> Any:
    """A document without the signed documents it quotes."""
    if isinstance(document, dict):
        return {name: without_papers(value) for name, value in document.items() if name not in PAPERS}
    return [without_papers(value) for value in document] if isinstance(document, list) else document


@cache
def official() -> frozenset[str]:
    """What stands as it is in every language: closed lists, templates, dated values and names of regulations, reports."""
    words = {*enumerations(), *(report.name for report in reports()), *(book.title for book in declared("books"))}
    words |= {path.name for path in shipped("excel").iterdir()}
    words |= {verdict for case in declared("cases") for verdict in case.verdicts}
    for path in shipped("templates").glob("*.yaml"):
        words |= set(values(yaml.safe_load(path.read_text(encoding="utf-8"))))
    for path in Path(capabilities.__file__).parent.glob("regulations/*.yaml"):
        rules = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "document" not in rules:  # the catalogue beside them
            continue
        words |= {rules["document"], *values(rules["parameters"], ("value", "choices", "clause"))}
        words |= {source for source in values(rules["parameters"], ("source",)) if source not in TRANSLATED}
    return frozenset(words)


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    """The kept files, copied once: what uses this reads only."""
    return Office.copy(DATA, tmp_path_factory.mktemp("office"), PASSPHRASES)


@pytest.fixture(scope="module")
def data(office) -> set[str]:
    """The Chinese texts of the data: of files and forms as they were received, of what people typed, and official words."""
    printed = [json.loads(path.read_text(encoding="utf-8")) for path in (office.folder / "printed").glob("*.json")]
    printed += [office.ask(AUDITOR, "audit", "show"), office.ask(CLERK, "reveal", "DK202601-00001")]
    texts = {text for document in printed for text in values(document, TYPED)}
    texts |= {*map(str, office.folder.rglob("*")), *PASSPHRASES, *official(), LAST_YEAR, *OF_PAPERS}
    for path in [*(office.folder / "received").glob("*.xlsx"), *(office.folder / "outstanding").glob("*.xlsx")]:
        workbook = CalamineWorkbook.from_path(path)
        for sheet in workbook.sheet_names:
            texts |= {sheet, *(str(cell) for row in workbook.get_sheet_by_name(sheet).to_python() for cell in row)}
    return texts


def chinese(office: Office, command: tuple, data: set[str], **environment: str) -> list[str]:
    """What a command prints in Chinese on either stream when it is asked for English, the data apart."""
    code, said, wrong = office.streams(command[0], *command[1:], "--lang", "en", **environment)
    assert code in (0, 1, 2), wrong
    assert said or wrong or command[1:] in SILENT, command
    if "--json" in command and code != 2:
        said = "\n".join(values(without_papers(json.loads(said))))
    made = {str(path) for path in (office.folder / "out").rglob("*")}
    known = {word for text in data | made for word in HAN.findall(text)}
    sentences = [text for text in data if MARKS.search(text) and len(text) < 100]
    found = []
    for line in [*said.splitlines(), *wrong.splitlines()]:
        found += [word for word in HAN.findall(line) if word not in known]
        for text in sentences:
            line = line.replace(text, "")
        found += [line] if MARKS.search(QUOTES.sub("", line)) else []
    return found


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[1:])[:60])
def test_what_a_command_prints_is_english(command, office, data):
    """No sentence, and no word but those of the data and of the official forms."""
    assert chinese(office, command, data) == []


def test_what_a_command_says_of_its_work_is_english(tmp_path, data, monkeypatch):
    """A working day on a copy: taking in, deciding, publishing, settling, delivering, keeping."""
    office = Office.copy(DATA, tmp_path / "office", {**PASSPHRASES, "somebody": PASSPHRASE})
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "crontab").write_text("#!/bin/sh\ncat > /dev/null\n")
    (tmp_path / "bin" / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    found = {}
    for command in DEEDS:
        register = {"WORKBENCH_REGISTER": "out/restored.db"} if command[1] == "confirm-restore" else {}
        found[command] = chinese(office, command, data, WORKBENCH_NEW_PASSPHRASE=PASSPHRASE, **register)
        if command[1:3] == ("users", "passphrase"):
            office.passphrases[CLERK] = PASSPHRASE
    assert {command: words for command, words in found.items() if words} == {}


def listed(office: Office, *group: str) -> Iterator[str]:
    """Every command of the menu that does something, as one types it."""
    lines = office.run(None, *group, "--help", "--lang", "en").split("Commands:")[1].splitlines()
    for name in [line.split()[0] for line in lines if line[:3].strip() and line.startswith("  ")]:
        path = (*group, name)
        text = office.run(None, *path, "--help", "--lang", "en")
        if "Commands:" in text:
            yield from listed(office, *path)
        else:
            yield " ".join(path)


def test_every_command_of_the_menu_is_among_them(office):
    """A further command has to be run here too."""
    run = {" ".join(command[1:3]) for command in (*COMMANDS, *DEEDS)} | {each[1] for each in (*COMMANDS, *DEEDS)}
    assert [command for command in listed(office) if command not in run] == []
