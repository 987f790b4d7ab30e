"""What waits for another person's word: requests to change leads (T20), appeals (T14), files that came in by mistake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.interfaces.desk.deed import Answer, Card, Deed, DeskCall, Fact, Field, Table

VERDICT = Field("verdict", "choice", "desk/verdict")
REASON = Field("reason", "text", "desk/reason")
CHANGED = ("申请编号", "信息编号", "变更事项", "新值", "申请单位", "理由", "状态", "决定理由")
APPEALED = ("申诉编号", "季度", "条款", "对象", "依据", "原核算（元）", "申诉金额（元）", "裁定", "应核（元）")
AMOUNTS = ("settled", "claimed", "amount")
TAKE_BACK, KEEP = "撤回，或同意撤回", "不同意撤回"


def texts(*values: Any) -> list[str]:
    """Cells of a row: what is missing is empty, times to the minute."""
    return [text(value) for value in values]


def text(value: Any) -> str:
    """A cell."""
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    if hasattr(value, "hour"):
        return f"{value:%Y-%m-%d %H:%M}" if (value.hour, value.minute) != (0, 0) else f"{value:%Y-%m-%d}"
    return str(int(value)) if isinstance(value, float) else str(value)


def amount(value: Any) -> str:
    """A cell of yuan, with separators."""
    return "" if pd.isna(value) else f"{int(value):,}"


def _changes(call: DeskCall) -> Answer:
    """Every request as it stands; those that wait as cards, for who may decide."""
    from workbench.capabilities.leads.cases import LEAD_CHANGE
    from workbench.capabilities.leads.change_decisions import OPEN, changes

    with call.session() as session:
        rows = changes(session).to_dict("records")
        may = session.may(LEAD_CHANGE.decided_by)
    waiting = [row for row in rows if row["state"] == OPEN]
    told = [("lead", "信息编号"), ("value", "新值"), ("unit", "申请单位"), ("reason", "申请理由"), ("at", "提出时间")]
    fields = (Field("verdict", "choice", "desk/verdict", choices=LEAD_CHANGE.verdicts), REASON)
    cards = [
        Card(
            f"{row['number']}　{row['matter']}",
            [Fact(title, text(row[key])) for key, title in told],
            "decide_change",
            {"number": str(row["number"])},
            fields,
            "desk/decide_it",
        )
        for row in (waiting if may else ())
    ]
    keys = ("number", "lead", "matter", "value", "unit", "reason", "state", "grounds")
    table = Table("信息变更申请", CHANGED, [texts(*(row[key] for key in keys)) for row in reversed(rows)])
    said = text_for("desk/changes_waiting", count=len(waiting), all=len(rows))
    return Answer([said], [table] if rows else [], cards=cards)


def _decide_change(call: DeskCall) -> Answer:
    from workbench.capabilities.leads.change_decisions import decide_change

    number, verdict = call.text("number"), call.text("verdict")
    with call.session() as session:
        status = decide_change(session, number, verdict, call.now, call.text("reason"))
        sole = session.sole
    said = [text_for("change/decided", number=number, verdict=verdict, status=status)]
    return Answer([*said, text_for("change/sole")] if sole else said)


def _appeals(call: DeskCall) -> Answer:
    """Every appeal as it stands; those without a ruling as cards, for who may rule."""
    from workbench.capabilities.settlement.appeals import OPEN, OUTCOMES, appeals
    from workbench.capabilities.settlement.cases import APPEAL

    with call.session() as session:
        table = appeals(session)
        may = session.may(APPEAL.decided_by)
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    waiting = [row for row in rows if row["outcome"] == OPEN]
    told = [
        ("clause", "条款"),
        ("party", "对象"),
        ("ref", "依据"),
        ("settled", "原核算（元）"),
        ("claimed", "申诉金额（元）"),
        ("kind", "申诉类型"),
        ("grounds", "申诉理由"),
        ("decide_by", "裁定期限"),
    ]
    fields = (
        Field("verdict", "choice", "desk/verdict", choices=OUTCOMES),
        Field("amount", "text", "desk/amount_partly", needed=False),
        REASON,
    )
    cards = [
        Card(
            f"{row['number']}　{row['quarter']}",
            [
                Fact(title, shown)
                for (_, title), shown in zip(told, _appealed(row, [key for key, _ in told]), strict=True)
            ],
            "rule",
            {"number": row["number"]},
            fields,
            "desk/rule_it",
        )
        for row in (waiting if may else ())
    ]
    keys = ("number", "quarter", "clause", "party", "ref", "settled", "claimed", "outcome", "amount")
    shown = Table("申诉", APPEALED, [_appealed(row, keys) for row in reversed(rows)])
    said = text_for("desk/appeals_waiting", count=len(waiting), all=len(rows))
    return Answer([said], [shown] if rows else [], cards=cards)


def _appealed(row: dict[str, Any], keys: Sequence[str]) -> list[str]:
    return [(amount if key in AMOUNTS else text)(row[key]) for key in keys]


def _rule(call: DeskCall) -> Answer:
    from workbench.capabilities.settlement.appeals import PARTLY, rule

    number, outcome, typed = call.text("number"), call.text("verdict"), call.text("amount")
    if bool(typed) != (outcome == PARTLY):
        raise WrongUse("desk_amount_partly", outcome=PARTLY)
    with call.session() as session:
        given = rule(session, number, outcome, call.now, call.text("reason"), yuan(typed) if typed else None)
    return Answer(
        [
            text_for(
                "appeal/ruled" if given is None else "appeal/ruled_anew", number=number, outcome=outcome, amount=given
            )
        ]
    )


def yuan(typed: str) -> int:
    """A whole number of yuan as it is typed, also with separators. Raises WrongUse ``desk_yuan``."""
    plain = typed.replace(",", "").replace("，", "")
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 12):
        raise WrongUse("desk_yuan", text=typed)
    return int(plain)


def _withdraw(call: DeskCall) -> Answer:
    """Ask for a file to be taken back, or say what one thinks of another's request for it."""
    from workbench.capabilities.leads.withdrawn_imports import withdraw

    with call.session() as session:
        done = withdraw(session, call.text("number"), call.now, call.text("reason"), decline=call.text("what") == KEEP)
    if not (done.done or done.declined):
        return Answer([text_for("desk/withdrawal_asked", file=done.file)])
    said = [text_for("withdrawal/declined" if done.declined else "withdrawal/done", file=done.file)]
    return Answer([*said, text_for("change/sole")] if done.alone else said)


CHANGES = Deed(_changes, group="handling", needs=("list",), label="desk/changes", tip="desk/changes_tip", at_once=True)
DECIDE_CHANGE = Deed(
    _decide_change,
    (Field("number", "text", "desk/number_of_request"), VERDICT, REASON),
    label="desk/changes",
)
APPEALS = Deed(_appeals, group="quarter", needs=("settle",), label="desk/appeals", tip="desk/appeals_tip", at_once=True)
RULE = Deed(
    _rule,
    (
        Field("number", "text", "desk/number_of_request"),
        VERDICT,
        Field("amount", "text", "desk/amount_partly", needed=False),
        REASON,
    ),
    label="desk/appeals",
)
WITHDRAW = Deed(
    _withdraw,
    (
        Field("number", "text", "desk/number_of_file"),
        Field("what", "choice", "desk/withdraw_what", choices=(TAKE_BACK, KEEP)),
        REASON,
    ),
    group="intake",
    needs=("withdraw_import",),
    label="desk/withdraw",
    tip="desk/withdraw_tip",
)
