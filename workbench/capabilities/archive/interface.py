"""The commands of the archive."""

from __future__ import annotations

from workbench.platform.interface import Command

COMMANDS = (
    Command(
        "archive",
        zh="客户档案：目录、借出未还、应归档而未归档的。",
        en="The archive of customers: its index, what is out, what should be in it and is not.",
        weight=290,
    ),
    Command(
        "archive index",
        run="workbench.interfaces.cli.archive:index",
        zh="档案目录：编号、客户、类别、名称、日期、位置，现由谁借出。",
        en="The index: number, customer, kind, title, day, place, and who has it now.",
    ),
    Command(
        "archive overdue",
        run="workbench.interfaces.cli.archive:overdue",
        zh="逾期未还的档案。",
        en="Documents that are out past their day.",
    ),
    Command(
        "archive missing",
        run="workbench.interfaces.cli.archive:missing",
        zh="已签约而目录中缺少应归档材料的合同。",
        en="Signed contracts of which a document that has to be kept is not in the index.",
    ),
)
