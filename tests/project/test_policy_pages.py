"""The pages on the surrounding policies name tests that exist, commands there are and reports that are made."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.support.source import ROOT
from workbench.interfaces.cli.menu import program
from workbench.platform.reporting.registry import reports

PAGES = sorted((ROOT / "docs" / "policies").glob("*.md"))
each = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem.partition("_")[0])
# the regulation a page is about; its parameters are data of the program
DOCUMENTS = (
    "客户信息综合管理制度",
    "客户信息管理制度",
    "客户信息及档案管理制度",
    "大客户管理制度",
    "大客户管理的方法和策略",
    "大客户信息收集管理办法（每周上报）",
    "顾客信息管理制度",
    "银行大客户管理流程",
)


def rows(page: Path) -> list[list[str]]:
    """The lines of the page's table: clause, demand, how it is met, tests."""
    lines = page.read_text(encoding="utf-8").splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in cells[2:]]


def test_there_is_a_page_for_each_policy():
    """Named by its document."""
    assert tuple(page.stem.partition("_")[2] for page in PAGES) == DOCUMENTS


@each
def test_every_test_a_page_names_exists(page):
    """The file, and in it the test; a demand without a test is said to be a person's or not done."""
    missing = []
    for clause, demand, means, tests in rows(page):
        named = re.findall(r"`([^`]+?\.py)(?:::(\w+))?`", tests)
        if not named and not any(word in means for word in ("人", "未做")):
            missing.append((clause, demand))
        for file, name in named:
            path = ROOT / "tests" / file
            tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.parse("")
            known = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            if not path.is_file() or (name and name not in known):
                missing.append((file, name))
    assert missing == []


@each
def test_every_command_and_report_a_page_names_exists(page):
    """As one types it."""
    text = page.read_text(encoding="utf-8")
    for words in re.findall(r"`workbench ([a-z-]+(?: [a-z-]+)?)", text):
        group, _, name = words.partition(" ")
        assert group in program().listed, words
        inner = getattr(program().listed[group], "listed", None)
        assert not inner or not name or name in inner, words
    known = {report.name for report in reports()}
    assert {name for name in re.findall(r"《(每周\S+?|大客户分级\S+?|客户信息管理检查报告)》", text)} <= known
