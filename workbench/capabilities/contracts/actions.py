"""The support section's contract register (6.5)."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind, Recorded, Section

ACTIONS = (
    Action("import_contracts", "导入合同登记汇总表", ("support",), section=Section.IMPORT, records=()),
    Action(
        "prepare_register",
        "预填合同登记汇总表",
        ("clerk", "support"),
        records=(Recorded("prepare_register", "预填合同登记汇总表", Kind.BUSINESS, ("month",)),),
    ),
)
