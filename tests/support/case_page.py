"""The situations as one page for policy owners: ``docs/situations.md``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from tests.support import case_file
from tests.support.situations import CASES, ORDINARY, UNITS
from workbench.app.policy import load_policy
from workbench.capabilities import CAPABILITIES

ABOUT = """# 制度情形

每一条款、每一处口径都有可以审阅的情形：给出事实，写明制度应得的结果。程序每次改动都逐一重算，结果不同即不能通过。
本页由 `tests/capabilities/*/cases/*.yaml` 生成（`make docs`）；增加或更正一种情形，改那里的文件即可，不必懂程序。

未写明的都是通常情况：信息由经销商 {by} 提报，{category}，{province}{city}，{level}，标的 {quantity} 台；客户各不相同；
通报和合同登记都按时；核算截至 2026-04-20。单位有：{units}。"""
SIGNING = "审阅人：　　　　　　　　日期：　　　　　　　　"


def page() -> str:
    """The whole page."""
    units = "、".join(f"{unit['code']} {unit['name']}" for unit in UNITS)
    parts = [ABOUT.format(units=units, **ORDINARY)]
    titles = {capability.name: capability.title for capability in CAPABILITIES}
    for name, title in titles.items():
        files = [path for path in CASES if path.parts[-3] == name]
        if files:
            parts += [f"## {title}", *(part for path in files for case in case_file.raw(path) for part in _case(case))]
    return "\n\n".join([*parts, SIGNING]) + "\n"


def _case(case: dict[str, Any]) -> Iterator[str]:
    about = ("题目", "涉及", "情形", "结果")
    yield f"### {case['题目']}"
    yield f"涉及：{'、'.join(map(_named, case['涉及']))}。"
    given = [line for key, value in case.items() if key not in about for line in _lines(key, value)]
    if given:
        yield "\n".join(f"- {line}" for line in given)
    base = case.get("结果", {})
    variants = case.get("情形", [{"名称": "如上"}])
    rows = ["| 情形 | 不同之处 | 结果 |", "|---|---|---|"]
    for variant in variants:
        differs = [line for key, value in variant.items() if key not in ("名称", "结果") for line in _lines(key, value)]
        result = [line for key, value in {**base, **variant.get("结果", {})}.items() for line in _lines(key, value)]
        rows.append(f"| {variant['名称']} | {'<br>'.join(differs)} | {'<br>'.join(result)} |")
    yield "\n".join(rows)


def _named(reference: object) -> str:
    """A clause, or a reading with what it asks."""
    reading = {each.id: each for each in load_policy().readings.values()}.get(str(reference))
    if reading:
        return f"{reference}（{reading.question}）"
    return str(reference) if "·" in str(reference) else f"第{reference}条"  # of another regulation: with its name


def _lines(key: str, value: Any) -> list[str]:
    """One line for each fact or result told under a word."""
    if isinstance(value, dict):
        return [f"{key} {name}：{_text(item)}" for name, item in value.items()]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{key}：{_text(item)}" for item in value]
    return [f"{key}：{_text(value)}"]


def _text(value: Any) -> str:
    """A value in one line."""
    if isinstance(value, dict):
        return "，".join(f"{name} {_text(item)}" for name, item in value.items())
    if isinstance(value, list):
        return "、".join(f"（{_text(item)}）" if isinstance(item, dict) else _text(item) for item in value) or "无"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    return value.isoformat() if isinstance(value, date) else str(value)
