"""Large synthetic inboxes for measuring: real T1 workbooks, and the facts of a whole register."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.app.policy import load_policy
from workbench.core import places
from workbench.platform.forms.spec import templates
from workbench.platform.forms.write import write_form
from workbench.platform.register.facts import Facts

CATEGORIES = ["政府采购", "租赁", "驾校", "企事业单位"]
MARKS = np.array(
    list("安邦昌达恩丰广和恒华吉佳金凯康乐力隆茂明宁鹏启庆荣瑞盛顺泰腾万兴祥新鑫信雅益永裕元源远悦云泽展振志中众卓"),
    dtype=object,
)
DEALERS, DEPARTMENTS = 60, 12
START = datetime(2026, 1, 1, 8)
UNITS_FILE = {"units": ["organization", 0, 0]}  # what the entry that brings the units in says of its files


def units(dealers: int = DEALERS) -> list[dict]:
    """Dealers, departments and the sections that a settlement needs."""
    rows = [dict(code=f"D{i:03d}", name=f"经销商{i}", kind="经销商") for i in range(dealers)]
    rows += [dict(code=f"P{i:02d}", name=f"部门{i}", kind="部门") for i in range(DEPARTMENTS)]
    rows += [
        dict(code="S1", name="市场策略科", kind="科室", function="市场策略", person="甲"),
        dict(
            code="S2",
            name="业务科",
            kind="科室",
            function="业务开发",
            person="乙",
            categories="、".join([*CATEGORIES, "出租"]),
        ),
        dict(code="S3", name="销售支持科", kind="科室", function="销售支持", person="丙"),
    ]
    return [{**row, "state": "在用", "since": datetime(2025, 12, 1)} for row in rows]


def names(count: int, rng: np.random.Generator) -> np.ndarray:
    """Customer names of four telling characters and an ending; about one in eight repeats."""
    picked = MARKS[rng.integers(0, len(MARKS), (count, 5))]
    bare = picked[:, 0] + picked[:, 1] + picked[:, 2] + picked[:, 3] + picked[:, 4]
    again = rng.random(count) < 0.12
    bare[again] = bare[rng.integers(0, count, int(again.sum()))]
    return (
        bare
        + np.array(["实业有限公司", "运输公司", "集团有限公司", "服务中心"], dtype=object)[rng.integers(0, 4, count)]
    )


def rows(count: int, seed: int = 1) -> pd.DataFrame:
    """Rows of T1 by key, valid but for one in twenty."""
    rng = np.random.default_rng(seed)
    cities = [(province, city) for province in places.provinces() for city in places.cities(province)]
    where = rng.integers(0, len(cities), count)
    return pd.DataFrame(
        {
            "customer": names(count, rng),
            "category": np.array(CATEGORIES, dtype=object)[rng.integers(0, len(CATEGORIES), count)],
            "province": [cities[i][0] for i in where],
            "city": [cities[i][1] for i in where],
            "contact": MARKS[rng.integers(0, len(MARKS), count)] + "女士",
            "phone": [f"139{n:08d}" for n in rng.integers(0, 10**8, count)],
            "model": "轿车",
            "quantity": np.where(rng.random(count) < 0.05, 2, rng.integers(3, 40, count)),
        }
    )


def submissions(folder: Path, files: int, per_file: int, seed: int = 1) -> list[tuple[Path, datetime]]:
    """T1 workbooks with their times of receipt, spread over nine months."""
    folder.mkdir(parents=True, exist_ok=True)
    table, made = rows(files * per_file, seed), []
    reporters = [unit["code"] for unit in units() if unit["kind"] != "科室"]
    for number in range(files):
        at = START + timedelta(minutes=int(number * 270 * 24 * 60 / files))
        path = folder / f"{number:05d}.xlsx"
        header = {"unit": reporters[number % len(reporters)], "reported_on": datetime(at.year, at.month, at.day)}
        part = table.iloc[number * per_file : (number + 1) * per_file]
        write_form(
            templates()["lead_record"], path, header, part, policy=load_policy(), on=at.date(), row_count=per_file
        )
        made.append((path, at))
    return made


def facts(count: int, seed: int = 1, dealers: int = DEALERS, after: int = 0) -> Facts:
    """The facts of a register with ``count`` leads, two contract lines for one in ten. ``after``: as many leads, with customers
    and contracts of their own, come before them."""
    rng = np.random.default_rng(seed)
    lead = np.arange(after + 1, after + count + 1)
    at = np.datetime64(START, "us") + np.sort(rng.integers(0, 270 * 86400, count)).astype("timedelta64[s]")
    codes = np.array([unit["code"] for unit in units(dealers) if unit["kind"] != "科室"], dtype=object)
    customer = np.where(rng.random(count) < 0.88, lead, rng.integers(after + 1, after + count + 1, count))
    keys = np.array([f"客户{n}" for n in customer], dtype=object)

    def pick(options: list[str], by: np.ndarray) -> np.ndarray:
        return np.array(options, dtype=object)[by % len(options)]

    leads = pd.DataFrame(
        {
            "lead": lead,
            "version": 1,
            "number": [f"DK-{n:07d}" for n in lead],
            "reporter": codes[rng.integers(0, len(codes), count)],
            "filed_at": at,
            "received_at": at,
            "ranked_at": at,
            "reported_on": at.astype("datetime64[D]").astype("datetime64[us]"),
            "file": np.array([f"{n // 30}.xlsx" for n in lead], dtype=object),
            "row": lead % 30 + 8,
            "customer": keys,
            "customer_key": keys,
            "category": pick([*CATEGORIES, "出租"], customer),
            "province": pick([f"省{n}" for n in range(30)], customer),
            "city": pick([f"市{n}" for n in range(340)], customer),
            "level": np.where(rng.random(count) < 0.9, "县级及以下", "地市级及以上"),
            "model": "轿车",
            "quantity": rng.integers(1, 40, count),
            "phone_key": keys,
        }
    )
    sent = at + np.timedelta64(1, "D")
    handed = rng.random(count) < 0.85
    answered = handed & (rng.random(count) < 0.92)
    back = sent + rng.integers(0, 6, count).astype("timedelta64[D]")
    good = rng.random(count) < 0.75
    until = (back + np.timedelta64(200, "D")).astype("datetime64[D]").astype("datetime64[us]")
    feedback = pd.DataFrame(
        {
            "lead": lead,
            "section": "S2",
            "at": back,
            "verdict": np.where(good, "有效", "无效"),
            "reason": None,
            "expires_on": np.where(good & (rng.random(count) < 0.97), until, np.datetime64("NaT")),
            "person": pick(["何", "吕", "施"], lead),
            "file": "t5.xlsx",
            "row": lead % 100,
        }
    )[answered]
    signed = rng.choice(lead, count // 10, replace=False)
    day = back[signed - 1 - after] + np.timedelta64(20, "D")
    lines = [
        pd.DataFrame(
            {
                "month": np.datetime_as_string((day + np.timedelta64(31 * k, "D")).astype("datetime64[M]")).astype(
                    object
                ),
                "contract": np.array([f"HT{n}" for n in signed], dtype=object),
                "lead": signed,
                "unit": "D001",
                "quantity": leads["quantity"].to_numpy()[signed - 1 - after],
                "signed_on": day.astype("datetime64[D]").astype("datetime64[us]"),
                "picked_up": rng.integers(0, 10, len(signed)),
                "at": day + np.timedelta64(31 * (k + 1), "D"),
                "file": "t2.xlsx",
                "row": signed % 100,
            }
        )
        for k in (0, 1)
    ]
    goal = max(1, count // (len(codes) * 9) // 2)
    targets = [
        dict(
            unit=f"P{n:02d}",
            month=f"2026-{month:02d}",
            amount=goal,
            kind="分解",
            at=datetime(2026, 1, 1),
            file="t4.xlsx",
            cell="E9",
        )
        for n in range(DEPARTMENTS)
        for month in range(1, 13)
    ]
    dispatches = pd.DataFrame({"batch": lead // 200, "lead": lead, "section": "S2", "at": sent})[handed]
    return Facts.of(
        units=units(dealers),
        leads=leads,
        dispatches=dispatches,
        feedback=feedback,
        contracts=pd.concat(lines),
        targets=targets,
    )
