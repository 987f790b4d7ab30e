"""What the register keeps of inspections and of what was said about unusual use."""

from __future__ import annotations

from workbench.platform.register.facts import INT, TEXT, TIME, FactTable

TABLES = (
    FactTable(
        name="inspection_finding",
        word="检查发现的问题",
        facts="inspection_findings",
        columns={
            "number": TEXT,
            "subject": TEXT,
            "problem": TEXT,
            "measure": TEXT,
            "responsible": TEXT,
            "correct_by": TIME,
            "outcome": TEXT,
            "corrected_on": TIME,
            "remark": TEXT,
            "inspector": TEXT,
            "inspected_on": TIME,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        template="inspection",
        named=("problem", "measure", "remark"),
    ),
    FactTable(
        name="observation_seen",
        word="异常使用的说明",
        facts="observations_seen",
        columns={"number": TEXT, "reason": TEXT, "by": TEXT, "at": TIME},
        known_at="at",
        named=("reason",),
    ),
)
