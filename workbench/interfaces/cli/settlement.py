"""`workbench settlement …`: a quarter is submitted by one person and approved, or sent back, by another."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app import clock
from workbench.app.context import read_time
from workbench.app.output import print_json
from workbench.app.session import open_session

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="季度核算：提交、批准、退回、兑现、进度和签名核验。"
)

Quarter = Annotated[str, typer.Argument(metavar="季度", help="如 2026Q1。")]
At = Annotated[str | None, typer.Option("--at", metavar="时间", help="按此时间记录（ISO 8601），默认当前时间。")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="时间", help="按截至此时间已知的情况，默认当前。")]
Json = Annotated[bool, typer.Option("--json", help="只向标准输出打印一个 JSON 文档。")]


@app.command()
def submit(
    quarter: Quarter,
    as_of: AsOf = None,
    accept: Annotated[
        str | None, typer.Option("--accept", metavar="理由", help="有未了事项（如登记表未返回）仍要报批的理由。")
    ] = None,
    at: At = None,
    json: Json = False,
) -> int:
    """提交一个季度的核算结果报批（签名）；有未了事项须写明理由。"""
    from workbench.capabilities.settlement.approval import submit
    from workbench.core.periods import parse_quarter

    with open_session() as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        result, open_ = submit(session, parse_quarter(quarter), moment, read_time(at) or clock.now(), accept)
    if json:
        print_json({**result.as_json(), "as_of": moment.isoformat(), "open": [item.as_json() for item in open_]})
    else:
        print(
            f"{result.quarter} 已报批：{len(result.lines)} 笔，截至 {moment}。请审批人批准（workbench settlement approve）。"
        )
        for item in open_:
            print(f"  未了：{item.message}")
    return 0


@app.command()
def approve(quarter: Quarter, at: At = None) -> int:
    """批准他人报批的核算结果（签名）：固定各行并关账，此后不再改变。"""
    from workbench.capabilities.settlement.approval import approve
    from workbench.core.periods import parse_quarter

    with open_session() as session:
        moment = read_time(at) or clock.now()
        result = approve(session, parse_quarter(quarter), moment, moment)
    print(f"{result.quarter} 已批准：{len(result.lines)} 笔，合计 {sum(result.totals.values()):,} 元。")
    return 0


@app.command("return")
def return_(
    quarter: Quarter,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="退回的理由。")],
    at: At = None,
) -> int:
    """退回报批的核算结果，由提交人重新核对。"""
    from workbench.capabilities.settlement.approval import send_back
    from workbench.core.periods import parse_quarter

    with open_session() as session:
        send_back(session, parse_quarter(quarter), read_time(at) or clock.now(), reason)
    print(f"{quarter} 已退回。")
    return 0


@app.command()
def pay(
    quarter: Quarter,
    payer: Annotated[str, typer.Option("--payer", metavar="部门", help="财务计划部 或 综合管理部。")],
    reference: Annotated[str, typer.Option("--reference", metavar="凭证号", help="付款或收款凭证。")],
    paid: Annotated[int, typer.Option("--paid", metavar="元", help="已发放金额。")] = 0,
    collected: Annotated[int, typer.Option("--collected", metavar="元", help="已收缴金额。")] = 0,
    on: Annotated[str | None, typer.Option("--on", metavar="日期", help="兑现日期，默认登记当日。")] = None,
    at: At = None,
) -> int:
    """登记兑现：财务计划部发放经销商奖励，综合管理部发放部门奖励、收缴处罚；金额须与批准的一致。"""
    from workbench.capabilities.settlement.payment import acknowledge
    from workbench.core.periods import parse_quarter

    moment = read_time(at) or clock.now()
    day = (read_time(on) or moment).date()
    name = parse_quarter(quarter)
    with open_session() as session:
        whole = acknowledge(session, name, payer, paid, collected, day, reference, moment)
    print(f"{name} {payer}已登记兑现。" + ("本季度已全部兑现。" if whole else ""))
    return 0


@app.command()
def payable(quarter: Quarter, json: Json = False) -> int:
    """列出一个已批准季度应由谁发放、收缴多少，以及尚未分配奖金的部门。"""
    from workbench.capabilities.settlement.payment import payable, unallocated
    from workbench.core.periods import parse_quarter

    name = parse_quarter(quarter)
    with open_session() as session:
        session.require("settle")
        table, missing = payable(session.register, name), unallocated(session.register, name)
    if json:
        print_json({"quarter": name, "payable": table.to_dict("records"), "unallocated": missing})
    else:
        for row in table.itertuples():
            print(f"{row.payer}\t应发放 {row.paid:,} 元\t应收缴 {row.collected:,} 元")
        if missing:
            print(f"尚未分配奖金的部门：{'、'.join(missing)}")
    return 0


@app.command()
def status(json: Json = False) -> int:
    """列出各季度的报批进度，并核验签名与数字。"""
    from workbench.capabilities.settlement.approval_status import standing

    with open_session() as session:
        table = standing(session)
    if json:
        print_json(table.to_dict("records"))
    else:
        for row in table.itertuples():
            signed = "签名相符" if row.signed else "签名不符，请停止使用并核对"
            decided = f"，{row.decided_by} {row.decided_at:%Y-%m-%d %H:%M}" if row.decided_by else ""
            print(
                f"{row.quarter}\t{row.state}\t{row.submitted_by} {row.submitted_at:%Y-%m-%d %H:%M}{decided}\t{signed}"
            )
    return 0 if table["signed"].all() else 1
