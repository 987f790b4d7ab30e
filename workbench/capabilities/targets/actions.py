"""What an approver does to targets by his own act (D26)."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Section

ACTIONS = (Action("adjust_targets", "调整已过月份的目标", ("approver",), section=Section.IMPORT, records=()),)
