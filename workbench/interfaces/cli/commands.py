"""The commands, in the order of the work: templates, receiving, screening, verification, publishing, settling."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.app import clock, context
from workbench.app.context import output_folder, read_time, register_path
from workbench.app.options import common
from workbench.app.output import print_json, say_error
from workbench.app.reports import make_report
from workbench.app.session import open_session, read_passphrase
from workbench.core.errors import WrongUse
from workbench.interfaces.cli import receiving

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="大客户信息工作台：收集、甄别、通报、奖惩核算（DKHW080004）。\n\n"
    "各命令通用选项：--register 登记册文件，--user 用户，--passphrase-file 口令文件，--lang zh|en，"
    "--policy 规章文件，--calendar 日历文件，--backups 备份文件夹。也可用环境变量 WORKBENCH_REGISTER、WORKBENCH_USER、"
    "WORKBENCH_PASSPHRASE、WORKBENCH_POLICY、WORKBENCH_CALENDAR、WORKBENCH_BACKUPS。\n\n"
    "退出码：0 完成；1 有需要人处理的问题；2 用法不当或文件被拒收；其他为程序故障。",
)

Json = Annotated[bool, typer.Option("--json", help="只向标准输出打印一个 JSON 文档。")]
At = Annotated[str | None, typer.Option("--at", metavar="时间", help="按此时间记录（ISO 8601），默认当前时间。")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="时间", help="按截至此时间已知的情况，默认当前。")]


def _out(default: str, **more: Any) -> Any:
    return typer.Option("--out", metavar="目录", help=f"输出目录，默认 {default}。", **more)


@app.command()
def init() -> int:
    """新建加密登记册及其第一个用户（信息管理员）。"""
    import getpass

    from workbench.platform.access.session import create
    from workbench.platform.access.users import is_weak

    user = common.user or getpass.getuser()
    path, secret = register_path(), read_passphrase(new=True)
    with create(path, user, secret, context.policy(), clock.now()):
        print(
            f"已建立登记册 {path}，用户 {user}（信息管理员）。请妥善保管口令，并运行 workbench users recovery 封存恢复口令。"
        )
    if is_weak(secret, user):
        say_error(
            "提醒：这个口令容易被猜出，存入真实信息之前请用 workbench users passphrase 换一个。",
            "Reminder: this passphrase is easy to guess; change it before real data is kept (users passphrase).",
        )
    return 0


@app.command()
def templates(out: Annotated[Path, _out("./模板", callback=output_folder)] = Path("模板")) -> int:
    """写出空白官方模板。"""
    from workbench.platform.forms.write import build_blanks

    for path in build_blanks(out):
        print(path)
    return 0


app.command()(receiving.check)
app.command("import")(receiving.import_)


@app.command()
def review(
    as_of: AsOf = None, out: Annotated[Path, _out("./复核", callback=output_folder)] = Path("复核"), json: Json = False
) -> int:
    """列出待复核（疑似重复等）的信息，并写出复核表；填好后用 import 导入。"""
    from workbench.capabilities.leads.reviews import open_reviews, write_reviews

    with open_session() as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        rows = open_reviews(session, moment)
        if json:
            print_json(rows.to_dict("records"))
        else:
            path = write_reviews(session, moment, out)
            print(f"待复核 {len(rows)} 条" + (f"，复核表：{path}" if path else "。"))
    return 1 if len(rows) else 0


@app.command()
def decide(
    number: Annotated[str, typer.Argument(metavar="信息编号")],
    verdict: Annotated[str, typer.Argument(metavar="结论", help="重复、不重复；对待复核的出租信息：受理、无效。")],
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="复核理由。")],
    against: Annotated[
        str | None, typer.Option("--of", metavar="信息编号", help="与哪一条比较，默认系统指出的那一条。")
    ] = None,
    at: At = None,
) -> int:
    """对一条待复核的信息作出复核结论；同样的情况以后照此处理。"""
    from workbench.capabilities.leads.reviews import ADMIT, DIFFERENT, REFUSE, SAME, decide

    if verdict not in (SAME, DIFFERENT, ADMIT, REFUSE):
        raise WrongUse(
            "unknown_verdict",
            f"结论“{verdict}”不对，应为 重复、不重复、受理 或 无效。",
            f"Unknown verdict {verdict!r}.",
        )
    with open_session() as session:
        status = decide(session, number, verdict, read_time(at) or clock.now(), reason, against)
    print(f"{number}：{status}")
    return 0


@app.command()
def dispatch(
    at: At = None,
    out: Annotated[Path, _out("./转交")] = Path("转交"),
    batch: Annotated[
        int | None,
        typer.Option("--batch", metavar="批号", help="补发某一批的甄别反馈表（遗失或没有写全时），不再转交。"),
    ] = None,
    json: Json = False,
) -> int:
    """把首次提报的信息转交业务科室：每个科室一份预填的甄别反馈表。"""
    from workbench.capabilities.leads.dispatching import dispatch, issue_again

    if batch is not None and at is not None:
        raise WrongUse("at_with_batch", "补发（--batch）不能另定时间（--at）。", "--batch does not take --at.")
    with open_session() as session:
        done = (
            dispatch(session, read_time(at) or clock.now(), out) if batch is None else issue_again(session, batch, out)
        )
    if json:
        print_json(
            {"batch": done.batch, "sections": done.sections, "unassigned": done.unassigned,
             "files": [str(path) for path in done.workbooks], "kept": [str(path) for path in done.kept]}
        )  # fmt: skip
    else:
        word = "转交" if batch is None else f"第 {batch} 批共"
        print(f"{word} {sum(done.sections.values())} 条：" + "，".join(f"{k} {v} 条" for k, v in done.sections.items()))
        for path in done.workbooks:
            print(f"  {path}")
    for path in done.kept:
        say_error(
            f"{path} 已存在，未覆盖。如不是本批的表，请运行 workbench dispatch --batch {done.batch} --out 另一文件夹。",
            f"{path} exists and was left alone; if it is not this batch's, use --batch {done.batch} with another --out.",
        )
    for category, count in done.unassigned.items():
        say_error(
            f"类别“{category}”有 {count} 条信息没有负责的业务科室，未转交。请在单位名录的“负责类别”中补上后重新导入。",
            f"{count} leads of category {category} have no section; add it to the directory and import it again.",
        )
    return 1 if done.unassigned or done.kept else 0


@app.command()
def leads(
    month: Annotated[
        str | None, typer.Option("--month", metavar="月份", help="只列某月收到的信息，如 2026-03。")
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> int:
    """列出信息：编号、状态、依据条款、计入月份。"""
    from workbench.capabilities.leads.listing import as_json, list_leads
    from workbench.core.periods import parse_month

    with open_session() as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        table = list_leads(session, moment, parse_month(month) if month else None)
    if json:
        print_json(as_json(table))
    else:
        for row in as_json(table):
            print("\t".join("" if value is None else str(value) for value in row.values()))
    return 0


@app.command()
def publish(
    day: Annotated[str, typer.Argument(metavar="日期", help="通报日：每月10日、20日、30日（2月为月末）。")],
    at: At = None,
    out: Annotated[Path, _out("./通报", callback=output_folder)] = Path("通报"),
    json: Json = False,
) -> int:
    """发布信息提报情况通报：登记发布时间并生成通报。"""
    from workbench.capabilities.publication.publishing import publish

    secret = read_passphrase()
    with open_session(secret=secret) as session:
        done = publish(session, _day(day), read_time(at) or clock.now())
        user = session.user
    run = make_report("信息提报情况通报", user, secret, done.due_on.isoformat(), done.at, out)
    if json:
        print_json(
            {"date": done.due_on, "at": done.at.isoformat(), "late": done.late, "already_published": done.again,
             **done.totals, "files": [str(path) for path in run.files]}
        )  # fmt: skip
    else:
        words = "此前已发布，未作改动" if done.again else "已发布" + ("（逾期，第7.3.2条）" if done.late else "")
        print(f"{done.due_on} 通报{words}：{run.workbook}")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        zh = f"日期“{text}”无法识别。请写成 2026-03-10。"
        raise WrongUse("bad_date", zh, f"Date {text!r} is not understood.") from None


@app.command()
def settle(
    quarter: Annotated[str, typer.Argument(metavar="季度", help="如 2026Q1。")],
    as_of: AsOf = None,
    approve: Annotated[bool, typer.Option("--approve", help="批准：固定本季度各行并关账，此后不再改变。")] = False,
    reading: Annotated[
        list[str] | None, typer.Option("--reading", metavar="名称=值", help="换一种口径试算，可重复；不能用于批准。")
    ] = None,
    json: Json = False,
) -> int:
    """核算季度奖惩：逐笔列出金额、条款、对象和依据。"""
    from workbench.capabilities.settlement import approval as settling
    from workbench.core.periods import parse_quarter

    name = parse_quarter(quarter)
    if approve and reading:
        zh = "试算口径不能用于批准。要长期采用，请改规章数据（WORKBENCH_POLICY）。"
        raise WrongUse("trial_reading", zh, "A trial reading cannot be approved; change the policy data instead.")
    with open_session(reading or []) as session:
        moment = read_time(as_of, end_of_day=True) or session.latest()
        if approve:
            result = settling.approve(session, name, moment, clock.now())
        else:
            result = settling.trial(session, name, moment)
    if json:
        print_json(result.as_json())
    else:
        for line in result.lines:
            adjusts = f"（调整 {line.adjusts}）" if line.adjusts else ""
            print(f"{line.clause}\t{line.party}\t{line.ref}\t{line.amount}{adjusts}")
        for note in result.notes:
            print(f"注：{note.message}")
        for party, amount in result.totals.items():
            print(f"合计\t{party}\t{amount}")
    return 0


@app.command()
def close(
    month: Annotated[str, typer.Argument(metavar="月份", help="如 2026-03。")],
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="关账理由。")],
    at: At = None,
) -> int:
    """提前关闭一个月：此后收到的信息不再排到该月之前。"""
    from workbench.capabilities.settlement.approval import close_month
    from workbench.core.periods import parse_month

    name = parse_month(month)
    with open_session() as session:
        close_month(session, name, read_time(at) or clock.now(), reason)
    print(f"{name} 已关账。")
    return 0


@app.command()
def report(
    name: Annotated[str, typer.Argument(metavar="报告", help="报告名称，见 workbench report 列表。")],
    period: Annotated[
        str, typer.Option("--period", metavar="期间", help="月份 2026-03、季度 2026Q1 或日期 2026-03-10。")
    ],
    as_of: AsOf = None,
    out: Annotated[Path, _out("./报告", callback=output_folder)] = Path("报告"),
    json: Json = False,
) -> int:
    """生成报告：运行其笔记本，得到工作簿、网页和清单。"""
    secret = read_passphrase()
    with open_session(secret=secret) as session:
        session.require("report")
        moment, user = read_time(as_of, end_of_day=True) or session.latest(), session.user
    run = make_report(name, user, secret, period, moment, out)
    if json:
        print_json({"report": run.report, "period": run.period, "files": [str(path) for path in run.files]})
    else:
        for path in run.files:
            print(path)
    return 0


@app.command()
def rules(json: Json = False) -> int:
    """打印规章：各条款的参数，以及对未尽事项的解释口径。"""
    from workbench.capabilities.settlement.rulebook import describe

    rows = describe(context.policy())
    if json:
        print_json(rows)
    else:
        for row in rows:
            print("\t".join(str(value) for value in row.values()))
    return 0


@app.command()
def demo(out: Annotated[Path, _out("./演示", callback=output_folder)] = Path("演示")) -> int:
    """演示：用仿真的模板文件走完三个季度，生成登记册和报告。"""
    from workbench.demo import run_demo

    run_demo(out, clock.now())
    return 0
