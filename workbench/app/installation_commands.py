"""Commands that put the program onto computers."""

from __future__ import annotations

from workbench.platform.interface import Command

INSTALLATION = (
    Command(
        "offline",
        run="workbench.interfaces.cli.offline:offline",
        zh="做一个离线安装包：全部组件（试过的版本，带校验值）和安装程序，拷到不能上网的 Windows 电脑上双击即装。在能上网的电脑上运行。",
        en=(
            "Make a folder from which a Windows PC without internet is set up: all packages as wheels in the tested "
            "versions, each with its hash, and an installer. Run it where there is internet."
        ),
        weight=257,
    ),
    Command(
        "sendto",
        zh="右键菜单“发送到”和桌面上的“检查大客户信息”：不用 Excel，把填好的表发送或拖过去即检查，打开批注副本。",
        en="The entry in the menu Send to and on the desktop: files sent or dropped there are checked, marked copies open. No Excel needed.",
        weight=261,
    ),
    Command(
        "sendto install",
        run="workbench.interfaces.addin.commands:send_to",
        zh="放入“发送到”和桌面（Windows，不需要管理员权限）；重复运行即修复。",
        en="Put the entry into Send to and on the desktop (Windows, no administrator rights); doing it again repairs.",
    ),
    Command(
        "sendto uninstall",
        run="workbench.interfaces.addin.commands:not_send_to",
        zh="从“发送到”和桌面取走。",
        en="Take the entry out of both.",
    ),
)
