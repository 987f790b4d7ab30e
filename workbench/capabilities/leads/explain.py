"""What happened to a lead and why its status is what it is: its whole chain from the received row on (5, 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.capabilities.leads.contract_lines import newest_lines
from workbench.capabilities.leads.counterfactuals import UNNAMED, lead_counterfactuals
from workbench.capabilities.leads.status import Status, Verification
from workbench.capabilities.organization.kinds import UnitKind
from workbench.core.frames import by_time
from workbench.platform.explanation.steps import (
    FACT,
    SUM,
    VERDICT,
    Explanation,
    Place,
    Step,
    clause_step,
    day_text,
    reading_steps,
)
from workbench.platform.forms.spec import templates
from workbench.platform.intake.added_values import newest_added
from workbench.platform.register.facts import Facts, tables_of
from workbench.platform.regulation.clause import clause as clause_of
from workbench.platform.regulation.edition import Policy


def of_lead(
    facts: Facts, states: pd.DataFrame, lead: int, as_of: datetime, policy: Policy, seen: Collection[int] | None = None
) -> Explanation:
    """The chain of one lead, without money. ``facts`` as known at ``as_of``, ``states`` derived from them.

    ``seen``: the leads the reader may see one by one (None: all); of others it says that they were there, no more.
    """
    state = states.loc[lead]
    history = _History(facts, states, lead, as_of, policy, seen)
    text = f"{state['number']} 截至 {day_text(as_of)}：状态“{state['status']}”"
    text += f"（第{state['clause']}条）" if state["clause"] else ""
    text += f"，计入 {state['counts_in']}。" if state["counts_in"] else "，不计入任何月份。"
    steps = (Step(VERDICT, text, state["clause"] or state["excluded"]), *history.steps())
    return Explanation(state["number"], None, steps, lead_counterfactuals(facts, states, lead, as_of, policy, seen))


class _History:
    """The facts of one lead, in the order in which they happened to it."""

    def __init__(
        self,
        facts: Facts,
        states: pd.DataFrame,
        lead: int,
        as_of: datetime,
        policy: Policy,
        seen: Collection[int] | None,
    ) -> None:
        self.facts, self.states, self.lead, self.as_of, self.policy = facts, states, lead, as_of, policy
        self.state, self.seen = states.loc[lead], seen

    def steps(self) -> Iterator[Step]:
        """All steps."""
        yield from self._received()
        yield from self._added("lead_record", "5.2")
        yield from self._screened()
        yield from self._first()
        yield from self._verified()
        yield from self._applied()
        yield from self._converted()
        yield from self._added(None, None)

    def _hidden(self, other: Any) -> bool:
        """Whether another lead is none of the reader's business."""
        return self.seen is not None and int(other) not in self.seen

    def _own(self, table: str) -> list[dict[str, Any]]:
        rows = getattr(self.facts, table)
        rows = rows[rows["lead"] == self.lead]
        return (by_time(rows, ["lead"]) if "at" in rows else rows.sort_values("version")).to_dict("records")

    def _clause(self, clause: str, *on: Any) -> Step:
        day = (on[0] if on else self.state["received_at"]).date()
        return clause_step(self.policy, clause_of(clause), day)

    def _readings(self, *ids: str, on: date | None = None) -> tuple[Step, ...]:
        return reading_steps(self.policy, ids, on or self.state["received_at"].date())

    def _received(self) -> Iterator[Step]:
        versions, state = self._own("leads"), self.state
        first = versions[0]
        text = (
            f"{state['reporter_kind']} {state['reporter']} 提报，{day_text(first['filed_at'])} 登记接收："
            f"{first['customer']}，{first['category']}，{first['province']}{first['city']}，标的量 {first['quantity']} 台。"
        )
        yield Step(FACT, text, "5.2", (Place("leads", first["file"], first["row"], "quantity"),))
        for before, row in zip(versions, versions[1:]):
            names = {"customer": "客户", "category": "类别", "city": "城市", "quantity": "标的量"}
            moved = [
                f"{name}由 {before[key]} 改为 {row[key]}" for key, name in names.items() if before[key] != row[key]
            ]
            text = f"{day_text(row['filed_at'])} 更正（第 {row['version']} 版）：{'，'.join(moved) or '不影响先后和数量'}。"
            yield Step(FACT, text, "5.2", (Place("leads", row["file"], row["row"], "quantity"),))
        newest = versions[-1]
        if state["received_at"] != newest["received_at"]:
            text = f"该行曾于 {day_text(state['received_at'])} 退回，按期补正，保留首次时间。"
            yield from (*self._readings("D18"), Step(FACT, text, "5.1"))
        elif len(versions) > 1 and state["received_at"] != first["filed_at"]:
            yield Step(
                FACT, f"更正改变了客户、类别、地点或数量，以 {day_text(state['received_at'])} 的接收时间为准。", "5.1"
            )
        if newest["ranked_at"] > newest["received_at"]:
            text = f"该文件收到时当月已关账，先后按 {day_text(newest['ranked_at'])} 排列。"
            yield from (*self._readings("D4", "D26"), Step(FACT, text, "5.1"))

    def _added(self, template: str | None, clause: str | None) -> Iterator[Step]:
        """What stands in columns that were added to a template (None: every one but T1), newest first to last."""
        rows = newest_added(self.facts, template)
        rows = rows[rows["lead"] == self.state["number"]]
        for row in rows[rows["template"].ne("lead_record") | (template is not None)].to_dict("records"):
            form = templates().get(row["template"])
            table = next((each.facts for each in tables_of(row["template"]) if each.facts), "added_values")
            text = f"《{form.title if form else row['template']}》“{row['title']}”：{row['value']}。"
            place = Place(table, row["file"], row["row"], row["field"], row["cell"])
            yield Step(FACT, text, clause, (place,))

    def _screened(self) -> Iterator[Step]:
        state = self.state
        yield self._clause("5.4")
        minimum = self.policy.value("minimum_quantity", state["received_at"]) or 0
        enough = state["quantity"] >= minimum
        text = f"标的量 {state['quantity']} 台，{'不低于' if enough else '低于'} {minimum} 台{'' if enough else '，无效'}。"
        yield from (*self._readings("D1"), Step(SUM, text, "5.4"))
        if state["category"] == self.policy.value("taxi_category", state["received_at"]):
            level = self._own("leads")[-1]["level"]
            clause = state["clause"] if state["clause"] in ("2", "5.6") else "5.6"
            places = (Place("leads", state["file"], state["row"], "level"),)
            yield self._clause(clause)
            yield Step(
                FACT, f"出租信息，行政级别：{level or '未填'}；提报单位为{state['reporter_kind']}。", clause, places
            )
            if state["reporter_kind"] == UnitKind.DEALER and level:
                yield from self._readings("D10")
        if state["clause"] in ("5.4", "5.6", "2"):
            yield from self._readings("D22")

    def _first(self) -> Iterator[Step]:
        state, reviews = self.state, self.facts.reviews
        numbers = self.states["number"]
        for row in reviews[(reviews["lead"] == self.lead)].sort_values("at", kind="stable").to_dict("records"):
            against = ""
            if pd.notna(row["other"]):
                against = f"与{UNNAMED}" if self._hidden(row["other"]) else f"与 {numbers.get(row['other'])} "
            yield Step(FACT, f"{day_text(row['at'])} 人工复核：{against}“{row['verdict']}”。", "5.1")
        pointer = {Status.DUPLICATE: "duplicate_of", Status.HELD: "held_by"}.get(state["status"])
        if pointer and pd.notna(state[pointer]):
            first = self.states.loc[int(state[pointer])]
            yield self._clause("5.1")
            yield from self._readings("D2", "D3", "D4")
            hidden = self._hidden(state[pointer])
            name = UNNAMED if hidden else f"{first['number']}（{first['reporter']}）"
            text = f"{name}于 {day_text(first['received_at'])} 先收到，其时在途，"
            text += "为相同客户、类别和地点。" if pointer == "duplicate_of" else "名称相近或电话相同，待人工复核。"
            text += "" if hidden else f"现状态“{first['status']}”。"
            place = Place("leads", first["file"], int(first["row"]), "customer")
            yield Step(FACT, text, "5.1", () if hidden else (place,))
            if state["tie"]:
                yield Step(FACT, "两者接收时间相同，依次比较提报日期、文件名、行号。", "5.1")
        behind = int((self.states["duplicate_of"] == self.lead).sum() + (self.states["held_by"] == self.lead).sum())
        if behind:
            yield Step(FACT, f"其后有 {behind} 条重复或疑似重复信息排在本条之后。", "5.1")

    def _verified(self) -> Iterator[Step]:
        state = self.state
        if pd.isna(state["dispatched_at"]):
            if state["status"] == Status.RECEIVED:
                yield Step(FACT, "尚未转交业务科室。", "6.2")
        else:
            days = self.policy.value("verification_days", state["dispatched_at"])
            text = f"{day_text(state['dispatched_at'])} 转交 {state['section']}，第 {days} 个工作日为 {day_text(state['due_on'])}"
            text += "（暂定日历）。" if state["provisional"] else "。"
            yield from (
                self._clause("6.3", state["dispatched_at"]),
                *self._readings("D15"),
                Step(FACT, text, "6.2"),
            )
        for row in self._own("feedback"):
            text = f"{row['section']} 于 {day_text(row['at'])} 反馈：{row['verdict']}"
            if row["verdict"] == Verification.VALID:
                has = pd.notna(row["expires_on"])
                text += f"，到期日期 {day_text(row['expires_on'])}" if has else "，未注明到期日期（第7.3.2a条）"
            yield Step(FACT, f"{text}。", "6.3", (Place("feedback", row["file"], row["row"], "verdict"),))
        if state["late"]:
            word = (
                "至今未反馈，已逾期" if pd.isna(state["answered_at"]) else f"首次反馈晚于 {day_text(state['due_on'])}"
            )
            yield Step(FACT, f"{word}（第7.3.1条）。", "7.3.1")
        if state["project"]:
            yield Step(FACT, f"有效并注明到期日期，立项 {state['project']}。", "6.4")
        if state["status"] == Status.EXPIRED:
            yield Step(FACT, f"{day_text(state['expires_on'])} 前没有签约，已到期，客户可重新提报。", "5.1")

    def _applied(self) -> Iterator[Step]:
        state, rows = self.state, self._own("applications")
        for row in rows:
            text = f"{row['unit']} 的项目申报表于 {day_text(row['at'])} 收到。"
            yield Step(FACT, text, "5.5", (Place("applications", row["file"], row["row"], "number"),))
        if rows and state["reporter_kind"] == UnitKind.DEALER and state["valid"]:
            needed = self.policy.value("application_lead_days", rows[0]["at"])
            days = (rows[0]["at"].date() - state["received_at"].date()).days
            yield self._clause("5.5", rows[0]["at"])
            verdict = "不计入" if state["excluded"] else "可以计入"
            text = f"提报（{state['received_at']:%Y-%m-%d}）至首次申报（{rows[0]['at']:%Y-%m-%d}）相隔 {days} 天，"
            text += f"{'不足' if state['excluded'] else '不少于'} {needed} 天，{verdict}。"
            yield Step(SUM, text, "5.5")

    def _converted(self) -> Iterator[Step]:
        rows = self.facts.contracts
        newest = newest_lines(rows[rows["lead"] == self.lead]).sort_values(["month", "contract"])
        for row in newest.to_dict("records"):
            text = f"{row['month']} 合同 {row['contract']}：{day_text(row['signed_on'])} 签订 {row['quantity']} 台，"
            text += f"当月提车 {row['picked_up']} 台。"
            yield Step(FACT, text, "6.5", (Place("contracts", row["file"], row["row"], "picked_up"),))
        state = self.state
        if len(newest):
            text = f"累计提车 {state['picked_up']} 台，合同 {state['contract_quantity']} 台，标的量 {state['quantity']} 台。"
            yield Step(SUM, text, "6.5")
        if state["counts_in"]:
            yield self._clause("5.3")
            yield from self._readings("D5")
            yield Step(SUM, f"确认有效，计入接收当月 {state['counts_in']}。", "5.3")
