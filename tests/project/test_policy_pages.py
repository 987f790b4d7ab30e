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

# the numbered demands of each policy, as the documents number them; purposes and definitions ask for nothing of their own
DEMANDS = {
    "S1": "一2 一3 一4 二1 二2 二3 二4 三1 三2 三3 三4 四1 四2 四3 四4 五1",
    "S2": "一1 一2 一3 一4 一5 二1 二2 二3 二4 二5 三1 三2 三3 三4 三5",
    "S3": "二 三1 三2 三3 三4 四1 四2 四3 五1 五2 五3 六1 六2 七1 七2 七3 八1 八2 九1 九2 九3 十",
    "S4": "二1（1） 二1（2） 二1（3） 二1（4） 二2 三1（1） 三1（2） 三1（3） 三2（1） 三2（2） 三3（1） 三3（2） 三3（3）"
    " 三4（1） 三4（2） 三5（1） 三5（2） 四1 四2",
    "S5": "1（1） 1（2） 1（3） 1（4） 2 3",
    "S6": "一 二1 二2 二3 二4 三 四",
    "S7": "一 二 三1 三2 三3 四1 四2 四3 五1 五2 五3 六1 六2 六3 七1 七2",
    "S8": "一1（1） 一1（2） 一2 二1 二2 三1 三2（1） 三2（2） 四1 四2（1） 四2（2） 五1 五2（1） 五2（2）",
}


def clauses(cell: str) -> set[str]:
    """The clauses a line is about: several in a row, the later ones also by their last part alone, or from one to another."""
    found: list[str] = []
    for part in cell.split("、"):
        first, _, last = part.partition("—")
        if first.startswith("（"):
            first = found[-1].partition("（")[0] + first
        found.append(first)
        if last:
            stem = first.partition("（")[0]
            begin, end = int(first[len(stem) + 1 : -1]), int(last[1:-1])
            found += [f"{stem}（{number}）" for number in range(begin + 1, end + 1)]
    return set(found)


def rows(page: Path) -> list[list[str]]:
    """The lines of the page's table: clause, demand, how it is met, tests."""
    lines = page.read_text(encoding="utf-8").splitlines()
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in cells[2:]]


def test_there_is_a_page_for_each_policy():
    """Named by its document."""
    assert tuple(page.stem.partition("_")[2] for page in PAGES) == DOCUMENTS


@each
def test_every_demand_of_a_policy_has_a_line(page):
    """By its number; a line about a whole article is about each of its paragraphs."""
    told = set().union(*(clauses(line[0]) for line in rows(page)))
    wanted = DEMANDS[page.stem.partition("_")[0]].split()
    assert [demand for demand in wanted if not any(demand.startswith(each) for each in told)] == []


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
