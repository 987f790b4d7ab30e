"""Leads of which mostly two share a customer, with what can happen to one before or after the other comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pandas as pd

from workbench.capabilities.leads.status import Review, Verification
from workbench.platform.register.facts import Facts

START = datetime(2026, 1, 5, 9)
UNITS = [{"code": f"D{n}", "name": f"经销商{n}", "kind": "经销商", "state": "在用", "since": START} for n in range(3)]


def crowded(seed: int) -> Facts:
    """Leads of which mostly two share a customer, with what can happen to one before or after the other comes."""
    draw = Random(seed)
    count, later = 24, [timedelta(days=draw.choice((0, 0, 1, 3, 9, 40)), hours=draw.choice((0, 1))) for _ in range(99)]
    leads, dispatches, feedback, contracts, reviews, links = [], [], [], [], [], []
    at, names = START, [f"客户{number % (count // 2)}" for number in range(count)]
    draw.shuffle(names)
    for number in range(1, count + 1):
        at += timedelta(hours=draw.choice((0, 1, 5, 30, 200)))
        name = names[number - 1] if draw.random() < 0.9 else draw.choice(names)
        leads.append(
            {
                **dict.fromkeys(("filed_at", "received_at", "ranked_at", "reported_on"), at),
                **dict.fromkeys(("customer", "customer_key"), name),
                "lead": number,
                "version": 1,
                "number": f"DK-{number:04d}",
                "reporter": f"D{draw.randrange(3)}",
                "file": f"{draw.randrange(9)}.xlsx",
                "row": number,
                "category": "租赁" if draw.random() < 0.97 else "驾校",
                "province": "安徽省",
                "city": "芜湖市",
                "county": "镜湖区" if draw.random() < 0.1 else None,
                "short_name": draw.random() < 0.2,
                "level": "县级及以下",
                "model": "轿车",
                "quantity": draw.choice((2, 5, 8, 10, 12, 12)),
                "phone_key": name,
            }
        )
        handed = at + draw.choice(later)
        if draw.random() < 0.9:
            dispatches.append({"batch": 1, "lead": number, "section": "S1", "at": handed})
        for turn in range(draw.choice((0, 1, 1, 1, 2, 3))):
            handed += draw.choice(later)
            verdict = draw.choice((Verification.VALID, Verification.VALID, Verification.INVALID))
            until = draw.choice((None, pd.Timestamp(handed.date()) + timedelta(days=draw.randrange(60))))
            feedback.append(
                {
                    "lead": number,
                    "section": "S1",
                    "at": handed,
                    "verdict": verdict.value,
                    "expires_on": until if verdict == Verification.VALID else None,
                    "file": "t5.xlsx",
                    "row": 50 * turn + number,
                }
            )
        if draw.random() < 0.2:
            line = {"contract": f"HT{number}", "lead": number, "unit": "D0", "quantity": 5, "file": "t2.xlsx"}
            line |= {
                "month": f"{handed:%Y-%m}",
                "signed_on": pd.Timestamp(handed.date()),
                "picked_up": draw.randrange(6),
            }
            contracts.append({**line, "at": handed + draw.choice(later), "row": number})
    for _ in range(draw.randrange(4)):
        one, other = draw.sample(range(1, count + 1), 2)
        verdict = draw.choice((Review.SAME, Review.DIFFERENT, Review.ADMITTED)).value
        reviews.append({"lead": one, "other": other, "verdict": verdict, "at": at, "by": "u"})
        links.append({"a": min(one, other), "b": max(one, other), "reason": "name", "score": 90})
    return Facts.of(
        units=UNITS,
        leads=pd.DataFrame(leads),
        dispatches=dispatches,
        feedback=feedback,
        contracts=contracts,
        reviews=reviews,
        links=links[: draw.randrange(3)],
    )
