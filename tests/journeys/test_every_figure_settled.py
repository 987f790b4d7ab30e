"""Every figure of the demo's quarterly settlement, computed again from ``settle --json``, ``leads --json`` and the inbox.

As in ``test_every_figure_published``. What a line rests on is taken from its inputs and compared with the files they name;
its amount is computed here once more.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

import pytest

from tests.support.company_figures import Company
from tests.support.figures import TEXT, check_page, compared, missing, most_moved, rate, stamped
from tests.support.settled_figures import (
    CLAUSES,
    PENALTIES,
    REWARDS,
    check_lines,
    check_remarks,
    check_terms,
    known_of,
    moment,
)

pytestmark = pytest.mark.slow


def value(text: Any) -> Fraction:
    """A rate as JSON has it: ``40%``, ``5/8``, a number."""
    return Fraction(text.removesuffix("%")) / 100 if str(text).endswith("%") else Fraction(str(text))


def amount(line: dict[str, Any], place: int) -> int:
    """What a line's inputs come to; ``place``: its place among the projects of its department."""
    seen = line["inputs"]
    if line["adjusts"]:
        return seen["recomputed"] - seen["settled"]
    match line["clause"]:
        case "7.1.1" | "7.2.2":
            reached = Fraction(seen["rate_picked_up"], seen["rate_quantity"]) >= value(seen["conversion_rate"])
            full = seen["reward"] if reached and seen["quantity"] >= seen["minimum_quantity"] else 0
            left = seen["cap"] - (place - 1) * seen["reward"] if line["clause"] == "7.2.2" else full
            return max(0, min(full, left))
        case "7.2.1":
            over = Fraction(seen["valid"], seen["target"]) - value(seen["completion_threshold"])
            steps = over // value(seen["completion_step"])
            return int(min(seen["completion_reward_cap"], max(0, steps) * seen["completion_step_reward"]))
    return -seen["penalty"] * seen.get("mark", 1)


def check_inputs(company: Company, lines: list[dict[str, Any]], months: list[str], leads: dict[str, dict]) -> None:
    """The lines' inputs are what the files say: quantities and pick-ups of projects, leads and targets of departments."""
    picked: Counter = Counter()
    for each in company.contracts:
        if each["month"] in months:
            picked[each["lead"]] += each["picked_up"]
    for line in lines:
        seen = line["inputs"]
        if line["adjusts"]:
            continue
        if line["clause"] in ("7.1.1", "7.2.2"):
            lead = leads[line["ref"]]
            assert (seen["quantity"], seen["picked_up"]) == (lead["quantity"], picked[line["ref"]]), line["ref"]
            assert seen["received_at"] == lead["received_at"]
            assert line["party"] == lead["reporter"]
        elif line["clause"] == "7.2.1":
            own = [lead for lead in leads.values() if lead["reporter"] == line["party"] and lead["counts_in"] in months]
            assert sorted(seen["leads"]) == sorted(lead["number"] for lead in own)
            counted = Counter(lead["counts_in"] for lead in own)
            goals = [company.targets[line["party"], int(month[5:])] for month in months]
            assert [(m["valid"], m["target"]) for m in seen["months"]] == [
                (counted[month], goal) for month, goal in zip(months, goals, strict=True)
            ]
            assert (seen["valid"], seen["target"]) == (len(own), sum(goals))


def test_the_quarterly_settlement(company: Company, shown, played_demo):
    """Lines, sums by clause and by party, dealers, departments, allocation, penalties, parameters; cards, chart, page."""
    book, page = shown("季度奖惩核算报告")
    months, until = played_demo.calendar[-3:], played_demo.until
    quarter = f"{months[0][:4]}Q{(int(months[0][5:]) + 2) // 3}"
    settled = company.ask("settle", quarter, "--as-of", until.isoformat())
    lines = settled["lines"]
    leads = {lead["number"]: lead for lead in company.leads(until)}
    check_inputs(company, lines, months, leads)
    late, own = [line for line in lines if line["adjusts"]], [line for line in lines if not line["adjusts"]]
    assert late
    assert own
    places: dict[int, int] = {}
    ranked: Counter = Counter()
    projects = [line for line in own if line["clause"] == "7.2.2"]
    for line in sorted(projects, key=lambda x: (x["inputs"]["received_at"], -x["amount"], x["ref"])):
        ranked[line["party"]] += 1
        places[id(line)] = ranked[line["party"]]
    assert [amount(line, places.get(id(line), 0)) for line in lines] == [line["amount"] for line in lines]
    names = {code: row["单位名称"] for code, row in company.units.items()}

    def part(name: str, chosen: list[dict[str, Any]]) -> int:
        """The sum of some lines: rewards and penalties of the quarter by clause, adjustments apart."""
        tests = {
            "reward": lambda line: not line["adjusts"] and line["clause"] in REWARDS,
            "penalty": lambda line: not line["adjusts"] and line["clause"] in PENALTIES,
            "adjusted": lambda line: line["adjusts"],
            "all": lambda line: True,
        }
        return sum(line["amount"] for line in chosen if tests[name](line))

    by_clause = {code: [line for line in lines if line["clause"] == code] for code in CLAUSES}
    columns = {
        "笔数": [len(by_clause[code]) for code in CLAUSES],
        "本季度(元)": [part("reward", by_clause[code]) + part("penalty", by_clause[code]) for code in CLAUSES],
        "以前季度调整(元)": [part("adjusted", by_clause[code]) for code in CLAUSES],
        "核算金额(元)": [part("all", by_clause[code]) for code in CLAUSES],
        "复算金额(元)": [part("all", by_clause[code]) for code in CLAUSES],
    }
    book.table(
        "汇总",
        {
            "条款": CLAUSES,
            "事项": TEXT,
            "执行部门": [REWARDS.get(code, "综合管理部") for code in CLAUSES],
            **columns,
            "核对": ["相符"] * len(CLAUSES),
        },
        {title: sum(values) for title, values in columns.items()},
    )
    by_party: dict[str, list] = defaultdict(list)
    for line in lines:
        by_party[line["party"]].append(line)
    parties = sorted(by_party)
    columns = {
        "笔数": [len(by_party[who]) for who in parties],
        "奖励(元)": [part("reward", by_party[who]) for who in parties],
        "处罚(元)": [part("penalty", by_party[who]) for who in parties],
        "以前季度调整(元)": [part("adjusted", by_party[who]) for who in parties],
        "合计(元)": [part("all", by_party[who]) for who in parties],
    }
    assert dict(zip(parties, columns["合计(元)"], strict=True)) == settled["totals"]
    book.table(
        "对象合计",
        {"对象": parties, "名称": [names.get(who, "（个人）") for who in parties], **columns},
        {title: sum(values) for title, values in columns.items()},
    )
    dealers = [line for line in lines if line["clause"] == "7.1.1"]
    seen = [known_of(line) for line in dealers]
    rewards = {
        "奖励(元)": [part("reward", [line]) for line in dealers],
        "以前季度调整(元)": [part("adjusted", [line]) for line in dealers],
    }
    book.table(
        "经销商奖励",
        {
            "单位代码": [line["party"] for line in dealers],
            "经销商": [names[line["party"]] for line in dealers],
            "信息编号": [line["ref"] for line in dealers],
            "项目编号": [line["ref"].replace("DK", "LX") for line in dealers],
            "接收日期": [leads[line["ref"]]["at"] for line in dealers],
            "标的量(台)": [leads[line["ref"]]["quantity"] for line in dealers],
            "本季提车(台)": [each["rate_picked_up"] for each in seen],
            "转化率分母(台)": [each["rate_quantity"] for each in seen],
            "转化率": [Fraction(each["rate_picked_up"], each["rate_quantity"]) for each in seen],
            **rewards,
            "调整自": [line["adjusts"] or "" for line in dealers],
        },
        {title: sum(values) for title, values in rewards.items()},
    )
    cards_of = check_departments(company, book, lines, months, leads)
    fined = [line for line in lines if line["clause"] in PENALTIES]
    columns = {
        "处罚(元)": [part("penalty", [line]) for line in fined],
        "以前季度调整(元)": [part("adjusted", [line]) for line in fined],
    }
    book.table(
        "处罚",
        {
            "条款": [line["clause"] for line in fined],
            "事项": TEXT,
            "责任人": [line["party"] for line in fined],
            "编号": [line["ref"] for line in fined],
            "期限": [moment(line["inputs"].get("due_on")) if not line["adjusts"] else None for line in fined],
            "依据": TEXT,
            **columns,
            "调整自": [line["adjusts"] or "" for line in fined],
        },
        {title: sum(values) for title, values in columns.items()},
    )
    assert settled["marks"] == {}
    book.table("诚信黑点", {"人员": [], "本季度新增": [], "累计黑点": [], "建议辞退的数目": [], "处理意见": []})
    check_lines(book, lines, names, places)
    counted = [
        (line["party"], leads[number])
        for line in own
        if line["clause"] == "7.2.1"
        for number in line["inputs"]["leads"]
    ]
    book.table(
        "计入信息",
        {
            "部门代码": [who for who, _ in counted],
            "信息编号": [lead["number"] for _, lead in counted],
            "接收时间": [lead["at"] for _, lead in counted],
            "计入月份": [lead["counts_in"] for _, lead in counted],
            "来源文件": [f"文件{company.numbers[lead['file']]}" for _, lead in counted],
            "行": [lead["row"] for _, lead in counted],
        },
    )
    check_terms(book, settled)
    dealer, inside = ([line for line in own if line["clause"] in found] for found in (["7.1.1"], ["7.2.1", "7.2.2"]))
    fines = [line for line in own if line["clause"] in PENALTIES]
    shares = [sum(line["amount"] for line in late if (line["clause"] in REWARDS) == gives) for gives in (True, False)]
    cards = {
        "奖励合计（元）": (part("reward", lines), f"{len(dealer) + len(inside)} 笔"),
        "其中经销商（元）": (part("reward", dealer), f"{len(dealer)} 笔，由财务计划部兑现"),
        "其中部门（元）": (part("reward", inside), f"{len(inside)} 笔，由综合管理部兑现"),
        "处罚合计（元）": (part("penalty", lines), f"{len(fines)} 笔，由综合管理部收缴"),
        "奖惩净额（元）": (part("all", lines), f"共 {len(lines)} 笔，奖励、处罚和调整之和"),
        "对以前季度的调整（元）": (
            part("adjusted", lines),
            f"{len(late)} 笔：奖励 {shares[0]:,}，处罚 {shares[1]:,}",
        ),
        "诚信黑点": (0, "涉及 0 人（累计）"),
    }
    book.cards("封面", {**cards, "复算核对": ("相符", f"{len(lines)} 笔逐笔复算")})
    before = played_demo.calendar[-6:-3]
    last = company.ask("settle", f"{before[0][:4]}Q{(int(before[0][5:]) + 2) // 3}", "--as-of", until.isoformat())[
        "lines"
    ]
    check_briefing(company, book, settled, cards, lines, last, leads, months)
    check_remarks(company, book, settled, months, leads)
    for sheet in book.sheets:
        book.words(sheet, stamped)
    assert book.left_over() == []
    assert book.charts() == {"部门奖励（元）": cards_of["chart"]}
    parts = ["汇总", "部门奖励", "经销商奖励", "逐行说明"]
    check_page(page, book, cards, ["处罚", "提示", "口径说明"], part_of=parts)
    assert page.bars() == {
        "部门奖励（元）": [[name, *(f"{each:,}" for each in given)] for name, given in cards_of["bars"]]
    }


def check_briefing(company, book, settled, cards, lines, last, leads, months) -> None:
    """What the cover says first: the last quarter's figures are sums of its own lines."""
    own = [line for line in last if not line["adjusts"]]
    gives = {code: sum(line["amount"] for line in own if line["clause"] == code) for code in CLAUSES}
    reward = sum(gives[code] for code in REWARDS)
    then = {
        "奖励合计（元）": reward,
        "其中经销商（元）": gives["7.1.1"],
        "其中部门（元）": reward - gives["7.1.1"],
        "处罚合计（元）": sum(gives[code] for code in PENALTIES),
        "奖惩净额（元）": sum(line["amount"] for line in last),
        "对以前季度的调整（元）": sum(line["amount"] for line in last if line["adjusts"]),
        "诚信黑点": 0,
    }
    beside, changed = compared("上季度", cards, then)
    sums = [{code: sum(x["amount"] for x in part if x["clause"] == code) for code in CLAUSES} for part in (lines, last)]
    counts = [Counter(x["clause"] for x in part) for part in (lines, last)]
    what = dict(zip(CLAUSES, (row[1] for row in book.sheets["汇总"][4:]), strict=False))
    why = "；".join(
        f"第{code}条（{what[code]}）{way} 元（{counts[0][code]} 笔，上季度 {counts[1][code]} 笔）"
        for code, way in most_moved(*sums)[:4]
    )
    received = [lead for lead in leads.values() if lead["month"] in months]
    open_ = sum(lead["status"] == "已立项" and lead["kind"] == "经销商" for lead in received)
    lacking = [f"T3《大客户项目申报表》：本季度接收的经销商项目 {open_} 个尚未申报"] if open_ else []
    lacking += company.owed(received)
    name = f"{settled['quarter'][:4]}年第{settled['quarter'][5]}季度"
    expected = {
        "变化": changed,
        "原因": f"变化最大的条款：{why}。",
        "须办理": "大客户主管部门：核对后报批（第4.3.3条）"
        + ("；有关单位：补交“尚缺资料”所列各项。" if lacking else "。"),
        "数据状态": f"暂定：{name}尚未报批，以后收到的资料仍会改变这些数字。",
        "尚缺资料": missing(lacking, "收到后重新生成本报告。"),
    }
    book.briefing("封面", expected, beside)


def check_departments(company: Company, book, lines, months: list[str], leads: dict[str, dict]) -> dict[str, Any]:
    """部门奖励 and 分配表: every department, rewarded or not; what the chart and the page's bars hold."""
    units = sorted(code for code, row in company.units.items() if row["单位类型"] == "部门")
    rows = []
    for unit in units:
        mine = [line for line in lines if line["party"] == unit and line["clause"] in ("7.2.1", "7.2.2")]
        own = [line for line in mine if not line["adjusts"]]
        projects = [line for line in own if line["clause"] == "7.2.2"]
        valid = sum(lead["reporter"] == unit and lead["counts_in"] in months for lead in leads.values())
        goal = sum(company.targets[unit, int(month[5:])] for month in months)
        over = rate(valid, goal)
        rows.append(
            {
                "name": company.units[unit]["单位名称"],
                "leader": company.units[unit]["分管领导"],
                "valid": valid,
                "goal": goal,
                "steps": max(0, int((over - 1) // Fraction(1, 10))) if over is not None and over > 1 else 0,
                "completion": sum(line["amount"] for line in own if line["clause"] == "7.2.1"),
                "projects": sum(line["amount"] > 0 for line in projects),
                "capped": sum(line["inputs"]["capped"] for line in projects),
                "project": sum(line["amount"] for line in projects),
                "adjusted": sum(line["amount"] for line in mine if line["adjusts"]),
                "amount": sum(line["amount"] for line in mine),
            }
        )
    titles = {
        "计入有效": "valid",
        "季度目标": "goal",
        "完成率奖励7.2.1(元)": "completion",
        "得奖项目": "projects",
        "封顶项目": "capped",
        "项目奖励7.2.2(元)": "project",
        "以前季度调整(元)": "adjusted",
        "合计(元)": "amount",
    }
    sums = {title: sum(row[key] for row in rows) for title, key in titles.items()}
    led = sorted(zip(units, rows, strict=True), key=lambda pair: (pair[1]["leader"], pair[0]))
    book.table(
        "按分管领导",
        {
            "分管领导": [row["leader"] for _, row in led],
            "部门代码": [unit for unit, _ in led],
            "部门名称": [row["name"] for _, row in led],
            **{title: [row[key] for _, row in led] for title, key in titles.items()},
            "完成率": [rate(row["valid"], row["goal"]) for _, row in led],
            "超出档数": [row["steps"] for _, row in led],
        },
        {**sums, "完成率": rate(sums["计入有效"], sums["季度目标"])},
    )
    book.table(
        "部门奖励",
        {
            "部门代码": units,
            "部门名称": [row["name"] for row in rows],
            "分管领导": [row["leader"] for row in rows],
            **{title: [row[key] for row in rows] for title, key in titles.items()},
            "完成率": [rate(row["valid"], row["goal"]) for row in rows],
            "超出档数": [row["steps"] for row in rows],
        },
        {**sums, "完成率": rate(sums["计入有效"], sums["季度目标"])},
    )
    top = 4
    for unit, row in zip(units, rows, strict=True):
        if row["amount"]:
            for column, each in enumerate((unit, row["name"], row["leader"], row["amount"])):
                book.see("分配表", top, column, each)
            book.see("分配表", top, 7, f"差 {row['amount']} 元")
            top += 5
    book.see("分配表", top, 3, sums["合计(元)"])
    book.see("分配表", top, 5, 0)
    book.see("分配表", top, 7, "未分配完")
    names = [row["name"] for row in rows]
    chart = [
        (word, names, [row[key] for row in rows])
        for word, key in (("完成率奖励", "completion"), ("项目奖励", "project"))
    ]
    return {"chart": chart, "bars": [(row["name"], (row["completion"], row["project"])) for row in rows]}
