"""Functions on an unlocked register say what the commands say of it, and leave no trace in it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import pytest

from tests.support.excel import Cells, Workbook, call, column
from tests.support.office import contract, lead
from workbench.capabilities.leads.contract_history import counting_lines
from workbench.capabilities.leads.snapshot import open_snapshot
from workbench.interfaces.addin.functions import FUNCTIONS
from workbench.platform.forms.recognised import STAMP

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("addin_process")]


def head(office) -> str:
    """The newest entry of the trail."""
    with office.opened() as session:
        return session.register.head()


def test_a_column_of_lead_numbers_has_the_statuses_of_the_list(unlocked_quarter):
    """Status, month, reporter and clause as ``workbench leads`` lists them; an empty cell stays empty."""
    listed = unlocked_quarter.ask("leads")
    numbers = Cells([*(row["number"] for row in listed), None, "DK202601-99999"])
    assert column("DK_STATUS", numbers) == [*(row["status"] for row in listed), "", "#无此信息"]
    for item, key in (
        ("计入月份", "counts_in"),
        ("条款", "clause"),
        ("提报单位", "reporter"),
        ("客户名称", "customer"),
    ):
        assert column("DK_LEAD", numbers, item)[:-2] == [row[key] or "—" for row in listed], item
    times = [datetime.fromisoformat(row["received_at"]) for row in listed]
    assert column("DK_LEAD", numbers, "接收时间")[:-2] == times


def test_dates_come_as_dates(unlocked_quarter):
    """Two working days after 6 January is the 8th; what was never handed over has no due date."""
    customers = unlocked_quarter.by_customer()
    assert call("DK_DUE", customers["江城客运公司"]["number"]) == datetime(2026, 1, 8)
    assert call("DK_DUE", customers["江城纺织厂"]["number"]) == "—"
    assert call("DK_EXPIRY", customers["江城客运公司"]["number"]) == datetime(2026, 12, 31)
    assert call("DK_LEAD", customers["江城客运公司"]["number"], "应反馈日期暂定") is False
    assert call("DK_LEAD", customers["江城客运公司"]["number"], "身高") == "#无此项目"


def test_amounts_are_those_of_the_settlement(unlocked_quarter):
    """By party and by clause; a section stands for its people."""
    result = unlocked_quarter.ask("settle", "2026Q1")
    sums: dict[tuple, float] = defaultdict(float)
    for line in result["lines"]:
        sums[line["party"], line["clause"]] += line["amount"]
    assert sums
    for (party, clause), amount in sums.items():
        name = "DK_REWARD" if clause in ("7.1.1", "7.2.1", "7.2.2") else "DK_PENALTY"
        assert call(name, party, "2026Q1", clause) == amount
    parties = list(result["totals"])
    both = zip(
        column("DK_REWARD", Cells(parties), "2026Q1"), column("DK_PENALTY", Cells(parties), "2026年1季度"), strict=True
    )
    assert [one + other for one, other in both] == list(result["totals"].values())
    assert call("DK_PENALTY", "S002", "2026Q1") == sum(
        line["amount"] for line in result["lines"] if line["inputs"].get("section") == "S002"
    )
    assert call("DK_PENALTY", "无此人", "2026Q1") == "#无此单位或人员"
    assert call("DK_REWARD", "D001", "2026Q1", "7.3.1") == "#无此条款"


def test_targets_completion_and_conversion_of_the_quarter(unlocked_quarter):
    """Worked out by hand: a target of one a month, four valid leads in January, 5 of 12 vehicles picked up."""
    assert column("DK_TARGET", "B001", Cells(["2026-01", "2026Q1", 2026, "2025"])) == [1, 3, 12, "—"]
    assert column("DK_VALID", Cells(["B001", "D001", "B002"]), "2026Q1") == [4, 2, 0]
    assert column("DK_COMPLETION", "B001", Cells([datetime(2026, 1, 1), "2026Q1", "2026-02"])) == [4, 4 / 3, 0]
    assert call("DK_COMPLETION", "D001", "2026Q1") == "—"
    number = unlocked_quarter.by_customer()["江城客运公司"]["number"]
    assert call("DK_CONVERSION", number, "2026Q1") == 5 / 12
    assert call("DK_CONVERSION", number, "2026Q2") == 0
    assert call("DK_CONVERSION", "D001", "2026-01") == 5 / 12
    assert call("DK_CONVERSION", "D002", "2026Q1") == "—"


def test_completion_and_conversion_are_those_of_the_reports(unlocked_quarter):
    """The monthly table of targets and the conversion table, unit by unit."""
    from workbench.capabilities.contracts import conversion
    from workbench.capabilities.targets import completion as targets

    with unlocked_quarter.opened() as session:
        book = open_snapshot(session).load()
    table = targets.completion(book.states, book.facts.targets, book.facts.units, ["2026-01"])
    for row in table.to_dict("records"):
        assert call("DK_VALID", row["unit"], "2026-01") == row["valid"]
        assert call("DK_COMPLETION", row["unit"], "2026-01") == ("—" if row["rate"] is None else float(row["rate"]))
    rates = conversion.table(
        book.states, counting_lines(book.facts, book.policy), ["2026-01", "2026-02", "2026-03"], ["reporter"]
    )
    for row in rates.to_dict("records"):
        assert call("DK_CONVERSION", row["reporter"], "2026Q1") == float(row["rate"])


def test_what_is_missing_to_the_next_reward(unlocked_quarter):
    """For a department, a project, one that has earned, one that is too small, and a dealer."""
    customers = unlocked_quarter.by_customer()
    bus, bureau = customers["江城客运公司"]["number"], customers["区域客户水利局"]["number"]
    assert call("DK_MISSING", "B001", "2026Q1") == "再有 1 条有效信息即达 166.7%，奖励 1000 元（第7.2.1条）"
    assert call("DK_MISSING", bureau, "2026Q1") == "再提车 5 台即达 40%，奖励 200 元（第7.2.2条）"
    assert call("DK_MISSING", bus, "2026Q1") == "已达标，奖励 1000 元（第7.1.1条）"
    assert call("DK_MISSING", bus, "2026Q2") == "已在 2026Q1 获得项目奖励，不再重复（D8）"
    assert call("DK_MISSING", customers["江城纺织厂"]["number"], "2026Q1").startswith("尚未立项")
    assert call("DK_MISSING", "D001", "2026Q1") == "没有尚待达标的项目（第7.1.1条）"
    assert call("DK_MISSING", "S001", "2026Q1") == "科室不参加奖励"
    assert call("DK_MISSING", "B002", "2026Q1").startswith("目标为零或未下达")
    assert call("DK_MISSING", "X9", "2026Q1") == "#无此信息或单位"


def test_the_reward_promised_is_paid_when_what_was_missing_comes(unlocked_quarter):
    """Five more pick-ups of the bureau's project, and the settlement holds the 200 yuan."""
    number = unlocked_quarter.by_customer()["区域客户水利局"]["number"]
    unlocked_quarter.receive(
        unlocked_quarter.file(
            "合同登记汇总表",
            "合同3月.xlsx",
            {"月份": "2026-03", "编制人": "陈持", "编制日期": datetime(2026, 4, 2)},
            [contract(number, "区域客户水利局", datetime(2026, 3, 20), 5, 合同编号="HT-2", 单位代码="B001")],
        ),
        "2026-04-02T16:00:00",
        code=0,
    )
    assert call("DK_MISSING", number, "2026Q1") == "已达标，奖励 200 元（第7.2.2条）"
    assert call("DK_REWARD", "B001", "2026Q1", "7.2.2") == 200


def test_free_or_taken_without_naming_anybody(unlocked_quarter):
    """A live lead's customer is taken under any spelling, another place is free, a close name wants a look."""
    names = [
        "江城客运",
        "江城客運有限公司",
        "江城客运公司",
        "江城客运站公司",
        "江城纺织厂",
        None,
        "江城客运公司",
        "江城客运公司",
    ]
    kinds = [*["企事业单位"] * 6, "无此类别", "企事业单位"]
    towns = ["芜湖", "芜湖市", "合肥市", "芜湖市", "芜湖市", "芜湖市", "芜湖市", None]
    said = column("DK_FREE", Cells(names), Cells(kinds), "安徽", Cells(towns))
    assert said == ["已占用", "已占用", "空闲", "须复核", "空闲", "", "#无此客户类别", "#缺少参数"]
    assert call("DK_FREE", "江城客运公司", "企事业单位", "安徽省", "芜湖市") == "已占用"
    assert call("DK_FREE", Cells(["a", "b"]), Cells(["a", "b", "c"]), "d", "e") == "#行数不一致"
    file = unlocked_quarter.leads(
        "D002", "再报.xlsx", [lead("江城客运公司"), lead("江城纺织厂", 联系方式="13900009999")]
    )
    unlocked_quarter.receive(file, "2026-11-23T08:00:00", code=None)
    assert unlocked_quarter.by_customer()["江城纺织厂"]["status"] in ("已接收", "无效")


def test_periods_that_are_not_over_or_lie_ahead(unlocked_quarter, standing_clock):
    """A quarter's amounts wait for its end unless a trial is asked for; the future has none."""
    assert call("DK_REWARD", "D001", "2026Q4") == "#季度未结束"
    assert call("DK_REWARD", "D001", "2026Q4", None, True) == 0
    assert call("DK_PENALTY", "郑策", "2026Q4", None, "是") < 0
    assert call("DK_REWARD", "D001", "2027Q1", None, True) == "#尚未开始"
    assert call("DK_COMPLETION", "B001", "2027-01") == "#尚未开始"
    assert call("DK_REWARD", "D001", "2026Q5") == "#应为季度"
    assert call("DK_TARGET", "B001", "三月") == "#应为年、季度或月份"
    assert call("DK_TARGET", "X9", "2026Q1") == "#无此单位"


def test_functions_leave_no_entry_in_the_trail(unlocked_quarter):
    """Every function, allowed and refused, and the head of the trail is where it was."""
    before = head(unlocked_quarter)
    for function in FUNCTIONS:
        for value in ("B001", "2026Q1", datetime(2026, 1, 5), 3, None):
            call(function.name, *[value] * len(function.arguments))
    assert head(unlocked_quarter) == before


def test_ten_thousand_cells_are_one_reading_of_the_register(unlocked_quarter, monkeypatch):
    """The statuses are derived once for a column and for the cells after it, and anew after an import."""
    from workbench.capabilities.leads import snapshot as book

    derived = []
    original = book.states_of
    monkeypatch.setattr(book, "states_of", lambda *given: derived.append(1) or original(*given))
    number = unlocked_quarter.by_customer()["江城客运公司"]["number"]
    derived.clear()
    assert set(column("DK_STATUS", Cells([number] * 10_000))) == {"提车中"}
    for _ in range(5):
        assert call("DK_STATUS", number) == "提车中"
    assert len(derived) == 1
    unlocked_quarter.receive(
        unlocked_quarter.leads("D002", "新.xlsx", [lead("宣城公司", 城市="宣城市")]), "2026-11-23T08:30:00", code=None
    )
    assert call("DK_STATUS", unlocked_quarter.by_customer()["宣城公司"]["number"]) == "已接收"


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each.needs], ids=lambda each: each.name)
def test_error_cells_and_empty_cells(unlocked_quarter, function):
    """An error value is named in its own cell, an empty one gives an empty result."""
    from tests.support.excel import CellError

    rest = ["2026Q1"] * (len(function.arguments) - 1)
    if function.name == "DK_FREE":
        rest = ["租赁", "安徽省", "合肥市"]
    assert column(function.name, Cells([CellError("#N/A"), None]), *rest) == ["#参数含错误值", ""]


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each.needs], ids=lambda each: each.name)
def test_a_received_workbook_gets_nothing_of_the_register(unlocked_quarter, tmp_path, function):
    """An official form, or a file with the mark of the internet: what it held would go back with it."""
    number = unlocked_quarter.ask("leads")[0]["number"]
    given = [number] * sum(not each.optional for each in function.arguments)
    marked, local = tmp_path / "收到.xlsx", tmp_path / "本机.xlsx"
    (tmp_path / "收到.xlsx:Zone.Identifier").write_text("[ZoneTransfer]\r\nZoneId=3\r\n", encoding="utf-8")
    (tmp_path / "本机.xlsx:Zone.Identifier").write_text("[ZoneTransfer]\r\nZoneId=0\r\n", encoding="utf-8")
    form = Workbook(str(tmp_path / "表.xlsx"), "大客户信息记录表", STAMP)
    assert call(function.name, *given, book=Workbook(str(marked))) == "#外来工作簿"
    assert call(function.name, *given, book=form) == "#外来工作簿"
    own = call(function.name, *given, book=Workbook(str(local)))
    assert own == call(function.name, *given) != "#外来工作簿"
