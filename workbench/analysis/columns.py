"""What stands in each frame of a book: its columns in order, each with its unit and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

HEAD = ["column", "type", "unit", "meaning"]


@dataclass(frozen=True)
class Described:
    """A frame: what one of its rows is, and column → (unit, meaning); the unit is empty where a column counts nothing."""

    row: str
    columns: Mapping[str, tuple[str, str]]

    def told(self, frame: pd.DataFrame) -> pd.DataFrame:
        """One row per column of a frame: column, type (dtype's name), unit, meaning."""
        rows = [(name, str(frame[name].dtype), *self.columns[name]) for name in self.columns]
        return pd.DataFrame(rows, columns=HEAD)


FRAMES = {
    "leads": Described(
        "一条信息，截至所看的时间",
        {
            "number": ("", "信息编号"),
            "reporter": ("", "提报单位代码（现在归谁，D36）"),
            "reporter_kind": ("", "提报单位类型：经销商、部门、科室"),
            "received_at": ("北京时间", "计收的接收时间（5.1）"),
            "reported_on": ("日", "提报日期"),
            "month": ("月", "接收月份"),
            "customer": ("", "客户编号；以本人可见的姓名打开时为客户名称"),
            "category": ("", "客户类别"),
            "province": ("", "省份"),
            "city": ("", "城市"),
            "quantity": ("台", "提报标的量"),
            "sought": ("台", "转化率的分母：科室核实的标的量，没有核实的为提报标的量（D40）"),
            "status": ("", "状态"),
            "clause": ("", "判为无效、重复、待复核或缺到期日期的条款"),
            "duplicate_of": ("", "重复的在先信息编号"),
            "held_by": ("", "待复核所对照的信息编号"),
            "valid": ("", "经确认有效，且不重复、不待复核"),
            "excluded": ("", "有效而不计入的条款（5.5）"),
            "counts_in": ("月", "计入月份（5.3）"),
            "project": ("", "项目编号（6.4）"),
            "section": ("", "甄别科室代码"),
            "dispatched_at": ("北京时间", "转交科室的时间"),
            "due_on": ("日", "应反馈日期（6.3，两个工作日）"),
            "answered_at": ("北京时间", "第一次反馈的时间"),
            "late": ("", "逾期反馈，或逾期未反馈（7.3.1）"),
            "working_days": ("工作日", "转交到第一次反馈的工作日数，当日反馈为 0"),
            "confirmed_at": ("北京时间", "判为有效的时间"),
            "expires_on": ("日", "到期日期（6.4）"),
            "applied_at": ("北京时间", "项目申报时间"),
            "signed_on": ("日", "第一份合同的签订日期"),
            "contract_quantity": ("台", "合同数量"),
            "picked_up": ("台", "累计提车量，已减退车（D37）"),
        },
    ),
    "contracts": Described(
        "一个月、一份合同、一条信息，计入的提车",
        {
            "month": ("月", "登记的月份"),
            "contract": ("", "合同编号"),
            "number": ("", "信息编号"),
            "unit": ("", "登记的单位代码"),
            "model": ("", "车型"),
            "quantity": ("台", "合同数量，以后月份的为准；已解除的为已提车量"),
            "amount_fen": ("分", "合同金额"),
            "signed_on": ("日", "签订日期"),
            "picked_up": ("台", "本月提车量，已减以后的退车"),
            "known_at": ("北京时间", "登记表收到的时间"),
        },
    ),
    "lines": Described(
        "奖惩核算的一行：已批准的季度照批准时的，其余按今天所知",
        {
            "quarter": ("季度", "核算的季度"),
            "approved": ("", "该季度是否已批准"),
            "clause": ("", "条款"),
            "party": ("", "单位代码，或受处罚人员的编号"),
            "ref": ("", "所指的信息编号、月份、通报日或季度"),
            "amount": ("元", "奖励为正，处罚为负"),
            "adjusts": ("季度", "调整以前季度的，为该季度（D5）"),
        },
    ),
    "targets": Described(
        "一个单位、一个月的目标信息量，现行的",
        {
            "unit": ("", "单位代码"),
            "month": ("月", "月份"),
            "original": ("条", "最初分解的目标"),
            "target": ("条", "调整后的目标"),
        },
    ),
    "transitions": Described(
        "一条信息的一次状态变动",
        {
            "number": ("", "信息编号"),
            "at": ("北京时间", "变动的时间"),
            "was": ("", "原状态，初次登记为空"),
            "status": ("", "新状态"),
            "clause": ("", "所依据的条款"),
        },
    ),
    "customers": Described(
        "一个客户，自其信息得出",
        {
            "customer": ("", "客户编号；以本人可见的姓名打开时为客户名称"),
            "category": ("", "最近一条信息的客户类别"),
            "province": ("", "最近一条信息的省份"),
            "city": ("", "最近一条信息的城市"),
            "leads": ("条", "提报的信息"),
            "reporters": ("个", "提报过的单位"),
            "valid": ("条", "有效的信息"),
            "projects": ("个", "立项的信息"),
            "sought": ("台", "立项信息的标的量"),
            "contract_quantity": ("台", "合同数量"),
            "picked_up": ("台", "累计提车量"),
            "first_received": ("北京时间", "最早的接收时间"),
            "last_received": ("北京时间", "最近的接收时间"),
        },
    ),
}
