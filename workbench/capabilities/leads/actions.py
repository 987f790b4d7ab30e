"""What people do with leads: look at them, answer for a section, decide on duplicates, hand them on."""

from __future__ import annotations

from typing import Any

from workbench.core.messages import Message, joined
from workbench.platform.access.actions import Action, Kind, Recorded, Section

# what a person's word may bring along: rows that waited for it, lines that fit no more
IN_COURSE, GIVEN_BACK = "workbench.platform.intake.waiting:tables_in_course", "line_given_back"


def _sections(detail: dict[str, Any]) -> Message:
    """How many leads each section was handed."""
    counts = detail.get("sections", {}).items()
    parts = [Message.of("dispatched/leads", section=section, count=count) for section, count in counts]
    return Message.of("dispatched/listed", parts=joined(parts))


ACTIONS = (
    Action(
        "list",
        "查看信息清单",
        ("clerk", "verifier", "support", "analyst", "approver", "payer", "auditor"),
        Kind.VIEW,
        section=Section.VIEW,
    ),
    Action("import_feedback", "导入甄别反馈表", ("verifier",), section=Section.IMPORT, records=()),
    Action(
        "review",
        "复核疑似重复",
        ("clerk",),
        records=(
            Recorded(
                "decide",
                "复核",
                Kind.DATED,
                ("number", "verdict"),
                writes=("review", "lead_change", "transition", GIVEN_BACK),
                in_course=IN_COURSE,
                also=("override",),  # an approver's word where a dispatched lead is pushed back (D4)
            ),
        ),
    ),
    Action(
        "override",
        "推翻复核结论",
        ("approver",),
        records=(
            Recorded(
                "override",
                "推翻复核",
                Kind.DATED,
                ("number", "verdict"),
                writes=("review", "transition", GIVEN_BACK),
                in_course=IN_COURSE,
            ),
        ),
    ),
    Action(
        "withdraw_import",
        "撤回导入的文件",
        ("clerk", "approver"),
        section=Section.IMPORT,
        records=(
            Recorded(
                "withdraw_import",
                "撤回导入的文件",
                Kind.DATED,
                ("number", "verdict"),
                writes=(
                    "case_request",
                    "case_decision",
                    "import_withdrawal",
                    "contract_withdrawal",
                    "dispatch",
                    "transition",
                    GIVEN_BACK,
                ),
                in_course=IN_COURSE,
            ),
        ),
    ),
    Action("import_change", "导入信息变更申请单", ("verifier",), section=Section.IMPORT, records=()),
    Action(
        "decide_change",
        "决定信息变更",
        ("clerk", "verifier", "approver"),
        records=(
            Recorded(
                "decide_change",
                "决定信息变更",
                Kind.DATED,
                ("number", "verdict"),
                writes=("change_decision", "contract_split", "dispatch", "review", "transition", GIVEN_BACK),
                in_course=IN_COURSE,
            ),
        ),
    ),
    Action(
        "dispatch",
        "转交",
        ("clerk",),
        records=(
            Recorded(
                "dispatch",
                "转交",
                Kind.DATED,
                _sections,
                writes=("dispatch", "transition", GIVEN_BACK),
                in_course=IN_COURSE,
            ),
            Recorded("dispatch_again", "补发转交表", Kind.BUSINESS, _sections),
        ),
    ),
    Action(
        "reveal",
        "查看完整个人信息",
        ("clerk", "verifier"),
        section=Section.PERSONAL,
        records=(Recorded("reveal", "查看个人信息", Kind.CUSTODY, ("number", "reason")),),
        key="field",
    ),
)
