"""What the register keeps of contracts."""

from __future__ import annotations

from workbench.capabilities.leads.contract_history import GIVEN_BACK, with_new_lines, with_returns
from workbench.platform.register.facts import BOOL, INT, OPTIONAL_INT, TEXT, TIME, FactTable

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
        complete=with_new_lines,
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
        cause="workbench.capabilities.contracts.causes:withdrawn",
    ),
    # what every file of the register held, also where it said nothing new: which row stood for which line
    FactTable(
        name="register_row",
        word="合同登记表的行",
        facts="register_rows",
        columns={"month": TEXT, "contract": TEXT, "lead": OPTIONAL_INT, "at": TIME, "file": TEXT, "row": OPTIONAL_INT},
        known_at="at",
        by_lead="lead",
        template="contract_register",
        rows=False,
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
        complete=with_returns,
    ),
    # lines (of file `given_back`, row `line`) that do not fit what was received before them and came in later, or fit again
    FactTable(
        name=GIVEN_BACK,
        word="不再相容的合同行",
        columns={"given_back": INT, "line": INT, "back": BOOL, "at": TIME},
        rows=False,
        cause="workbench.capabilities.contracts.causes:given_back",
    ),
)
