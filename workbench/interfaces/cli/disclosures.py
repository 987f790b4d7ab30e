"""`workbench disclosures …`: requests to disclose customer information, their decision, the hand-over."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.output import print_json
from workbench.app.session import open_session

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None,
    help="客户信息的披露：申请（客户信息披露申请表，用 import 导入）、审批、交付。",
)  # fmt: skip

Number = Annotated[str, typer.Argument(metavar="申请编号")]
Json = Annotated[bool, typer.Option("--json", help="只向标准输出打印一个 JSON 文档。")]


@app.command("list")
def list_(json: Json = False) -> int:
    """列出披露申请：对象、依据、状态、审批和交付情况。"""
    from workbench.capabilities.privacy.disclosures import listed

    with open_session() as session:
        rows = listed(session).to_dict("records")
    if json:
        times = ("received_at", "decided_at", "last_handed_over_at")
        print_json([{**row, **{name: row[name] and row[name].isoformat() for name in times}} for row in rows])
    else:
        for row in rows:
            decided = f"{row['decided_by']} {row['decided_at']:%Y-%m-%d %H:%M}" if row["decided_by"] else "—"
            words = (row["number"], row["status"], row["lead"], row["recipient"], row["basis"], row["content"],
                     f"至 {row['valid_until']}", decided, f"交付 {row['handed_over']} 次")  # fmt: skip
            print("\t".join(words))
    return 0


@app.command()
def decide(
    number: Number,
    verdict: Annotated[str, typer.Argument(metavar="结论", help="同意、不同意；批准后再写不同意即撤销批准。")],
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="审批理由，留在登记册中。")],
) -> int:
    """审批一项披露申请；审批人不能是申请人或导入申请的人。"""
    from workbench.capabilities.privacy.disclosures import decide

    with open_session() as session:
        status = decide(session, number, verdict, reason)
    print(f"{number}：{status}")
    return 0


@app.command("hand-over")
def hand_over(
    number: Number,
    out: Annotated[Path, typer.Option("--out", metavar="目录", help="输出目录，默认 ./披露。")] = Path("披露"),
    json: Json = False,
) -> int:
    """按批准的内容交付：写出披露单；只在批准后、有效期内，每次交付都先登记。"""
    from workbench.capabilities.privacy.disclosures import TITLES, hand_over

    with open_session() as session:
        done = hand_over(session, number, out)
    if json:
        print_json({"number": number, "file": str(done.path), "count": done.count, "fields": list(done.fields)})
    else:
        print(f"{number}：第 {done.count} 次交付（{'、'.join(TITLES[name] for name in done.fields)}），{done.path}")
    return 0
