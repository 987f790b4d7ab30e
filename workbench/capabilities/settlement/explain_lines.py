"""Why a settlement line is what it is: clause, reading, inputs, computation, and what would have had to be different.

Everything is said from the inputs the line keeps, so that an approved line is explained as it was approved.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from workbench.capabilities.settlement import rulebook
from workbench.capabilities.settlement.quarter import Line
from workbench.core.periods import quarter_bounds
from workbench.platform.explanation.steps import (
    FACT,
    SUM,
    VERDICT,
    Counterfactual,
    Explanation,
    Place,
    Step,
    clause_step,
    day_text,
    rate_text,
    reading_steps,
    share_text,
)  # fmt: skip
from workbench.platform.regulation.edition import Policy

READINGS = {  # the readings that speak in each clause
    "7.1.1": ("D1", "D7", "D8", "D9"), "7.2.1": ("D6", "D12", "D13", "D17"), "7.2.2": ("D1", "D7", "D8", "D13", "D24"),
    "7.3.1": ("D11", "D15", "D20", "D23"), "7.3.2a": ("D20", "D23"), "7.3.2b": ("D14", "D20", "D21", "D23", "D27"),
    "7.3.3": ("D16", "D20", "D21", "D23"), "7.3.4": ("D20",),
}  # fmt: skip
# duties with a last day: what is done, and the input that says when
DUTIES = {
    "7.3.1": ("反馈", "answered_at"), "7.3.2b": ("通报", "published_at"), "7.3.3": ("返回合同登记汇总表", "returned_at"),
}  # fmt: skip


def of_line(line: Line, policy: Policy, quarter: str, *, bare_answers: int = 1) -> Explanation:
    """The chain of one line of a quarter's settlement that is no difference to another quarter, in sentences.

    ``bare_answers``: how often the lead of a 7.3.2a line was confirmed without an expiry date.
    """
    subject = f"{line.clause} {line.party} {line.ref}"
    seen, last = line.inputs, quarter_bounds(quarter)[1]
    tell = {"7.1.1": _project, "7.2.2": _project, "7.2.1": _completion, "7.3.2a": _expiry, "7.3.4": _leak}
    steps, otherwise = tell.get(line.clause, _duty)(line, seen, policy, last)
    if line.clause == "7.3.2a" and bare_answers > 1:
        text = f"若该信息的 {bare_answers} 次有效反馈都注明到期日期，则无此处罚。"
        otherwise = (Counterfactual(text, {**otherwise[0].change, "answers": bare_answers}, {"amount": 0}),)
    word = "奖励" if line.amount > 0 else "处罚" if line.amount < 0 else "列"
    verdict = Step(VERDICT, f"{subject}：{word} {abs(line.amount)} 元。", line.clause)
    return Explanation(subject, line.amount, (verdict, *steps), otherwise)


def _clause(policy: Policy, line: Line, on: date, taken: Mapping[str, Any]) -> tuple[Step, ...]:
    """The clause with its parameters on a day, and the readings taken."""
    rule = rulebook.rule(line.clause)
    step = clause_step(policy, line.clause, rule.title, dict.fromkeys(rule.parameters, on), taken)
    return step, *reading_steps(policy, READINGS[line.clause], on, line.inputs.get("readings"))


def _source(table: str, seen: Mapping[str, Any], field: str | None) -> tuple[Place, ...]:
    where = seen.get("source") or {}
    if not where.get("file"):
        return ()
    return (Place(table, where["file"], where.get("row"), field if where.get("row") else None, where.get("cell")),)


def _project(line: Line, seen: Mapping, policy: Policy, last: date):
    """7.1.1 and 7.2.2."""
    name = "dealer" if line.clause == "7.1.1" else "department"
    kept = {f"{name}_{long}": seen[short] for short, long in
            (("minimum_quantity", "minimum_quantity"), ("conversion_rate", "conversion_rate"), ("reward", "project_reward"))}  # fmt: skip
    if "cap" in seen:
        kept["department_reward_cap"] = seen["cap"]
    lead = f"{seen['lead']} 于 {day_text(seen['received_at'])} 接收，标的量 {seen['quantity']} 台，"
    lead += f"计入 {seen['counts_in']}，项目 {seen['project']}。"
    steps = [*_clause(policy, line, last, kept), Step(FACT, lead, "5.3", _source("leads", seen, "quantity"))]
    for item in seen["contracts"]:
        text = f"{item['month']} 合同 {item['contract']} 提车 {item['picked_up']} 台。"
        steps.append(Step(FACT, text, "6.5", _source("contracts", item, "picked_up")))
    part, whole, rate = seen["rate_picked_up"], seen["rate_quantity"], fraction(seen["conversion_rate"])
    basis = (seen.get("readings") or {}).get("conversion_basis")
    word = "该单位已有合同的达标项目合计：" if basis == "reporter" else ""
    text = f"{word}季度转化率＝提车÷标的＝{share_text(part, whole)}，不低于 {rate_text(rate)}。"
    if "cap" in seen and line.amount < seen["reward"]:
        text += f"该部门上限 {seen['cap']} 元，排在其前的得奖项目之后余 {line.amount} 元，本项目得 {line.amount} 元。"
    else:
        text += f"得 {line.amount} 元。"
    steps.append(Step(SUM, text, line.clause))
    return tuple(steps), _project_otherwise(line, seen, rate, basis)


def _project_otherwise(line: Line, seen: Mapping, rate: Fraction, basis: Any) -> tuple[Counterfactual, ...]:
    """How many pick-ups fewer would have cost the reward; for one past the cap, how many projects ahead would do."""
    if line.amount == 0:
        if not seen.get("capped"):  # nothing is paid for any project
            return ()
        places = -(-seen["cap"] // seen["reward"])
        text = f"若排在其前的得奖项目不超过 {places - 1} 个，则本项目可得奖励。"
        return (
            Counterfactual(text, {"kind": "fewer_ahead", "lead": line.ref, "at_most": places - 1}, {"rewarded": True}),
        )
    if basis == "reporter":  # the sum moves with every project of the unit
        return ()
    needed = needed_pick_ups(seen["quantity"], rate)
    fewer = seen["picked_up"] - needed + 1
    left = seen["picked_up"] - fewer
    why = f"{share_text(left, seen['quantity'])}" if left else "没有提车"
    text = f"若本季度少提 {fewer} 台（共 {left} 台，{why}），则不得此奖励。"
    return (Counterfactual(text, {"kind": "picked_up", "lead": line.ref, "by": -fewer}, {"amount": 0}),)


def needed_pick_ups(quantity: int, rate: Fraction) -> int:
    """7.1.1, 7.2.2: the fewest pick-ups in a quarter that reach the conversion rate (the rate itself is enough, D1)."""
    return max(1, -(-quantity * rate.numerator // rate.denominator))


def fraction(text: str) -> Fraction:
    """A rate as a line keeps it: 40% or 1/3."""
    return Fraction(text.removesuffix("%")) / 100 if text.endswith("%") else Fraction(text)


def _completion(line: Line, seen: Mapping, policy: Policy, last: date):
    """7.2.1."""
    steps = list(_clause(policy, line, last, seen))
    for month in seen["months"]:
        goal = "未下达" if month["target"] is None else month["target"]
        text = f"{month['month']} 计入有效信息 {month['valid']} 条，目标 {goal}。"
        steps.append(Step(FACT, text, "5.3", _source("targets", month, None)))
    threshold, step = fraction(seen["completion_threshold"]), fraction(seen["completion_step"])
    reached = Fraction(seen["valid"], seen["target"])
    full = seen["steps"] * seen["completion_step_reward"]
    text = f"季度完成率＝{share_text(seen['valid'], seen['target'])}，超出 {rate_text(threshold)} 的部分为 {rate_text(reached - threshold)}，"
    text += f"满 {rate_text(step).removesuffix('%')} 个百分点的 {seen['steps']} 档，{seen['steps']}×{seen['completion_step_reward']}＝{full} 元"
    text += f"，上限 {seen['completion_reward_cap']} 元，得 {line.amount} 元。" if full > line.amount else "。"
    steps.append(Step(SUM, text, "7.2.1"))
    return tuple(steps), _completion_otherwise(line, seen, threshold, step)


def _completion_otherwise(line: Line, seen: Mapping, threshold: Fraction, step: Fraction) -> tuple[Counterfactual, ...]:
    """The next step up, and the fewest leads less that cost something."""
    if (seen.get("readings") or {}).get("cap_month_at_target"):
        return ()
    reward, cap, target = seen["completion_step_reward"], seen["completion_reward_cap"], seen["target"]
    found = []
    if cap is None or line.amount < cap:
        more, amount = next_step(seen["valid"], target, seen["steps"], threshold, step, reward, cap)
        found.append(more_leads(line.party, seen["valid"], target, more, amount))
    paid_steps = seen["steps"] if cap is None else min(seen["steps"], -(-cap // reward))
    left = -(-target * (threshold + paid_steps * step) // 1) - 1
    rest = max(0, (Fraction(left, target) - threshold) // step) * reward
    text = f"若少 {seen['valid'] - left} 条有效信息（共 {left} 条，{share_text(left, target)}），则为 {rest} 元。"
    change = {"kind": "valid_leads", "unit": line.party, "by": left - seen["valid"]}
    return *found, Counterfactual(text, change, {"amount": rest})


def next_step(valid: int, target: int, steps: int, threshold: Fraction, step: Fraction, reward: int, cap: int | None):
    """7.2.1: how many valid leads more reach the next step, and the reward it gives."""
    wanted = -(-target * (threshold + (steps + 1) * step) // 1)
    amount = (Fraction(wanted, target) - threshold) // step * reward  # few leads may be several steps
    return wanted - valid, amount if cap is None else min(amount, cap)


def more_leads(unit: str, valid: int, target: int, more: int, amount: int) -> Counterfactual:
    """The sentence about the next step of 7.2.1."""
    text = f"再有 {more} 条有效信息计入（共 {valid + more} 条，{share_text(valid + more, target)}），即为 {amount} 元。"
    return Counterfactual(text, {"kind": "valid_leads", "unit": unit, "by": more}, {"amount": amount})


def _expiry(line: Line, seen: Mapping, policy: Policy, last: date):
    """7.3.2a."""
    on = date.fromisoformat(seen["answered_at"][:10])
    text = f"{seen['section']} 于 {day_text(seen['answered_at'])} 反馈 {seen['lead']} 有效，未注明到期日期。"
    steps = (*_clause(policy, line, on, {"missing_expiry_penalty": seen["penalty"]}),
             Step(FACT, text, "6.3", _source("feedback", seen, "expires_on")), _fine(line, 1))  # fmt: skip
    change = {"kind": "expiry", "lead": line.ref, "answers": 1}
    return steps, (Counterfactual("若该次反馈注明到期日期，则无此处罚。", change, {"amount": 0}),)


def _leak(line: Line, seen: Mapping, policy: Policy, last: date):
    """7.3.4."""
    on = date.fromisoformat(seen["happened_on"])
    text = f"事件 {seen['incident']}：{line.party} 于 {on} 泄露信息，记诚信黑点 {seen['mark']} 个，累计 {seen['marks']} 个。"
    kept = {"leak_penalty": seen["penalty"], "dismissal_marks": seen["dismissal_marks"]}
    steps = (*_clause(policy, line, on, kept), Step(FACT, text, "7.3.4", _source("incidents", seen, "inside")), _fine(line, 1))  # fmt: skip
    change = {"kind": "outsider", "incident": line.ref}
    return steps, (Counterfactual("若查明不是内部人员泄露，则不适用本条。", change, {"amount": 0}),)


def _fine(line: Line, times: int) -> Step:
    return Step(
        SUM, f"{times} 次×{-line.amount // times} 元＝{-line.amount} 元，由责任人 {line.party} 承担。", line.clause
    )


def _duty(line: Line, seen: Mapping, policy: Policy, last: date):
    """7.3.1, 7.3.2b, 7.3.3: a last day and what was done when."""
    word, key = DUTIES[line.clause]
    due = date.fromisoformat(seen["due_on"])
    penalty = rulebook.rule(line.clause).parameters[0]
    steps = list(_clause(policy, line, due, {penalty: seen["penalty"]}))
    together = seen.get("leads") or []
    if line.clause == "7.3.1":
        sent = date.fromisoformat(seen["dispatched_at"][:10])
        steps.insert(1, clause_step(policy, "6.3", rulebook.rule("6.3").title, {"verification_days": sent}))
        days = policy.value("verification_days", sent)
        text = f"{seen['lead']} 于 {day_text(seen['dispatched_at'])} 转交 {seen['section']}，自次日起第 {days} 个工作日为 {due}。"
        text += "该日期按暂定日历计算。" if seen.get("provisional") else ""
        steps.append(Step(FACT, text, "6.3"))
    else:
        what = f"{due} 的通报" if line.clause == "7.3.2b" else f"{seen['month']} 合同登记汇总表"
        steps.append(Step(FACT, f"{what}，期限至 {due} 结束（{seen['section'] or '未登记科室'}）。", line.clause))
    done = f"{day_text(seen[key])} 才{word}，已逾期。" if seen[key] else f"截至 {day_text(seen['as_of'])} 仍未{word}。"
    table = {"7.3.1": "feedback" if seen[key] else "leads", "7.3.3": "returns"}.get(line.clause)
    field = "verdict" if table == "feedback" else None
    steps.append(Step(FACT, done, line.clause, _source(table, seen, field) if table else ()))
    if len(together) > 1:
        steps.append(Step(FACT, f"同批 {len(together)} 条按一次计：{'、'.join(together)}。", "7.3.1"))
    steps.append(_fine(line, 1))
    change = {"kind": {"7.3.1": "answer", "7.3.2b": "publication", "7.3.3": "return"}[line.clause], "ref": line.ref,
              "leads": together or [line.ref], "until": due.isoformat()}  # fmt: skip
    who = f"同批 {len(together)} 条均" if len(together) > 1 else ""
    when = f"{due} 当日" if line.clause == "7.3.2b" else f"{due}（含）之前"
    return tuple(steps), (Counterfactual(f"若{who}在 {when}{word}，则无此处罚。", change, {"amount": 0}),)
