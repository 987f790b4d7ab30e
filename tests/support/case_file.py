"""Reads a file of situations written for a policy owner: Chinese words, one fact a line.

``无`` stands for nothing (no value, no amounts, no findings), ``是`` and ``否`` for what is so or not. Everything else is
what YAML makes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.support import case_words as words
from workbench.app.policy import load_policy
from workbench.core.yaml_texts import plain_values

Reading = Callable[[Any], Any]
_PLAIN = {"无": None, "是": True, "否": False}
MONTHS = [f"{month}月" for month in range(1, 13)]
CHOSEN = "采用的口径"


def plain(value: Any) -> Any:
    """A single value, or a list of them."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    return _PLAIN.get(value, value) if isinstance(value, str) else value


def word(table: Mapping[str, str]) -> Reading:
    """One of the words of a table; ``无`` is nothing."""
    return lambda value: None if value == "无" else table[value]


def words_of(table: Mapping[str, str]) -> Reading:
    """A list of words of a table; ``无`` is none of them."""
    return lambda value: [] if value == "无" else [table[each] for each in value]


def record(table: Mapping[str, str], **shapes: Reading) -> Reading:
    """A mapping with the table's words; ``shapes``: how the values of some are read."""
    return lambda value: {table[key]: shapes.get(table[key], plain)(each) for key, each in value.items()}


def each(shape: Reading) -> Reading:
    """A list whose items have a shape."""
    return lambda value: [shape(item) for item in value]


def named(shape: Reading) -> Reading:
    """A mapping from names to values of a shape."""
    return lambda value: {name: shape(item) for name, item in value.items()}


def pairs(value: dict[Any, Any]) -> list[list[Any]]:
    """A mapping as the rules take it: a list of pairs."""
    return [[key, plain(item)] for key, item in value.items()]


def rows(table: Mapping[str, str], short: int = 0, **shapes: Reading) -> Reading:
    """A list of mappings as lists in the table's order; the last ``short`` may be left out."""

    def read(value: list[dict[str, Any]] | str) -> list[list[Any]]:
        found: list[list[Any]] = []
        if value == "无":
            return found
        for item in value:
            given = record(table, **shapes)(item)
            wanted = list(table.values())
            while short and wanted[-1] not in given and len(wanted) > len(table) - short:
                wanted.pop()
            found.append([given[name] for name in wanted])
            assert set(given) == set(wanted), item
        return found

    return read


def months(value: Any) -> list[int]:
    """Twelve numbers: one for every month, or each by name."""
    return [value] * 12 if isinstance(value, int) else [value[month] for month in MONTHS]


def readings(value: dict[str, Any]) -> dict[str, Any]:
    """Readings by their number; what is taken stands as the regulation's file words the alternative."""
    by_id = {reading.id: reading for reading in load_policy().readings.values()}
    taken = {}
    for number, text in value.items():
        reading = by_id[number]
        others = {wording: other for other, wording in reading.alternatives.items()}
        taken[reading.key] = reading.value_on(None) if text == CHOSEN else others[text]
    return taken


def parameters(value: dict[str, Any]) -> dict[str, Any]:
    """Parameters by their titles; one that is ``无`` is repealed."""
    by_title = {parameter.title: name for name, parameter in load_policy().parameters.items()}
    return {by_title[title]: plain(number) for title, number in value.items()}


problem, column, problems = word(words.PROBLEMS), word(words.COLUMNS), words_of(words.PROBLEMS)
EXPECTED: dict[str, tuple[str, Reading]] = {
    "信息状态": ("states", named(record(words.STATE))),
    "奖惩": ("lines", rows(words.LINE, short=1)),
    "依据": ("inputs", named(record(words.BASIS))),
    "提示": ("notes", problems),
    "合计": ("totals", named(plain)),
    "诚信黑点": ("marks", named(plain)),
    "规章版本": ("edition", plain),
    "提报行": ("rows", rows(words.ROW_FINDING, code=problem)),
    "甄别期限": ("due", named(lambda value: list(record(words.DUE)(value).values()))),
    "通报日": ("publication_days", named(plain)),
    "转交科室": ("sections", named(plain)),
    "分解检查": ("breakdown", rows(words.CELL_FINDING, code=problem, column=column)),
    "完成情况": ("completion", rows(words.COMPLETION)),
    "滚动调整": ("rolled", named(plain)),
    "不予滚动": ("not_rolled", problem),
    "分配检查": ("allocation", problems),
    "申诉检查": ("appeal", rows(words.APPEAL_FINDING, code=problem, column=column)),
    "裁定期限": ("decide_by", plain),
    "客户分级": ("grades", named(plain)),
    "大客户等级": ("key_accounts", named(plain)),
    "大客户依据": ("grounds", named(plain)),
    "等级变动": ("movements", named(plain)),
    "档案缺项": ("lacking", named(words_of(words.FILE_FIELDS))),
    "档案过期": ("stale", plain),
    "提供部门": ("providers", named(plain)),
    "应先填写": ("purpose", word(words.FILE_FIELDS)),
    "应办日期": ("service_due", named(plain)),
    "逾期服务": ("service_missed", plain),
    "考核得分": ("score", plain),
    "应补归档": ("to_archive", plain),
    "借阅应还": ("due_back", plain),
    "上报时限": ("meetings", named(plain)),
    "投诉期限": ("complaint_due", named(plain)),
    "反馈期限": ("answer_due", named(plain)),
    "下一步": ("next_step", plain),
    "下一步应办": ("next_due", plain),
    "应先办": ("step_before", named(plain)),
    "不予披露": ("refusal", problem),
    "同意范围": ("covered", plain),
    "保存期限": ("kept_between", plain),
    "处置时限": ("until", named(plain)),
    "异常使用": ("observed", rows(words.OBSERVED)),
    "整改期限": ("correct_by", plain),
    "理由分类": ("reason_classes", named(plain)),
    "可查看至": ("last_day", plain),
    "提醒": ("stage", plain),
    "锁定": ("locked", plain),
    "可向其提供": ("bound", plain),
}
CASE: dict[str, tuple[str, Reading]] = {
    "题目": ("title", plain),
    "涉及": ("speaks", each(str)),
    "名称": ("when", str),
    "季度": ("quarter", plain),
    "截至": ("as_of", plain),
    "信息": (
        "leads",
        named(
            record(
                words.LEAD,
                answers=each(record(words.ANSWER)),
                contracts=each(record(words.CONTRACT)),
                changes=each(record(words.CHANGE)),
                again=each(record(words.AGAIN)),
                corrected=each(record(words.CORRECTED)),
            )
        ),
    ),
    "近似": ("links", rows(words.LINK, short=2)),
    "复核": ("reviews", rows(words.REVIEW, short=1)),
    "口径": ("readings_taken", readings),
    "规章修订": ("editions", each(record(words.EDITION, parameters=parameters))),
    "提报行": ("rows", each(record(words.ROW))),
    "单位": ("units", each(record(words.UNIT))),
    "表头": ("header", record(words.HEADER)),
    "分解": ("breakdown", each(record(words.BREAKDOWN, months=months))),
    "目标": ("targets", rows(words.TARGET, short=1)),
    "月份": ("months", plain),
    "已关账": ("closed", plain),
    "已批准": ("approved", pairs),
    "申诉": ("appeal", record(words.APPEAL)),
    "收到": ("received", plain),
    "泄露": ("incidents", rows(words.INCIDENT, short=1)),
    "人员名录": ("people", rows(words.PERSON, short=1)),
    "裁定": ("rulings", rows(words.RULING)),
    "通报": ("publications", pairs),
    "合同登记": ("returns", pairs),
    "全部退回的登记": ("returned_registers", pairs),
    "年销售额": ("sales", named(plain)),
    "公司月销售额": ("company_sales", named(plain)),
    "客户月销售额": ("customer_sales", each(record(words.SALE))),
    "认定": ("namings", each(record(words.NAMING))),
    "上级单位": ("parents", named(plain)),
    "别名": ("aliases", named(plain)),
    "档案": ("file", record(words.FILE_FIELDS)),
    "登记栏目": ("row", record(words.FILE_FIELDS)),
    "服务": ("served", record(words.SERVED)),
    "已归档": ("archived", plain),
    "全部交车": ("delivered", plain),
    "借阅": ("loan", record(words.LOAN)),
    "流程": ("flow", record(words.FLOW, passed=each(record(words.PASSED)))),
    "完成比例": ("matters", record(words.MATTERS)),
    "公司总额": ("company_total", plain),
    "日期": ("day", plain),
    "披露": ("disclosure", record(words.DISCLOSURE)),
    "客户同意": ("consent", plain),
    "保存": ("kept", record(words.KEPT)),
    "发现时间": ("found_at", plain),
    "使用": ("uses", each(record(words.USE))),
    "培训": ("trained", record(words.TRAINED, terms=each(record(words.TERM)))),
    "合作方": ("partner", record(words.PARTNER, terms=each(record(words.TERM)))),
    "用户": ("members", named(record(words.MEMBER))),
    "奖励": ("rewards", named(plain)),
    "分配": ("shares", rows(words.SHARE)),
    "结果": ("expect", lambda value: _translated(value, EXPECTED)),
    "情形": ("variants", lambda value: [_translated(item, CASE) for item in value]),
}


def _translated(value: dict[str, Any], table: Mapping[str, tuple[str, Reading]]) -> dict[str, Any]:
    return {table[key][0]: table[key][1](item) for key, item in value.items()}


def raw(path: Path) -> list[dict[str, Any]]:
    """A file's situations as they are written."""
    return plain_values(path.read_bytes())


def read(path: Path) -> list[dict[str, Any]]:
    """A file's situations in the rules' own words. Raises KeyError for a word that is none."""
    return [_translated(case, CASE) for case in raw(path)]
