"""What the register keeps of leaks, disclosures and disposals."""

from __future__ import annotations

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
    ),
    # that a customer be disposed of: `keys` of all his names; decided by another person, and carried out
    FactTable(
        name="disposal",
        word="销毁申请",
        columns={
            "number": TEXT,
            "customer_key": TEXT,
            "keys": TEXT,
            "kept_as": TEXT,
            "due_on": TIME,
            "reason": TEXT,
            "by": TEXT,
            "at": TIME,
        },
        known_at="at",
        named=("reason",),
        customers=("customer_key",),
    ),
    FactTable(
        name="disposal_decision",
        word="销毁审批",
        columns={"number": TEXT, "verdict": TEXT, "by": TEXT, "at": TIME, "reason": TEXT},
        known_at="at",
        named=("reason",),
    ),
    FactTable(
        name="disposal_done",
        word="销毁执行",
        columns={"number": TEXT, "keys": INT, "by": TEXT, "at": TIME},
        known_at="at",
    ),
    # what was done about an incident: `step` of incidents.Step, `done_at` when
    FactTable(
        name="incident_step",
        word="泄露事件处置",
        columns={"number": TEXT, "step": TEXT, "done_at": TIME, "note": TEXT, "by": TEXT, "at": TIME},
        known_at="at",
        named=("note",),
    ),
    FactTable(name="disclosure_request", word="披露申请", by_lead="lead", template="customer_disclosure"),
    FactTable(name="disclosure_decision", word="披露审批", by_lead="lead"),
    FactTable(name="disclosure_handover", word="披露交付", by_lead="lead"),
)
