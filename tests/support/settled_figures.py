"""What the sheets of a quarterly settlement say line by line, of its terms and in remarks, computed from its JSON."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import yaml

from tests.support.company_figures import Company
from tests.support.figures import TEXT, Book
from tests.support.source import ROOT

REWARDS = {"7.1.1": "财务计划部", "7.2.1": "综合管理部", "7.2.2": "综合管理部"}
PENALTIES = ("7.3.1", "7.3.2a", "7.3.2b", "7.3.3", "7.3.4")
CLAUSES = (*REWARDS, *PENALTIES)


def known_of(line: dict[str, Any]) -> dict[str, Any]:
    """What a line rests on; of an adjustment what is known now, else what was known."""
    seen = line["inputs"]
    return (seen["now"] or seen["then"] or {}) if line["adjusts"] else seen


def moment(text: str | None) -> date | datetime | None:
    """A day or time of the JSON."""
    if text is None:
        return None
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def check_lines(book: Book, lines: list[dict[str, Any]], names: dict[str, str], places: dict[int, int]) -> None:
    """逐笔明细 and 逐行说明: every line in its order, with the inputs its formula computes from."""
    cells = []
    for line in lines:
        seen, clause = line["inputs"], line["clause"]
        row: dict[str, Any] = dict.fromkeys(("quantity", "part", "whole", "limit", "due", "done"))
        if line["adjusts"]:
            row |= {"quantity": known_of(line).get("quantity"), "part": seen["recomputed"], "whole": seen["settled"]}
        elif clause in ("7.1.1", "7.2.2"):
            row |= {"quantity": seen["quantity"], "part": seen["rate_picked_up"], "whole": seen["rate_quantity"]}
        elif clause == "7.2.1":
            row |= {"part": seen["valid"], "whole": seen["target"]}
        elif clause == "7.3.2a":
            row |= {"part": 1, "done": moment(seen["answered_at"]).date()}
        else:
            done = seen.get("answered_at") or seen.get("published_at") or seen.get("returned_at") or seen["as_of"]
            row |= {"due": moment(seen["due_on"]), "done": moment(done).date()}
        if clause in ("7.2.1", "7.2.2") and not line["adjusts"]:
            caps = [seen.get(key) for key in ("completion_reward_cap", "joint_cap", "cap", "left")]
            row["limit"] = min((cap for cap in caps if cap is not None), default=None)
        cells.append(row)
    shared = {
        "序号": list(range(1, len(lines) + 1)),
        "条款": [line["clause"] for line in lines],
        "对象": [line["party"] for line in lines],
        "编号": [line["ref"] for line in lines],
        "调整自": [line["adjusts"] or "" for line in lines],
        "核算金额(元)": [line["amount"] for line in lines],
    }
    total = sum(line["amount"] for line in lines)
    book.table(
        "逐笔明细",
        {
            **shared,
            "名称": [names.get(line["party"], "") for line in lines],
            "标的量(台)": [row["quantity"] for row in cells],
            "提车·有效·次数·应核算": [row["part"] for row in cells],
            "标的·目标·已核算": [row["whole"] for row in cells],
            "上限(元)": [row["limit"] for row in cells],
            "部门内序位": [places.get(id(line)) for line in lines],
            "期限": [row["due"] for row in cells],
            "办理或截至日期": [row["done"] for row in cells],
            "复算金额(元)": [line["amount"] for line in lines],
            "核对": ["相符"] * len(lines),
            "依据": TEXT,
            "来源（文件、行或单元格）": TEXT,
        },
        {"核算金额(元)": total, "复算金额(元)": total},
    )
    words = ("条款和数值", "口径(全文见表末)", "依据和计算", "来源（文件、表、行、单元格）", "反之：怎样才会不同")
    book.table("逐行说明", {**shared, **dict.fromkeys(words, TEXT)})
    book.words("逐行说明", lambda cell: cell.startswith("口径 D"))


def check_terms(book: Book, settled: dict[str, Any]) -> None:
    """口径说明 and 参数: the readings of the settlement, the numbers of the regulation's own file."""
    document = yaml.safe_load((ROOT / "workbench/capabilities/regulations/dkhw080004.yaml").read_text(encoding="utf-8"))
    readings = settled["readings"]
    setting = [
        f"{each['key']} = {str(each['value']).lower() if isinstance(each['value'], bool) else each['value']}"
        if each["key"]
        else ""
        for each in readings
    ]
    book.table(
        "口径说明",
        {
            "编号": [each["id"] for each in readings],
            "条款": [each["clause"] for each in readings],
            "规章未明确的问题": [each["question"] for each in readings],
            "采用的口径": [each["chosen"] for each in readings],
            "设置": setting,
            "可选口径": TEXT,
        },
    )
    given = {each["name"]: each for each in document["parameters"] if not each.get("ours")}
    shown = {row[2]: row for row in book.sheets["参数"][4:] if row[2] in given}
    assert set(shown) == set(given)
    for place, row in enumerate(book.sheets["参数"][4:], 4):
        if row[2] in given:
            told = given[row[2]]["value"]
            told = "、".join(map(str, told)) if isinstance(told, list) else told
            percent = given[row[2]]["unit"] in ("%", "百分点")
            book.see("参数", place, 4, Fraction(str(told)) / 100 if percent else told)
            book.compared |= {("参数", place, column) for column in (0, 1, 5, 6)}
            assert row[6] == date(2008, 2, 14)


def check_remarks(
    company: Company, book: Book, settled: dict[str, Any], months: list[str], leads: dict[str, dict]
) -> None:
    """The cover's sentences and the sheet of remarks."""
    received = [lead for lead in leads.values() if lead["month"] in months]
    strays = [line for line in company.contracts if line["month"] in months and not leads[line["lead"]]["valid"]]
    assert strays == []
    due: dict[tuple[str, str, bool], int] = Counter()
    for line in settled["lines"]:
        due[REWARDS.get(line["clause"], "综合管理部"), line["party"], line["clause"] in PENALTIES] += line["amount"]
    sums = {
        payer: (
            sum(each for (by, *_), each in due.items() if by == payer and each > 0),
            -sum(each for (by, *_), each in due.items() if by == payer and each < 0),
        )
        for payer in ("财务计划部", "综合管理部")
    }
    carried = "，".join(
        f"{payer}发放 {paid:,} 元、收缴 {back:,} 元" for payer, (paid, back) in sums.items() if paid or back
    )
    capped = sum(line["inputs"].get("capped", False) for line in settled["lines"])
    book.say(
        "封面",
        [
            f"未计入：{sum(lead['excluded'] for lead in received)} 条，第5.5条（本季度接收，有效但提报距项目申报不足规定天数）",
            f"未计入：{sum(lead['status'] == '重复' for lead in received)} 条，第5.1条（本季度接收，与先报信息重复）",
            f"未计入：{sum(lead['outcome'] == 'pending' for lead in received)} 条，"
            "第5.3条（本季度接收，尚未确认有效；以后确认的差额列为以后季度的调整）",
            f"未计入：{sum(lead['status'] == '无效' for lead in received)} 条，本季度接收，无效（第2、5.4、5.6、6.3条）",
            "未计入：0 行本季度的合同登记，其信息没有立项（第6.4条）；其他月份的提车不计入本季度的转化率（第7.1.1、7.2.2条）",
            "目标为零或未下达、没有完成率的部门 0 个（口径 D17）。",
            f"封顶：{capped} 个部门项目超过第7.2.2条上限，列 0 元或部分金额（口径 D24）",
            f"同一对象的调整冲抵以后，应由{carried}（第4.4、4.5条）。",
            f"另有 {len(settled['notes'])} 条说明和提示，见“提示”；采用的 {len(settled['readings'])} 条口径见“口径说明”。",
        ],
    )
    words = {"error": "须处理", "warning": "提请注意", "note": "说明"}
    told = sorted(settled["notes"], key=lambda note: list(words).index(note["severity"]))
    book.table(
        "提示",
        {
            "性质": [words[note["severity"]] for note in told],
            "条款": [note["clause"] or "" for note in told],
            "内容": [note["message"] for note in told],
        },
    )
