"""The commands, buttons and functions of privacy."""

from __future__ import annotations

from workbench.platform.interface import Command

COMMANDS = (
    Command(
        "consent",
        zh="客户联系人的同意：依据、范围（保存、使用、披露）、证明和撤回。",
        en="Consents of contact persons: ground, scope (keep, use, disclose), proof, withdrawal.",
        weight=305,
    ),
    Command(
        "consent list",
        run="workbench.interfaces.cli.consents:list_",
        zh="列出信息记录表和档案登记表所载的以及登记的同意；不显示联系人姓名。",
        en="List the consents that lead records and files tell of, and those recorded; without names of persons.",
    ),
    Command(
        "consent record",
        run="workbench.interfaces.cli.consents:record",
        zh="登记联系人的同意（或合同、法律依据）：告知文本、版本、日期、证明、范围。",
        en="Record that a contact person agreed (or another ground): text, version, day, proof, scope.",
    ),
    Command(
        "consent withdraw",
        run="workbench.interfaces.cli.consents:withdraw",
        zh="登记撤回同意；自此转交、披露和查看均不再给出该联系人。",
        en="Record that a consent was taken back; from then on the contact is neither handed out, disclosed nor shown.",
    ),
    Command(
        "consent file",
        run="workbench.interfaces.cli.consents:file",
        zh="应联系人本人要求，写出登记册中关于他的信息、依据和去向；加口令和标记。",
        en="On a contact's own request, write what the register holds of him, on what ground and who got it; under a password, marked.",
    ),
    Command(
        "incidents",
        zh="信息泄露事件（信息泄露事件登记表，用 import 导入）：处置步骤和时限、涉及的客户、告知书。",
        en="Leaks (a form taken in with import): steps with their clocks, the customers affected, notices to them.",
        weight=335,
    ),
    Command(
        "incidents list",
        run="workbench.interfaces.cli.incidents:list_",
        zh="列出泄露事件：人员、各步骤的时限和完成情况、按第7.3.4条拟处理的意见。",
        en="List leaks: persons, steps with their terms, what 7.3.4 proposes.",
    ),
    Command(
        "incidents step",
        run="workbench.interfaces.cli.incidents:step",
        zh="登记一项处置：发现、控制、上报、告知客户。",
        en="Record a step: found, contained, reported, customers told.",
    ),
    Command(
        "incidents affected",
        run="workbench.interfaces.cli.incidents:affected",
        zh="从审计记录找出一段时间内被查看、转交、披露的客户联系人。",
        en="Find in the trail whose contacts were seen, dispatched or disclosed in a time.",
    ),
    Command(
        "incidents notices",
        run="workbench.interfaces.cli.incidents:notices",
        zh="为涉及的客户各起草一份告知书，加口令和标记，由人发出。",
        en="Draft a notice for each customer affected, under a password and marked; a person sends it.",
    ),
    Command(
        "retention",
        zh="客户信息的保存期限：到期的客户，提出、批准、销毁和证明。",
        en="How long customers' information is kept: who is due, proposals, their approval, destruction and certificate.",
        weight=340,
    ),
    Command(
        "retention due",
        run="workbench.interfaces.cli.retention:due",
        zh="列出到某日应销毁的客户，及不能销毁的原因。",
        en="List the customers due by a day, and what stands against it.",
    ),
    Command(
        "retention list",
        run="workbench.interfaces.cli.retention:list_",
        zh="列出销毁申请及其审批和执行。",
        en="List proposals with their decision and destruction.",
    ),
    Command(
        "retention propose",
        run="workbench.interfaces.cli.retention:propose",
        zh="提出销毁一个客户的信息；在至少保存的期限内或有未了事项的不能提出。",
        en="Propose to dispose of a customer; not within the minimum term, nor with something open.",
    ),
    Command(
        "retention decide",
        run="workbench.interfaces.cli.retention:decide",
        zh="批准或不批准销毁；由提出人以外的信息管理员决定。",
        en="Approve or decline a disposal; by a custodian other than who proposed it.",
    ),
    Command(
        "retention dispose",
        run="workbench.interfaces.cli.retention:dispose",
        zh="销毁已批准的客户密钥并出具签名的证明。",
        en="Destroy the keys of an approved customer and write a signed certificate.",
    ),
    Command(
        "disclosures",
        zh="客户信息的披露：申请（客户信息披露申请表，用 import 导入）、审批、交付。",
        en="Disclosure of customer information: request (a form taken in with import), approval, hand-over.",
        weight=310,
    ),
    Command(
        "disclosures list",
        run="workbench.interfaces.cli.disclosures:list_",
        zh="列出披露申请：对象、依据、状态、审批和交付情况。",
        en="List requests for disclosure: recipient, basis, status, approval and hand-over.",
    ),
    Command(
        "disclosures decide",
        run="workbench.interfaces.cli.disclosures:decide",
        zh="审批一项披露申请；审批人不能是申请人或导入申请的人。",
        en="Decide a request for disclosure; neither the applicant nor the person who took the request in may.",
    ),
    Command(
        "disclosures hand-over",
        run="workbench.interfaces.cli.disclosures:hand_over",
        zh="按批准的内容交付：写出披露单；只在批准后、有效期内，每次交付都先登记。",
        en=(
            "Hand over what was approved: writes the note; only after approval and while it is valid, each "
            "hand-over is recorded first."
        ),
    ),
)
