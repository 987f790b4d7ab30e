"""The start page and a report opened, run and clicked through in a real JupyterLab in headless Chromium."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.support import browser
from tests.support.staff import ANALYST
from tests.support.staff import ANALYST_PASSPHRASE as PASSPHRASE
from workbench.interfaces.lab.serve import EXAMPLE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(browser.CHROMIUM is None, reason="chromium is missing (apt-get install chromium)"),
]
REPORT, PERIOD = "季度奖惩核算报告", "2026Q1"


@pytest.fixture(scope="module")
def desk(lab_register, tmp_path_factory):
    """An analyst in front of JupyterLab: the page, and the folder it works on."""
    folder = tmp_path_factory.mktemp("lab") / "工作区"
    with browser.lab(lab_register, ANALYST, PASSPHRASE, folder) as address, browser.window(address) as page:
        yield page, folder


@pytest.fixture(scope="module")
def run(desk):
    """The start page, after the quarterly report was run from it."""
    page, folder = desk
    browser.start(page)
    browser.run(page, REPORT, PERIOD)
    return page, folder


def test_a_report_is_run_and_shown(run):
    """The page managers receive stands in the tab, and all files of the run in their folder."""
    page, folder = run
    expect(page.frame_locator(f"iframe[title='{REPORT}']").locator("header h1")).to_contain_text(REPORT)
    assert {path.suffix for path in (folder / "报告").iterdir()} == {".xlsx", ".html", ".ipynb", ".json"}
    expect(page.locator(".jp-OutputArea")).to_contain_text(["去标识"])


def test_a_number_leads_to_its_leads_and_to_their_chain(run, lab_facts):
    """As many leads as the number says, customers as numbers only; a lead shows its chain with its source cell."""
    page, _ = run
    browser.tab(page, "追溯")
    page.locator(".jp-OutputArea select").nth(2).select_option("部门奖励")
    number = page.locator("button[data-to$=':valid']").first
    count = number.inner_text()
    number.click()
    expect(page.locator(".wb h3", has_text="条信息")).to_have_text(f"{count} 条信息")
    rows = page.locator(".answer table tbody tr:not(.total)")
    customers = [row.split("\t")[1].strip() for row in rows.all_inner_texts()]
    assert len(customers) == int(count)
    assert all(re.fullmatch(r"客户\d{4}", customer) for customer in customers)
    page.locator("button[data-to$=':number']").first.click()
    expect(page.locator(".chain").first).to_contain_text("来源：")
    shown = page.locator(".jp-OutputArea").all_inner_texts()
    assert not [name for name in set(lab_facts.leads["customer"]) if any(name in text for text in shown)]


def box(found) -> dict[str, float]:
    """Where an element stands on the page."""
    place = found.bounding_box()
    assert place is not None
    return place


def test_the_answer_appears_where_the_click_was(run):
    """Leads open in the row below their number, a chain below its lead, both in sight; a second click closes them."""
    page, _ = run
    browser.tab(page, "追溯")
    for table in ("经销商奖励", "部门奖励"):  # another table closes what was open
        page.locator(".jp-OutputArea select").nth(2).select_option(table)
        expect(page.locator(".answer")).to_have_count(0)
    numbers = page.locator("button[data-to$=':valid']")
    number = numbers.first
    row = number.locator("xpath=ancestor::tr[1]")
    number.click()
    answer = page.locator(".answer").first
    expect(answer).to_be_in_viewport()
    assert abs(box(row)["y"] + box(row)["height"] - box(answer)["y"]) < 4
    lead = answer.locator("button[data-to$=':number']").first
    lead.click()
    chain = answer.locator(".answer .chain").first
    expect(chain).to_be_in_viewport()
    line = answer.locator("button[data-to$=':number']").first.locator("xpath=ancestor::tr[1]")
    assert 0 <= box(chain)["y"] - box(line)["y"] - box(line)["height"] < 60
    expect(page.locator("button.chosen")).to_have_count(2)
    answer.locator("button[data-to$=':number']").first.click()
    expect(page.locator(".answer")).to_have_count(1)
    numbers.first.click()
    expect(page.locator(".answer")).to_have_count(0)


def test_an_amount_leads_to_its_clause(run):
    """An amount of the settlement shows clause, readings and what would have had to be different."""
    page, _ = run
    browser.tab(page, "追溯")
    page.locator(".jp-OutputArea select").nth(2).select_option("经销商奖励")
    page.locator("button[data-to$=':reward']").first.click()
    expect(page.locator(".chain").first).to_contain_text("第7.1.1条")
    expect(page.locator(".chain").first).to_contain_text("反之")


def test_the_saved_page_holds_no_results(run):
    """Saving writes the notebook without outputs, and the passphrase stands in no file."""
    page, folder = run
    page.keyboard.press("Control+s")
    page.wait_for_timeout(1500)
    cells = json.loads((folder / "起始页.ipynb").read_text(encoding="utf-8"))["cells"]
    assert [cell for cell in cells if cell.get("outputs")] == []
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert [path.name for path in files if PASSPHRASE.encode() in path.read_bytes()] == []


def test_a_reports_notebook_is_opened_and_run(run):
    """From the list of files into the notebook with its parameters filled in; all its cells run, tables and charts show."""
    page, folder = run
    browser.tab(page, "文件")
    notebook = browser.run_notebook(page, REPORT, PERIOD)
    expect(notebook.locator(".cards .card").first).to_be_attached()
    expect(notebook.locator("figure svg").first).to_be_attached()
    assert notebook.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert (folder / "笔记本" / "输出" / f"{REPORT}_{PERIOD}.xlsx").stat().st_size > 10_000


def test_the_analysts_example_runs_cell_by_cell(run, lab_facts):
    """One line opens the book; its tables and the chart show, and nobody's name."""
    page, _ = run
    notebook = browser.run_example(page, EXAMPLE)
    expect(notebook.locator("figure svg").first).to_be_attached()
    expect(notebook.locator(".jp-OutputArea-output table")).to_have_count(5)
    assert notebook.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    shown = notebook.locator(".jp-OutputArea").all_inner_texts()
    assert not [name for name in set(lab_facts.leads["customer"]) if any(name in text for text in shown)]
