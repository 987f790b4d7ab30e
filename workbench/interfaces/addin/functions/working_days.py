"""Working days of the PRC (D15). No register needed."""

from __future__ import annotations

from datetime import date, datetime

from workbench.interfaces.addin.cell_functions import Argument
from workbench.interfaces.addin.cells import excel, policy

DAY = Argument("day_value", "日期", "日期单元格，或 2026-03-05 这样的文本", kind="day")


@excel(
    "第几个工作日",
    "从次日起数第几个工作日的日期，按国务院公布的节假日和调休；未公布年份为暂定",
    "=DK_WORKDAY(A2, 2)",
    DAY,
    Argument("days", "天数", "工作日数，1 起", kind="whole"),
)
def DK_WORKDAY(day: date, days: int) -> date:
    """The ``days``-th working day after a day."""
    import pandas as pd

    from workbench.core.calendar import add_working_days

    if not days:
        return day
    due, _ = add_working_days(pd.Series([datetime(day.year, day.month, day.day)]), days, policy().calendar)
    return due.iloc[0].to_pydatetime()


@excel(
    "两日之间的工作日数",
    "从开始日次日到结束日（含）的工作日数；结束日较早时为负数",
    "=DK_WORKDAYS(A2, B2)",
    Argument("first_day", "开始日", "不计入", kind="day"),
    Argument("last_day", "结束日", "计入", kind="day"),
)
def DK_WORKDAYS(first: date, last: date) -> int:
    """Working days after the first day up to the last."""
    from workbench.core.calendar import working_days_between

    return working_days_between(first, last, policy().calendar)


@excel("是否工作日", "该日是否为工作日（含调休）", "=DK_ISWORKDAY(A2)", DAY)
def DK_ISWORKDAY(day: date) -> bool:
    """Whether a day is a working day."""
    from workbench.core.calendar import is_working_day, within

    within(day)
    return bool(is_working_day(day, policy().calendar))


@excel(
    "甄别应反馈日期",
    "按第6.3条，转交日之后第几个工作日为最后一天（天数随制度版本）",
    "=DK_DUEBY(A2)",
    Argument("handed_on", "转交日期", "转交业务科室的日期", kind="day"),
)
def DK_DUEBY(day: date) -> date:
    """6.3: the last day for the section's answer."""
    import pandas as pd

    from workbench.capabilities.leads.verification import due_dates

    due, _ = due_dates(pd.Series([datetime(day.year, day.month, day.day)]), policy())
    return due.iloc[0].to_pydatetime()


@excel("是否暂定日历", "该日所在年份的节假日尚未公布时为 TRUE：按周末和固定日期节日暂定", "=DK_PROVISIONAL(A2)", DAY)
def DK_PROVISIONAL(day: date) -> bool:
    """D15: whether a day lies past the last published calendar."""
    import numpy as np

    from workbench.core.calendar import within

    within(day)
    return bool(np.datetime64(day, "D") > policy().calendar.published_until)
