"""Draws the pictures of excel/README.md: a faulty report checked and put right by the buttons themselves.

Run as ``python docs/addin_pictures.py``; the buttons work in the tests' Excel without Excel,
LibreOffice prints what they leave.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from pictures import PICTURES, draw  # noqa: E402

from tests.support.desktop import excel  # noqa: E402
from tests.support.office import fill, lead  # noqa: E402
from tests.support.person import Person  # noqa: E402
from tests.support.workbooks import HEADER  # noqa: E402
from workbench.interfaces.addin.callbacks import run_button  # noqa: E402

ROWS = [
    lead("芜湖星辰科技有限公司", 序号="1"),
    lead("芜湖安达租赁有限公司", 序号="2", 客户类别="租赁", 联系方式=None),
    lead("芜湖第一驾校", 序号="3", 客户类别="驾校", **{"标的量(台)": 2}),
    lead("芜湖城市出租公司", 序号="4", 客户类别="出租", 行政级别="地市级及以上", 联系方式="13900003333"),
    lead("芜湖星辰科技有限公司", 序号="5", 联系方式="13900004444"),
    lead("芜湖　远大 有限公司", 序号="6", 联系方式="１３９００００５５５５", **{"标的量(台)": "１８"}),
    lead("芜湖和平医院", 序号="7", 第三方联系人=None, 联系方式="13900006666"),
]


def main() -> None:
    """All pictures, drawn anew."""
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
