"""Files and words that are brought in in one order or another, and what comes of them (D4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.office import lead

BUS, MILL = lead("江城公交"), lead("滨江机械厂", 联系方式="13900003302")
LAKE, PARK = lead("东湖农场", 联系方式="13900003304"), lead("和县公园", 联系方式="13900003305")
SIGNED = datetime(2026, 1, 20)
Deed = Callable[[], Any]


def outcome(office) -> tuple[list, list]:
    """Statuses, counts and amounts, by customers in place of numbers."""
    rows = office.ask("leads", "--as-of", "2026-04-05")
    name = {row["number"]: f"{row['customer']} {row['reporter']}" for row in rows}
    columns = ("customer", "reporter", "received_at", "status", "clause", "counts_in")
    settled = office.ask("settle", "2026Q1", "--as-of", "2026-04-05")["lines"]
    lines = [(line["clause"], line["party"], name.get(line["ref"], line["ref"]), line["amount"]) for line in settled]
    return sorted(tuple(str(row[column]) for column in columns) for row in rows), sorted(lines)


def in_order(deeds: dict[str, Deed], order: str) -> None:
    """Do what the letters of an order name, one after another."""
    assert sorted(order) == sorted(deeds)
    for letter in order:
        deeds[letter]()


def received(office, path: Path, at: str) -> Deed:
    return lambda: office.receive(path, at)


def said(office, *words: object) -> Deed:
    return lambda: office.run(*words, code=None)


def reports(office) -> dict[str, str]:
    """Leads of two dealers, by customer their numbers; the second dealer's is suspected by its phone."""
    office.receive(office.leads("D001", "甲.xlsx", [BUS, MILL]), "2026-01-05T09:00:00", code=0)
    office.receive(office.leads("D002", "乙.xlsx", [{**LAKE, "联系方式": BUS["联系方式"]}]), "2026-01-05T10:00:00")
    office.receive(office.leads("D002", "丙.xlsx", [PARK]), "2026-01-05T10:30:00", code=0)
    return {row["customer"]: row["number"] for row in office.ask("leads")}


def answers(office, name: str, number: dict[str, str], **verdicts: dict) -> Path:
    """What the second section answers for leads, on the blank."""
    rows = [{"信息编号": number[who], "客户名称": who, **said} for who, said in verdicts.items()]
    return office.file("甄别反馈表", name, {"科室代码": "S002", "反馈人": "孙反馈"}, rows)


def request(office, name: str, unit: str, number: str, customer: str, matter: str, value: object = None) -> Path:
    header = {"申请单位代码": unit, "申请人": "经办人", "申请日期": datetime(2026, 1, 5)}
    row = {"信息编号": number, "客户名称": customer, "变更事项": matter, "新值": value, "理由": "试验理由"}
    return office.file("信息变更申请单", name, header, [row])


def register(office, name: str, month: str, *lines: dict, **header: str) -> Path:
    return office.file("合同登记汇总表", name, {"月份": month, **header}, list(lines))
