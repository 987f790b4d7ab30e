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
            "model": TEXT,
            "quantity": INT,
            "amount_fen": OPTIONAL_INT,
            "signed_on": TIME,
            "picked_up": INT,
            "progress": TEXT,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        by_lead="lead",
        template="contract_register",
    ),
    # since when the lines of earlier files do not stand any more: replaced under their row id by another contract or
    # lead, or left out of a register that was handed in anew (D25). `model` as lines are told apart by it
    FactTable(
        name="contract_withdrawal",
        word="合同行撤回",
        facts="withdrawals",
        columns={"month": TEXT, "contract": TEXT, "lead": INT, "model": TEXT, "at": TIME, "file": TEXT},
        known_at="at",
        by_lead="lead",
        template="contract_register",
        rows=False,
    ),
    # what every file of the register held, also where it said nothing new: which row stood for which line
    FactTable(name="register_row", word="合同登记表的行", by_lead="lead", rows=False),
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
