"""Draws the documentation's pictures: plays the demo, opens its workbooks in LibreOffice, keeps chosen pages as PNG.

`make pictures` (with the add-in's and JupyterLab's); needs soffice, pdftotext, pdftoppm and chromium on the PATH.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import customer_world, supervision_world, synthetic  # noqa: E402
from workbench.app.checking import check_files  # noqa: E402
from workbench.app.desk import write_desk  # noqa: E402
from workbench.app.policy import load_policy  # noqa: E402
from workbench.app.reports import run_report  # noqa: E402
from workbench.capabilities.contracts.prepared_register import prepare_register  # noqa: E402
from workbench.capabilities.statements.making import make  # noqa: E402
from workbench.capabilities.statements.statement import Statements  # noqa: E402
from workbench.demo import run_demo  # noqa: E402
from workbench.demo.customers import KeyAccounts  # noqa: E402
from workbench.demo.simulation import USER  # noqa: E402
from workbench.platform.access.session import create, enter  # noqa: E402
from workbench.platform.documents.receipt_slip import write  # noqa: E402
from workbench.platform.documents.receipts import issue_for  # noqa: E402
from workbench.platform.forms.write_book import Filled  # noqa: E402
from workbench.platform.intake.batch import Arrival, import_files  # noqa: E402
from workbench.platform.reporting.registry import find  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
GALLERY = ROOT / "docs" / "gallery.md"
CLOCK = datetime(2026, 11, 23, 9)
ANOTHER = "窗台上的茉莉开了三朵 seven"  # opens a register of invented data that is thrown away
# picture → (file below the demo's folder, words on the page that is wanted)
PAGES = {
    "settlement": ("4_报告/季度奖惩核算报告_*.xlsx", "签署"),
    "settlement_print": ("4_报告/季度奖惩核算报告_*_呈批.xlsx", "按分管领导"),
    "settlement_summary": ("4_报告/季度奖惩核算报告_*.xlsx", "奖惩汇总"),
    "settlement_lines": ("4_报告/季度奖惩核算报告_*.xlsx", "逐笔明细："),
    "settlement_explained": ("4_报告/季度奖惩核算报告_*.xlsx", "逐行说明：条款"),
    "marks": ("7_另外/诚信黑点告知书_*.xlsx", "诚信黑点告知书（第7.3.4条）"),
    "reminders": ("7_另外/到期提醒_*.xlsx", "到期提醒"),
    "whatif": ("7_另外/测算对比_*.xlsx", "测算对比"),
    "whatif_lines": ("7_另外/测算对比_*.xlsx", "逐笔对比"),
    "targets": ("4_报告/月度目标分解与完成情况_*.xlsx", "签署"),
    "targets_months": ("4_报告/月度目标分解与完成情况_*.xlsx", "各部门本月目标与完成情况"),
    "publication": ("4_报告/信息提报情况通报_*.xlsx", "签署"),
    "development": ("4_报告/开发计划_*.xlsx", "签署"),
    "development_plan": ("4_报告/开发计划_*.xlsx", "在办项目（按业务科室；未签约的按到期日期在前）"),
    "weekly": ("8_客户/每周信息汇总_*.xlsx", "签署"),
    "weekly_managers": ("8_客户/每周信息汇总_*.xlsx", "上报情况和各类信息"),
    "card": ("8_客户/大客户卡片_*.xlsx", "签署"),
    "grading": ("8_客户/大客户分级报告_*.xlsx", "签署"),
    "grading_accounts": ("8_客户/大客户分级报告_*.xlsx", "大客户及其等级（按等级和占比）"),
    "inspection": ("8_客户/客户信息管理检查报告_*.xlsx", "签署"),
    "inspection_watched": ("8_客户/客户信息管理检查报告_*.xlsx", "异常使用及其说明"),
    "book_week_blank": ("0_空白模板/工作簿/每周信息.xlsx", "客户经理每周信息上报表"),
    "book_week": ("9_工作簿/每周信息_*.xlsx", "客户经理每周信息上报表"),
    "book_week_checked": ("9_工作簿/批注/*.xlsx", "客户经理每周信息上报表"),
    "book_card": ("9_工作簿/大客户卡片_*.xlsx", "大客户服务流程表"),
    "book_custodian": ("9_工作簿/信息管理员工作簿_*.xlsx", "信息泄露事件登记表"),
    "conversion": ("4_报告/信息转化率月报_*.xlsx", "签署"),
    "template": ("0_空白模板/T1_*.xlsx", "大客户信息记录表"),
    "review": ("3_复核/*_20260320-1530.xlsx", "疑似重复复核表"),
    "checked": ("5_标注/*.xlsx", "大客户信息记录表"),
    "checked_list": ("5_标注/*.xlsx", "错误清单"),
    "receipt": ("6_回执/*.xlsx", "回执"),
    "desk": ("收件/*/收件处理.xlsx", "每个文件的结果"),
    "feedback": ("2_转交/甄别反馈_S001_20260320_*.xlsx", "大客户信息甄别反馈表"),
    "register": ("登记/*.xlsx", "合同登记汇总表"),
    "statement": ("对账/提报对账单_B007_*.xlsx", "本期提报的信息"),
}
REPORTED = "478"  # the folders of reports
# reports the demo does not make: name, period, moment, further parameters
OTHERS = (
    ("到期提醒", "2026-09-14", datetime(2026, 9, 14, 17), {}),
    ("测算对比", "2026Q3", datetime(2026, 10, 8, 9), {"changes": "dealer_conversion_rate=50;minimum_quantity=5"}),
)


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
            prepare_register(session, "2026-09", datetime(2026, 10, 8, 9), demo / "登记")
            (demo / "对账").mkdir()
            make(session, Statements(session, "2026Q3", datetime(2026, 10, 8, 9)), ["B007"], demo / "对账")
        desk(demo, demo / "收件")
        marks(demo / "7_另外")
        customers(demo / "8_客户")
        filled_books(demo / "9_工作簿")
        shutil.copytree(ROOT / "templates" / "工作簿", demo / "0_空白模板" / "工作簿")
        for name, period, at, more in OTHERS:
            run_report(
                name,
                register_path=play.register,
                period=period,
                as_of=at,
                out_dir=demo / "7_另外",
                user=USER,
                passphrase=play.passphrase,
                parameters=more,
            )
        pages: dict[str, int] = {}
        for name, (pattern, words) in PAGES.items():
            workbook = next(iter(sorted(demo.glob(pattern))))
            drawn = draw(workbook, words, PICTURES / f"{name}.png")
            if pattern[0] in REPORTED:
                pages[workbook.stem] = drawn
        state(pages)


def desk(demo: Path, folder: Path) -> None:
    """What an import leaves: the units, the first reports of January, and a file that is no workbook."""
    policy, at = load_policy(), datetime(2026, 1, 9, 17)
    folder.mkdir()
    (folder / "函.xlsx").write_bytes(b"From: a@example.com")
    files = [*demo.glob("1_收件/2026-01/单位名录.xlsx"), *sorted(demo.glob("1_收件/2026-01/*大客户信息*.xlsx"))[:14]]
    files.append(folder / "函.xlsx")
    create(folder / "登记册.db", USER, ANOTHER, policy, at, simulation=True).close()
    with enter(folder / "登记册.db", None, ANOTHER, policy, at) as session:
        arrivals = [Arrival(path, datetime(2026, 1, 9, 9, minute), False) for minute, path in enumerate(files)]
        write_desk(session, files, import_files(session, arrivals), folder, at)


def marks(folder: Path) -> None:
    """The notices of an invented office where the same person leaked three times; nobody does in the demo."""
    facts = synthetic.facts(60)
    incident = facts.incidents.iloc[0].to_dict()
    days = ("2026-01-15", "2026-02-11", "2026-03-09")
    rows = [
        {**incident, "number": f"XL2026-{n:03d}", "happened_on": pd.Timestamp(day), "at": pd.Timestamp(day)}
        for n, day in enumerate(days, 1)
    ]
    facts = facts.replace(incidents=pd.DataFrame(rows).astype(facts.incidents.dtypes))
    report = find("marks")
    folder.mkdir(exist_ok=True)
    report.write(
        report.view(synthetic.book(facts, datetime(2026, 4, 3, 9)), "2026Q1"), folder / f"{report.name}_2026Q1.xlsx"
    )


def customers(folder: Path) -> None:
    """The reports on customers, of an invented office in which all that they show happens."""
    folder.mkdir(exist_ok=True)
    for alias, period, at, more in (
        ("weekly", "2026-03-09", datetime(2026, 3, 16, 9), {}),
        ("grading", "2026Q1", datetime(2026, 4, 3, 9), {}),
        ("card", "2026-03-31", datetime(2026, 4, 3, 9), {"customer": "901"}),
    ):
        report = find(alias)
        seen = report.view(synthetic.book(customer_world.facts(), at), period, **more)
        report.write(seen, folder / f"{report.name}_{period}.xlsx")
    report = find("inspection")
    seen = report.view(supervision_world.book(datetime(2026, 4, 3, 9)), "2026-03")
    report.write(seen, folder / f"{report.name}_2026-03.xlsx")


def filled_books(folder: Path) -> None:
    """A manager's week, as it is and with two mistakes as a marked copy; a customer's card with steps of the flow; a custodian's month."""
    policy = load_policy()
    named = ["合肥安邦建设集团有限公司", "合肥昌达物流有限公司", "蜀山区教育局", "庐阳区公安局"]
    accounts = KeyAccounts("B001", named, ["2026-01", "2026-02", "2026-03"])
    week = max(accounts.weeks(), key=lambda each: len(each.typed["weekly_report"].rows))
    card = next(accounts.cards())
    steps = ("客户登记", "资产调查", "需求会议")
    flow = [
        {"row_id": f"r{n:04d}", "seq": str(n), "customer": named[0], "version": 1, "step": step, "deed": "完成"}
        | {"done_on": datetime(2026, 1, 20 + n).date(), "result": "已归入方案附件", "responsible": accounts.managers[0]}
        for n, step in enumerate(steps, 1)
    ]
    full = replace(card, typed={**card.typed, "service_flow": Filled({"unit": "B001"}, flow)})
    month = accounts.custody("2026-02", datetime(2026, 2, 20, 17, 30))
    for book in (week, full, month):
        shutil.move(book.write(folder / "写出", policy), folder)
    form = week.typed["weekly_report"]
    first, *others = form.rows
    wrong = [{**first, "customer": None, "kind": "走访"}, *others[:-1], {**others[-1], "content": None}]
    bad = replace(week, typed={**week.typed, "weekly_report": replace(form, rows=wrong)})
    check_files([bad.write(folder / "有误", policy)], policy, annotate_to=folder / "批注")


def draw(workbook: Path, words: str, target: Path) -> int:
    """The first printed page of a workbook that holds these words; how many pages it prints as."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder)
        subprocess.run(
            ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, str(workbook)],
            check=True,
            capture_output=True,
        )
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
        return len(pages) - 1  # a form feed ends the last one


def state(pages: Mapping[str, int]) -> None:
    """How many pages each report prints as, under its heading in the gallery. ``pages``: by the workbook's name without its ending."""
    text = GALLERY.read_text(encoding="utf-8")
    counts: dict[str, list[str]] = {}
    for stem, count in sorted(pages.items()):
        report, *rest = stem.split("_")
        copy = (
            f"the copy for approval (呈批) as {count}"
            if rest[-1:] == ["呈批"]
            else f"{count} {'pages' if count > 1 else 'page'}"
        )
        counts.setdefault(report, []).append(copy)
    for report, told in counts.items():
        heading = f"## {report}\n\n"
        text = re.sub(rf"{heading}(?:Prints as [^\n]+\.\n\n)?", f"{heading}Prints as {'; '.join(told)}.\n\n", text)
    GALLERY.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
