"""What a publication counts, computed from a company's leads, and what its cover says first."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.support.figures import compared, most_moved

COUNTS = {"提报总数": "total", "有效": "valid", "无效": "invalid", "处理中": "pending"}
SMALL = 3


def tally(leads: list[dict]) -> dict[str, Counter]:
    """Reporter → counts of 6.1."""
    found: dict[str, Counter] = defaultdict(Counter)
    for lead in leads:
        own = found[lead["reporter"]]
        own.update(["total", lead["outcome"]])
    return found


def hidden(true: int):
    """A count beyond what 6.1 demands: exact, or a range in its place that is true of it."""

    def says(shown: object) -> bool:
        low, _, high = str(shown).partition("–")
        return shown == true and (true == 0 or true >= SMALL) if not high else int(low) <= true <= int(high)

    return says


def newly(leads: list[dict], before: list[dict]) -> Counter:
    """Clause → leads it keeps from counting that none kept from it before; the invalid ones in ``None`` together."""
    then = {lead["number"]: reason(lead) for lead in before}
    found: Counter = Counter()
    for lead in leads:
        clause, was = reason(lead), then.get(lead["number"])
        if clause and (was is None or (was == "5.5") != (clause == "5.5")):
            found.update([clause] if clause == "5.5" else [clause, None])
    return found


def reason(lead: dict) -> str | None:
    """The clause that keeps a lead from counting; a withdrawn one has none."""
    if lead["excluded"]:
        return "5.5"
    return lead["clause"] if lead["status"] in ("无效", "重复") else None


def check_publication_briefing(company, book, cards, counted, made, day) -> None:
    """What the cover says first: the last publication's totals, by what was known when it was made."""
    recent, month = counted["本期"], counted["本月累计"]
    at, before = made[day], made[max(each for each in made if each < day)]
    now = sum(recent.values(), Counter())
    earlier = max((made[each] for each in made if made[each] < before), default=None)
    was = tally([lead for lead in company.leads(before) if earlier is None or lead["at"] > earlier])
    then = sum(was.values(), Counter())
    beside, changed_words = compared(
        "上期", cards, {label: then[key] for label, key in zip(cards, COUNTS.values(), strict=True)}
    )
    moved = most_moved(*({who: found["total"] for who, found in each.items()} for each in (recent, was)))
    silent_units = sum(row["单位类型"] != "科室" and code not in month for code, row in company.units.items())
    waits = now["pending"]
    acts = [f"业务科室和市场策略科：办结处理中的信息 {waits} 条（第6.2、6.3条）"] if waits else []
    acts += [f"本月至今未提报信息的在用单位 {silent_units} 个：按月提报（第4.1.1条）"] if silent_units else []
    why = "，".join(f"{company.units[who]['单位名称']} {way} 条" for who, way in moved[:3])
    expected = {
        "变化": changed_words,
        "原因": f"提报变化最大的单位：{why}。" if why else "各单位提报的条数与上期相同。",
        "须办理": f"{'；'.join(acts) or '没有须办理的事项'}。",
        "数据状态": f"正式：按 {at:%Y-%m-%d %H:%M} 登记的情况统计，不再改变；以后的结果列入以后各期（第6.1条）。",
        "尚缺资料": f"T5《大客户信息甄别反馈表》和复核：处理中的信息 {waits} 条尚无结果。以后的结果列入以后各期。"
        if waits
        else "没有。",
    }
    book.briefing("通报", expected, beside)
