"""The commands of the archive."""

from __future__ import annotations

from workbench.platform.interface import Command

COMMANDS = (
    Command(
        "archive",
        zh="客户档案：目录、电子原件、借出未还、应归档而未归档的。",
        en="The archive of customers: its index, electronic originals, what is out, what should be in it and is not.",
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
        zh="目录中缺少应归档材料的合同：签约后应有合同，全部交车后应有验收单。",
        en="Contracts of which a document that has to be kept when signed, or when delivered, is not in the index.",
    ),
    Command(
        "archive customers",
        run="workbench.interfaces.cli.archive:customers",
        zh="各客户档案的完整率：合同数、应归档和已归档的材料、存有电子原件的材料。",
        en="How complete each customer's archive is: contracts, documents asked for and kept, those with an electronic original.",
    ),
    Command(
        "archive add",
        run="workbench.interfaces.cli.archive:add",
        zh="存入一份材料的电子原件：用该客户的密钥加密，保存在登记册旁。",
        en="Keep the electronic original of a document, encrypted beside the register under its customer's key.",
    ),
    Command(
        "archive get",
        run="workbench.interfaces.cli.archive:get",
        zh="取出一份材料的电子原件；理由记入审计。",
        en="Fetch the electronic original of a document; the reason is kept in the trail.",
    ),
    Command(
        "archive verify",
        run="workbench.interfaces.cli.archive:verify",
        zh="核对电子原件：缺失、被改动、截短或调换的按档案编号列出。",
        en="Verify the electronic originals: those missing, altered, cut or exchanged are named by their numbers.",
    ),
)
