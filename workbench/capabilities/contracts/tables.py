"""What the register keeps of contracts."""

from __future__ import annotations

from workbench.platform.register.facts import INT, OPTIONAL_INT, TEXT, TIME, FactTable

TABLES = (
    # every version of every line
    FactTable(
        name="contract_line",
        word="合同行",
        facts="contracts",
        columns={
            "month": TEXT,
            "contract": TEXT,
            "lead": INT,
            "unit": TEXT,
            "quantity": INT,
            "amount_fen": OPTIONAL_INT,
            "signed_on": TIME,
            "picked_up": INT,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        by_lead="lead",
        template="contract_register",
    ),
    # files that came back, nil returns included
    FactTable(
        name="register_return",
        word="合同登记返回",
        facts="returns",
        columns={"month": TEXT, "at": TIME, "file": TEXT},
        known_at="at",
        template="contract_register",
        rows=False,
    ),
)
