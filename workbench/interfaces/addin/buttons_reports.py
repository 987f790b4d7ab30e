"""Buttons that make reports: the publication, monthly and quarterly reports. The workbook is opened when it is made."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from workbench.core.errors import WrongUse
from workbench.core.periods import month_of_day, parse_quarter, quarter_of_day
from workbench.interfaces.addin.click import Click


def publish(click: Click) -> None:
    """Record and make the publication of a fixed day; the latest one is proposed."""
    from workbench.capabilities.publication.publications import due_dates
    from workbench.capabilities.publication.publishing import publish

    with click.session() as session:
        session.require("publish")
        days = [
            day for month in (month_of_day(click.now.date().replace(day=1) - timedelta(days=1)), month_of_day(click.now.date()))
            for day in due_dates(month, session.policy) if day <= click.now.date()
        ]  # fmt: skip
        text = click.ask("发布哪一天的通报？", days[-1].isoformat())
        try:
            day = date.fromisoformat(text.strip())
        except ValueError:
            raise WrongUse(
                "bad_date", f"日期“{text}”无法识别。请写成 2026-03-10。", "The date is not understood."
            ) from None
        folder = click.folder("通报存放在哪个文件夹？")
        click.confirm(f"将登记 {day} 的通报为现在发布。是否继续？")
        secret = _secret(click, "信息提报情况通报", session.user)  # before the deed: from here on nothing is asked
        click.progress.step("登记")
        done = publish(session, day, click.now)
    words = "此前已发布，未作改动。" if done.again else "已发布" + ("（逾期，第7.3.2条）。" if done.late else "。")
    _make(click, "信息提报情况通报", done.due_on.isoformat(), folder, done.at, words, secret)


def targets(click: Click) -> None:
    """Monthly targets and completion."""
    _monthly(click, "月度目标分解与完成情况")


def conversion(click: Click) -> None:
    """The monthly conversion report."""
    _monthly(click, "信息转化率月报")


def settlement(click: Click) -> None:
    """The quarterly report of rewards and penalties; the last full quarter is proposed."""
    _ask_and_make(click, "季度奖惩核算报告", _quarter(click))


def whatif(click: Click) -> None:
    """A quarter under one other parameter or reading, beside the official result; nothing is kept."""
    from workbench.platform.regulation.trial import read

    quarter = parse_quarter(_quarter(click))
    change = click.ask(
        "改什么？写成 名称=值（名称见 workbench rules），如 dealer_conversion_rate=30%", "dealer_conversion_rate=30%"
    )
    with click.session() as session:
        session.require("settle")
        name = change.partition("=")[0].strip()
        values, readings = ([change], []) if name in session.policy.parameters else ([], [change])
        moment, text, user = session.latest(), read(session.policy, values, readings).text(), session.user
    folder = click.folder("测算结果存放在哪个文件夹？")
    secret = _secret(click, "测算对比", user)
    click.progress.step("准备")
    _make(click, "测算对比", quarter, folder, moment, "", secret, {"changes": text})


def _quarter(click: Click) -> str:
    today = click.now.date()
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return click.ask("哪一季度？", quarter_of_day(first - timedelta(days=1)))


def _monthly(click: Click, name: str) -> None:
    month = click.ask("哪一个月？", month_of_day(click.now.date().replace(day=1) - timedelta(days=1)))
    _ask_and_make(click, name, month)


def _ask_and_make(click: Click, name: str, period: str) -> None:
    with click.session() as session:
        session.require("report")
        moment, user = session.latest(), session.user
    folder = click.folder("报告存放在哪个文件夹？")
    secret = _secret(click, name, user)
    click.progress.step("准备")
    _make(click, name, period.strip(), folder, moment, "", secret)


def _secret(click: Click, name: str, user: str) -> str:
    """The passphrase: a report's own process opens the register anew, and nobody keeps it."""
    return click.secret(f"生成《{name}》需要用户“{user}”的口令")


def _make(
    click: Click, name: str, period: str, folder: Path, moment: datetime, words: str, secret: str,
    parameters: dict[str, str] | None = None,
) -> None:  # fmt: skip
    """Run the notebook and open its workbook. What ``words`` say was done already can no longer be cancelled."""
    from workbench.platform.reporting.runs import run_report

    def running(done: int, total: int) -> None:
        if words:
            click.progress.say(f"运行笔记本 {done}/{total}")
        else:
            click.progress.at("运行笔记本", done, total)

    with click.session() as session:
        path, user = session.register.path, session.user
    click.progress.say("启动笔记本")
    run = run_report(
        name, register_path=path, period=period, as_of=moment, out_dir=folder, user=user, passphrase=secret,
        parameters=parameters, progress=running,
    )  # fmt: skip
    click.show(run.workbook)
    click.dialogs.tell(f"{words}已生成 {run.workbook.name}。")
