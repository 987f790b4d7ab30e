"""Projects with what their contracts come to, read from a company's files, and what covers say of them first."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import Any

from tests.support.company_figures import PROJECTS, Company
from tests.support.figures import compared, missing, most_moved, rate


def projects(company: Company, until: datetime) -> list[dict[str, Any]]:
    """Leads that are projects, with what their contracts come to: the answer gave them an expiry date."""
    answers, lines = company.answers(until), defaultdict(list)
    for line in company.contract_lines(until):
        lines[line["lead"]].append(line)
    found = []
    for lead in company.leads(until):
        answer = answers.get(lead["number"])
        if lead["status"] in PROJECTS and answer is not None and answer["到期日期"]:
            own = lines[lead["number"]]
            latest = {line["contract"]: line["quantity"] for line in own}
            found.append(
                {**lead, "lines": own, "signed": latest, "expires": answer["到期日期"], "person": answer["项目责任人"]}
            )
    return found


def alive(project: dict[str, Any], first: str) -> bool:
    """Whether a project was alive in a time that begins with a month: not expired, not delivered in full before it."""
    before = [line for line in project["lines"] if line["month"] < first]
    contracted = sum({line["contract"]: line["quantity"] for line in before}.values())
    if before and sum(line["picked_up"] for line in before) >= contracted:
        return any(line["picked_up"] for line in project["lines"] if line["month"] >= first)
    return not (project["status"] == "已到期" and project["expires"] < date.fromisoformat(f"{first}-01"))


def measures(found: list[dict[str, Any]], period: str, quarter: list[str]) -> Counter:
    """The sums of some projects."""
    sums: Counter = Counter()
    for each in found:
        sums["projects"] += 1
        sums["quantity"] += each["quantity"]
        sums["contracted"] += bool(each["lines"])
        sums["contract_quantity"] += sum(each["signed"].values())
        sums["alive_month"] += each["quantity"] * alive(each, period)
        sums["alive_quarter"] += each["quantity"] * alive(each, quarter[0])
        sums["month"] += sum(line["picked_up"] for line in each["lines"] if line["month"] == period)
        sums["quarter"] += sum(line["picked_up"] for line in each["lines"] if line["month"] in quarter)
        sums["to_date"] += sum(line["picked_up"] for line in each["lines"])
    return sums


def under_way(
    company: Company, found: list[dict[str, Any]], sections: dict[str, str], day: date
) -> list[dict[str, Any]]:
    """The projects of a plan on a day, each with its next step, owner and vehicles left."""
    live = []
    for each in found:
        dealer = each["kind"] == "经销商"
        step = {"已立项": "待申报" if dealer else "待签约", "已申报": "待签约", "已签约": "待提车", "提车中": "提车中"}
        if each["status"] in step:
            section = company.units[sections[each["category"]]]
            under_contract = each["status"] in ("已签约", "提车中")
            picked, signed = sum(line["picked_up"] for line in each["lines"]), sum(each["signed"].values())
            days = (each["expires"] - day).days
            live.append(
                {
                    **each,
                    "project": each["number"].replace("DK", "LX"),
                    "section": section["单位名称"],
                    "person": each["person"] or section["责任人"],
                    "step": step[each["status"]],
                    "contract": signed,
                    "picked": picked,
                    "left": max(0, signed - picked) if under_contract else None,
                    "days": None if under_contract else days,
                    "soon": not under_contract and days <= 30,
                }
            )
    return live


def check_conversion_briefing(company, book, cards, found, whole, period, until) -> None:
    """What the cover says first: the last month's figures over the projects received by its end."""
    before = f"{period[:4]}-{int(period[5:]) - 1:02d}"
    so_far = [f"{before[:4]}-{number:02d}" for number in range((int(before[5:]) - 1) // 3 * 3 + 1, int(before[5:]) + 1)]
    earlier = []
    for each in found:
        if each["month"] <= before:
            lines = [line for line in each["lines"] if line["month"] <= before]
            signed = {line["contract"]: line["quantity"] for line in lines}
            earlier.append({**each, "lines": lines, "signed": signed})
    then = measures(earlier, before, so_far)
    beside, told = compared(
        "上月",
        cards,
        {
            "本月转化率": rate(then["month"], then["alive_month"]),
            "本季转化率": rate(then["quarter"], then["alive_quarter"]),
            "签约率": rate(then["contract_quantity"], then["quantity"]),
            "项目": then["projects"],
        },
    )
    picked: list[Counter] = []
    for projects_, month in ((found, period), (earlier, before)):
        own: Counter = Counter()
        for each in projects_:
            own[each["category"]] += sum(line["picked_up"] for line in each["lines"] if line["month"] == month)
        picked.append(own)
    why = "，".join(f"{category} {way} 台" for category, way in most_moved(*picked)[:3])
    open_ = whole["projects"] - whole["contracted"]
    leads = company.leads(until)
    applying = sum(lead["status"] == "已立项" and lead["kind"] == "经销商" for lead in leads)
    lacking = [f"T3《大客户项目申报表》：经销商项目 {applying} 个尚未申报"] if applying else []
    lacking += company.owed(lead for lead in leads if lead["month"] <= period)
    acts = [f"业务科室：跟进未签约的项目 {open_} 个（第6.4条）"] if open_ else []
    acts += ["经销商：申报尚未申报的项目（第5.5条）"] if applying else []
    expected = {
        "变化": told,
        "原因": f"本月提车 {whole['month']} 台（上月 {then['month']} 台），在期标的 {whole['alive_month']} 台"
        f"（上月 {then['alive_month']} 台）{'；提车变化最大的类别：' if why else ''}{why}。",
        "须办理": f"{'；'.join(acts) or '没有须办理的事项'}。",
        "数据状态": f"暂定：{period[:4]}年第{(int(period[5:]) + 2) // 3}季度尚未报批，以后收到的资料仍会改变这些数字。",
        "尚缺资料": missing(lacking, "收到后重新生成本报告。"),
    }
    book.briefing("封面", expected, beside)


def check_plan_briefing(company, book, cards, live, all_projects, sections, until) -> None:
    """What the cover says first: the plan at the end of the last month, from what had come in by then."""
    last = until.date().replace(day=1) - timedelta(1)
    before = under_way(
        company, projects(company, datetime(last.year, last.month, last.day, 23, 59, 59)), sections, last
    )
    steps = Counter(each["step"] for each in before)
    then = {
        "在办项目": len(before),
        "待申报": steps["待申报"],
        "待签约": steps["待签约"],
        "即将到期": sum(each["soon"] for each in before),
        "已签约待提车": steps["待提车"],
        "提车中": steps["提车中"],
        "未提车量（台）": sum(each["left"] or 0 for each in before),
        "责任人": len({each["person"] for each in before}),
    }
    beside, told = compared("上月末", cards, then)
    now, was = ({each["project"] for each in part} for part in (live, before))
    status = {each["number"].replace("DK", "LX"): each["status"] for each in all_projects}
    ways = Counter(status[project] for project in was - now)
    out = "、".join(f"{word} {count} 个" for word, count in sorted(ways.items()))
    owners = Counter(each["person"] for each in live if each["soon"])
    who = [f"{name} {owners[name]} 个" for name in sorted(owners, key=lambda name: (-owners[name], name))]
    named = "、".join(who[:4]) + (f"等 {len(who)} 人" if len(who) > 4 else "")
    open_ = sum(each["step"] == "待申报" for each in live)
    lacking = [f"T3《大客户项目申报表》：经销商项目 {open_} 个尚未申报"] if open_ else []
    lacking += company.owed(company.leads(until))
    expected = {
        "变化": told,
        "原因": f"上月末以来列入 {len(now - was)} 个项目，退出 {len(was - now)} 个{f'（{out}）' if out else ''}。",
        "须办理": f"责任人跟进即将到期的项目：{named}。" if who else "没有即将到期的项目。",
        "数据状态": f"在办情况：截至 {until:%Y-%m-%d %H:%M} 登记的反馈、申报和合同。",
        "尚缺资料": missing(lacking, "以后的结果列入以后各期。"),
    }
    book.briefing("封面", expected, beside)
