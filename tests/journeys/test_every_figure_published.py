"""Every figure of the demo's publication and of its report on targets, computed again from what came in.

The files of the inbox and the commands' JSON are all that is asked; sums, rates, ranks and forecasts are plain Python here.
What stands in a workbook or on a page and is compared with nothing fails the test; columns of words are listed as TEXT.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

import pytest

from tests.support.company_figures import Company
from tests.support.figures import TEXT, check_page, compared, missing, most_moved, percent, rate, stamped
from tests.support.publication_figures import COUNTS, check_publication_briefing, hidden, newly, tally

pytestmark = pytest.mark.slow


def test_the_publication(company: Company, shown, played_demo):
    """The last one of the demo: by reporter, later outcomes, reasons, cards, remarks, charts, page."""
    book, page = shown("信息提报情况通报")
    made = company.published()
    day = max(made)
    at, before = datetime.fromisoformat(f"{day}T17:00:00"), made[max(each for each in made if each < day)]
    assert made[day] == at
    leads, then = company.leads(at), {lead["number"]: lead for lead in company.leads(before)}
    opening = datetime.fromisoformat(f"{day[:7]}-01")
    recent = [lead for lead in leads if lead["at"] > before]
    month = [lead for lead in leads if lead["at"] >= opening]
    counted = {"本期": tally(recent), "本月累计": tally(month)}
    ranked = {name: sorted(found, key=lambda who: (-found[who]["total"], who)) for name, found in counted.items()}
    sums = {name: sum(found.values(), Counter()) for name, found in counted.items()}
    for name, found in counted.items():
        order = ranked[name]
        columns = {title: [found[who][key] for who in order] for title, key in COUNTS.items()}
        shares = [rate(found[who]["valid"], found[who]["valid"] + found[who]["invalid"]) for who in order]
        total = {title: sums[name][key] for title, key in COUNTS.items()}
        total["有效率(有效÷已定)"] = rate(sums[name]["valid"], sums[name]["valid"] + sums[name]["invalid"])
        book.table(
            name,
            {
                "单位代码": order,
                "单位名称": [company.units[who]["单位名称"] for who in order],
                "类型": [company.units[who]["单位类型"] for who in order],
                **columns,
                "有效率(有效÷已定)": shares,
            },
            total,
        )
    changed: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for lead in leads:
        if lead["at"] < opening and lead["number"] in then and lead["outcome"] != then[lead["number"]]["outcome"]:
            changed[lead["reporter"], lead["month"]].update(["changed", lead["outcome"]])
    keys = sorted(changed, key=lambda key: (-changed[key]["changed"], key))
    words = {
        "有新结果": "changed",
        "现为有效": "valid",
        "现为无效": "invalid",
        "现为已撤回": "withdrawn",
        "现为处理中": "pending",
    }
    book.table(
        "以前信息的结果",
        {
            "单位代码": [who for who, _ in keys],
            "单位名称": [company.units[who]["单位名称"] for who, _ in keys],
            "类型": [company.units[who]["单位类型"] for who, _ in keys],
            "提报月份": [month for _, month in keys],
            **{title: [changed[key][name] for key in keys] for title, name in words.items()},
        },
        {title: sum(each[name] for each in changed.values()) for title, name in words.items()},
    )
    moments = [None, *(made[each] for each in sorted(made, key=made.get) if each <= day)]
    told = {
        later: newly(company.leads(later), company.leads(earlier) if earlier else [])
        for earlier, later in pairwise(moments)
        if later >= opening and any(made[each] == later and each[:7] == day[:7] for each in made)
    }
    reasons = {"上次通报之后新确定（条）": told[at], "本月各期通报合计（条）": sum(told.values(), Counter())}
    clauses = ["2", "5.1", "5.4", "5.5", "5.6", "6.3"]
    within = {title: [hidden(found[clause]) for clause in clauses] for title, found in reasons.items()}
    within["本月各期通报合计（条）"] = [
        lambda shown, true=reasons["本月各期通报合计（条）"][clause]: (
            int(str(shown).split("–")[0]) <= true <= int(str(shown).split("–")[-1])
        )
        for clause in clauses
    ]
    book.table(
        "原因",
        {"条款": clauses, "原因": TEXT, **within},
        {
            "原因": "无效信息（第5.5条为有效信息，不在合计内）",
            **{title: found[None] for title, found in reasons.items()},
        },
    )
    now, so_far = sums["本期"], sums["本月累计"]
    cards = {
        "本期提报": (now["total"], f"本月累计 {so_far['total']}"),
        "本期有效": (now["valid"], f"本月累计 {so_far['valid']}"),
        "本期无效": (now["invalid"], f"本月累计 {so_far['invalid']}"),
        "本期处理中": (now["pending"], f"本月累计 {so_far['pending']}"),
    }
    book.cards("通报", cards)
    check_publication_briefing(company, book, cards, counted, made, day)
    silent = [code for code, row in company.units.items() if row["单位类型"] != "科室" and code not in counted["本期"]]
    silent.sort(key=lambda code: (code in counted["本月累计"], code))
    never = sum(code not in counted["本月累计"] for code in silent)
    kinds = Counter(company.units[code]["单位类型"] for code in silent)
    book.table(
        "未提报单位",
        {
            "单位代码": silent,
            **{
                title: [company.units[code][key] for code in silent]
                for title, key in (("单位名称", "单位名称"), ("类型", "单位类型"))
            },
            "本月累计提报(条)": [
                counted["本月累计"][code]["total"] if code in counted["本月累计"] else 0 for code in silent
            ],
        },
    )
    later = sum(changed.values(), Counter())
    of_clause = {
        clause: next(note for note in page.notes() if f"第{clause}条（" in note).removeprefix("未计入：").split(" ")[0]
        for clause in ("5.1", "5.5")
    }
    for clause, word in of_clause.items():
        assert hidden(told[at][clause])(int(word) if word.isdigit() else word)
    sentences = [
        f"本期：{before:%Y-%m-%d %H:%M} 上次通报之后，至 {at:%Y-%m-%d %H:%M}；"
        f"本月累计：{opening:%Y-%m-%d} 至 {at:%Y-%m-%d %H:%M}。均按登记的接收时间统计。",
        f"本期未提报信息的在用单位 {len(silent)} 个（经销商 {kinds['经销商']} 个，部门 {kinds['部门']} 个），"
        f"其中本月至今未提报的 {never} 个，见“未提报单位”（第4.1.1条）。",
        f"未计入：{of_clause['5.5']} 条，第5.5条（已确认有效，但提报距项目申报不足规定天数；上次通报之后新确定）",
        f"未计入：{of_clause['5.1']} 条，第5.1条（与先报信息重复，列入无效；上次通报之后新确定）",
    ]
    if later["changed"]:
        sentences.append(
            f"以前月份提报、上次通报之后才有结果的信息 {later['changed']} 条（现为有效 {later['valid']}，"
            f"无效 {later['invalid']}，已撤回 {later['withdrawn']}，处理中 {later['pending']}），不在以上各数之内，见“以前信息的结果”（第6.1条）。"
        )
    book.say("通报", sentences)
    book.words("通报", lambda cell: stamped(cell) or cell.startswith("写作范围（如“0–2”，可能为 0）"))
    for sheet in list(book.sheets)[1:]:
        book.words(sheet, stamped)
    assert book.left_over() == []
    for name, series in book.charts().items():
        title = name.partition("：")[0]
        top, found = ranked[title][:10], counted[title]
        names = [company.units[who]["单位名称"] for who in top]
        assert series == [
            (word, names, [found[who][COUNTS[word]] for who in top]) for word in ("有效", "无效", "处理中")
        ]
    assert len(book.charts()) == 2
    check_page(page, book, cards, ["本期", "本月累计", "以前信息的结果", "未提报单位", "原因"])
    (bars,) = page.bars().values()
    top = ranked["本期"][:12]
    assert bars == [
        [company.units[who]["单位名称"], *(f"{counted['本期'][who][key]:,}" for key in ("valid", "invalid", "pending"))]
        for who in top
    ]


def foreseen(counted: dict[str, dict[int, int]], gone: int, month: int, year: int = 2026):
    """Unit → expected, low, high, and the whole: run rate per day, largest remainders, weakest and strongest month."""
    days = [monthrange(year, each)[1] for each in range(1, 13)]

    def spread(own: dict[int, int], expected: int) -> tuple[int, int | None, int | None]:
        if month < 2:
            return expected, None, None
        total = sum(own.get(each, 0) for each in range(1, month + 1))
        rates = [Fraction(own.get(each, 0), days[each - 1]) for each in range(1, month + 1)]
        low, high = (total + each * (365 - gone) for each in (min(rates), max(rates)))
        return expected, min(expected, low.__floor__()), max(expected, high.__ceil__())

    together: Counter = Counter()
    for own in counted.values():
        together.update(own)
    whole = int(Fraction(sum(together.values()) * 365, gone) + Fraction(1, 2))
    exact = {unit: Fraction(sum(own.values()) * 365, gone) for unit, own in counted.items()}
    parts = {unit: share.__floor__() for unit, share in exact.items()}
    for unit in sorted(exact, key=lambda unit: -(exact[unit] % 1))[: whole - sum(parts.values())]:
        parts[unit] += 1
    return {unit: spread(counted[unit], parts[unit]) for unit in counted}, spread(together, whole)


def test_the_report_on_targets(company: Company, shown, played_demo):
    """The last month: each department, its year, the ranking, the matrix, the months of the year, cards, charts, page."""
    book, page = shown("月度目标分解与完成情况")
    period, until = played_demo.calendar[-1], played_demo.until
    number = int(period[5:])
    leads = [lead for lead in company.leads(until) if lead["kind"] == "部门"]
    units = sorted(code for code, row in company.units.items() if row["单位类型"] == "部门")
    counted = {unit: {each: 0 for each in range(1, 13)} for unit in units}
    for lead in leads:
        if lead["counts_in"]:
            counted[lead["reporter"]][int(lead["counts_in"][5:])] += 1
    goal = {unit: {each: company.targets[unit, each] for each in range(1, 13)} for unit in units}
    received = {
        unit: [lead for lead in leads if lead["reporter"] == unit and lead["month"] == period] for unit in units
    }
    gone = (date(2026, number, monthrange(2026, number)[1]) - date(2026, 1, 1)).days + 1
    found, together = foreseen(
        {unit: {each: own[each] for each in range(1, number + 1)} for unit, own in counted.items()}, gone, number
    )
    rates = {unit: rate(counted[unit][number], goal[unit][number]) for unit in units}
    known = sorted((each for each in rates.values() if each is not None), reverse=True)
    rank = {unit: None if rates[unit] is None else known.index(rates[unit]) + 1 for unit in units}
    order = sorted(units, key=lambda unit: (rank[unit] or 999, unit))
    to_date = {unit: sum(counted[unit][each] for each in range(1, number + 1)) for unit in units}
    goal_to_date = {unit: sum(goal[unit][each] for each in range(1, number + 1)) for unit in units}
    year = {unit: sum(goal[unit].values()) for unit in units}
    name = {unit: company.units[unit]["单位名称"] for unit in units}
    columns = {
        "原目标": {unit: goal[unit][number] for unit in units},
        "调整后目标": {unit: goal[unit][number] for unit in units},
        "提报总数": {unit: len(received[unit]) for unit in units},
        "计入有效": {unit: counted[unit][number] for unit in units},
        "处理中": {unit: sum(lead["outcome"] == "pending" for lead in received[unit]) for unit in units},
        "差额(目标−有效)": {unit: goal[unit][number] - counted[unit][number] for unit in units},
        "累计目标": goal_to_date,
        "累计有效": to_date,
        "全年目标": year,
        "全年预测": {unit: found[unit][0] for unit in units},
    }
    sums = {title: sum(values.values()) for title, values in columns.items()}
    assert sums["全年预测"] == together[0]
    overall = {
        "完成率": rate(sums["计入有效"], sums["调整后目标"]),
        "累计完成率": rate(sums["累计有效"], sums["累计目标"]),
        "预测完成率": rate(sums["全年预测"], sums["全年目标"]),
    }
    book.table(
        "部门完成情况",
        {
            "名次": [rank[unit] for unit in order],
            "部门代码": order,
            "部门名称": [name[unit] for unit in order],
            "分管领导": [company.units[unit]["分管领导"] for unit in order],
            **{title: [values[unit] for unit in order] for title, values in columns.items()},
            "完成率": [rates[unit] for unit in order],
            "累计完成率": [rate(to_date[unit], goal_to_date[unit]) for unit in order],
            "预测下限": [found[unit][1] for unit in order],
            "预测上限": [found[unit][2] for unit in order],
            "预测完成率": [rate(found[unit][0], year[unit]) for unit in order],
        },
        {**sums, **overall},
    )
    book.table(
        "名次",
        {
            "名次": [rank[unit] for unit in order],
            "部门名称": [name[unit] for unit in order],
            "本月完成率": [rates[unit] for unit in order],
            "累计完成率": [rate(to_date[unit], goal_to_date[unit]) for unit in order],
            "本月有效": [counted[unit][number] for unit in order],
            "本月目标": [goal[unit][number] for unit in order],
        },
    )
    matrix = [(unit, what) for unit in units for what in ("目标", "有效", "完成率")]

    def cell(unit: str, what: str, each: int):
        if what == "目标":
            return goal[unit][each]
        if each > number:
            return ""
        return counted[unit][each] if what == "有效" else rate(counted[unit][each], goal[unit][each])

    ends = {"目标": year, "有效": to_date, "完成率": {unit: rate(to_date[unit], year[unit]) for unit in units}}
    book.table(
        "月度矩阵",
        {
            "部门代码": [unit for unit, _ in matrix],
            "部门名称": [name[unit] for unit, _ in matrix],
            "项目": [what for _, what in matrix],
            **{f"{each}月": [cell(unit, what, each) for unit, what in matrix] for each in range(1, 13)},
            "全年": [ends[what][unit] for unit, what in matrix],
        },
    )
    months = range(1, 13)
    goals = {each: sum(goal[unit][each] for unit in units) for each in months}
    valid = {each: sum(counted[unit][each] for unit in units) for each in months}
    book.table(
        "全年走势",
        {
            "月份": [f"2026-{each:02d}" for each in months],
            "目标": [goals[each] for each in months],
            "有效": [valid[each] if each <= number else "" for each in months],
            "完成率": [rate(valid[each], goals[each]) if each <= number else "" for each in months],
        },
        {
            "目标": sum(goals.values()),
            "有效": sums["累计有效"],
            "完成率": rate(sums["累计有效"], sum(goals.values())),
        },
    )
    spread = "" if together[1] is None else f"（{together[1]}–{together[2]}）"
    cards = {
        "本月完成率": (overall["完成率"], f"有效 {sums['计入有效']} / 目标 {sums['调整后目标']}"),
        "累计完成率": (overall["累计完成率"], f"有效 {sums['累计有效']} / 目标 {sums['累计目标']}"),
        "本月达标部门": (sum((each or 0) >= 1 for each in rates.values()), f"共 {len(units)} 个部门"),
        "全年预测完成率": (overall["预测完成率"], f"预测 {together[0]}{spread} / 目标 {sums['全年目标']}"),
    }
    book.cards("封面", cards)
    earlier = number - 1
    done = (date(2026, earlier, monthrange(2026, earlier)[1]) - date(2026, 1, 1)).days + 1
    _, ahead = foreseen(
        {unit: {each: mine[each] for each in range(1, earlier + 1)} for unit, mine in counted.items()}, done, earlier
    )
    was = {unit: counted[unit][earlier] for unit in units}
    goals_then = sum(goal[unit][earlier] for unit in units)
    to_then = [sum(each[unit][m] for unit in units for m in range(1, earlier + 1)) for each in (counted, goal)]
    then = {
        "本月完成率": rate(sum(was.values()), goals_then),
        "累计完成率": rate(*to_then),
        "本月达标部门": sum((rate(was[unit], goal[unit][earlier]) or 0) >= 1 for unit in units),
        "全年预测完成率": rate(ahead[0], sum(year.values())),
    }
    beside, told = compared("上月", cards, then)
    moved = most_moved({unit: counted[unit][number] for unit in units}, was)
    why = "，".join(f"{name[unit]} {way} 条" for unit, way in moved[:4])
    gaps = {unit: goal[unit][number] - counted[unit][number] for unit in units if goal[unit][number]}
    short = sorted((unit for unit in gaps if gaps[unit] > 0), key=lambda unit: (-gaps[unit], unit))
    acts = [f"{name[unit]} 差 {gaps[unit]} 条（分管领导 {company.units[unit]['分管领导']}）" for unit in short]
    quarter = f"{period[:4]}年第{(number + 2) // 3}季度"
    expected = {
        "变化": told,
        "原因": f"计入有效 {sums['计入有效']} 条（上月 {sum(was.values())} 条），目标 {sums['调整后目标']} 条（上月 {goals_then} 条）"
        f"{'；变化最大的部门：' if why else ''}{why}。",
        "须办理": (
            "、".join(acts[:4]) + (f"等 {len(acts)} 个部门" if len(acts) > 4 else "")
            if acts
            else "各部门都已达标，没有须办理的事项"
        )
        + "。",
        "数据状态": f"暂定：{quarter}尚未报批，以后收到的资料仍会改变这些数字。",
        "尚缺资料": missing(
            company.owed(lead for each in received.values() for lead in each), "收到后重新生成本报告。"
        ),
    }
    book.briefing("封面", expected, beside)
    own = [lead for each in received.values() for lead in each]
    dealers = [lead for lead in company.leads(until) if lead["kind"] != "部门" and lead["month"] == period]
    zero = [name[unit] for unit in order if not goal[unit][number]]
    book.say(
        "封面",
        [
            f"未计入：{sum(lead['excluded'] for lead in own)} 条，第5.5条（有效但提报距项目申报不足规定天数）",
            f"未计入：{sum(lead['status'] == '重复' for lead in own)} 条，第5.1条（与先报信息重复）",
            f"未计入：{sum(lead['outcome'] == 'pending' for lead in own)} 条，第5.3条（尚未确认有效，确认后计入提报当月）",
            f"未计入：{sum(lead['status'] == '无效' for lead in own)} 条，无效（第2、5.4、5.6、6.3条，按条款的分布见通报）",
            f"未列入：经销商提报的 {len(dealers)} 条，目标只分解到部门（第4.2条）。",
            f"本月 {len(zero)} 个部门目标为零或未下达，完成率显示为“—”（口径 D17）"
            + (f"：{'、'.join(zero)}。" if zero else "。"),
            "本月 0 个部门的目标经过调整。",
        ],
    )
    method = next(note for note in book.notes("封面") if note.startswith("全年预测 = "))
    assert f"÷ 已过 {gone} 天 × 全年 365 天" in method and f"余下 {365 - gone} 天" in method
    book.words("封面", lambda cell: stamped(cell) or cell == method)
    for sheet in list(book.sheets)[1:]:
        book.words(sheet, stamped)
    assert book.left_over() == []
    names = [name[unit] for unit in order]
    month = [
        ("目标", names, [goal[unit][number] for unit in order]),
        ("有效", names, [counted[unit][number] for unit in order]),
    ]
    trend = [
        ("目标", [f"2026-{each:02d}" for each in months], [goals[each] for each in months]),
        ("有效", [f"2026-{each:02d}" for each in months[:number]], [valid[each] for each in months[:number]]),
    ]
    charts = book.charts()
    assert charts.pop("本月各部门：目标与有效") == month
    assert charts.pop("全年走势：目标与有效") == trend
    (ranking,) = charts.pop("本月完成率名次")
    assert ranking[:2] == ("完成率", names)
    assert [round(each or 0, 9) for each in ranking[2]] == [round(rates[unit] or Fraction(0), 9) for unit in order]
    assert charts == {}
    check_page(page, book, cards, ["部门完成情况", "全年走势"])
    assert page.bars() == {
        "本月各部门：目标与有效": [[name[unit], str(goal[unit][number]), str(counted[unit][number])] for unit in order],
        "本月完成率": [[name[unit], percent(rates[unit])] for unit in order],
    }
