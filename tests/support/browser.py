"""A real JupyterLab and a real Chromium in front of it, as an analyst would sit there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
WAIT = 60_000  # milliseconds; a busy machine is no fault


@contextmanager
def lab(register: Path, user: str, passphrase: str, folder: Path) -> Iterator[str]:
    """``workbench lab`` on a folder: the address it prints, until the block ends."""
    environment = {
        **os.environ,
        "WORKBENCH_REGISTER": str(register),
        "WORKBENCH_USER": user,
        "WORKBENCH_PASSPHRASE": passphrase,
        "PYTHONPATH": str(ROOT),
    }
    with open(folder.parent / "jupyter.log", "w+", encoding="utf-8") as log:
        command = [sys.executable, "-m", "workbench", "lab", "--no-browser", "--folder", str(folder)]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, stdout=log, text=True)
        try:
            seen = []
            for line in process.stderr:
                seen.append(line)
                if found := re.search(r"http://127\.0\.0\.1:\d+/lab\S*", line):
                    break
            else:
                raise AssertionError("".join(seen))
            pump = subprocess.Popen(["cat"], stdin=process.stderr, stdout=log)  # or the server waits for a reader
            yield found[0]
        finally:
            process.terminate()
            process.wait(30)
            pump.wait(30)


@contextmanager
def window(address: str) -> Iterator[Page]:
    """Chromium on an address."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1440, "height": 1080})
        page.set_default_timeout(WAIT)
        page.goto(address)
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        yield page
        browser.close()


def start(page: Page) -> None:
    """Run the start page's cell; pressed again, as a person would, where the page was not ready for the keys."""
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    cell = page.locator(".jp-CodeCell").first
    for _ in range(12):
        if page.locator("dialog.jp-Dialog").count():  # which kernel: pressed before there was one
            page.keyboard.press("Enter")
        cell.locator(".cm-content").click()
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(2500)
        if cell.locator(".jp-InputPrompt").inner_text() != "[ ]:":
            break
    page.wait_for_selector(".jp-OutputArea select")


def run(page: Page, report: str, period: str) -> None:
    """Choose a report and a period, press the button, and wait until it says that it is done."""
    page.locator(".jp-OutputArea select").nth(0).select_option(report)
    page.locator(".jp-OutputArea select").nth(1).select_option(period)
    page.locator(".jp-OutputArea button", has_text="运行").click()
    page.wait_for_selector(f"text=已生成《{report}》{period}")


def tab(page: Page, name: str) -> None:
    """Turn to one of the panel's tabs."""
    page.locator(".jp-OutputArea .lm-TabBar-tabLabel", has_text=name).click()


def run_notebook(page: Page, report: str, period: str) -> Locator:
    """Open a report's own notebook from the list of files, run all its cells, and wait for the last one."""
    page.get_by_text(f"笔记本/{report}_{period}.ipynb").click()
    return _run_all(page, "report.save()", "工作簿：")


def run_example(page: Page, name: str) -> Locator:
    """Open the analyst's example from the folder, run all its cells, and wait for the last one."""
    page.locator(".jp-DirListing-item", has_text=name).dblclick()
    return _run_all(page, "book.cohorts()", "since")


def _run_all(page: Page, of: str, last: str) -> Locator:
    """Run all cells of the opened notebook that has the text ``of``, and wait until an output has the text ``last``."""
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)", has_text=of)
    notebook.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    notebook.locator(".jp-CodeCell .cm-content").first.click()
    page.get_by_role("menuitem", name="运行", exact=True).click()
    page.get_by_text("运行所有单元格", exact=True).click()
    notebook.locator(".jp-OutputArea-output", has_text=last).first.wait_for(state="attached")
    return notebook
