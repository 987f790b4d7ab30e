"""A made-up office for the report tests: 12 departments, 60 dealers, 5 sections and hundreds of leads."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from workbench.app.policy import load_policy
from workbench.capabilities.leads.snapshot import Snapshot
from workbench.core.names import customer_key
from workbench.platform.access.session import create
from workbench.platform.forms.spec import templates
from workbench.platform.register.facts import Facts, fact_tables
from workbench.platform.regulation.edition import Policy

SECRET_NAMES = ("张联系", "李密联")
SECRET_PHONE = "13912345678"
PASSPHRASE = "口令 only for the register tests"
PLACES = [
    ("安徽省", "芜湖市"),
    ("安徽省", "合肥市"),
    ("江苏省", "南京市"),
    ("江苏省", "无锡市"),
    ("浙江省", "杭州市"),
    ("山东省", "济南市"),
    ("河南省", "郑州市"),
    ("湖北省", "武汉市"),
    ("四川省", "成都市"),
    ("广东省", "广州市"),
]
CATEGORIES = ["政府采购", "公检法司及军警装备采购", "出租", "租赁", "驾校", "企事业单位"]
SECTIONS = [
    ("S000", "市场策略科", "市场策略", "", "郑策"),
    ("S001", "政府业务科", "业务开发", "政府采购、公检法司及军警装备采购", "王政"),
    ("S002", "行业业务科", "业务开发", "出租、租赁、驾校", "冯行"),
    ("S003", "企业业务科", "业务开发", "企事业单位、其他", "许企"),
    ("S009", "销售支持科", "销售支持", "", "陈持"),
]
START = datetime(2026, 1, 5, 9)
AFTER = datetime(2026, 4, 3, 9)  # some days after the quarter


def book(
    facts: Facts,
    as_of: datetime,
    policy: Policy | None = None,
    closed: pd.DataFrame | None = None,
    approved: dict | None = None,
) -> Snapshot:
    """The facts as a report sees them at a moment."""
    policy = policy or load_policy()
    columns = ["quarter", "clause", "party", "ref", "amount", "adjusts", "inputs"]
    closed = pd.DataFrame(columns=columns) if closed is None else closed
    known = facts.up_to(as_of)
    return Snapshot(known, policy, as_of, closed, approved or {}, "42:a1b2c3d4e5f60718")


def register(path: Path, facts: Facts, passphrase: str) -> Path:
    """A real encrypted register holding the facts, every lead with a contact that must stay inside."""
    now = datetime(2026, 4, 3, 8)
    with create(path, "clerk", passphrase, load_policy(), now) as session, session.transaction("import", now) as entry:
        tables = {name: getattr(facts, name) for name in fact_tables()}
        names = sorted({name for table in tables.values() if "file" in table for name in table["file"].dropna()})
        documents = pd.DataFrame({"name": names, **_forms(tables, names)}).assign(
            sha256=names, received_at=now, header=[{}] * len(names), accepted=1, returned=0
        )
        number = dict(zip(names, entry.append("document", documents), strict=True))
        sealed = {"contact": SECRET_NAMES[0], "phone": SECRET_PHONE, "content": f"联系 {SECRET_NAMES[1]}"}
        extra = {
            "leads": sealed,
            "targets": {"year": 2026, "row": 5},
            "reviews": {},
            "closures": {"reason": "季度批准"},
        }
        for name, table in tables.items():
            rows = table.assign(**{key: [value] * len(table) for key, value in extra.get(name, {}).items()})
            if "file" in rows:
                rows["document"] = rows["file"].map(number)
            if len(rows):
                entry.append(fact_tables()[name].name, rows)
    return path


def _forms(tables: dict[str, pd.DataFrame], names: list[str]) -> dict[str, list[str]]:
    """Template and version of each file, by the table its rows stand in: as it would be sent today."""
    forms = {
        name: templates()[template]
        for facts, table in tables.items()
        if (template := fact_tables()[facts].template) and "file" in table
        for name in table["file"].dropna()
    }
    return {"template": [forms[name].id for name in names], "version": [forms[name].version for name in names]}


def units() -> list[dict]:
    """12 departments, 60 dealers, 5 sections."""
    rows = [
        {
            "code": f"B{n:03d}",
            "name": f"区域{'一二三四五六七八九十'[n - 1] if n <= 10 else ['十一', '十二'][n - 11]}部",
            "kind": "部门",
            "person": "责任",
            "leader": "赵钱孙李"[n % 4] + "副总",
            "state": "在用",
        }
        for n in range(1, 13)
    ]
    for n in range(1, 61):
        province, city = PLACES[n % len(PLACES)]
        name = f"{city[:2]}{'东南西北'[n % 4]}城第{n}销售服务店"
        rows.append(
            {"code": f"D{n:03d}", "name": name, "kind": "经销商", "province": province, "city": city, "state": "在用"}
        )
    for code, name, function, categories, person in SECTIONS:
        rows.append(
            {
                "code": code,
                "name": name,
                "kind": "科室",
                "function": function,
                "categories": categories,
                "person": person,
                "state": "在用",
            }
        )
    return [{**row, "since": datetime(2025, 12, 1)} for row in rows]


def facts(leads: int = 700, seed: int = 7) -> Facts:
    """One quarter's life of ``leads`` leads with the usual mistakes."""
    draw = random.Random(seed)
    tables: dict[str, list[dict]] = {
        name: [] for name in ("leads", "dispatches", "feedback", "applications", "contracts")
    }
    for number in range(1, leads + 1):
        _life(number, draw, tables)
    for row, key in zip(
        tables["leads"], customer_key(pd.Series([r["customer"] for r in tables["leads"]], dtype=object)), strict=True
    ):
        row["customer_key"] = key
    targets = [
        {
            "unit": f"B{n:03d}",
            "month": f"2026-{m:02d}",
            "amount": 0 if n == 12 else 1 if n == 2 else 2 + (n + m) % 4,
            "kind": "分解",
            "at": datetime(2025, 12, 20),
            "file": "2026目标分解.xlsx",
            "cell": f"{'EFGHIJKLMNOP'[m - 1]}{5 + n}",
        }
        for n in range(1, 13)
        for m in range(1, 13)
    ]
    targets.append(
        {
            "unit": "B003",
            "month": "2026-03",
            "amount": 6,
            "kind": "调整",
            "at": datetime(2026, 2, 25, 10),
            "file": "2026目标调整.xlsx",
            "cell": "G8",
        }
    )
    dates = [
        "2026-01-10",
        "2026-01-20",
        "2026-01-30",
        "2026-02-10",
        "2026-02-20",
        "2026-03-10",
        "2026-03-20",
        "2026-03-30",
    ]
    publications = [{"due_on": day, "at": f"{day}T17:00:00"} for day in dates]
    publications[4]["at"] = "2026-02-21T09:00:00"
    returns = [
        ("2026-01", "2026-02-02T16:00:00"),
        ("2026-02", "2026-03-04T11:00:00"),
        ("2026-03", "2026-04-02T10:00:00"),
    ]
    return Facts.of(
        units=units(),
        targets=targets,
        publications=publications,
        returns=[{"month": m, "at": at, "file": f"合同登记汇总表_{m}.xlsx"} for m, at in returns],
        incidents=[
            {
                "number": "XL2026-001",
                "person": "许企",
                "happened_on": "2026-02-11",
                "inside": True,
                "at": "2026-02-12T10:00:00",
                "file": "泄露登记.xlsx",
                "row": 5,
            }
        ],
        **tables,
    )


def _life(number: int, draw: random.Random, tables: dict[str, list[dict]]) -> None:
    """One lead from receipt to pick-up, as far as it gets."""
    at = START + timedelta(days=draw.randrange(84), minutes=draw.randrange(480))
    dealer = draw.random() < 0.8
    reporter = f"D{draw.randrange(1, 61):03d}" if dealer else f"B{draw.randrange(1, 13):03d}"
    province, city = draw.choice(PLACES)
    category = draw.choice(CATEGORIES)
    level = draw.choice(["县级及以下"] * 4 + ["地市级及以上"]) if category == "出租" else None
    quantity = draw.choice([2, 3, 5, 8, 10, 12, 15, 20, 30])
    same = number > 50 and draw.random() < 0.06
    earlier = tables["leads"][draw.randrange(len(tables["leads"]))] if same else None
    customer = earlier["customer"] if earlier else f"{city[:2]}{'江河湖海山林泉石'[number % 8]}{number}单位"
    lead = {
        "lead": number,
        "version": 1,
        "number": f"DK2026-{number:05d}",
        "reporter": reporter,
        "filed_at": at,
        "received_at": at,
        "ranked_at": at,
        "reported_on": at.date().isoformat(),
        "file": f"{reporter}_{at:%m%d}.xlsx",
        "row": 8 + number % 30,
        "customer": customer,
        "category": category,
        "province": province,
        "city": city,
        "level": level,
        "model": "轿车",
        "quantity": quantity,
        "phone_key": f"k{number}",
    }
    if earlier:
        lead |= {key: earlier[key] for key in ("category", "province", "city", "level")}
    tables["leads"].append(lead)
    if quantity < 3 or draw.random() < 0.08:
        return
    section = next(code for code, _, _, words, _ in SECTIONS if lead["category"] in words)
    sent = at + timedelta(hours=3)
    tables["dispatches"].append({"batch": number // 10, "lead": number, "section": section, "at": sent})
    if draw.random() < 0.05:
        return
    answered = sent + timedelta(days=draw.choice([1, 1, 1, 2, 2, 6]))
    good = draw.random() < 0.72
    expires = None if draw.random() < 0.03 else "2026-09-30"
    tables["feedback"].append(
        {
            "lead": number,
            "section": section,
            "at": answered,
            "verdict": "有效" if good else "无效",
            "reason": None if good else "查无此项目",
            "expires_on": expires if good else None,
            "person": draw.choice(["王政", "冯行", "许企", None]),
            "file": f"反馈_{section}.xlsx",
            "row": 10 + number % 20,
        }
    )
    if not good or not expires or draw.random() < 0.45:
        return
    applied = max(answered, at + timedelta(days=draw.choice([4, 9, 12])))
    tables["applications"].append(
        {"lead": number, "unit": reporter, "at": applied, "quantity": quantity, "file": "申报.xlsx", "row": 6}
    )
    signed = applied + timedelta(days=4)
    for month in pd.period_range(signed, "2026-03-31", freq="M").astype(str)[:2]:
        tables["contracts"].append(
            {
                "month": month,
                "contract": f"HT{number:05d}",
                "lead": number,
                "unit": reporter,
                "quantity": quantity,
                "amount_fen": quantity * 9_800_000,
                "signed_on": signed.date().isoformat(),
                "picked_up": draw.choice([0, quantity // 5, quantity // 2]),
                "file": f"合同登记汇总表_{month}.xlsx",
                "row": 6 + number % 40,
                "at": {
                    "2026-01": "2026-02-02T16:00:00",
                    "2026-02": "2026-03-04T11:00:00",
                    "2026-03": "2026-04-02T10:00:00",
                }[month],
            }
        )
