"""What the register keeps of trainings and agreements, and of access that was opened in an emergency."""

from __future__ import annotations

from workbench.platform.register.facts import INT, TEXT, TIME, FactTable

TABLES = (
    # every version of every training and agreement; `who`: the person, or the partner; `unit`: empty where none is named
    FactTable(
        name="training_record",
        word="培训与保密协议",
        facts="training_records",
        columns={
            "kind": TEXT,
            "who": TEXT,
            "unit": TEXT,
            "account": TEXT,
            "subject": TEXT,
            "held_on": TIME,
            "valid_until": TIME,
            "number": TEXT,
            "remark": TEXT,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        template="training_record",
        named=("subject", "remark"),
    ),
    FactTable(
        name="access_opening",
        word="紧急开通查看权限",
        facts="access_openings",
        columns={"account": TEXT, "until": TIME, "reason": TEXT, "by": TEXT, "at": TIME},
        known_at="at",
        named=("reason",),
    ),
)
