"""Every figure of the demo's conversion report and of its development plan, computed again from what came in.

As in ``test_every_figure_published``: files of the inbox, the commands' JSON, plain Python.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

import pytest

from tests.support.company_figures import Company
from tests.support.figures import check_page, percent, rate, stamped
from tests.support.project_figures import (
    check_conversion_briefing,
    check_plan_briefing,
    measures,
    projects,
    under_way,
)

pytestmark = pytest.mark.slow

SUMS = {
    "项目数": "projects",
    "标的量(台)": "quantity",
    "已签约项目": "contracted",
    "合同量(台)": "contract_quantity",
    "本月在期标的(台)": "alive_month",
    "本月提车(台)": "month",
    "本季在期标的(台)": "alive_quarter",
    "本季提车(台)": "quarter",
    "累计提车(台)": "to_date",
}
RATES = {
    "签约率(合同量/标的量)": ("contract_quantity", "quantity"),
    "本月转化率": ("month", "alive_month"),
    "本季转化率": ("quarter", "alive_quarter"),
    "累计转化率": ("to_date", "quantity"),
}


def test_the_conversion_report(company: Company, shown, played_demo):
    """The last month: by reporter, category, place, province and month of receipt; the year, cards, charts, page."""
    book, page = shown("信息转化率月报")
    period, until = played_demo.calendar[-1], played_demo.until
    quarter = played_demo.calendar[-3:]
    assert int(quarter[0][5:]) % 3 == 1
    found = projects(company, until)
    assert all(each["month"] <= period for each in found)
    assert all(line["month"] <= period for each in found for line in each["lines"])
    whole = measures(found, period, quarter)

    def grouped(sheet: str, keys: dict[str, Any], key: Any, order: Any, more: dict[str, Any] | None = None) -> list:
        groups: dict[Any, list] = defaultdict(list)
        for each in found:
            groups[key(each)].append(each)
        sums = {name: measures(own, period, quarter) for name, own in groups.items()}
        ordered = sorted(groups, key=lambda name: order(name, sums[name]))
        book.table(
            sheet,
            {
                **{title: [value(name) for name in ordered] for title, value in {**keys, **(more or {})}.items()},
                **{title: [sums[name][measure] for name in ordered] for title, measure in SUMS.items()},
                **{title: [rate(sums[name][a], sums[name][b]) for name in ordered] for title, (a, b) in RATES.items()},
            },
            {
                **{title: whole[measure] for title, measure in SUMS.items()},
                **{title: rate(whole[a], whole[b]) for title, (a, b) in RATES.items()},
            },
        )
        return [(name, sums[name]) for name in ordered]

    def largest(name: Any, sums: Counter) -> tuple:
        return (-sums["quantity"], name)

    def unit(title: str):
        return lambda code: company.units[code][title]

    grouped(
        "按提报单位",
        {"单位代码": str, "单位名称": unit("单位名称"), "类型": unit("单位类型")},
        lambda each: each["reporter"],
        largest,
    )
    categories = grouped("按客户类别", {"客户类别": str}, lambda each: each["category"], largest)
    grouped(
        "按地区",
        {"省份": lambda name: name[0], "城市": lambda name: name[1]},
        lambda each: (each["told"]["省份"], each["told"]["城市"]),
        largest,
    )
    provinces = grouped("按省份", {"省份": str}, lambda each: each["told"]["省份"], largest)
    grouped("按接收月份", {"接收月份": str}, lambda each: each["month"], lambda name, sums: name)
    grouped(
        "按接收季度",
        {"接收季度": str},
        lambda each: f"{each['month'][:4]}Q{(int(each['month'][5:]) + 2) // 3}",
        lambda name, sums: name,
    )
    first: dict[tuple[str, str], dict] = {}
    own = [line for each in found for line in each["lines"]]
    for line in sorted(own, key=lambda line: line["month"]):
        first.setdefault((line["contract"], line["lead"]), line)
    months = played_demo.calendar
    signed = [sum(line["quantity"] for line in first.values() if line["month"] == month) for month in months]
    picked = [sum(line["picked_up"] for line in own if line["month"] == month) for month in months]
    book.table(
        "本年走势",
        {"月份": months, "合同登记量(台)": signed, "提车量(台)": picked},
        {"合同登记量(台)": sum(signed), "提车量(台)": sum(picked)},
    )
    cards = {
        "本月转化率": (
            rate(whole["month"], whole["alive_month"]),
            f"提车 {whole['month']} / 在期标的 {whole['alive_month']} 台",
        ),
        "本季转化率": (
            rate(whole["quarter"], whole["alive_quarter"]),
            f"提车 {whole['quarter']} / 在期标的 {whole['alive_quarter']} 台",
        ),
        "签约率": (
            rate(whole["contract_quantity"], whole["quantity"]),
            f"合同 {whole['contract_quantity']} / 标的 {whole['quantity']} 台",
        ),
        "项目": (whole["projects"], f"其中已签约 {whole['contracted']} 个"),
    }
    book.cards("封面", cards)
    check_conversion_briefing(company, book, cards, found, whole, period, until)
    leads, numbers = company.leads(until), {each["number"] for each in found}
    strays = [line for line in company.contracts if line["month"] == period and line["lead"] not in numbers]
    came = company.returned(period)[0]
    book.say(
        "封面",
        [
            f"{period} 的《合同登记汇总表》已于 {came:%Y-%m-%d %H:%M} 返回（第6.5条）。",
            f"未计入：{sum(lead['valid'] and lead['number'] not in numbers for lead in leads)} 条，"
            "第6.4条（有效但未注明到期日期，尚未立项）",
            f"未计入：本月合同登记 {len(strays)} 行，其信息没有立项（第6.4条）",
            f"未计入：{sum(lead['outcome'] == 'pending' for lead in leads)} 条，第6.3条（尚未确认有效）",
            "未计入：0 个项目的信息在本月末以后接收；0 行合同登记属于本月以后的月份（第6.5条）",
            f"已计入：因第5.5条不计奖励的项目 {sum(each['excluded'] for each in found)} 个，已到期未签约的项目 "
            f"{sum(each['status'] == '已到期' for each in found)} 个，仍在累计转化率的分母之内。",
        ],
    )
    for sheet in book.sheets:
        book.words(sheet, stamped)
    assert book.left_over() == []
    charts = book.charts()
    (bars,) = charts.pop("累计转化率（按客户类别）")
    assert bars[:2] == ("累计转化率", [name for name, _ in categories])
    shares = [rate(sums["to_date"], sums["quantity"]) for _, sums in categories]
    assert [round(value, 9) for value in bars[2]] == [round(share, 9) for share in shares]
    top = provinces[:8]
    assert charts.pop("标的量、合同量、累计提车（按省份，台）") == [
        (word, [name for name, _ in top], [sums[key] for _, sums in top])
        for word, key in (("标的量", "quantity"), ("合同量", "contract_quantity"), ("提车量", "to_date"))
    ]
    assert charts.pop("各月合同登记量与提车量（台）") == [("合同登记量", months, signed), ("提车量", months, picked)]
    assert charts == {}
    check_page(page, book, cards, ["按客户类别", "按省份", "按提报单位", "按接收月份", "按接收季度", "本年走势"])
    top = provinces[:12]
    assert page.bars() == {
        "累计转化率": [[name, percent(share)] for (name, _), share in zip(categories, shares, strict=True)],
        "标的量、合同量、累计提车（台）": [
            [name, *(f"{sums[key]:,}" for key in ("quantity", "contract_quantity", "to_date"))] for name, sums in top
        ],
    }


STEPS = ("待申报", "待签约", "待提车", "提车中")


def test_the_development_plan(company: Company, shown, played_demo):
    """The projects under way: each with its next step, those about to expire, by section and category; cards, charts, page."""
    book, page = shown("开发计划")
    until = played_demo.until
    day = until.date()
    sections = {category: code for code, row in company.units.items() for category in row["负责类别"].split("、")}
    all_projects = projects(company, until)
    live = under_way(company, all_projects, sections, day)

    def begins(each: dict[str, Any]) -> Any:
        return each["at"].date() + timedelta(7)

    def todo(each: dict[str, Any]) -> str:
        if each["step"] == "待申报":
            waits = day < begins(each)
            return f"待申报（{begins(each)} 起申报方可计入，第5.5条）" if waits else "待申报：填报《大客户项目申报表》"
        return (
            "待签约：跟进洽谈，到期前签订合同" if each["step"] == "待签约" else f"{each['step']}：余 {each['left']} 台"
        )

    def on_the_page(sheet: str, chosen: list[dict[str, Any]]) -> None:
        """The page has room for the next step in full; its remarks have no dates."""
        lines = [list(line) for line in book.sheets[sheet]]
        top = next(row for row, line in enumerate(lines) if "下一步" in line)
        step, hint = lines[top].index("下一步"), lines[top].index("提示")
        for line, each in zip(lines[top + 1 :], chosen, strict=False):
            line[step] = todo(each)
            line[hint] = "；".join(
                word for word, said in (("即将到期", each["soon"]), ("不计奖励（5.5）", each["excluded"])) if said
            )
        book.sheets[sheet] = lines

    def listed(sheet: str, chosen: list[dict[str, Any]]) -> None:
        unit = {each["number"]: company.units[each["reporter"]]["单位名称"] for each in chosen}
        remarks = [
            "；".join(
                word
                for word, said in (
                    ("即将到期", each["soon"]),
                    ("不计奖励（5.5）", each["excluded"]),
                    (f"{begins(each)} 起申报", each["step"] == "待申报" and day < begins(each)),
                )
                if said
            )
            for each in chosen
        ]
        book.table(
            sheet,
            {
                "项目编号": [each["project"] for each in chosen],
                "客户名称": [each["customer"] for each in chosen],
                "客户类别": [each["category"] for each in chosen],
                "地区": [each["told"]["省份"] + each["told"]["城市"] for each in chosen],
                "提报单位": [unit[each["number"]] for each in chosen],
                "业务科室": [each["section"] for each in chosen],
                "责任人": [each["person"] for each in chosen],
                "标的量(台)": [each["quantity"] for each in chosen],
                "合同量(台)": [each["contract"] for each in chosen],
                "已提车(台)": [each["picked"] for each in chosen],
                "未提车量(台)": [each["left"] for each in chosen],
                "到期日期": [each["expires"] for each in chosen],
                "剩余天数": [each["days"] for each in chosen],
                "状态": [each["status"] for each in chosen],
                "下一步": [each["step"] for each in chosen],
                "提示": remarks,
            },
            {
                "标的量(台)": sum(each["quantity"] for each in chosen),
                "合同量(台)": sum(each["contract"] for each in chosen),
                "已提车(台)": sum(each["picked"] for each in chosen),
                "未提车量(台)": sum(each["left"] or 0 for each in chosen),
            },
        )

    live.sort(key=lambda each: (each["section"], each["left"] is not None, each["expires"], each["project"]))
    listed("开发计划", live)
    soon = sorted((each for each in live if each["soon"]), key=lambda each: (each["expires"], each["project"]))
    listed("即将到期", soon)
    sums_of: dict[str, list[tuple[str, Counter]]] = {}
    columns = {
        "在办项目": "projects",
        **{step: step for step in STEPS},
        "即将到期": "soon",
        "标的量(台)": "quantity",
        "合同量(台)": "contract",
        "已提车(台)": "picked",
        "未提车量(台)": "left",
    }
    for sheet, title, key in (
        ("按科室", "业务科室", "section"),
        ("按责任人", "责任人", "person"),
        ("按客户类别", "客户类别", "category"),
    ):
        groups: dict[str, Counter] = defaultdict(Counter)
        people: dict[str, set[str]] = defaultdict(set)
        for each in live:
            own = groups[each[key]]
            own.update(["projects", each["step"], *(["soon"] if each["soon"] else [])])
            for name in ("quantity", "contract", "picked", "left"):
                own[name] += each[name] or 0
            people[each[key]].add(each["person"])
        ordered = sorted(groups, key=lambda name: (-groups[name]["projects"], name))
        sums_of[sheet] = [(name, groups[name]) for name in ordered]
        who = {"责任人": ["、".join(sorted(people[name])) for name in ordered]} if sheet == "按科室" else {}
        whole = sum(groups.values(), Counter())
        book.table(
            sheet,
            {
                title: ordered,
                **who,
                **{head: [groups[name][measure] for name in ordered] for head, measure in columns.items()},
            },
            {head: whole[measure] for head, measure in columns.items()},
        )
    steps = Counter(each["step"] for each in live)
    free, bound = [e for e in live if e["left"] is None], [e for e in live if e["left"] is not None]
    cards = {
        "在办项目": (len(live), f"标的量 {sum(each['quantity'] for each in live)} 台"),
        "待申报": (steps["待申报"], "经销商尚未申报"),
        "待签约": (steps["待签约"], f"未签约项目标的量 {sum(each['quantity'] for each in free)} 台"),
        "即将到期": (len(soon), "未签约，30 天以内到期"),
        "已签约待提车": (steps["待提车"], f"合同量 {sum(each['contract'] for each in bound)} 台"),
        "提车中": (steps["提车中"], f"已提车 {sum(each['picked'] for each in bound)} 台"),
        "未提车量（台）": (sum(each["left"] for each in bound), "已签约未提"),
        "责任人": (len({each["person"] for each in live}), "未登记责任人的项目 0 个"),
    }
    book.cards("封面", cards)
    check_plan_briefing(company, book, cards, live, all_projects, sections, until)
    leads, numbers = company.leads(until), {each["number"] for each in all_projects}
    expired = [each for each in all_projects if each["status"] == "已到期"]
    recent = [each for each in expired if each["expires"] >= day - timedelta(30)]
    book.say(
        "封面",
        [
            f"未计入：{sum(lead['valid'] and lead['number'] not in numbers for lead in leads)} 条，"
            "第7.3.2a条（有效但未注明到期日期，补填后立项）",
            f"未计入：{sum(lead['outcome'] == 'pending' for lead in leads)} 条，第6.3条（处理中，尚未确认有效）",
            f"未计入：{len(expired)} 条，第6.4条（到期前未签约，已到期；其中最近 30 天到期 {len(recent)} 条）",
            f"未计入：{sum(each['status'] == '已完成' for each in all_projects)} 条，第6.4条（已全部提车，已完成）",
            f"其中因第5.5条不计奖励的项目 {sum(each['excluded'] for each in live)} 个，仍列入计划，在“提示”中注明。",
            "下一步：待申报，经销商填报《大客户项目申报表》；待签约，跟进洽谈，到期前签订合同；待提车、提车中，已签约，见未提车量。"
            "提示中的日期为该日起申报方可计入（第5.5条）。",
        ],
    )
    book.words("封面", lambda cell: stamped(cell) or cell.startswith("即将到期：未签约且 30 天以内到期"))
    for sheet in list(book.sheets)[1:]:
        book.words(sheet, stamped)
    assert book.left_over() == []
    assert book.charts() == {
        title: [(step, [name for name, _ in part[:10]], [sums[step] for _, sums in part[:10]]) for step in STEPS]
        for title, part in (
            ("各科室在办项目的下一步", sums_of["按科室"]),
            ("各客户类别在办项目的下一步", sums_of["按客户类别"]),
        )
    }
    on_the_page("开发计划", live)
    on_the_page("即将到期", soon)
    check_page(page, book, cards, ["按科室", "按责任人", "即将到期", "开发计划", "按客户类别"])
    assert page.bars() == {
        "各科室在办项目": [[name, str(sums["projects"]), str(sums["soon"])] for name, sums in sums_of["按科室"]]
    }
