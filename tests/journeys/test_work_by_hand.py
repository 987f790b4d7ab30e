"""A week of an account manager, a customer's card and a custodian's month filled in by hand in the three books: what has to be
typed is counted, and the pages of the policies say the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from tests.support import customer_office as customers
from tests.support.customer_office import BUS, GROUP, MANAGER, PROFILE, SCHOOL, SERVICE, UNIT, WEEKLY, item
from tests.support.edited import Edited
from workbench.platform.forms.spec import Column, templates

pytestmark = pytest.mark.slow
POLICIES = Path(__file__).parents[2] / "docs" / "policies"
INDEX, LOANS, DISCLOSURE, TRAINING = "客户档案目录", "档案借阅登记表", "客户信息披露申请表", "培训与保密协议登记表"
INSPECTION, FLOW = "客户信息管理检查整改表", "大客户服务流程表"
SENTENCE = 24  # columns at least so wide hold a sentence
SECONDS = {"picked": 5, "typed": 10, "sentences": 40}  # for each cell; stated on the pages


@dataclass
class ByHand:
    """A book being filled in, and how many cells of each kind somebody filled in."""

    path: Path
    picked: int = 0
    typed: int = 0
    sentences: int = 0

    def __post_init__(self) -> None:
        self.book = Edited(self.path)

    def head(self, sheet: str, **values: object) -> ByHand:
        self.book.head(sheet, **values)
        return self._counted(sheet, values)

    def row(self, sheet: str, number: int, **values: object) -> ByHand:
        self.book.row(sheet, number, **values)
        return self._counted(sheet, values)

    def _counted(self, sheet: str, values: dict[str, object]) -> ByHand:
        template = next(each for each in templates().values() if each.sheet == sheet)
        parts = {part.title: part for part in (*template.header, *template.columns)}
        for title, value in values.items():
            part = parts[title]
            if value is None:
                continue
            if part.offered:
                self.picked += 1
            elif isinstance(part, Column) and part.kind == "text" and part.width >= SENTENCE and title != "客户名称":
                self.sentences += 1
            else:
                self.typed += 1
        return self

    @property
    def said(self) -> str:
        """As a page of the policies says it."""
        seconds = sum(getattr(self, kind) * each for kind, each in SECONDS.items())
        return (
            f"下拉选择 {self.picked} 格、填写 {self.typed} 格、一句话 {self.sentences} 格，约 {-(-seconds // 60)} 分钟"
        )


@pytest.fixture
def office(staffed, prepared):
    """A week was reported: a complaint is open; a document of a customer is lent out."""
    prepared(staffed.folder, "a week reported", lambda: customers.report_week(staffed))
    row = {"档案编号": "HT-1", "客户名称": BUS, "材料类别": "其他", "材料名称": "协议"}
    staffed.receive(staffed.file(INDEX, "目录.xlsx", {"单位代码": UNIT}, [row]), "2026-03-10T08:00:00", code=0)
    lent = {"档案编号": "HT-1", "借阅人": "王政", "借出日期": datetime(2026, 3, 11)}
    staffed.receive(staffed.file(LOANS, "借阅.xlsx", {"单位代码": UNIT}, [lent]), "2026-03-11T08:00:00", code=0)
    return staffed


def made(office, book, *more) -> ByHand:
    """A book that was filled in beforehand."""
    return ByHand(Path(office.ask("books", "make", book, *more, "--out", office.folder / "工作簿", code=0)["file"]))


def taken_in(office, book: ByHand, at: str) -> int:
    """How many rows were taken in; none was returned."""
    told = office.receive(book.book.saved("已填.xlsx"), at)
    assert told["returned"] == 0 and not told["findings"], told["findings"]
    return sum(sheet["accepted"] for sheet in told["sheets"])


def page(stem: str) -> str:
    """A policy's page, its white space as single blanks."""
    return re.sub(r"\s+", " ", next(POLICIES.glob(f"{stem}_*.md")).read_text(encoding="utf-8"))


def test_a_week_of_an_account_manager(office):
    """Four matters of a week and one that was done since: in a quarter of an hour."""
    book = made(office, "weekly_book", "--unit", UNIT, "--manager", MANAGER, "--week", "2026-03-10")
    book.head(WEEKLY, 填报日期=datetime(2026, 3, 16))
    book.row(WEEKLY, 1, **item(BUS, "走访", datetime(2026, 3, 10)))
    book.row(WEEKLY, 2, **item(SCHOOL, "需求", datetime(2026, 3, 11)))
    book.row(WEEKLY, 3, **item(None, "竞争", datetime(2026, 3, 12), 竞争对手="对手一", 涉嫌违规="否"))
    book.row(WEEKLY, 4, **item(SCHOOL, "投诉", datetime(2026, 3, 13), 责任人="王政", 改进措施="协调备件"))
    done = {"办理情况": "已办结", "办结日期": datetime(2026, 3, 12), "办结依据": "电话回访", "客户反馈": "满意"}
    book.row(SERVICE, 1, **done, 原因类别="服务")
    assert taken_in(office, book, "2026-03-16T08:00:00") == 5
    assert f"每周信息：{book.said}" in page("S6")


def test_a_customers_card(office):
    """A changed profile with one contact, a document, a step of the flow."""
    book = made(office, "customer_card", "--customer", BUS, "--unit", UNIT, "--month", "2026-02")
    told = {"行业": "客运", "规模": "大型", "上级单位": GROUP, "经营范围": "道路客运", "客户经理": MANAGER}
    book.head(PROFILE, 填报日期=datetime(2026, 3, 16)).row(PROFILE, 1, **told)
    index = {"档案编号": "HT-2", "客户名称": BUS, "材料类别": "其他", "材料名称": "合作协议", "页数": 3}
    book.row(INDEX, 1, **index)
    assert taken_in(office, book, "2026-03-16T09:00:00") == 2
    assert f"大客户卡片：{book.said}" in page("S6")


def test_a_month_of_a_custodian(office):
    """A returned document, a training, an inspection whose findings stand there already; nothing leaked."""
    book = made(office, "custodian_book", "--unit", UNIT, "--month", "2026-03")
    book.row(LOANS, 1, 归还日期=datetime(2026, 3, 21))
    trained = {"类型": "培训", "姓名": MANAGER, "单位代码": UNIT, "内容或使用范围": "客户信息保密"}
    book.head(TRAINING, 登记人="赵管理", 登记日期=datetime(2026, 3, 31))
    book.row(TRAINING, 1, **trained, 培训或签署日期=datetime(2026, 3, 20))
    book.head(INSPECTION, 检查人="赵检查")
    book.book.head(INSPECTION, 检查日期=datetime(2026, 3, 25))  # by itself the day the book is made on
    known = [line for line in book.book.book[INSPECTION].iter_rows(values_only=True) if "JC" in str(line)]
    assert known, "what is lacking stands there already"
    for number in range(1, len(known) + 1):
        book.row(INSPECTION, number, 整改责任人="王政", 整改措施="本月内补做")
    assert taken_in(office, book, "2026-03-31T08:00:00") == 2 + len(known)
    assert f"信息管理员工作簿：{book.said}" in page("S1")
