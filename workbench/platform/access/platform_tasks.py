"""The tasks every register has: backups and their tests."""

from __future__ import annotations

from workbench.platform.workflow.task import Task

TASKS = (
    Task(
        key="backup",
        title="备份登记册",
        clause=None,
        action="backup",
        instruction="workbench backup",
        when="7 days after the last one, by the actual time",
        due="workbench.platform.access.backups:due",
        runner="workbench.platform.access.backups:run_backup",
        by_itself=True,
        from_register=True,
        order=140,
    ),
    Task(
        key="backup_test",
        title="试恢复备份",
        clause=None,
        action="backup",
        instruction="workbench backup test",
        when="31 days after the last one, by the actual time",
        due="workbench.platform.access.backups:due",
        runner="workbench.platform.access.backups:run_backup_test",
        by_itself=True,
        from_register=True,
        order=150,
    ),
)
