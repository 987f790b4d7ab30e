"""`workbench users …`: let people in and out, passphrases, the recovery slot, the table of roles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.app.output import print_json
from workbench.app.session import open_session, read_new_passphrase

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="管理用户：增加、撤销、口令、恢复口令、权限表。")

User = Annotated[str, typer.Argument(metavar="用户")]
NewFile = Annotated[
    Path | None, typer.Option("--new-passphrase-file", metavar="文件", help="从文件读取新口令，默认现场输入两次。")
]
Json = Annotated[bool, typer.Option("--json", help="只向标准输出打印一个 JSON 文档。")]


@app.command("list")
def list_(json: Json = False) -> int:
    """列出用户及其角色。"""
    from workbench.platform.access.users import people

    with open_session() as session:
        table = people(session)
    if json:
        print_json(table.to_dict("records"))
    else:
        for row in table.itertuples():
            cleared = "可解密个人信息" if row.cleared else "不能解密个人信息"
            print(f"{row.user}\t{row.role}\t{row.title}\t{row.section or ''}\t{cleared}")
    return 0


@app.command()
def add(
    user: User,
    role: Annotated[str, typer.Option("--role", metavar="角色", help="见 workbench users roles。")],
    section: Annotated[
        str | None, typer.Option("--section", metavar="科室代码", help="业务开发人员所在科室，只能看到转交给它的信息。")
    ] = None,
    new_passphrase_file: NewFile = None,
) -> int:
    """增加一个用户，由其本人输入口令。"""
    from workbench.platform.access.users import add

    with open_session() as session:
        add(session, user, role, read_new_passphrase(new_passphrase_file), section)
    print(f"已增加用户 {user}（{role}）。")
    return 0


@app.command()
def passphrase(
    user: Annotated[
        str | None, typer.Argument(metavar="用户", help="默认本人；他人遗忘口令时由信息管理员重设。")
    ] = None,
    new_passphrase_file: NewFile = None,
) -> int:
    """更换口令。"""
    from workbench.platform.access.users import set_passphrase

    with open_session() as session:
        set_passphrase(session, read_new_passphrase(new_passphrase_file), user)
        print(f"已更换 {user or session.user} 的口令。")
    return 0


@app.command()
def revoke(user: User) -> int:
    """撤销一个用户：其口令不能再打开登记册。"""
    from workbench.platform.access.users import revoke

    with open_session() as session:
        revoke(session, user)
    print(f"已撤销用户 {user}。要使其此前复制的密钥打不开以后的登记册，请运行 workbench rotate。")
    return 0


@app.command()
def recovery() -> int:
    """生成新的恢复口令（打印后封存）：信息管理员遗忘口令时用它重设。"""
    from workbench.platform.access.users import RECOVERY_USER, renew_recovery

    with open_session() as session:
        code = renew_recovery(session)
    print(f"恢复口令（只显示这一次，请抄下封存，不要存在电脑里）：\n\n    {code}\n")
    print(f"使用：--user {RECOVERY_USER}，口令为上面这一行，然后 workbench users passphrase 用户名。")
    return 0


@app.command()
def roles(json: Json = False) -> int:
    """打印权限表：哪个角色可以做什么。"""
    from workbench.platform.access.actions import allowed_actions
    from workbench.platform.access.roles import ROLES

    rows = [
        {
            "role": role.name,
            "title": role.title,
            "may": [action.word for action in allowed_actions(role.name)],
            "personal": role.cleared,
        }
        for role in ROLES.values()
    ]
    if json:
        print_json(rows)
    else:
        for row in rows:
            print(f"{row['role']}\t{row['title']}\t{'、'.join(row['may'])}")
    return 0


def rotate() -> int:
    """轮换密钥：登记册换上新密钥的新文件，各人口令不变；此前被撤销的人凭旧密钥再也打不开。"""
    from workbench.platform.access.users import rotate

    with open_session() as session:
        version = rotate(session)
    print(f"已轮换密钥（第 {version} 版），各用户口令不变。请立即重新备份（workbench backup）。")
    return 0
