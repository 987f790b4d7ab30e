"""A regulation on trial, 试驾管理试行办法: a template, a dated parameter, a clause with money, a procedure, a report.

Everything about it stands in this folder; the rest of the program and of the tests does not know it.
"""

from __future__ import annotations

from pathlib import Path

from workbench.platform.access.actions import Action, Kind
from workbench.platform.capability import Capability
from workbench.platform.interface import Command, Function
from workbench.platform.register.facts import INT, TEXT, TIME, FactTable
from workbench.platform.reporting.registry import Report
from workbench.platform.workflow.case import Case
from workbench.platform.workflow.procedure import ASKED, DECISIONS
from workbench.platform.workflow.task import Task

HERE = Path(__file__).parent
STRIKING = Case(
    name="test_drive_striking",
    title="试驾登记作废",
    request="test_drive_strike",
    decided_by="test_drive_decide",
    four_eyes=(ASKED,),
    effect="Approved: the test drive counts no more, and no penalty rests on it.",
    due="Within 2 working days of the request.",
    decisions=DECISIONS,
    task="test_drive_striking",
    term=f"{__name__}.striking:term",
    carry_out=f"{__name__}.striking:carry_out",
)
CAPABILITY = Capability(
    name="test_drives",
    title="试驾管理（试行）",
    regulations=("试驾管理试行办法",),
    depends=("organization", "leads", "settlement"),
    regulation_files=(HERE / "test_drives.yaml",),
    templates=(HERE / "test_drive_record.yaml",),
    tables=(
        FactTable(
            name="test_drive",
            word="试驾",
            facts="test_drives",
            columns={
                "number": TEXT,
                "unit": TEXT,
                "model": TEXT,
                "driven_on": TIME,
                "at": TIME,
                "file": TEXT,
                "row": INT,
            },
            known_at="at",
            template="test_drive_record",
            sealed=("driver",),
        ),
        FactTable(
            name="struck_test_drive",
            word="试驾作废",
            facts="struck_test_drives",
            columns={"number": TEXT, "at": TIME},
            known_at="at",
        ),
    ),
    clauses=f"{__name__}.clauses:CLAUSES",
    actions=(
        Action("test_drive_strike", "申请试驾作废", ("clerk",), Kind.BUSINESS, ("number",), writes=("case_request",)),
        Action(
            "test_drive_decide",
            "审批试驾作废",
            ("approver",),
            Kind.BUSINESS,
            ("number", "verdict"),
            writes=("case_decision", "struck_test_drive"),
        ),
    ),
    intakes=f"{__name__}.intake:INTAKES",
    cases=(STRIKING,),
    tasks=(
        Task(
            key="test_drive_striking",
            title="试驾作废审批",
            clause="试驾管理试行办法·四",
            action="test_drive_decide",
            instruction="workbench test-drives decide {period} 同意|不同意",
            when="on the last day of its term",
            due="workbench.platform.workflow.procedure:waiting",
            from_register=True,
        ),
    ),
    reports=(
        Report(
            "试驾月报",
            "test_drives",
            "month",
            f"{__name__}.report",
            drills=f"{__name__}.report:tables",
            own_notebook=HERE / "试驾月报.ipynb",
        ),
    ),
    commands=(
        Command("test-drives", zh="试驾登记的作废。", en="Striking test drives off the list."),
        Command(
            "test-drives strike",
            f"{__name__}.commands:strike",
            zh="申请把一次试驾作废。",
            en="Ask to strike a test drive.",
        ),
        Command("test-drives decide", f"{__name__}.commands:decide", zh="审批作废申请。", en="Decide such a request."),
    ),
    functions=(Function("DK_TEST_DRIVES", f"{__name__}.functions:DK_TEST_DRIVES"),),
    home=__name__,
)
