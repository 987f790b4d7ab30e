"""The cases every register has: a restored register is confirmed by another person."""

from __future__ import annotations

from workbench.platform.workflow.case import Case, FourEyes

RESTORE = Case(
    name="restore",
    title="确认恢复的登记册",
    request="restore",
    decided_by="confirm_restore",
    four_eyes=(FourEyes("who restored it", "own_restore", "workbench.platform.access.backups:who_restored"),),
    effect="The business of the regulations goes on in the restored register.",
    due="Before anything is recorded; until then only keeping and looking are possible.",
)
CASES = (RESTORE,)
