"""Rows of every official template, good and bad, brought in one after another; each receipt is compared with the import."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from openpyxl import load_workbook

from tests.support.appeals import LATE, appeal
from tests.support.customer_office import (
    BUS,
    BUS_FILE,
    MANAGER,
    PROFILE,
    SALES,
    UNIT,
    WEEKLY,
    item,
    with_managers,
)
from tests.support.disclosures import asked
from tests.support.office import UNIT_TITLES, UNITS, Office, contract, lead
from workbench.platform.intake import batch

IMPORTED = frozenset({"退回", "未变"})
CUSTOMERS = ("江城客运公司", "滨江物流集团", "望江机械厂", "皖南茶业公司")
MONTHS = {f"{month}月": 2 if month == 1 else 0 for month in range(1, 13)}
RECORDED = batch.record_verdicts


def receipt(office: Office, got: dict) -> list[str]:
    """The verdicts of a received file's rows on its receipt, which add up to what the import said it did."""
    with office.opened() as session:
        number = session.register.maximum("document", "document")
    signed = office.ask("receipt", "make", number, code=0)["receipts"][0]
    said = [row["verdict"] for row in signed["rows"]]
    counts = Counter(verdict if verdict in IMPORTED else "接收" for verdict in said)
    assert signed["template"] == got["template"], got["findings"]
    assert (counts["接收"], counts["退回"], counts["未变"]) == (got["accepted"], got["returned"], got["unchanged"]), got
    return said


def contracts(office: Office, name: str, rows: list[dict]) -> dict:
    """Import a T2 of January."""
    file = office.file("合同登记汇总表", name, {"月份": "2026-01"}, rows)
    return office.receive(file, "2026-02-02T09:00:00")


def shares(office: Office, name: str, rows: list[tuple], at: str = "2026-04-15") -> dict:
    """Import a T15."""
    header = {"季度": "2026Q1", "分管领导": "赵副总", "分配日期": datetime.fromisoformat(at)}
    titles = ("部门代码", "部门名称", "姓名", "分配金额(元)")
    file = office.file("部门奖金分配表", name, header, [dict(zip(titles, row, strict=True)) for row in rows])
    return office.receive(file, f"{at}T09:00:00")


def units_and_targets(office: Office) -> set[str]:
    """T6 with what is new, what is not, a row twice; T4 with a year that does not add up."""
    rows = [UNITS[0], (*UNITS[1][:1], "合肥北城新店", *UNITS[1][2:]), UNITS[2], UNITS[2]]
    units = office.file("单位名录", "名录二.xlsx", {}, [dict(zip(UNIT_TITLES, row, strict=True)) for row in rows])
    assert receipt(office, office.receive(units, "2026-01-02T09:00:00")) == ["未变", "接收", "未变", "未变"]
    years = [
        {"单位代码": "B001", "单位名称": "区域一部", "责任人": "周正", "全年目标": 2, **MONTHS},
        {"单位代码": "B002", "单位名称": "区域二部", "责任人": "吴平", "全年目标": 3, **MONTHS},
    ]
    for name, expected in (("目标.xlsx", ["接收", "退回"]), ("目标再.xlsx", ["未变", "退回"])):
        header = {"年度": 2026, "类型": "分解"}
        if name == "目标再.xlsx":
            header |= {"调整原因": "再次提交"}
        file = office.file("目标信息量分解调整表", name, header, years)
        assert receipt(office, office.receive(file, "2026-01-02T10:00:00")) == expected
    return {"organization", "target_breakdown"}


def leads(office: Office) -> set[str]:
    """T1 with returned and invalid rows, sent again with one correction; T5 twice; the review workbook."""
    rows = [lead(name, 联系方式=f"1390000111{number}") for number, name in enumerate(CUSTOMERS)]
    bad = [lead("小单位", 联系方式="13922223333", **{"标的量(台)": 2}), lead("无联系人公司", 联系方式=None)]
    first = office.leads("B001", "一.xlsx", [*rows, *bad])
    assert receipt(office, office.receive(first, "2026-01-05T09:00:00")) == [*["接收"] * 4, "无效", "退回"]
    again = office.leads("B001", "一.xlsx", [*rows[:3], lead(CUSTOMERS[3], 联系方式="13900001119"), *bad])
    assert receipt(office, office.receive(again, "2026-01-05T09:30:00")) == [*["未变"] * 3, "接收", "未变", "退回"]
    close = office.leads("D001", "近.xlsx", [lead("滨江物流有限公司", 联系方式="13900001111"), lead("江城客运公司")])
    assert receipt(office, office.receive(close, "2026-01-05T09:40:00")) == ["待复核", "重复"]
    office.run("review", "--out", office.folder / "复核", code=None)
    (path,) = (office.folder / "复核").glob("*.xlsx")
    sheet = load_workbook(path)
    cells = {cell.value: cell for line in sheet.worksheets[0].iter_rows(max_row=20) for cell in line}
    head = cells["复核结论"]
    sheet.worksheets[0].cell(head.row + 1, head.column).value = "不重复"
    sheet.save(office.folder / "收件" / "复核.xlsx")
    got = office.receive(office.folder / "收件" / "复核.xlsx", "2026-01-05T09:50:00")
    assert receipt(office, got) == ["接收"]
    sheet.worksheets[0].cell(head.row + 1, head.column).value = "重复"
    sheet.save(office.folder / "收件" / "复核二.xlsx")
    got = office.receive(office.folder / "收件" / "复核二.xlsx", "2026-01-05T09:55:00")
    assert receipt(office, got) == ["退回"]
    return {"lead_record", "duplicate_review"}


def business(office: Office) -> set[str]:
    """T5 and what follows from it: T3, T2; T13 and T12."""
    office.run("dispatch", "--at", "2026-01-05T10:00:00", "--out", office.folder / "转交")
    good = {"甄别结论": "有效", "到期日期": "2026-06-30", "项目责任人": "冯行"}
    answers = dict.fromkeys(CUSTOMERS, good) | {CUSTOMERS[3]: {**good, "到期日期": "2026-01-01"}}
    for path in office.answer(office.folder / "转交", answers):
        got = office.receive(path, "2026-01-06T09:00:00")
        said = receipt(office, got)
    assert Counter(said) == {"接收": 3, "退回": len(said) - 3}
    if batch.record_verdicts is RECORDED:  # answers that repeat others are kept since verdicts are, never before
        sheet = load_workbook(path)
        sheet.properties.title = "再次"
        sheet.save(path.with_name(f"再_{path.name}"))
        got = office.receive(path.with_name(f"再_{path.name}"), "2026-01-07T09:00:00")
        assert Counter(receipt(office, got)) == {"未变": 3, "退回": len(said) - 3}
    numbers = {name: row["number"] for name, row in office.by_customer().items()}
    asked_for = (numbers[CUSTOMERS[2]], "DK202601-99999", numbers["小单位"])
    rows = [{"信息编号": number, "客户名称": CUSTOMERS[2], "车型": "轿车", "申报数量(台)": 12} for number in asked_for]
    for name, expected in (("申报.xlsx", ["接收", "退回", "退回"]), ("申报再.xlsx", ["未变", "退回", "退回"])):
        header = {"单位代码": "B001", "申报人": name[:2], "申报日期": datetime(2026, 1, len(name))}
        file = office.file("项目申报表", name, header, rows)
        assert receipt(office, office.receive(file, "2026-01-20T09:00:00")) == expected
    line = contract(numbers[CUSTOMERS[2]], CUSTOMERS[2], date(2026, 1, 25), 12, 单位代码="B001")
    other = {**line, "合同编号": "HT-2", "信息编号": numbers["小单位"]}
    assert receipt(office, contracts(office, "合同.xlsx", [line, other])) == ["接收", "退回"]
    assert receipt(office, contracts(office, "合同再.xlsx", [other, line])) == ["退回", "未变"]
    leak = {"事件编号": "XL-1", "泄露人员": "孙某", "泄露日期": date(2026, 2, 3), "大客户部内部人员": "是"}
    rows = [leak, {**leak, "事件编号": "XL-2", "泄露日期": date(2026, 3, 3)}]
    for name, expected in (("泄露.xlsx", ["接收", "退回"]), ("泄露再.xlsx", ["未变", "退回"])):
        file = office.file("信息泄露事件登记表", name, {"编制人": name[:3]}, rows)
        assert receipt(office, office.receive(file, "2026-02-04T09:00:00")) == expected
    return {"verification_feedback", "project_application", "contract_register", "leak_incident"}


def disclosures(office: Office) -> set[str]:
    """T12: a lead without consent, and the same number again."""
    assert receipt(
        office, asked(office, {"披露依据": "法律规定", "依据文件": "调证〔2026〕1号"}, {"申请编号": "PL2026-002"})
    ) == [
        "接收",
        "退回",
    ]
    row = {"披露依据": "法律规定", "依据文件": "调证〔2026〕1号"}
    assert receipt(office, asked(office, row, name="再.xlsx", applicant="吴平")) == ["未变"]
    return {"customer_disclosure"}


def people(office: Office) -> set[str]:
    """T21: a person, one of a unit that is not listed; the same again."""
    stay = {"姓名": "冯行", "单位代码": "S002", "岗位": "项目责任人", "开始日期": date(2026, 1, 1)}
    rows = [stay, {**stay, "单位代码": "S777"}]
    for name, expected in (("人员.xlsx", ["接收", "退回"]), ("人员再.xlsx", ["退回", "未变"])):
        file = office.file("人员名录", name, {}, rows if name == "人员.xlsx" else rows[::-1])
        assert receipt(office, office.receive(file, "2026-02-05T09:00:00")) == expected
    return {"people"}


def changes(office: Office) -> set[str]:
    """T20: a request that waits for another person, one about a lead there is not; asked again while it waits."""
    repeated = next(row for row in office.ask("leads") if row["file"] == "近.xlsx" and row["status"] == "重复")
    freed = {"客户名称": repeated["customer"], "变更事项": "取消重复认定", "理由": "两家单位"}
    rows = [{**freed, "信息编号": repeated["number"]}, {**freed, "信息编号": "DK202601-99999"}]
    header = {"申请单位代码": "D001", "申请人": "经办人", "申请日期": date(2026, 2, 6)}
    for name, expected in (("变更.xlsx", ["接收", "退回"]), ("变更再.xlsx", ["退回", "未变"])):
        file = office.file("信息变更申请单", name, header, rows if name == "变更.xlsx" else rows[::-1])
        assert receipt(office, office.receive(file, "2026-02-06T09:00:00")) == expected
    return {"lead_change"}


def money(office: Office) -> set[str]:
    """T15: shares that do not add up, one department good and one bad, an incomplete one; T14."""
    office.run("settle", "2026Q1", "--as-of", "2026-04-10", "--approve")
    reward = office.ask("settlement", "payable", "2026Q1", code=0)["payable"][0]["paid"]
    bad = shares(office, "少.xlsx", [("B001", "区域一部", "周正", reward - 201), ("B001", "区域一部", "王平", 200)])
    assert receipt(office, bad) == ["退回", "退回"]
    assert [finding["code"] for finding in bad["findings"]] == [bad["findings"][0]["code"]] * 2
    both = [("B002", "区域二部", "吴平", 100), ("B001", "区域一部", "周正", reward), ("B002", "区域二部", "孙平", 100)]
    assert receipt(office, shares(office, "别部.xlsx", both)) == ["退回", "接收", "退回"]
    part = [("B001", "区域一部", "周正", reward), ("B001", "区域一部", "王平", None)]
    assert receipt(office, shares(office, "缺.xlsx", part)) == ["退回", "退回"]
    same = shares(office, "再.xlsx", [both[1], both[0]], at="2026-04-16")
    assert receipt(office, same) == ["未变", "退回"]
    late = (*LATE[:6], "当日停电")
    wrong = (*LATE[:3], "2026-03-11", *LATE[4:])
    assert receipt(office, appeal(office, "申诉.xlsx", [late, wrong])) == ["接收", "退回"]
    assert receipt(office, appeal(office, "申诉再.xlsx", [wrong, late])) == ["退回", "未变"]
    return {"bonus_allocation", "reward_appeal"}


def of_customers(office: Office) -> set[str]:
    """T7 to T11, T17 to T19: a good row each, then the same beside one without what every row has to have."""
    with_managers(office)
    monday = datetime(2026, 4, 13)
    paper = {"档案编号": "DA-001", "客户名称": BUS, "材料类别": "发票", "材料名称": "购车发票"}
    loan = {"档案编号": "DA-001", "借阅人": "许走访", "借出日期": monday}
    finding = {"检查编号": "JC-1", "检查事项": "其他", "发现的问题": "目录缺页码", "整改责任人": "钱保管"}
    step = {"客户名称": BUS, "步骤": "资产调查", "办理情况": "完成", "办理日期": monday, "办理结果": "现有二十台"}
    keeper = {"单位代码": "S009", "档案管理员": "陈持"}
    inspected = {"检查人": "孙检查", "检查日期": monday}
    sheets: dict[str, tuple[str, dict, dict, str]] = {
        "weekly_report": (
            WEEKLY,
            {"单位代码": UNIT, "客户经理": MANAGER, "所属周": monday, "填报日期": monday},
            item(BUS, "走访", monday),
            "类型",
        ),
        "customer_profile": (PROFILE, {"单位代码": UNIT, "填报部门": "销售", "填报人": "周填报"}, BUS_FILE, "客户名称"),
        "customer_sales": (
            SALES,
            {"月份": "2026-03", "公司销售总额(元)": 900000},
            {"客户名称": BUS, "销售额(元)": 100000},
            "客户名称",
        ),
        "archive_index": ("客户档案目录", keeper, paper, "材料名称"),
        "archive_loan": ("档案借阅登记表", keeper, loan, "借阅人"),
        "training_record": (
            "培训与保密协议登记表",
            {"登记人": "钱保管", "登记日期": monday},
            {"类型": "培训", "姓名": "冯行", "单位代码": "S002", "培训或签署日期": monday},
            "类型",
        ),
        "service_flow": ("大客户服务流程表", {"单位代码": UNIT}, step, "步骤"),
        "inspection": ("客户信息管理检查整改表", inspected, finding, "发现的问题"),
    }
    for template, (title, header, row, needed) in sheets.items():
        first = office.receive(office.file(title, f"{template}.xlsx", header, [row]), "2026-04-20T09:00:00")
        assert receipt(office, first) == ["接收"], first["findings"]
        both = office.file(title, f"{template}_再.xlsx", header, [row, {**row, needed: None}])
        assert "退回" in receipt(office, office.receive(both, "2026-04-20T10:00:00"))
    return set(sheets)
