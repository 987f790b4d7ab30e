"""How customer information was kept and used in a month, matter by matter (客户信息综合管理制度 二 to 五).

Each section of the inspection is a function in SECTIONS from a month to its lines; a further one is added there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.capabilities.customers.customers import Customers
from workbench.capabilities.customers.work_lists import WorkKind, work_list
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.supervision.inspections import newest_findings
from workbench.capabilities.supervision.watching import MISS, Observation, Use, observed, uses
from workbench.capabilities.training.rules import RecordKind, Stage
from workbench.capabilities.training.standing import Standing, standings
from workbench.core.errors import WrongUse
from workbench.core.frames import newest
from workbench.core.periods import month_bounds
from workbench.platform.access.backups import BACKUP_DUE, TEST_DUE
from workbench.platform.access.membership import members_after
from workbench.platform.regulation.edition import Policy

TO_DO = "需处理"
OTHER_REASON = "其他"
SOON = timedelta(days=30)  # how far ahead terms of retention are named
CONSENT = "本人同意"
HANDED_ON = ("disclosure_hand_over", "deliver", "dispatch", "dispatch_again")


@dataclass(frozen=True)
class Line:
    """What is said of one matter: a count, whether something is to be done about it, small print."""

    section: str
    matter: str
    count: int
    to_do: bool = False
    note: str = ""


class Month:
    """A month of a register, as known at a snapshot's moment. ``first`` and ``last``: its days so far.

    Raises WrongUse ``month_not_begun/inspection``.
    """

    def __init__(self, snapshot: Snapshot, month: str) -> None:
        self.snapshot, self.policy, self.name = snapshot, snapshot.policy, month
        self.first, end = month_bounds(month)
        if snapshot.as_of.date() < self.first:
            raise WrongUse("month_not_begun/inspection", month=month)
        self.last = min(end, snapshot.as_of.date())

    @cached_property
    def until_now(self) -> pd.DataFrame:
        """The entries of the trail until the month's last day, by the actual clock."""
        entries = self.snapshot.entries
        return entries[entries["recorded_at"].dt.date <= self.last]

    @cached_property
    def entries(self) -> pd.DataFrame:
        """The entries of the month."""
        return self.until_now[self.until_now["recorded_at"].dt.date >= self.first]

    def of(self, *actions: str) -> pd.DataFrame:
        """The month's entries of these actions."""
        return self.entries[self.entries["action"].isin(actions)]

    def within(self, times: pd.Series) -> pd.Series:
        """Which of these times lie in the month."""
        return times.dt.date.between(self.first, self.last)

    @cached_property
    def observed(self) -> list[Observation]:
        """The month's unusual uses."""
        return observed(self.uses, self.policy)

    @cached_property
    def uses(self) -> list[Use]:
        """The month's reveals, refused ones and wrong passphrases, by the day they were entered."""
        return list(uses(self.snapshot.entries, self.first, self.last))

    @cached_property
    def answers(self) -> dict[str, dict[str, Any]]:
        """What was said of unusual uses, by their number: by, reason, at."""
        said = self.snapshot.facts.observations_seen.drop_duplicates("number", keep="last")
        return {row["number"]: row for row in said.to_dict("records")}

    @cached_property
    def standings(self) -> list[Standing]:
        """How the users of the last day stand on it."""
        facts, end = self.snapshot.facts, pd.Timestamp(datetime.combine(self.last, datetime.max.time()))
        records, openings = facts.training_records, facts.access_openings
        return standings(
            records[records["at"] <= end],
            openings[openings["at"] <= end],
            members_after(self.until_now),
            self.last,
            self.policy,
        )

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What inspections found until the moment, open ones first, with ``overdue``."""
        rows = newest_findings(self.snapshot.facts.inspection_findings)
        return rows.assign(overdue=rows["open"] & rows["correct_by"].lt(pd.Timestamp(self.snapshot.as_of.date())))

    @cached_property
    def contacts(self) -> pd.DataFrame:
        """Contact persons whose data are kept in customers' files: basis, keep_until (None: no term), by the newest word."""
        rows = self.snapshot.facts.customer_profiles
        rows = rows[rows["contact_key"].notna() & rows["at"].dt.date.le(self.last)].sort_values("at", kind="stable")
        newest = rows.groupby(["customer_key", "contact_key"], sort=False)[["basis", "keep_until"]].last()
        return newest.reset_index(drop=True)

    def kept(self, action: str) -> pd.DataFrame:
        """The entries of keeping the register (``backup``, ``backup_test``) until the last day."""
        return self.until_now[self.until_now["action"].eq(action)]

    def longest_gap(self, action: str) -> int:
        """The most whole days in the month since it had been done last, or since the register began."""
        done = [day for day in self.kept(action)["recorded_at"].dt.date]
        if self.until_now.empty:
            return 0
        began = self.until_now["recorded_at"].iloc[0].date()
        before = max([day for day in done if day < self.first], default=began)
        days = [max(before, began), *(day for day in done if day >= self.first), self.last]
        return max((later - earlier).days for earlier, later in zip(days, days[1:], strict=False))


def reason_class(reason: str | None, on: date, policy: Policy) -> str:
    """四3: the first of ``reveal_reasons`` that stands in a reason; else OTHER_REASON."""
    words: list[str] = policy.value("reveal_reasons", on) or []
    return next((word for word in words if word in (reason or "")), OTHER_REASON)


def _use(month: Month) -> Iterator[Line]:
    reveals, refused = month.of("reveal"), month.of("refused")["detail"]
    by_condition = sum("why" in detail for detail in refused)
    yield Line(_USE, "查看完整个人信息", len(reveals), note=f"{reveals['user'].nunique()} 人")
    yield Line(_USE, "转交科室", len(month.of("dispatch", "dispatch_again")), note="转交批次")
    yield Line(_USE, "分发报告副本", sum(len(d.get("codes", [])) for d in month.of("deliver")["detail"]), note="份")
    yield Line(_USE, "生成报告", len(month.of("report")))
    yield Line(_USE, "越权被拒", len(refused) - by_condition, note="没有相应角色")
    yield Line(_USE, "因培训或保密协议被拒", by_condition)
    yield Line(_USE, "口令错误", sum(use.what == MISS for use in month.uses))


def _watched(month: Month) -> Iterator[Line]:
    waiting = sum(one.number not in month.answers for one in month.observed)
    yield Line(_WATCHED, "异常使用", len(month.observed), note="四项规则，逐项见“异常使用”")
    yield Line(_WATCHED, "其中未说明", waiting, waiting > 0, "由他人说明：workbench watch answer")


def _disclosed(month: Month) -> Iterator[Line]:
    asked = sum(
        file[1]
        for detail in month.of("import")["detail"]
        for file in detail.get("files", {}).values()
        if file[0] == "customer_disclosure"
    )
    verdicts = [detail.get("verdict") for detail in month.of("disclosure_decide")["detail"]]
    yield Line(_DISCLOSED, "收到申请", asked)
    yield Line(_DISCLOSED, "批准", verdicts.count("同意"))
    yield Line(_DISCLOSED, "不批准或撤销批准", verdicts.count("不同意"))
    yield Line(_DISCLOSED, "交付", len(month.of("disclosure_hand_over")), note="每次交付各计一次")


def _consents(month: Month) -> Iterator[Line]:
    consented = int(month.contacts["basis"].eq(CONSENT).sum())
    yield Line(_CONSENTS, "客户档案中的联系人", len(month.contacts), note="截至期末")
    yield Line(_CONSENTS, "依据为本人同意", consented)
    yield Line(_CONSENTS, "依据为合同或法律", len(month.contacts) - consented)
    yield Line(_CONSENTS, "登记的同意", len(month.of("consent_record")))
    yield Line(_CONSENTS, "撤回的同意", len(month.of("consent_withdraw")), note="即时停止转交、披露和查看")


def _retention(month: Month) -> Iterator[Line]:
    end = pd.Timestamp(month.last)
    over = int(month.contacts["keep_until"].lt(end).sum())
    soon = int(month.contacts["keep_until"].between(end, end + SOON).sum())
    yield Line(_RETENTION, "个人信息已过保存期限", over, over > 0, "期限见客户档案登记表")
    yield Line(_RETENTION, f"{SOON.days} 日内到期", soon)
    yield Line(_RETENTION, "申请销毁", len(month.of("retention_propose")), note="另一人审批后执行")
    yield Line(_RETENTION, "已销毁的客户", len(month.of("retention_dispose")), note="附销毁证明")
    yield Line(_RETENTION, "销毁客户密钥", len(month.of("destroy")), note="含上述销毁")


def _keeping(month: Month) -> Iterator[Line]:
    for action, word, term in (("backup", "备份", BACKUP_DUE), ("backup_test", "试恢复", TEST_DUE)):
        gap = month.longest_gap(action)
        note = f"最长间隔 {gap} 日，期限 {term.days} 日"
        yield Line(_KEEPING, word, len(month.of(action)), gap > term.days, note)
    yield Line(_KEEPING, "从备份恢复", len(month.of("restore")))


def _incidents(month: Month) -> Iterator[Line]:
    rows = newest(month.snapshot.facts.incidents, ["number", "person"])
    happened = rows[month.within(rows["happened_on"])]
    yield Line(_INCIDENTS, "本月发生", len(happened), len(happened) > 0)
    yield Line(_INCIDENTS, "其中内部人员", int(happened["inside"].sum()), note="第7.3.4条")
    yield Line(_INCIDENTS, "本月登记", int(month.within(rows["at"]).sum()))
    yield Line(_INCIDENTS, "处置步骤", len(month.of("incident_step")), note="控制、上报、告知客户")


def _training(month: Month) -> Iterator[Line]:
    count = {stage: sum(one.stage == stage for one in month.standings) for stage in Stage}
    records = month.snapshot.facts.training_records
    trained = records[records["kind"].eq(RecordKind.TRAINING) & month.within(records["held_on"])]
    ending = count[Stage.ENDING] + count[Stage.LAST_DAYS]
    shut, lapsed = sum(one.shut_out for one in month.standings), count[Stage.LAPSED]
    yield Line(_TRAINING, "登记册用户", len(month.standings), note="截至期末")
    yield Line(_TRAINING, "本月培训", len(trained.drop_duplicates(["who", "unit", "held_on"])), note="人次")
    yield Line(_TRAINING, "培训或保密协议将到期", ending)
    yield Line(_TRAINING, "已到期", lapsed, lapsed > 0, f"其中已锁定 {shut} 人")
    yield Line(_TRAINING, "紧急开通", len(month.of("access_opened")))


def _quality(month: Month) -> Iterator[Line]:
    work = work_list(Customers(month.snapshot), month.last)
    for kind in WorkKind:
        count = int(work["kind"].eq(kind).sum())
        yield Line(_QUALITY, f"客户档案{kind}", count, count > 0, "workbench customers worklist")


def _corrections(month: Month) -> Iterator[Line]:
    found, overdue = month.findings, int(month.findings["overdue"].sum())
    yield Line(_CORRECTIONS, "本月检查发现", int(month.within(found["inspected_on"]).sum()))
    yield Line(_CORRECTIONS, "未整改", int(found["open"].sum()), note="截至数据时间，全部")
    yield Line(_CORRECTIONS, "其中逾期", overdue, overdue > 0)


_USE, _WATCHED, _DISCLOSED, _CONSENTS = "访问与使用", "异常使用", "披露", "采集与同意"
_RETENTION, _KEEPING, _INCIDENTS, _TRAINING = "留存与销毁", "备份与恢复", "泄露事件", "培训与保密协议"
_QUALITY, _CORRECTIONS = "数据质量", "检查与整改"
SECTIONS: tuple[Callable[[Month], Iterator[Line]], ...] = (
    _use,
    _watched,
    _disclosed,
    _consents,
    _retention,
    _keeping,
    _incidents,
    _training,
    _quality,
    _corrections,
)


def lines(month: Month) -> list[Line]:
    """Every line of every section, in order."""
    return [line for section in SECTIONS for line in section(month)]
