"""A quarter's rewards and penalties on their way: submitted, approved or sent back, carried out (4.3.3, 4.4, 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.core.periods import parse_quarter
from workbench.interfaces.desk.deed import Answer, Card, Deed, DeskCall, Fact, Field, Table
from workbench.interfaces.desk.deeds_cases import text, texts, yuan

if TYPE_CHECKING:
    from workbench.capabilities.settlement.settlement import Settlement
    from workbench.platform.access.session import Session

APPROVED, BACK = "批准", "退回"
STATES = ("季度", "状态", "提交人", "提交时间", "决定人", "决定时间", "理由", "签名")
QUARTER_GIVEN = Field("quarter", "text", "desk/quarter")
ACCEPT = Field("reason", "text", "desk/accept", needed=False)
VERDICT = Field("verdict", "choice", "desk/verdict", choices=(APPROVED, BACK))
WHY_BACK = Field("reason", "text", "desk/why_back", needed=False)
PAYMENT = (
    Field("paid", "text", "desk/paid"),
    Field("collected", "text", "desk/collected"),
    Field("reference", "text", "desk/voucher"),
    Field("on", "text", "desk/paid_on"),
)


def _quarters(call: DeskCall) -> Answer:
    """How far each quarter is, and as cards what the person may do next about it."""
    from workbench.capabilities.settlement.approval_status import quarter_states

    with call.session() as session:
        states = quarter_states(session)
        rows = states.astype(object).where(states.notna(), None).to_dict("records")
        cards = [*_to_submit(session, call), *_to_decide(session, rows), *_to_pay(session, rows, call.now.date())]
    shown = [
        texts(
            row["quarter"],
            row["state"],
            row["submitted_by"],
            row["submitted_at"],
            row["decided_by"],
            row["decided_at"],
            row["reason"],
            text_for("settlement/signed" if row["signed"] else "settlement/not_signed"),
        )
        for row in reversed(rows)
    ]
    said = text_for("desk/quarters_waiting" if cards else "desk/no_quarter_waits", count=len(cards))
    return Answer([said], [Table("各季度的进度", STATES, shown)] if rows else [], cards=cards)


def _to_submit(session: Session, call: DeskCall) -> Iterator[Card]:
    """The earliest quarter that is over and neither submitted nor approved; what is still open of it is named."""
    from workbench.capabilities.leads.snapshot import open_snapshot
    from workbench.capabilities.settlement.approval import preconditions
    from workbench.capabilities.settlement.approval_status import SUBMITTED, quarter_states
    from workbench.capabilities.settlement.settlement import settlement_of
    from workbench.platform.workflow.task import DueContext, tasks

    if not session.may("submit") or session.deidentified:
        return
    snapshot = open_snapshot(session)
    task = next(task for task in tasks() if task.key == "settlement")
    context = DueContext(call.now, session.policy, snapshot, session)
    quarter = next((duty.period for duty in task.duties(context) if not duty.done), None)
    states = quarter_states(session)
    if quarter is None or quarter in set(states.loc[states["state"] == SUBMITTED, "quarter"]):
        return
    result = settlement_of(snapshot, quarter)
    open_ = [item.text(common.lang) for item in preconditions(snapshot, quarter)]
    facts = [*_figures(result), *(Fact("未了事项", item, differs=True) for item in open_)]
    word = "desk/approve_alone" if session.sole else "desk/submit_it"
    deed, fields = ("approve", ()) if session.sole else ("submit", (ACCEPT,))
    given = {"quarter": quarter, **({"verdict": APPROVED} if session.sole else {})}
    yield Card(f"{quarter}　{'批准' if session.sole else '报批'}", facts, deed, given, fields, word)


def _figures(result: Settlement) -> list[Fact]:
    """What a quarter comes to."""
    amounts = [line.amount for line in result.lines]
    return [
        Fact("笔数", f"{len(amounts):,}"),
        Fact("奖励（元）", f"{sum(each for each in amounts if each > 0):,}"),
        Fact("处罚（元）", f"{sum(each for each in amounts if each < 0):,}"),
        Fact("奖惩净额（元）", f"{sum(result.totals.values()):,}"),
    ]


def _to_decide(session: Session, rows: list[dict[str, Any]]) -> Iterator[Card]:
    """Submitted quarters, with what they come to by the data they were submitted with."""
    from workbench.capabilities.settlement.approval import trial
    from workbench.capabilities.settlement.approval_status import SUBMITTED

    for row in rows if session.may("approve") else ():
        if row["state"] == SUBMITTED:
            facts = [
                Fact("提交人", text(row["submitted_by"])),
                Fact("提交时间", text(row["submitted_at"])),
                Fact("数据截至", text(row["as_of"])),
                Fact("带着未了事项报批的理由", text(row["reason"])),
                *_figures(trial(session, row["quarter"], row["as_of"].to_pydatetime())),
            ]
            fields = (VERDICT, WHY_BACK)
            yield Card(
                f"{row['quarter']}　批准", facts, "approve", {"quarter": row["quarter"]}, fields, "desk/decide_it"
            )


def _to_pay(session: Session, rows: list[dict[str, Any]], today: date) -> Iterator[Card]:
    """What each payer has left to carry out of approved quarters."""
    from workbench.capabilities.settlement.approval_status import APPROVED as DECIDED
    from workbench.capabilities.settlement.payment import payable, unallocated

    for row in rows if session.may("pay") else ():
        if row["state"] != DECIDED:
            continue
        quarter = row["quarter"]
        done = set(session.register.read("payment", ["payer"], where={"quarter": quarter})["payer"])
        missing = unallocated(session.register, quarter)
        for each in payable(session.register, quarter).itertuples():
            if each.payer in done:
                continue
            facts = [Fact("应发放（元）", f"{each.paid:,}"), Fact("应收缴（元）", f"{each.collected:,}")]
            facts += [Fact("尚未分配奖金的部门", "、".join(missing), differs=True)] if missing else []
            yield Card(
                f"{quarter}　兑现：{each.payer}",
                facts,
                "pay",
                {"quarter": quarter, "payer": str(each.payer)},
                PAYMENT,
                "desk/pay_it",
            )


def _submit(call: DeskCall) -> Answer:
    from workbench.capabilities.settlement.approval import submit

    with call.session() as session:
        try:
            result, open_ = submit(
                session, parse_quarter(call.text("quarter")), session.latest(), call.now, call.text("reason") or None
            )
        except WrongUse as no:
            if no.code != "open_items":
                raise
            raise WrongUse("desk_open_items", field=text_for("desk/accept"), **no.message.values) from None
    said = [text_for("desk/submitted", quarter=result.quarter, count=len(result.lines))]
    return Answer([*said, *(text_for("settlement/open", item=item.text(common.lang)).strip() for item in open_)])


def _approve(call: DeskCall) -> Answer:
    from workbench.capabilities.settlement.approval import approve, send_back

    quarter, verdict = parse_quarter(call.text("quarter")), call.text("verdict")
    if verdict not in (APPROVED, BACK):
        raise WrongUse("desk_missing", field=text_for("desk/verdict"))
    if verdict == BACK and not call.text("reason"):
        raise WrongUse("desk_missing", field=text_for("desk/why_back"))
    with call.session() as session:
        if verdict == BACK:
            send_back(session, quarter, call.now, call.text("reason"))
            return Answer([text_for("settlement/returned", quarter=quarter)])
        result = approve(session, quarter, session.latest() if session.sole else call.now, call.now)
    total = sum(result.totals.values())
    return Answer([text_for("settlement/approved", quarter=quarter, count=len(result.lines), total=total)])


def _pay(call: DeskCall) -> Answer:
    from workbench.capabilities.settlement.payment import acknowledge

    quarter, payer = parse_quarter(call.text("quarter")), call.text("payer")
    try:
        day = date.fromisoformat(call.text("on"))
    except ValueError:
        raise WrongUse("bad_date/day", text=call.text("on")) from None
    paid, collected = yuan(call.text("paid")), yuan(call.text("collected"))
    with call.session() as session:
        whole = acknowledge(session, quarter, payer, paid, collected, day, call.text("reference"), call.now)
    return Answer([text_for("settlement/all_paid" if whole else "settlement/paid", quarter=quarter, payer=payer)])


QUARTER = Deed(
    _quarters, group="quarter", needs=("settle",), label="desk/quarters", tip="desk/quarters_tip", at_once=True
)
SUBMIT = Deed(_submit, (QUARTER_GIVEN, ACCEPT), label="desk/submit_it")
APPROVE = Deed(_approve, (QUARTER_GIVEN, VERDICT, WHY_BACK), label="desk/quarters")
PAY = Deed(_pay, (QUARTER_GIVEN, Field("payer", "text", "desk/payer"), *PAYMENT), label="desk/pay_it")
