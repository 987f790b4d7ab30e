"""How receipt slips are set out: what stands above the rows, what to do first, the rows' columns, what proves it last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workbench.platform.intake.submission import RowVerdict
from workbench.platform.reporting.parts import Column

KIND, SIMULATED = "性质", "模拟登记册的回执，不是正式回执"
FIRST, PROOF = "请先办理", "核验"
WIDE = {
    KIND,
    "文件名",
    "文件",
    "SHA-256",
    "文件 SHA-256",
    "出具时间",
    "制度版本",
}  # facts that take a whole line of the page
MOST_NAMED = 5  # rows that are named in one line of what to do

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Layout:
    """How slips of a version are set out.

    ``columns`` of the rows, those in ``optional`` only where some row says something in them; ``remarks`` under them;
    ``template`` of the page, and digests of the style sheets it ever had (``styles``; the one in use is always known);
    ``facts`` above the rows, among them the ``time`` of receipt, which is set off; ``proof``: what stands at the end, with the
    hashes of rows (None: nothing does, and nothing says what to do first).
    """

    columns: tuple[Column, ...]
    remarks: tuple[str, ...]
    template: str
    styles: frozenset[str]
    facts: Callable[[dict[str, Any]], Facts]
    time: str
    optional: frozenset[str] = frozenset()
    proof: Callable[[dict[str, Any]], Facts] | None = None

    def columns_for(self, signed: dict[str, Any]) -> tuple[Column, ...]:
        """The columns a receipt's rows are shown in; a book's rows name their sheets first."""
        said = {key for row in signed["rows"] for key, value in row.items() if value not in (None, "")}
        own = tuple(each for each in self.columns if each.key not in self.optional or each.key in said)
        return (*_sheet(signed), *own)


def hash_columns(signed: dict[str, Any]) -> tuple[Column, ...]:
    """The columns of the hashes at the end."""
    return (*_sheet(signed), Column("row", "行", 6, "rank"), Column("hash", "行哈希", 36))


def _sheet(signed: dict[str, Any]) -> tuple[Column, ...]:
    return (Column("sheet", "表", 22),) if "sheets" in signed else ()


def forms_of(signed: dict[str, Any]) -> list[dict[str, Any]]:
    """The form a receipt is about, or those of a book."""
    forms: list[dict[str, Any]] = signed.get("sheets", [signed])
    return forms


def unit_of(signed: dict[str, Any]) -> str:
    """Whose file it was: code and name."""
    return " ".join(filter(None, (signed["unit"], signed["unit_name"]))) or "—"


def moment(text: str) -> str:
    """A time of the signed document as a slip shows it."""
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S}"


def to_do(signed: dict[str, Any]) -> list[str]:
    """What to do first: a line for each thing to do, with the rows and customers it is about; one line where there is nothing."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in signed["rows"]:
        if row.get("todo"):
            groups.setdefault((row["verdict"], row["todo"]), []).append(_named(row))
    if not groups:
        kept = any(row["number"] for row in signed["rows"])
        return ["没有须办理的事项。" + ("信息编号请留存，以后的申报、变更和询问都用它。" if kept else "")]
    ordered = sorted(groups.items(), key=lambda group: group[0][0] != RowVerdict.RETURNED)
    return [f"{verdict} {len(rows)} 行（{'、'.join(_first(rows))}）：{todo}" for (verdict, todo), rows in ordered]


def _named(row: dict[str, Any]) -> str:
    place = f"第 {row['row']} 行"
    return " ".join(filter(None, (row.get("sheet") and f"《{row['sheet']}》", place, row["customer"])))


def _first(rows: list[str]) -> Iterable[str]:
    yield from rows[:MOST_NAMED]
    if len(rows) > MOST_NAMED:
        yield "……"


def facts(signed: dict[str, Any]) -> Facts:
    """What stands above the rows: label and words; first of all where it comes from a register that is a simulation."""
    forms = forms_of(signed)
    return [
        *([(KIND, SIMULATED)] if signed.get("simulation") else []),
        ("单位", unit_of(signed)),
        (TIME, moment(signed["received_at"])),
        ("表单", "、".join(f"{each['title']}（版本 {each['version']}）" for each in forms)),
        ("结果", f"接收 {signed['accepted']} 行，退回 {signed['returned']} 行"),
        ("文件", signed["file"]),
    ]


def proof(signed: dict[str, Any]) -> Facts:
    """What tells the file and the receipt from others."""
    return [
        ("登记号", "、".join(str(each["document"]) for each in forms_of(signed))),
        ("登记时间", moment(signed["recorded_at"])),
        ("出具时间", f"{moment(signed['issued_at'])}，情况截至 {moment(signed['as_of'])}"),
        ("制度版本", signed["edition"]),
        ("文件 SHA-256", signed["sha256"]),
    ]


TIME = "接收时间"
COLUMNS = (
    Column("row", "行", 6, "rank"),
    Column("customer", "客户名称", 26),
    Column("number", "信息编号", 15, "center"),
    Column("verdict", "结论", 8, "center"),
    Column("todo", "须办理", 34),
    Column("note", "说明", 40),
    Column("clause", "条款", 7, "center"),
    Column("place", "名次", 6, "rank"),
)
REMARKS = (
    "接收时间是登记册记录的时间，先后以它为准（第5.1条）。名次是同一客户、类别、地区的信息按接收时间排定的次序，1 为计入的一条；"
    "未列名次的不参与排序。名次为截至出具时的情况，先接收而后补录的文件可能使它改变。",
    "行哈希由该行各单元格的内容和一个核对码算出，没有核对码看不出任何内容。核对码在工作簿回执的《核对码》表中，本页没有。",
    "核验：workbench receipt verify 本文件 --key 公钥（公钥以另处留存的为准，不用登记册）；加 --file 原文件 可核对文件和各行。",
)
LAYOUT = Layout(
    columns=COLUMNS,
    remarks=REMARKS,
    template="receipt.html.jinja",
    styles=frozenset({"21ee2b276691f24faa4cbe28b2f4a9013646f24da0082247aa9495d4f61c95f1"}),
    facts=facts,
    time=TIME,
    optional=frozenset({"customer", "number", "todo", "clause", "place"}),
    proof=proof,
)
