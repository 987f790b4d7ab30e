"""What the register keeps of leaks and disclosures."""

from __future__ import annotations

from workbench.capabilities.privacy.leak_incidents import first_of_each_number
from workbench.platform.register.facts import BOOL, INT, TEXT, TIME, FactTable

TABLES = (
    FactTable(
        name="incident",
        word="信息泄露事件",
        facts="incidents",
        columns={
            "number": TEXT,
            "person": TEXT,
            "unit": TEXT,
            "happened_on": TIME,
            "inside": BOOL,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        by_lead="lead",
        template="leak_incident",
        complete=first_of_each_number,
    ),
    FactTable(name="disclosure_request", word="披露申请", by_lead="lead", template="customer_disclosure"),
    FactTable(name="disclosure_decision", word="披露审批", by_lead="lead"),
    FactTable(name="disclosure_handover", word="披露交付", by_lead="lead"),
)
