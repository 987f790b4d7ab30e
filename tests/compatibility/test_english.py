"""``--lang en`` on a register with two quarters of data: what commands print is English, the data apart."""

from __future__ import annotations

import json
import re

import pytest
from python_calamine import CalamineWorkbook

from tests.compatibility.office import Office
from tests.compatibility.test_v0_1 import AS_OF, AUDITOR, CLERK, CUSTODIAN, DATA, MANAGER, PASSPHRASES, PAYER, Q1, Q2

HAN = re.compile(r"[\u3400-\u9fff]+")
MARKS = re.compile(r"[，。；：、！？（）]")  # of Chinese sentences
RECEIPT = "receipts/收件回执_000067_033947f0.html"
# words that stand as they are in every language: statuses, verdicts and outcomes, kinds of units and of targets, who pays
OFFICIAL = [
    "不予接收",
    "已接收",
    "无效",
    "重复",
    "待复核",
    "待甄别",
    "有效",
    "已立项",
    "已申报",
    "已签约",
    "提车中",
    "已完成",
    "已解除",
    "已到期",
    "不重复",
    "受理",
    "接收",
    "退回",
    "经销商",
    "部门",
    "科室",
    "分解",
    "调整",
    "成立",
    "部分成立",
    "不成立",
    "待裁定",
    "已报批",
    "已退回",
    "已批准",
    "已兑现",
    "待审批",
    "未批准",
    "已撤销",
    "财务计划部",
    "综合管理部",
    "结论",
    "事实",
    "条款",
    "口径",
    "计算",
    "逾期",
    "到期",
    "将到期",
    "县级及以下",
    "地市级及以上",
    "同意 不同意 客户同意",
    "法律规定",
    "联系方式",
    "全部",
    "信息提报情况通报",
    "月度目标分解与完成情况",
    "信息转化率月报",
    "开发计划",
    "季度奖惩核算报告",
    "诚信黑点告知书",
    "到期提醒",
    "测算对比",
]
# rules of regulations that name themselves, their sections and the terms printed on a Chinese note
QUOTED = ("大客户管理制度·", "顾客信息管理制度·")
CLAUSE = re.compile("(?:" + "|".join(QUOTED) + r")[一二三四五六七八九十]+")
# what people typed, or files were called, that is in none of the kept workbooks
TYPED = ("赵副总", "曹", "请再核对二月合同登记", "目标分解2026.xlsx", "合同登记_2026-03_补报.xlsx")
# who runs what; what exits with 2 is a refusal
COMMANDS = (
    (CLERK, "leads", *AS_OF),
    (CLERK, "review", "--json", *AS_OF),
    (CLERK, "explain", "DK202602-00031", *AS_OF),
    (CLERK, "explain", "DK202602-00030", *AS_OF),
    (CLERK, "explain", "DK202602-00028", *AS_OF),
    (CLERK, "explain", "DK202601-00002", *AS_OF),
    (CLERK, "explain", "DK202601-00002", "--json", *AS_OF),
    (CLERK, "explain", "7.1.1/D004/DK202602-00031", *Q1),
    (CLERK, "explain", "7.3.4/许企/XL2026-001", *Q1),
    (CLERK, "explain", "7.3.2b/郑策/2026-02-28", *Q1),
    (CLERK, "explain", "7.2.2/B003/DK202601-00018", *Q2),
    (CLERK, "explain", "B002", *Q1),
    (CLERK, "explain", "D004", *Q1),
    (CLERK, "explain", "合计", *Q1),
    (CLERK, "explain", "7.1.1", *Q2),
    (CLERK, "settle", "2026Q1", *AS_OF),
    (CLERK, "settle", "2026Q2", *AS_OF),
    (CLERK, "whatif", "2026Q1", "--set", "dealer_conversion_rate=60%", "--reading", "overdue_unit=dispatch", *AS_OF),
    (CLERK, "targets", "history"),
    (CLERK, "targets", "forecast", "--year", "2026", *AS_OF),
    (CLERK, "targets", "plan", "2027", "--from-last-year", "--total", "500", *AS_OF),
    (CLERK, "due", "--on", "2026-05-08"),
    (CLERK, "due", "--on", "2026-05-08", "--json"),
    (MANAGER, "settlement", "status"),
    (PAYER, "settlement", "payable", "2026Q1"),
    (MANAGER, "appeals", "list"),
    (AUDITOR, "disclosures", "list"),
    (MANAGER, "deliver", "list"),
    (CUSTODIAN, "users", "list"),
    (CUSTODIAN, "users", "roles"),
    (CUSTODIAN, "backup", "list"),
    (AUDITOR, "audit", "show"),
    (AUDITOR, "audit", "verify", "--anchor", "head_20260415.json"),
    (AUDITOR, "audit", "verify", "--anchor", f"2:{'a' * 64}"),
    (CLERK, "reveal", "DK202601-00001"),
    (CLERK, "schedule", "show", "--kind", "cron"),
    (None, "rules"),
    (None, "receipt", "verify", RECEIPT, "--key", "public_key.json"),
    (None, "verify", "reports/季度奖惩核算报告_2026Q1.xlsx", "--key", "public_key.json"),
    (None, "check", "received"),
    (None, "check", "received", "--json"),
    # refusals
    (CLERK, "explain", "nobody", *Q1),
    (CLERK, "explain", "B002"),
    (CLERK, "settle", "2026Q4"),
    (CLERK, "settlement", "approve", "2026Q2"),
    (CLERK, "users", "add", "somebody", "--role", "nothing"),
    (CUSTODIAN, "users", "add", "somebody", "--role", "nothing"),
    (CLERK, "decide", "DK202601-00001", "重复", "--reason", "x"),
    (CLERK, "whatif", "2026Q1", "--set", "taxi_level_limit=nowhere", *AS_OF),
    (CLERK, "whatif", "2026Q1", "--set", "nothing=1", *AS_OF),
    (CLERK, "whatif", "2026Q1", "--reading", "overdue_unit=week", *AS_OF),
    (CLERK, "publish", "2026-05-11"),
    (CLERK, "report", "nothing", "--period", "2026Q1"),
    (CLERK, "import", "missing.xlsx"),
    (AUDITOR, "audit", "show", "--action", "nothing"),
    (PAYER, "settlement", "pay", "2026Q1", "--payer", "nobody"),
    (MANAGER, "appeals", "rule", "SS9", "upheld", "--reason", "x"),
    (CLERK, "reveal", "DK202601-00001", "--reason", " "),
    (None, "verify", "received", "--key", "public_key.json"),
)


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    """The kept files, copied once: what uses this reads only."""
    return Office.copy(DATA, tmp_path_factory.mktemp("office"), PASSPHRASES)


@pytest.fixture(scope="module")
def data(office) -> set[str]:
    """The Chinese words of the data: of files and forms as they were received, of users, and official words."""
    known = json.loads((office.folder / "printed" / "leads.json").read_text(encoding="utf-8"))
    texts = [each[name] for each in known for name in ("customer", "file")]
    texts += [*map(str, office.folder.rglob("*")), *OFFICIAL, *PASSPHRASES, *TYPED]
    for path in [*(office.folder / "received").glob("*.xlsx"), *(office.folder / "outstanding").glob("*.xlsx")]:
        workbook = CalamineWorkbook.from_path(path)
        for sheet in workbook.sheet_names:
            texts += [sheet, *map(str, workbook.get_sheet_by_name(sheet).to_python())]
    return {word for text in texts for word in HAN.findall(text)}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[1:])[:60])
def test_what_a_command_prints_is_english(command, office, data):
    """No sentence, and no word but those of the data and of the official forms."""
    lines = office.run(command[0], *command[1:], "--lang", "en", code=None).splitlines()
    told = CLAUSE.sub("", "\n".join(line for line in lines if not line.startswith(QUOTED)))
    assert told or command[1:] == ("backup", "list")
    assert [word for word in HAN.findall(told) if word not in data] == []
    for line in told.splitlines():
        assert not MARKS.search(
            re.sub(r"《[^》]*》|[^，。；：、！？（）\s]*\.(xlsx|csv|html)|（[^（）]*）", "", line)
        ), line
