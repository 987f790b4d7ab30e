"""Draws the pictures of docs/desk.md: a clerk at the desk page, on the register of the demo, in a real Chromium.

Run as ``python docs/desk_pictures.py``; needs chromium.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from pictures import CLOCK, PICTURES  # noqa: E402

from tests.support import desk  # noqa: E402
from workbench.app import clock  # noqa: E402
from workbench.demo import run_demo  # noqa: E402
from workbench.demo.folders import INBOX  # noqa: E402
from workbench.platform.register import key_file  # noqa: E402

SHOWN = 1100  # of the height a picture shows


def main() -> None:
    """All pictures, drawn anew."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_STATE"] = os.environ["HOME"] = folder
        play = run_demo(Path(folder) / "演示", CLOCK, months=3, dealers=6, departments=3)
        clock.now = lambda: CLOCK
        sent = sorted((play.out / INBOX).rglob("*大客户信息*.xlsx"))[:3]
        with desk.opened() as speaker, desk.window(speaker.entrance.address, 1280, 860) as page:
            page.set_input_files("#field-files", [str(path) for path in sent])
            page.click("#form button[type=submit]")
            page.wait_for_selector(".said")
            shoot(page, "desk_check")
            page.click("#unlock")
            page.fill("[name=register]", str(play.register))
            page.fill("[name=user]", key_file.people(key_file.read(play.register))[0])
            page.fill("[name=passphrase]", play.passphrase)
            page.click("#form button[type=submit]")
            page.wait_for_selector(".said")
            shoot(page, "desk_due")
            page.click("#deed-review")
            page.wait_for_selector(".said")
            shoot(page, "desk_review")


def shoot(page: desk.Page, name: str) -> None:
    """What the page shows, cut off where it becomes long."""
    page.wait_for_timeout(500)
    height = min(SHOWN, page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": 1280, "height": height})
    target = PICTURES / f"{name}.png"
    page.screenshot(path=target)
    print(target.name, target.stat().st_size // 1024, "KB")


if __name__ == "__main__":
    main()
