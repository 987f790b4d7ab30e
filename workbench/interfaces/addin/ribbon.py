"""What is generated from the declared buttons: ribbon XML, VBA callbacks, rows of the docs."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from workbench.app.interface import buttons

TAB = "大客户"
GROUPS = {
    "register": "登记册",
    "ask": "查询",
    "check": "检查填表",
    "fix": "更正填表",
    "intake": "收件",
    "screening": "复核与转交",
    "reports": "通报与报告",
    "help": "帮助",
}
LETTERS = dict(zip(GROUPS, "RQCFISPH", strict=True))  # keytips: Alt, K, then a group's letter and its place
PLACES = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"  # Excel 2010 and later
LIVE = {"unlock": ' getLabel="DK_Functions.LabelOf"', "lock": ' getEnabled="DK_Functions.EnabledOf"'}


def ribbon_xml() -> str:
    """The tab with its groups and buttons, as Excel reads it from the add-in.

    Some stand in the menu of a cell, too. The button that unlocks shows who has unlocked; the one that locks can be pressed only then.
    """
    lines = [
        f'<customUI xmlns="{NAMESPACE}" onLoad="DK_Functions.RibbonLoaded">',
        "  <ribbon>",
        "    <tabs>",
        f'      <tab id="workbenchTab" label={quoteattr(TAB)} keytip="K">',
    ]
    for key, title in GROUPS.items():
        lines.append(f'        <group id="{key}Group" label={quoteattr(title)}>')
        for place, button in zip(PLACES, (item for item in buttons() if item.group == key)):
            label = "" if "getLabel" in LIVE.get(button.id, "") else f" label={quoteattr(button.label)}"
            lines.append(
                f'          <button id="{button.id}"{label}{LIVE.get(button.id, "")} imageMso="{button.icon}"'
                f' size="{"large" if button.large else "normal"}" keytip="{LETTERS[key]}{place}"'
                f" screentip={quoteattr(button.label)} supertip={quoteattr(button.tip)}"
                f' onAction="Callbacks.Press_{button.id}"/>'
            )
        lines.append("        </group>")
    lines += ["      </tab>", "    </tabs>", "  </ribbon>", "  <contextMenus>"]
    lines.append('    <contextMenu idMso="ContextMenuCell">')
    for button in buttons():
        if button.in_menu:
            lines.append(
                f'      <button id="menu_{button.id}" label={quoteattr(f"{TAB}：{button.label}")} imageMso="{button.icon}"'
                f' onAction="Callbacks.Press_{button.id}"/>'
            )
    lines += ["    </contextMenu>", "  </contextMenus>", "</customUI>"]
    return "\n".join(lines) + "\n"


def callbacks() -> str:
    """The VBA module that Excel calls: one procedure per button."""
    lines = [
        'Attribute VB_Name = "Callbacks"',
        "Option Explicit",
        "' Generated from the declared buttons (workbench/app/interface.py).",
    ]
    for button in buttons():
        lines += [
            "",
            f"Public Sub Press_{button.id}(control As IRibbonControl)",
            f'    Press "{button.id}"',
            "End Sub",
        ]
    return "\n".join(lines) + "\n"


def table(lang: str) -> str:
    """The buttons as a table of the docs."""
    head = "| 组 | 按钮 | 作用 | 对应命令 |" if lang == "zh" else "| Group | Button | What it does | Command |"
    lines = [head, "|---|---|---|---|"]
    for item in buttons():
        does = item.tip if lang == "zh" else item.en
        lines.append(f"| {GROUPS[item.group]} | {item.label} | {does} | `{item.command}` |")
    return "\n".join(lines)
