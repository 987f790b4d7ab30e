"""Why a reporter's own lead is where it is, in words that name nobody else (4.3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.capabilities.leads.lead_receipts import SECOND, SUSPECTED
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.capabilities.leads.status import APPLIED_FOR, Status
from workbench.platform.regulation.clause import clause as clause_of
from workbench.platform.regulation.clause import exclusions

UNDATED = "有效，但反馈中没有注明到期日期，补注后立项"
WORDS: dict[str, str] = {
    Status.RECEIVED: "已接收，待转交业务科室甄别",
    Status.WITHDRAWN: "本单位已申请撤回",
    Status.ENDED: "合同已解除",
    Status.EXPIRED: "到期前没有签约",
    Status.VALID: UNDATED,
    Status.COMPLETED: "合同车辆已全部提走",
}


def reason(lead: Mapping[str, Any], snapshot: Snapshot, grounds: Mapping[int, str]) -> str:
    """Why a lead (a row of ``tables.STATES``) has its status, and why it does not count where it does not.

    ``grounds``: what the sections wrote (``grounds_written``).
    """
    words = _of_status(lead)
    code = lead["clause"]
    if lead["status"] == Status.INVALID:
        words = exclusions().get(code, "按规章判为无效") if code else "按规章判为无效"
        if ground := _ground(lead, snapshot, grounds):
            words = f"{words}：{ground}"
    said = [words]
    if lead["excluded"]:
        said.append(exclusions().get(lead["excluded"], ""))
    said += [f"依据第{clause_of(each).number}条" for each in dict.fromkeys([code, lead["excluded"]]) if each]
    return "；".join(word.removesuffix("。") for word in said if word)


def _of_status(lead: Mapping[str, Any]) -> str:
    status = lead["status"]
    if status == Status.DUPLICATE:
        return SECOND
    if status == Status.HELD:
        return SUSPECTED if lead["clause"] == "5.1" else "有一处待人工复核，复核后确定"
    if status == Status.WAITING:
        until = f"，应于 {lead['due_on']:%Y-%m-%d} 前反馈" if pd.notna(lead["due_on"]) else ""
        return f"已转交业务科室甄别{until}"
    if status == Status.PROJECT or status in APPLIED_FOR:
        return WORDS.get(status, "有效，已立项")
    return WORDS.get(status, "")


def grounds_written(snapshot: Snapshot) -> dict[int, str]:
    """The last ground that a section wrote for a lead, by lead."""
    rows = snapshot.facts.feedback
    if "reason" not in rows:
        return {}
    said = rows[rows["reason"].notna()].sort_values("at", kind="stable")
    return dict(zip(said["lead"], said["reason"].astype(str), strict=True))


def _ground(lead: Mapping[str, Any], snapshot: Snapshot, grounds: Mapping[int, str]) -> str | None:
    """What the section wrote as its ground, unless it names a unit that is not the reporter's, or a person of the staff."""
    text = grounds.get(lead["lead"])
    if text is None:
        return None
    units = snapshot.facts.units
    others = units[units["code"] != lead["reporter"]]
    named = {*others["code"], *others["name"], *others["person"].dropna(), *others.get("deputy", pd.Series()).dropna()}
    return None if any(str(word) and str(word) in text for word in named) else text
