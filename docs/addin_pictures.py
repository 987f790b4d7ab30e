"""Draws the pictures of excel/README.md: a faulty report checked and put right by the buttons themselves.

Run as ``python docs/addin_pictures.py``; the buttons work in the tests' Excel without Excel,
LibreOffice prints what they leave.
"""

from __future__ import annotations

import sys
import tempfile
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from pictures import PICTURES, draw  # noqa: E402

from tests.support.browser import CHROMIUM  # noqa: E402
from tests.support.desktop import excel  # noqa: E402
from tests.support.office import fill, lead  # noqa: E402
from tests.support.person import Person  # noqa: E402
from tests.support.workbooks import HEADER  # noqa: E402
from workbench.interfaces.addin.callbacks import run_button  # noqa: E402
from workbench.interfaces.addin.ribbon import ribbon_xml  # noqa: E402

ROWS = [
    lead("芜湖星辰科技有限公司", 序号="1"),
    lead("芜湖安达租赁有限公司", 序号="2", 客户类别="租赁", 联系方式=None),
    lead("芜湖第一驾校", 序号="3", 客户类别="驾校", **{"标的量(台)": 2}),
    lead("芜湖城市出租公司", 序号="4", 客户类别="出租", 行政级别="地市级及以上", 联系方式="13900003333"),
    lead("芜湖星辰科技有限公司", 序号="5", 联系方式="13900004444"),
    lead("芜湖　远大 有限公司", 序号="6", 联系方式="１３９００００５５５５", **{"标的量(台)": "１８"}),
    lead("芜湖和平医院", 序号="7", 第三方联系人=None, 联系方式="13900006666"),
]


STYLE = """
body { margin: 0; padding: 10px; width: 1660px; background: #fff; font: 13px "Noto Sans CJK SC", sans-serif; color: #222 }
.tab { display: inline-block; padding: 4px 16px; border-bottom: 3px solid #217346; color: #217346; font-weight: bold }
.ribbon { display: flex; flex-wrap: wrap; background: #f6f6f6; border: 1px solid #d0d0d0; row-gap: 8px; padding: 6px 0 }
.group { border-right: 1px solid #d0d0d0; padding: 0 10px; display: flex; flex-direction: column }
.buttons { display: grid; grid-auto-flow: column; grid-template-rows: repeat(3, 24px); gap: 2px 10px; flex: 1 }
.large { grid-row: span 3; align-self: center; text-align: center; padding: 14px 6px; border: 1px solid #e2e2e2; background: #fff }
.key { color: #888; font-size: 11px; margin-left: 4px }
.title { text-align: center; color: #777; font-size: 11px; padding-top: 4px }
"""


def ribbon_page() -> str:
    """The tab as a page: groups, buttons and keytips of ``ribbon.xml``; Excel's own pictures are not in it."""
    tab = next(each for each in ElementTree.fromstring(ribbon_xml()).iter() if each.tag.endswith("}tab"))
    groups = []
    for group in tab:
        drawn = "".join(
            f'<div class="{each.get("size")}">{escape(each.get("screentip", ""))}<span class="key">{each.get("keytip")}</span></div>'
            for each in group
        )
        title = escape(group.get("label", ""))
        groups.append(f'<div class="group"><div class="buttons">{drawn}</div><div class="title">{title}</div></div>')
    name = escape(tab.get("label", ""))
    return (
        f'<meta charset="utf-8"><style>{STYLE}</style><div class="tab">{name}<span class="key">{tab.get("keytip")}</span></div>'
        f'<div class="ribbon">{"".join(groups)}</div>'
    )


def draw_ribbon(target: Path) -> None:
    """The picture of the ribbon, by Chromium."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1680, "height": 165})
        page.set_content(ribbon_page())
        page.screenshot(path=str(target))
        browser.close()


def main() -> None:
    """All pictures, drawn anew."""
    draw_ribbon(PICTURES / "addin_ribbon.png")
    blank = next((ROOT / "templates").glob("T1_*.xlsx"))
    with tempfile.TemporaryDirectory() as folder:
        path = fill(blank, Path(folder) / "提报.xlsx", HEADER, ROWS)
        draw(path, "大客户信息记录表", PICTURES / "template_colours.png")
        for button, words, name in (("check", "错误清单", "addin_errors"), ("fix_preview", "更正清单", "addin_fixes")):
            book = excel().books.open(str(path))
            run_button(button, book, Person())
            book.save(str(Path(folder) / f"{name}.xlsx"))
            for number, sheet in enumerate(book.sheets):
                if words in sheet.name:
                    page = sheet.impl.sheet
                    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
                    page.sheet_properties.pageSetUpPr.fitToPage = True
                    book.impl.book.active = number
            book.save()
            if button == "check":
                draw(Path(book.fullname), "大客户信息记录表", PICTURES / "addin_checked.png")
            draw(Path(book.fullname), words, PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
