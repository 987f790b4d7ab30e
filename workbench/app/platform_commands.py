"""The commands of the platform: what every register, file and report knows, whatever the regulation."""

from __future__ import annotations

from workbench.platform.interface import Command

COMMANDS = (
    Command(
        "init",
        run="workbench.interfaces.cli.register:init",
        zh="新建加密登记册及其第一个用户（信息管理员）。",
        en="Make a new encrypted register and its first user (the custodian).",
        weight=10,
    ),
    Command(
        "templates",
        run="workbench.interfaces.cli.register:templates",
        zh="写出空白官方模板。",
        en="Write the blank official templates.",
        weight=20,
    ),
    Command(
        "books",
        zh="工作簿：一人一事的几张官方表合在一个工作簿里，已知的内容预先填好；填好后用 import 导入。",
        en=(
            "Books: several official forms of one person's work in one workbook, filled in beforehand with what is known; "
            "they come back with import."
        ),
        weight=25,
    ),
    Command(
        "books list",
        run="workbench.interfaces.cli.books:list_",
        zh="列出工作簿：各含哪些表，预填时要给出什么。",
        en="List the books: the forms each holds, and what has to be said to have it filled in.",
    ),
    Command(
        "books make",
        run="workbench.interfaces.cli.books:make",
        zh="预填一个工作簿：大客户卡片（--customer）、每周信息（--unit --manager）、信息管理员工作簿（--month）。",
        en="Fill in a book: the card of a customer, the week of an account manager, the custodian's month.",
    ),
    Command(
        "check",
        run="workbench.interfaces.cli.receiving:check",
        zh="不用登记册，检查填好的模板：逐个单元格指出问题。",
        en="Check filled templates without a register, and point at every cell that is wrong.",
        weight=30,
    ),
    Command(
        "import",
        run="workbench.interfaces.cli.receiving:import_",
        zh="导入收到的模板（自动识别种类）；同一文件再次导入不作任何改动。",
        en="Take in received templates (recognised by their stamp); taking the same file in again changes nothing, unless it "
        "was received earlier.",
        weight=40,
    ),
    Command(
        "report",
        run="workbench.interfaces.cli.register:report",
        zh="生成报告：运行其笔记本，得到工作簿、网页和清单。",
        en="Make a report by running its notebook: workbook, page and manifest.",
        weight=120,
    ),
    Command(
        "demo",
        run="workbench.interfaces.cli.register:demo",
        zh="演示：用仿真的模板文件走完三个季度，生成登记册和报告。",
        en="Play three quarters on simulated template files: a register and its reports.",
        weight=140,
    ),
    Command(
        "fix",
        run="workbench.interfaces.cli.fixing:fix",
        zh="更正显而易见的写法（全角数字、多余空格、日期写法），写成副本，原文件不动。",
        en="Correct obvious spellings (full-width digits, extra spaces, dates) in copies; the files stay as they are.",
        weight=150,
    ),
    Command(
        "help",
        run="workbench.interfaces.cli.manual:show",
        zh="按角色的使用手册，如 workbench help 市场策略科；不写角色时列出各页。--out 写成带图的网页。",
        en="The manual by role (in Chinese); without a role, its pages. --out writes pages with pictures.",
        weight=5,
    ),
    Command(
        "desk",
        run="workbench.interfaces.desk.commands:desk",
        zh="在本机浏览器打开工作台页面：今日待办、拖入文件检查或导入、疑似重复、对账单、报告、为什么；不用 Excel。",
        en="Open the desk page in the browser of this computer: what is due, dropped workbooks, suspected duplicates, statements, reports, answers; without Excel.",
        weight=198,
    ),
    Command(
        "lab",
        run="workbench.interfaces.lab.commands:lab",
        zh="在本机打开 JupyterLab：起始页选报告和期间，运行，再从数追到信息；分析人员看不到客户名称。",
        en="Open JupyterLab on this computer: choose a report and a period, run it, and go from a number to its leads; analysts do not see customers' names.",
        weight=200,
    ),
    Command(
        "reveal",
        run="workbench.interfaces.cli.trail:reveal",
        zh="查看一条信息的联系人：默认掩码；写明理由则显示全部，并记入审计。",
        en="Show the contact of a lead: masked, or in full with a reason, which is kept in the trail.",
        weight=210,
    ),
    Command(
        "restore",
        run="workbench.interfaces.cli.backups:restore",
        zh="把备份恢复为新位置的登记册；用备份当时的用户和口令。",
        en="Restore a backup as a register in a new place, with the users and passphrases of that time.",
        weight=220,
    ),
    Command(
        "confirm-restore",
        run="workbench.interfaces.cli.backups:confirm_restore",
        zh="由恢复人以外的人确认：从备份恢复的登记册核对无误，可以继续办理业务。",
        en=(
            "Confirm, as somebody other than the person who restored it, that a restored register is right "
            "and may be worked in."
        ),
        weight=230,
    ),
    Command(
        "rotate",
        run="workbench.interfaces.cli.people:rotate",
        zh="轮换密钥：登记册换上新密钥的新文件，各人口令不变；此前被撤销的人凭旧密钥再也打不开。",
        en=(
            "Replace the keys: the register becomes a new file under new keys, passphrases stay; revoked "
            "users' old keys no longer open it."
        ),
        weight=240,
    ),
    Command(
        "move",
        run="workbench.interfaces.cli.people:move",
        zh="由信息管理员把登记册迁到 PostgreSQL 服务器，或从服务器迁回文件：逐行核对一致后，原处改名停用。",
        en=(
            "Move the register to a PostgreSQL server, or from there into a file: compared row by row, after which the "
            "former place is set aside under another name."
        ),
        weight=242,
    ),
    Command(
        "upgrade",
        run="workbench.interfaces.cli.people:upgrade",
        zh=(
            "由信息管理员把以前版本的登记册转为本版本。列出现有用户，经确认后签署用户名册，此后不在名册上的人打不开；"
            "个人信息和客户名称改由各客户自己的密钥加密，转换前后逐项核对。"
        ),
        en=(
            "Bring a register of an earlier version over, as its custodian: list the users, and once confirmed sign the "
            "roster; who is not on it cannot get in from then on. Personal fields and customers' names get keys of the "
            "customers, compared value by value before and after."
        ),
        weight=245,
    ),
    Command(
        "verify",
        run="workbench.interfaces.cli.delivery:verify",
        zh="核验一份报告或副本：是不是当时生成的，出自哪份登记册、什么数据、什么制度版本、何人。",
        en=(
            "Verify a report or a copy: whether it is what was made, from which register, data and edition, "
            "and by whom."
        ),
        weight=250,
    ),
    Command(
        "addin",
        zh="Excel 加载项：安装、卸载、诊断。不需要管理员权限。",
        en="The Excel add-in: install, uninstall, diagnose. No administrator rights needed.",
        weight=260,
    ),
    Command(
        "addin install",
        run="workbench.interfaces.addin.commands:install",
        zh="安装 Excel 加载项（Windows）；重复安装即修复。给出 --register、--user 时一并记住。--wps：改装 WPS 里的选项卡。",
        en=(
            "Install the Excel add-in (Windows); installing again repairs it. Remembers --register "
            "and --user where they are given. --wps: the tab for WPS instead."
        ),
    ),
    Command(
        "addin uninstall",
        run="workbench.interfaces.addin.commands:uninstall",
        zh="卸载 Excel 加载项；--wps：卸载 WPS 里的选项卡。",
        en="Uninstall the Excel add-in; --wps: the tab for WPS.",
    ),
    Command(
        "addin doctor",
        run="workbench.interfaces.addin.commands:doctor",
        zh="检查加载项能否工作，指出问题和办法。",
        en="Check whether the add-in can work; name problems and remedies.",
    ),
    Command(
        "doctor",
        run="workbench.interfaces.cli.doctor:doctor",
        zh="诊断整套安装：Python、组件、登记册、备份、自动运行、邮件、Excel 加载项；指出问题、原因和办法，不作改动。",
        en=(
            "Look at the whole installation: Python, packages, register, backups, daily run, mail, the Excel add-in; "
            "name what is wrong, why it matters and what to do. Changes nothing."
        ),
        weight=255,
    ),
    Command(
        "trust",
        run="workbench.interfaces.cli.trail:trust",
        zh="确认继续使用与本机上次所见不同的登记册（换了文件，或恢复了较早的备份），写明原因。",
        en="Go on with a register that is not the one this machine saw last, or an earlier state of it.",
        weight=235,
    ),
    Command(
        "audit",
        zh="审计记录：核验、查看、留存链头。",
        en="The audit trail: verify it, look into it, note its head.",
        weight=280,
    ),
    Command(
        "audit verify",
        run="workbench.interfaces.cli.trail:verify",
        zh="核验审计记录：改动、缺失、调换、截断都会指出。",
        en="Verify the audit trail: alterations, gaps, swapped entries and cut tails are named.",
    ),
    Command(
        "audit show",
        run="workbench.interfaces.cli.trail:show",
        zh="查看审计记录：谁、何时、做了什么。",
        en="Show the audit trail: who did what, and when.",
    ),
    Command(
        "audit head",
        run="workbench.interfaces.cli.trail:head",
        zh="留存链头：登记册以后若被截断或退回，凭它可以发现。",
        en="Note the head of the trail: by it a register that is cut or put back later is found out.",
    ),
    Command(
        "audit key",
        run="workbench.interfaces.cli.receipts:key",
        zh="打印登记册的公钥：凭它可核验回执、报告清单和副本；不是秘密，请另处留存。",
        en=(
            "Print the register's public key, with which receipts, manifests and copies are verified; it is "
            "no secret, note it elsewhere."
        ),
    ),
    Command(
        "audit papers",
        run="workbench.interfaces.cli.receipts:papers",
        zh="导出凭证清单（信息管理员）：谁的签名何时有效、出具过哪些回执、报告和副本；外部凭公钥和它核验。",
        en=(
            "Export the list of papers (custodians): whose signature held when, and which receipts, reports and copies were "
            "made; with it and the public key they are verified elsewhere."
        ),
    ),
    Command(
        "backup",
        run="workbench.interfaces.cli.backups:plain",
        zh="备份登记册（加密、边用边备、当场核验）；list 列出，test 试恢复。",
        en=(
            "Back the register up (encrypted, while it is in use, verified at once); list shows backups, "
            "test restores one on trial."
        ),
        weight=290,
    ),
    Command(
        "backup make",
        run="workbench.interfaces.cli.backups:make",
        zh="备份登记册；与 workbench backup 相同。",
        en="Back the register up; the same as workbench backup.",
    ),
    Command(
        "backup list",
        run="workbench.interfaces.cli.backups:list_",
        zh="列出这份登记册的备份。",
        en="List the backups of this register.",
    ),
    Command(
        "backup test",
        run="workbench.interfaces.cli.backups:test",
        zh="把最新的备份恢复到别处，证明完好且与登记册一致。",
        en="Restore the newest backup elsewhere and prove that it is whole and agrees with the register.",
    ),
    Command(
        "deliver",
        zh="分发报告：deliver 报告 --to 收件人，每人一份带标记、带打开口令的副本；list 列出，trace 追查。",
        en=(
            "Deliver reports: deliver REPORT --to RECIPIENT gives each a marked copy under a password; list "
            "shows deliveries, trace finds where a copy comes from."
        ),
        weight=300,
        default="make",
    ),
    Command(
        "deliver make",
        run="workbench.interfaces.cli.delivery:make",
        zh="把一份报告分发给收件人：加标记、加打开口令，记入登记册。",
        en="Deliver a report to recipients: marked, under a password, kept in the register.",
    ),
    Command(
        "deliver list",
        run="workbench.interfaces.cli.delivery:list_",
        zh="列出分发登记：什么报告在何时给了谁，标记是什么。",
        en="List deliveries: which report went to whom and when, and its mark.",
    ),
    Command(
        "deliver trace",
        run="workbench.interfaces.cli.delivery:trace",
        zh="追查一份流出的副本是给谁的：凭文件本身、其中的标记，或打印件上的标记。",
        en="Find whose a leaked copy is: by the file itself, the mark in it, or the mark on a print.",
    ),
    Command(
        "receipt",
        zh="收件回执：出具、补发，凭公钥脱离登记册核验。",
        en="Receipts: issue them, issue them again, verify them with the public key and without the register.",
        weight=320,
    ),
    Command(
        "receipt make",
        run="workbench.interfaces.cli.receipts:make",
        zh="出具或补发收件回执：每个文件一份工作簿和一页可打印的网页。",
        en="Issue receipts, again if needed: a workbook and a printable page per file.",
    ),
    Command(
        "receipt verify",
        run="workbench.interfaces.cli.receipts:verify_slip",
        zh="核验收件回执：签名、内容，以及文件的哪些行与收到的一致；不用登记册。",
        en="Verify a receipt: signature, content, and which rows of the file are those received; no register needed.",
    ),
    Command(
        "schedule",
        zh="每天自动办理到期事项：安装、取消、查看计划任务。",
        en="Do what is due every day by itself: install, remove or show the scheduled task.",
        weight=330,
    ),
    Command(
        "schedule install",
        run="workbench.interfaces.cli.schedule:install",
        zh="每天自动运行 workbench due --run；口令取自系统钥匙串或 --passphrase-file 指明的文件，不写入计划任务。",
        en=(
            "Run workbench due --run every day; the passphrase comes from the system keyring or the file of "
            "--passphrase-file and never stands in the task."
        ),
    ),
    Command(
        "schedule remove",
        run="workbench.interfaces.cli.schedule:remove",
        zh="取消每天的自动运行。",
        en="Take the daily run out.",
    ),
    Command(
        "schedule show",
        run="workbench.interfaces.cli.schedule:show",
        zh="显示将要安装的内容，不作改动。",
        en="Show what would be installed; changes nothing.",
    ),
    Command(
        "users",
        zh="管理用户：增加、撤销、口令、恢复口令、权限表。",
        en="Users: add, revoke, passphrases, the recovery passphrase, the table of roles.",
        weight=360,
    ),
    Command(
        "users list",
        run="workbench.interfaces.cli.people:list_",
        zh="列出用户及其角色。",
        en="List users and their roles.",
    ),
    Command(
        "users add",
        run="workbench.interfaces.cli.people:add",
        zh="增加一个用户，由其本人输入口令。",
        en="Add a user, who types the passphrase.",
    ),
    Command(
        "users passphrase",
        run="workbench.interfaces.cli.people:passphrase",
        zh="更换口令。",
        en="Change a passphrase.",
    ),
    Command(
        "users revoke",
        run="workbench.interfaces.cli.people:revoke",
        zh="撤销一个用户：其口令不能再打开登记册。",
        en="Revoke a user, whose passphrase no longer opens the register.",
    ),
    Command(
        "users recovery",
        run="workbench.interfaces.cli.people:recovery",
        zh="生成新的恢复口令，分两份由两人抄下封存：两份在一起才能为名册上的人重设遗忘的口令，不能做别的。",
        en=(
            "Make a new recovery passphrase in two shares, for two persons to write down and seal: only both together "
            "set forgotten passphrases of those on the roster anew, and nothing else."
        ),
    ),
    Command(
        "users roles",
        run="workbench.interfaces.cli.people:roles",
        zh="打印权限表：哪个角色可以做什么。",
        en="Print the table of roles: who may do what.",
    ),
)
