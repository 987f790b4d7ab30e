"""The office of ``customer_world`` with a trail: reveals, refusals, backups, trainings, inspections; for the report on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from tests.support import customer_world, synthetic
from workbench.capabilities.leads.snapshot import ENTRIES, Snapshot
from workbench.platform.register.facts import Facts, frame

MARCH = "2026-03"


def entries() -> pd.DataFrame:
    """The trail of a quarter: a custodian, two clerks, an approver and a verifier who leaves."""
    said: list[tuple[str, str, str, dict[str, Any]]] = [
        ("2026-01-05 08:00", "保管", "init", {"user": "保管", "role": "custodian"}),
        ("2026-01-05 08:10", "保管", "user_add", {"user": "文员甲", "role": "clerk"}),
        ("2026-01-05 08:11", "保管", "user_add", {"user": "文员乙", "role": "clerk"}),
        ("2026-01-05 08:12", "保管", "user_add", {"user": "领导", "role": "approver"}),
        ("2026-01-05 08:13", "保管", "user_add", {"user": "核实员", "role": "verifier"}),
        ("2026-02-20 17:00", "文员甲", "backup", {"file": "登记册_20260220-170000.wbk"}),
        ("2026-02-27 10:00", "文员甲", "reveal", {"number": "DK202602-00001", "reason": "核实"}),
        ("2026-03-02 09:00", "文员甲", "import", {"files": {"1": ["customer_disclosure", 2, 1], "2": ["lead_record", 5, 0]}}),
        ("2026-03-02 17:00", "文员甲", "backup", {"file": "登记册_20260302-170000.wbk"}),
        ("2026-03-02 17:10", "文员甲", "backup_test", {"file": "登记册_20260302-170000.wbk"}),
        ("2026-03-03 10:00", "领导", "disclosure_decide", {"number": "PL-1", "verdict": "同意"}),
        ("2026-03-03 10:05", "领导", "disclosure_decide", {"number": "PL-2", "verdict": "不同意"}),
        ("2026-03-03 11:00", "文员甲", "disclosure_hand_over", {"number": "PL-1"}),
        ("2026-03-04 09:30", "文员甲", "dispatch", {"section": "S001"}),
        ("2026-03-05 21:30", "文员乙", "reveal", {"number": "DK202603-00002", "reason": "投标急件，联系客户"}),
        ("2026-03-06 10:00", "文员乙", "reveal", {"number": "DK202603-00002", "reason": "急件"}),
        ("2026-03-09 08:00", "保管", "wrong_passphrase", {"tries": [["文员乙", f"2026-03-08T09:0{n}:00"] for n in range(5)]}),
        ("2026-03-09 10:00", "核实员", "refused", {"wanted": "reveal", "role": "verifier"}),
        ("2026-03-10 10:00", "领导", "deliver", {"codes": ["2V48-5KQN", "3W49-6LRP"]}),
        ("2026-03-11 10:00", "领导", "report", {"report": "开发计划", "period": "2026-03-11"}),
        ("2026-03-12 10:00", "文员乙", "refused", {"wanted": "reveal", "role": "clerk", "why": "never_trained"}),
        ("2026-03-12 11:00", "保管", "access_opened", {"account": "文员乙", "until": "2026-03-14"}),
        ("2026-03-13 10:00", "文员甲", "consent_record", {"number": "DK202603-00001"}),
        ("2026-03-16 10:00", "文员甲", "consent_withdraw", {"number": "DK202603-00001"}),
        ("2026-03-17 10:00", "文员甲", "retention_propose", {"number": "XH2026-001"}),
        ("2026-03-18 10:00", "保管", "destroy", {"keys": 1}),
        ("2026-03-18 10:01", "保管", "retention_dispose", {"number": "XH2026-001", "count": 1}),
        ("2026-03-19 10:00", "保管", "incident_step", {"number": "XL2026-001", "step": "控制"}),
        ("2026-03-20 17:00", "保管", "user_revoke", {"user": "核实员"}),
        ("2026-04-01 10:00", "文员甲", "reveal", {"number": "DK202603-00002", "reason": "核实"}),
    ]  # fmt: skip
    said[18:18] = [
        (
            f"2026-03-09 {9 + n // 6:02d}:{n % 6}0",
            "文员甲",
            "reveal",
            {"number": "DK202603-00001", "reason": "重复核对"},
        )
        for n in range(20)
    ]
    rows = [
        {"entry": number, "at": at, "recorded_at": at, "user": user, "action": action, "detail": detail}
        for number, (at, user, action, detail) in enumerate(said, 1)
    ]
    times = {"at": "datetime64[us]", "recorded_at": "datetime64[us]"}
    return pd.DataFrame(rows, columns=ENTRIES).astype(times)


def trained(account: str, kind: str, day: str, row: int) -> dict[str, Any]:
    """A row of T16."""
    own = {"who": account, "unit": "S000", "account": account, "subject": "保密规定", "number": f"BM-{row}"}
    return {**own, "kind": kind, "held_on": day, "at": "2026-01-20 09:00", "file": "培训.xlsx", "row": row}


def found(number: str, row: int, **said: Any) -> dict[str, Any]:
    """A row of T17."""
    own = {"subject": "备份与恢复", "problem": "备份间隔过长", "responsible": "钱保管", "correct_by": "2026-03-16"}
    at = {
        "inspected_on": "2026-03-02",
        "inspector": "孙检查",
        "at": "2026-03-02 15:00",
        "file": "检查.xlsx",
        "row": row,
    }
    return {"number": number, **own, **at, **said}


def facts() -> Facts:
    """The office's facts."""
    people = [("保管", "2025-12-01"), ("文员甲", "2025-03-20"), ("领导", "2025-04-15")]
    own = customer_world.facts()
    leak = {**own.incidents.iloc[0].to_dict(), "number": "XL2026-009", "happened_on": pd.Timestamp("2026-03-18")}
    leak["at"] = pd.Timestamp("2026-03-19 09:00")
    profiles = [
        customer_world.profile(customer_world.BUS, contact_key="h1", basis="本人同意", keep_until=pd.Timestamp(day))
        for day in ("2026-02-28", "2026-03-30")
    ]
    profiles.append(
        customer_world.profile(
            customer_world.SCHOOL, contact_key="h2", basis="履行合同", keep_until=pd.Timestamp("2026-04-15")
        )
    )
    profiles.append(customer_world.profile(customer_world.FACTORY, contact_key="h3", basis="本人同意"))
    files = [{**row, "row": number} for number, row in enumerate(profiles, 40)]
    return own.replace(
        customer_profiles=frame("customer_profiles", [*own.customer_profiles.to_dict("records"), *files]),
        incidents=frame("incidents", [*own.incidents.to_dict("records"), leak]),
        training_records=frame(
            "training_records", [trained(name, "培训", day, row) for row, (name, day) in enumerate(people, 6)]
        ),
        access_openings=frame(
            "access_openings",
            [{"account": "文员乙", "until": "2026-03-14", "reason": "急件", "by": "保管", "at": "2026-03-12 11:00"}],
        ),
        inspection_findings=frame(
            "inspection_findings",
            [
                found("JC-1", 6),
                found("JC-2", 7, outcome="已整改", corrected_on="2026-03-09"),
                found("JC-0", 8, inspected_on="2026-02-02", at="2026-02-02 15:00", correct_by="2026-04-30"),
            ],
        ),
        observations_seen=frame(
            "observations_seen",
            [
                {
                    "number": "GZ20260305-时-文员乙",
                    "reason": "投标截止前夜，已问过本人",
                    "by": "保管",
                    "at": "2026-03-09 09:00",
                }
            ],
        ),
    )


def book(at: datetime) -> Snapshot:
    """The office as a report sees it at a moment."""
    return replace(synthetic.book(facts(), at), read_entries=entries)
