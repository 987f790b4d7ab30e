"""Draws the pictures of docs/desk.md: a clerk at the desk page of a small office, in a real Chromium. All data is invented.

Run as ``python docs/desk_pictures.py``; needs chromium.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from pictures import PICTURES  # noqa: E402

from tests.support import desk  # noqa: E402
from tests.support.office import PASSPHRASE, Office, lead  # noqa: E402
from workbench.app import clock  # noqa: E402
from workbench.interfaces.cli import main as run  # noqa: E402
from workbench.platform.register import key_file  # noqa: E402

SHOWN = 1100  # of the height a picture shows
MORNING = datetime(2026, 2, 3, 9)
FIRST = [
    lead("江城客运公司"),
    lead("滨江纺织厂", 联系方式="13900003302"),
    lead("城东驾校", 客户类别="驾校", 联系方式="13900003303"),
]
SECOND = [
    lead("江城客运总公司", 需求车型="客车"),
    lead("城南物流", 联系方式=None),
    lead("城北公交", **{"标的量(台)": 2}),
]


def main() -> None:
    """All pictures, drawn anew."""
    with tempfile.TemporaryDirectory() as folder:
        register = Path(folder, "登记册.db")
        os.environ.update(WORKBENCH_STATE=folder, HOME=folder, WORKBENCH_PASSPHRASE=PASSPHRASE)
        os.environ.update(WORKBENCH_REGISTER=str(register), WORKBENCH_USER="市场策略科")
        clock.now = lambda: MORNING
        office = Office(Path(folder), Path(folder, "空白"), None)
        run(["init"])
        run(["templates", "--out", str(office.blanks)])
        run(["import", str(office.units()), "--received-at", "2026-01-02T09:00:00"])
        run(["import", str(office.leads("D001", "一店.xlsx", FIRST)), "--received-at", "2026-01-05T09:00:00"])
        second = office.leads("D002", "二店.xlsx", SECOND)
        with desk.opened() as speaker, desk.window(speaker.entrance.address, 1280, 700) as page:
            page.set_input_files("#field-files", [str(second), str(office.leads("D001", "三.xlsx", FIRST[:2]))])
            page.click("#form button[type=submit]")
            page.wait_for_selector(".said")
            shoot(page, "desk_check")
            run(["import", str(second), "--received-at", "2026-01-06T09:00:00"])
            page.click("#unlock")
            page.fill("[name=register]", str(register))
            page.fill("[name=user]", key_file.people(key_file.read(register))[0])
            page.fill("[name=passphrase]", PASSPHRASE)
            page.click("#form button[type=submit]")
            page.wait_for_selector(".said")
            shoot(page, "desk_due")
            page.click("#deed-review")
            page.wait_for_selector(".pair")
            shoot(page, "desk_review")


def shoot(page: desk.Page, name: str) -> None:
    """What the page shows, cut off where it becomes long."""
    page.set_viewport_size({"width": 1280, "height": 700})
    page.wait_for_timeout(500)
    height = min(SHOWN, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": 1280, "height": height})
    target = PICTURES / f"{name}.png"
    page.screenshot(path=target)
    print(target.name, target.stat().st_size // 1024, "KB")


if __name__ == "__main__":
    main()
