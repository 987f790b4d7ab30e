"""Draws the documentation's pictures: plays the demo, opens its workbooks in LibreOffice, keeps chosen pages as PNG.

`make pictures`; needs soffice, pdftotext and pdftoppm on the PATH.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path

from workbench.demo import run_demo
from workbench.desk.checking import check_files
from workbench.desk.receipts import issue_for
from workbench.desk.session import enter
from workbench.policy.edition import load_policy
from workbench.reports.slip import write

PICTURES = Path(__file__).resolve().parent / "pictures"
CLOCK = datetime(2026, 11, 23, 9)
# picture → (file below the demo's folder, words on the page that is wanted)
PAGES = {
    "settlement": ("4_报告/季度奖惩核算报告_*.xlsx", "签署"),
    "settlement_summary": ("4_报告/季度奖惩核算报告_*.xlsx", "奖惩汇总"),
    "settlement_lines": ("4_报告/季度奖惩核算报告_*.xlsx", "逐笔明细："),
    "targets": ("4_报告/月度目标分解与完成情况_*.xlsx", "签署"),
    "targets_months": ("4_报告/月度目标分解与完成情况_*.xlsx", "各部门本月目标与完成情况"),
    "publication": ("4_报告/信息提报情况通报_*.xlsx", "签署"),
    "development": ("4_报告/开发计划_*.xlsx", "签署"),
    "development_plan": ("4_报告/开发计划_*.xlsx", "在办项目（按业务科室；未签约的按到期日期在前）"),
    "conversion": ("4_报告/信息转化率月报_*.xlsx", "签署"),
    "template": ("0_空白模板/T1_*.xlsx", "大客户信息记录表"),
    "review": ("3_复核/*_20260320-1530.xlsx", "疑似重复复核表"),
    "checked": ("5_标注/*.xlsx", "大客户信息记录表"),
    "checked_list": ("5_标注/*.xlsx", "错误清单"),
    "receipt": ("6_回执/*.xlsx", "回执"),
}


def main() -> None:
    """All pictures, drawn anew."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(folder) / "演示"
        play = run_demo(demo, CLOCK)
        bad = next(r.file for r in play.receipts if len({f.code for f in r.findings if f.severity == "error"}) >= 3)
        received = next(demo.glob(f"1_收件/*/{bad}"))
        check_files([received], load_policy(), annotate_to=demo / "5_标注")
        with enter(play.register, None, play.passphrase, load_policy(), CLOCK) as session:
            write(issue_for(session, [], [received]), demo / "6_回执")
        for name, (pattern, words) in PAGES.items():
            draw(next(iter(sorted(demo.glob(pattern)))), words, PICTURES / f"{name}.png")


def draw(workbook: Path, words: str, target: Path) -> None:
    """The first printed page of a workbook that holds these words."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        subprocess.run(
            ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(workbook)],
            check=True, capture_output=True,
        )  # fmt: skip
        pdf = next(where.glob("*.pdf"))
        text = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
        ).stdout
        pages = ["".join(page.split()) for page in text.split("\f")]
        page = next(number for number, page in enumerate(pages, 1) if words in page)
        command = ["pdftoppm", "-r", "90", "-png", "-f", str(page), "-l", str(page), str(pdf), str(where / "page")]
        subprocess.run(command, check=True, capture_output=True)
        shutil.move(next(where.glob("page*.png")), target)
        print(target.name, target.stat().st_size // 1024, "KB")


if __name__ == "__main__":
    main()
