"""Draws the pictures of docs/lab.md: an analyst at the start page, on the register of the demo, in a real JupyterLab.

Run as ``python docs/lab_pictures.py``; needs chromium.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from pictures import CLOCK, PICTURES  # noqa: E402

from tests.support import browser  # noqa: E402
from workbench.app.policy import load_policy  # noqa: E402
from workbench.demo import run_demo  # noqa: E402
from workbench.platform.access import users as people  # noqa: E402
from workbench.platform.access.session import enter  # noqa: E402

ANALYST, PASSPHRASE = "分析员", "分析员在蓝色的帆船绕过灯塔 two"
REPORT, PERIOD = "季度奖惩核算报告", "2026Q2"


def main() -> None:
    """All pictures, drawn anew."""
    with tempfile.TemporaryDirectory() as folder:
        play = run_demo(Path(folder) / "演示", CLOCK)
        with enter(play.register, None, play.passphrase, load_policy(), datetime(2026, 11, 23, 10)) as session:
            people.add(session, ANALYST, "analyst", PASSPHRASE)
        desk = Path(folder) / "工作区"
        with browser.lab(play.register, ANALYST, PASSPHRASE, desk) as address, browser.window(address) as page:
            browser.start(page)
            browser.run(page, REPORT, PERIOD)
            shoot(page, "lab_start")
            browser.tab(page, "追溯")
            page.locator(".jp-OutputArea select").nth(2).select_option("部门奖励")
            page.locator("button[data-to$=':valid']").first.click()
            page.locator("button[data-to$=':number']").first.click()
            page.locator(".chain").first.wait_for()
            page.locator(".wb h3", has_text="条信息").scroll_into_view_if_needed()
            shoot(page, "lab_drill")
            browser.tab(page, "文件")
            notebook = browser.run_notebook(page, REPORT, PERIOD)
            notebook.get_by_text("report.front()").scroll_into_view_if_needed()
            shoot(page, "lab_notebook")


def shoot(page: browser.Page, name: str) -> None:
    """What the window shows."""
    page.wait_for_timeout(1500)
    target = PICTURES / f"{name}.png"
    page.screenshot(path=target)
    print(target.name, target.stat().st_size // 1024, "KB")


if __name__ == "__main__":
    main()
