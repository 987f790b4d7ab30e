"""Suspected duplicates on the desk page: the two leads side by side, and the decision of whoever may decide (5.1, D2, D4)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.app.options import common
from workbench.app.output import text_for
from workbench.core.errors import WrongUse
from workbench.core.messages import Message
from workbench.interfaces.desk.deed import Answer, Card, Deed, DeskCall, Fact, Field

ROWS = (
    ("number", "信息编号"),
    ("customer", "客户名称"),
    ("reporter", "提报单位"),
    ("received_at", "接收时间"),
    ("category", "客户类别"),
    ("region", "地区"),
    ("model", "需求车型"),
    ("quantity", "标的量（台）"),
    ("phone", "电话"),
)


def _review(call: DeskCall) -> Answer:
    from workbench.capabilities.leads.reviews import open_reviews

    with call.session() as session:
        table = open_reviews(session, session.latest())
    cards = [_pair(row) for row in table.to_dict("records")]
    return Answer([text_for("desk/reviews", count=len(cards))], cards=cards)


def _pair(row: dict[Any, Any]) -> Card:
    """What the page shows of a held lead: the facts of both, and which verdicts can fit."""
    from workbench.capabilities.leads.status import ABOUT_ANOTHER, ABOUT_ITSELF, Review

    alone, ground = pd.isna(row["other"]), row["ground"]
    first = ground.key in ("review_ground/displaces", "review_ground/tie")
    verdicts = ABOUT_ITSELF if alone else (*ABOUT_ANOTHER, *([Review.ADMITTED] if first else []))
    facts = []
    for key, title in ROWS:
        one, other = _shown(row[key]), "" if alone else _shown(row["other" if key == "number" else f"other_{key}"])
        facts.append(Fact(title, one, other, not alone and key != "number" and one != other))
    said = ground.text(common.lang) if isinstance(ground, Message) else str(ground)
    return Card(
        f"{row['number']}　{said}",
        facts,
        "decide",
        {"number": row["number"], "other": "" if alone else row["other"]},
        (
            Field("verdict", "choice", "desk/verdict", choices=tuple(verdicts)),
            Field("reason", "text", "desk/reason"),
        ),
        "desk/decide_it",
        two=not alone,
    )


def _shown(value: Any) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return "" if pd.isna(value) else str(value)


def _decide(call: DeskCall) -> Answer:
    from workbench.capabilities.leads.reviews import decide
    from workbench.capabilities.leads.status import Review

    verdict = call.text("verdict")
    if verdict not in set(Review):
        raise WrongUse("unknown_verdict", verdict=verdict)
    with call.session() as session:
        done = decide(session, call.text("number"), verdict, call.now, call.text("reason"), call.text("other") or None)
    said = [text_for("desk/decided", number=call.text("number"), status=done.status)]
    if done.asked:
        said.append(Message("change/asked", {"number": done.asked}).text(common.lang, "excel"))
    if done.alone:
        said.append(text_for("change/sole"))
    return Answer(said)


REVIEW = Deed(_review, group="handling", needs=("review",), tip="desk/review_tip", at_once=True)
DECIDE = Deed(
    _decide,
    (
        Field("number", "text", "desk/number"),
        Field("verdict", "text", "desk/verdict"),
        Field("reason", "text", "desk/reason"),
        Field("other", "text", "desk/number", needed=False),
    ),
    label="desk/decide",
)
