"""``workbench sendto``: the entry in the menu 发送到 and on the desktop, put in place and taken out."""

from __future__ import annotations

from workbench.app.output import say


def install() -> int:
    """Put the entry into the menu Send to and on the desktop (Windows)."""
    from workbench.interfaces.addin.computer import this_computer
    from workbench.interfaces.addin.send_to import LINK, install

    for path in install(this_computer()):
        print(path)
    say("sent/installed", name=LINK.removesuffix(".lnk"))
    return 0


def uninstall() -> int:
    """Take the entry out of both."""
    from workbench.interfaces.addin.computer import this_computer
    from workbench.interfaces.addin.send_to import uninstall

    for path in uninstall(this_computer()):
        print(path)
    say("sent/uninstalled")
    return 0
