"""The tab 大客户 in WPS: what lies in its folder, made from the buttons that the desk page has, too.

WPS reads ``ribbon.xml`` and runs ``index.html`` of a folder below ``jsaddons``, as its own tool (``wpsjs``) packs them.
"""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import quoteattr

from workbench.app.interface import buttons
from workbench.core.colours import ACCENT, MUTED, NOTE, WHITE
from workbench.core.messages import Message
from workbench.interfaces.addin.ribbon import GROUPS, TAB
from workbench.platform.capability import resolve
from workbench.platform.interface import Button

NAME, VERSION = "CustomerWorkbench", "1.0.0"  # letters alone; another version would be another add-in to WPS
FOLDER = f"{NAME}_{VERSION}"
TITLE = "大客户信息工作台"
NAMESPACE = "http://schemas.microsoft.com/office/2006/01/customui"
WHOLE = "desk_page"  # the button that opens the page as it is
PICTURES = {  # what stands on a sheet of paper, by what is handed on
    "workbook": f'<path d="M9 17l4 4 9-9" fill="none" stroke="{ACCENT}" stroke-width="3"/>',
    "cell": f'<rect x="9" y="13" width="14" height="7" fill="{NOTE}" stroke="{ACCENT}" stroke-width="2"/>',
    "nothing": f'<path d="M10 11h12M10 16h12M10 21h8" stroke="{ACCENT}" stroke-width="2"/>',
}
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="0 0 32 32">'
    '<rect x="5" y="3" width="22" height="26" rx="2" fill="{paper}" stroke="{edge}" stroke-width="1.5"/>{sign}</svg>\n'
)
_PAGE = (
    '<!DOCTYPE html>\n<html lang="zh-CN">\n<head><meta charset="utf-8"><title>{title}</title>\n'
    '<script src="buttons.js"></script>\n<script src="main.js"></script></head>\n<body></body>\n</html>\n'
)
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<JsPlugin>\n  <ApiVersion>1.0.0</ApiVersion>\n'
    "  <Name>{name}</Name>\n  <Description>{title}</Description>\n</JsPlugin>\n"
)


def shown() -> list[tuple[Button, str]]:
    """The buttons of the tab, each with the deed of the desk page it opens."""
    return [(each, each.id if each.desk else each.opens) for each in buttons() if each.desk or each.opens]


def pieces(state: Path) -> dict[str, str]:
    """The files of the folder by name. ``state``: where an open desk leaves the page that leads in."""
    known = {each.id: {"deed": deed, "hands": each.hands or "nothing"} for each, deed in shown()}
    known[WHOLE] = {"deed": "", "hands": "nothing"}
    told = {"folder": state.as_uri(), "title": TITLE, "buttons": known}
    return {
        "ribbon.xml": ribbon_xml(),
        "index.html": _PAGE.format(title=TITLE),
        "manifest.xml": _MANIFEST.format(name=NAME, title=TITLE),
        "buttons.js": f"var WORKBENCH = {json.dumps(told, ensure_ascii=True, indent=1)};\n",
        "main.js": Path(__file__).with_name("wps").joinpath("main.js").read_text(encoding="utf-8"),
        **{
            f"images/{name}.svg": _PICTURE.format(paper=WHITE, edge=MUTED, sign=sign) for name, sign in PICTURES.items()
        },
    }


def ribbon_xml() -> str:
    """The tab as WPS reads it: CustomUI of 2006, callbacks by the names of the page's own functions, no XML declaration."""
    lines = [f'<customUI xmlns="{NAMESPACE}" onLoad="OnAddinLoad">', "  <ribbon>", "    <tabs>"]
    lines.append(f'      <tab id="workbenchTab" label={quoteattr(TAB)}>')
    lines += _group("desk", "工作台", [_button(WHOLE, "工作台", "打开整个工作台页面，报告也在那里。", True)])
    for key, title in GROUPS.items():
        inside = [
            _button(each.id, each.label, _tip(deed), each.large or bool(each.hands))
            for each, deed in shown()
            if each.group == key
        ]
        lines += _group(key, title, inside) if inside else []
    return "\n".join([*lines, "      </tab>", "    </tabs>", "  </ribbon>", "</customUI>"]) + "\n"


def _tip(deed: str) -> str:
    """What the desk page says of a deed: Excel's buttons do some things to the sheet in front, the page never does."""
    button = next(each for each in buttons() if each.id == deed)
    told: str = resolve(button.desk).tip
    return Message(told).text("zh") if told else button.tip


def _group(key: str, title: str, inside: list[str]) -> list[str]:
    return [f'        <group id="{key}Group" label={quoteattr(title)}>', *inside, "        </group>"]


def _button(name: str, label: str, tip: str, large: bool) -> str:
    return (
        f'          <button id="{name}" label={quoteattr(label)} size="{"large" if large else "normal"}"'
        f' screentip={quoteattr(label)} supertip={quoteattr(tip)} onAction="OnAction" getImage="GetImage"/>'
    )
