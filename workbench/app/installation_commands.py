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
)
