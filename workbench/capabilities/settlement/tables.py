"""What the register keeps of settlements: closed months, approved quarters, allocations, appeals, payments."""

from __future__ import annotations

from workbench.platform.register.facts import INT, OPTIONAL_INT, TEXT, TIME, FactTable

APPROVED = "workbench.capabilities.settlement.causes:approved"
TABLES = (
    FactTable(
        name="closure",
        word="关账",
        facts="closures",
        columns={"month": TEXT, "at": TIME},
        known_at="at",
    ),
    # every version: who gets how much of a department's reward (7.2.3)
    FactTable(
        name="allocation",
        word="奖金分配",
        facts="allocations",
        columns={
            "quarter": TEXT,
            "unit": TEXT,
            "person": TEXT,
            "amount": INT,
            "leader": TEXT,
            "at": TIME,
            "document": INT,
        },
        known_at="at",
        template="bonus_allocation",
    ),
    FactTable(name="appeal", word="申诉", template="reward_appeal"),
    # `grounds`: what who rules may read of what was `typed`
    FactTable(
        name="appeal_grounds",
        word="申诉理由",
        columns={"number": TEXT, "grounds": TEXT, "at": TIME},
        known_at="at",
        template="reward_appeal",
        sealed=("typed",),
        named=("grounds",),
    ),
    # outcomes of appeals: what a line of an approved quarter should have been, missing where it stands
    FactTable(
        name="ruling",
        word="申诉裁定",
        facts="rulings",
        columns={
            "appeal": TEXT,
            "quarter": TEXT,
            "clause": TEXT,
            "party": TEXT,
            "ref": TEXT,
            "amount": OPTIONAL_INT,
            "at": TIME,
        },
        known_at="at",
        cause="workbench.capabilities.settlement.causes:ruled",
    ),
    FactTable(name="approval", word="核算批准", cause=APPROVED),
    FactTable(name="settlement", word="核定季度", cause=APPROVED),
    FactTable(name="settlement_line", word="核定金额", cause=APPROVED),
)
