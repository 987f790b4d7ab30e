"""All commands in one program: the work of every day, and what is kept apart in files of its own."""

from __future__ import annotations

from workbench.interfaces.cli import (
    appeals,
    backups,
    delivery,
    disclosures,
    due,
    fixing,
    people,
    receipts,
    schedule,
    settlement,
    targets,
    trail,
)
from workbench.interfaces.cli.commands import app
from workbench.interfaces.cli.explain import explain
from workbench.interfaces.cli.whatif import whatif
from workbench.platform.capability import resolve

__all__ = ["app"]

for command in (
    fixing.fix,
    due.due,
    due.remind,
    explain,
    whatif,
    resolve("workbench.interfaces.lab.commands:lab"),
    trail.reveal,
    backups.restore,
    backups.confirm_restore,
    people.rotate,
    delivery.verify,
):
    app.command()(command)
for name, group in (
    ("addin", resolve("workbench.interfaces.addin.commands:app")),
    ("appeals", appeals.app),
    ("audit", trail.app),
    ("backup", backups.app),
    ("deliver", delivery.app),
    ("disclosures", disclosures.app),
    ("receipt", receipts.app),
    ("schedule", schedule.app),
    ("settlement", settlement.app),
    ("targets", targets.app),
    ("users", people.app),
):
    app.add_typer(group, name=name)
trail.app.command("key")(receipts.key)
