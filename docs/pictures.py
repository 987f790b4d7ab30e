"""Draws the documentation's pictures: plays the demo, opens its workbooks in LibreOffice, keeps chosen pages as PNG.

`make pictures`; needs soffice and pdftoppm on the PATH.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from workbench.demo import run_demo
from workbench.desk.checking import check_files
from workbench.policy.edition import load_policy

PICTURES = Path(__file__).resolve().parent / "pictures"
CLOCK = datetime(2026, 11, 23, 9)
# picture → (file below the demo's folder, page)
PAGES = {
    "settlement": ("4_报告/季度奖惩核算报告_*.xlsx", 1),
    "settlement_summary": ("4_报告/季度奖惩核算报告_*.xlsx", 2),
    "settlement_lines": ("4_报告/季度奖惩核算报告_*.xlsx", 16),
    "targets": ("4_报告/月度目标分解与完成情况_*.xlsx", 1),
    "targets_months": ("4_报告/月度目标分解与完成情况_*.xlsx", 2),
    "publication": ("4_报告/信息提报情况通报_*.xlsx", 1),
    "conversion": ("4_报告/信息转化率月报_*.xlsx", 1),
    "template": ("0_空白模板/T1_*.xlsx", 1),
    "review": ("3_复核/*_20260320-1530.xlsx", 1),
    "checked": ("5_标注/*.xlsx", 1),
    "checked_list": ("5_标注/*.xlsx", 2),
}


def main() -> None:
    """All pictures, drawn anew."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "演示"
        play = run_demo(demo, CLOCK)
        bad = next(r.file for r in play.receipts if len({f.code for f in r.findings if f.severity == "error"}) >= 3)
        check_files([next(demo.glob(f"1_收件/*/{bad}"))], load_policy(), annotate_to=demo / "5_标注")
        for name, (pattern, page) in PAGES.items():
            draw(next(iter(sorted(demo.glob(pattern)))), page, PICTURES / f"{name}.png")


def draw(workbook: Path, page: int, target: Path) -> None:
    """One printed page of a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        subprocess.run(
            ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(workbook)],
            check=True, capture_output=True,
        )  # fmt: skip
        pdf = next(where.glob("*.pdf"))
        command = ["pdftoppm", "-r", "90", "-png", "-f", str(page), "-l", str(page), str(pdf), str(where / "page")]
        subprocess.run(command, check=True, capture_output=True)
        shutil.move(next(where.glob("page*.png")), target)
        print(target.name, target.stat().st_size // 1024, "KB")


if __name__ == "__main__":
    main()
