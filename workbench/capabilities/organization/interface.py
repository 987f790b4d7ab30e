"""The commands of the organization."""

from __future__ import annotations

from workbench.platform.interface import Command

COMMANDS = (
    Command(
        "units",
        run="workbench.interfaces.cli.units:units",
        zh="列出单位名录：代码、名称、类型、责任人、状态；可按某一时点。",
        en="List the units: code, name, kind, person in charge, state; as of a moment.",
        weight=78,
    ),
)
