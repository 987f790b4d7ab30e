"""How version 0.1 set receipt slips out, in its own words: slips of that time are compared with it, none are made."""

from __future__ import annotations

from typing import Any

from workbench.platform.documents.slip_layouts import KIND, SIMULATED, Layout, forms_of, moment, unit_of
from workbench.platform.reporting.parts import Column

TIME = "收到时间"
COLUMNS = (
    Column("row", "行", 6, "rank"),
    Column("number", "信息编号", 15, "center"),
    Column("customer", "客户名称", 26),
    Column("verdict", "结论", 8, "center"),
    Column("clause", "条款", 7, "center"),
    Column("place", "名次", 6, "rank"),
    Column("note", "说明", 40),
    Column("hash", "行哈希", 36),
)
REMARKS = (
    "收到时间是登记册记录的时间，先后以它为准（第5.1条）。名次是同一客户、类别、地区的信息按收到时间排定的次序，1 为计入的一条；"
    "未列名次的不参与排序。名次为截至出具时的情况，先收到而后补录的文件可能使它改变。",
    "行哈希由该行各单元格的内容和一个核对码算出，没有核对码看不出任何内容。核对码在工作簿回执的《核对码》表中，本页没有。",
    "核验：workbench receipt verify 本文件 --key 公钥（公钥以另处留存的为准，不用登记册）；加 --file 原文件 可核对文件和各行。",
)


def facts(signed: dict[str, Any]) -> list[tuple[str, str]]:
    """What stood above the rows: label and words; first of all where it comes from a register that is a simulation."""
    forms = forms_of(signed)
    return [
        *([(KIND, SIMULATED)] if signed.get("simulation") else []),
        ("文件名", signed["file"]),
        ("SHA-256", signed["sha256"]),
        ("单位", unit_of(signed)),
        ("表单", "、".join(f"{each['title']}（版本 {each['version']}）" for each in forms)),
        (TIME, moment(signed["received_at"])),
        ("登记时间", moment(signed["recorded_at"])),
        ("登记号", "、".join(str(each["document"]) for each in forms)),
        ("行数", f"接收 {signed['accepted']} 行，退回 {signed['returned']} 行"),
        ("出具时间", f"{moment(signed['issued_at'])}，情况截至 {moment(signed['as_of'])}"),
        ("制度版本", signed["edition"]),
    ]


LAYOUT = Layout(
    columns=COLUMNS,
    remarks=REMARKS,
    template="receipt_0_1.html.jinja",
    styles=frozenset(
        {
            "138a8182695b3d3643459812d01e42f76e4a9bad4385a28a7f53e6c0648b32d9",
            "a7751596cdb36562d93de8cf1348fa5ed6a3314fa278086a85be5068a7e1809d",  # pages made after 0.1, before the next layout
        }
    ),
    facts=facts,
    time=TIME,
)
