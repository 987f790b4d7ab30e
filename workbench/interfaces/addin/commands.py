"""``workbench addin``: the Excel add-in put in place, taken out, looked after."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.app.options import common
from workbench.app.output import print_json

app = typer.Typer(no_args_is_help=True, help="Excel 加载项：安装、卸载、诊断。不需要管理员权限。")


@app.command()
def install() -> int:
    """安装 Excel 加载项（Windows、macOS）；重复安装即修复。给出 --register、--user 时一并记住。"""
    from workbench.interfaces.addin import settings
    from workbench.interfaces.addin.install import install, this_computer

    for path in install(this_computer()):
        print(path)
    known = {"register": common.register, "user": common.user}
    settings.keep(**{key: value for key, value in known.items() if value})
    print("已安装。请重新启动 Excel，功能区会出现“大客户”；如有问题，运行 workbench addin doctor。")
    return 0


@app.command()
def uninstall() -> int:
    """卸载 Excel 加载项。"""
    from workbench.interfaces.addin.install import this_computer, uninstall

    for path in uninstall(this_computer()):
        print(path)
    print("已卸载。")
    return 0


@app.command()
def doctor(json: Annotated[bool, typer.Option("--json", help="只向标准输出打印一个 JSON 文档。")] = False) -> int:
    """检查加载项能否工作，指出问题和办法。"""
    from workbench.interfaces.addin.install import doctor, this_computer

    remarks = doctor(this_computer())
    if json:
        print_json([{"well": item.well, "what": item.what, "todo": item.todo} for item in remarks])
    else:
        for item in remarks:
            print(f"{'正常' if item.well else '问题'}  {item.what}" + ("" if item.well else f"\n      {item.todo}"))
    return 0 if all(item.well for item in remarks) else 1
