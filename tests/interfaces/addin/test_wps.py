"""The tab in WPS: where it is put, what others listed beside it, what it is made of, and what doctor says of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tests.support.source import ROOT
from tests.support.windows import CLASSES, windows_computer
from workbench.app.interface import buttons
from workbench.core.errors import WrongUse
from workbench.interfaces.addin import checks, wps_install
from workbench.interfaces.addin.send_to import FOLDERS
from workbench.interfaces.addin.wps_face import FOLDER, NAME, WHOLE, pieces, ribbon_xml, shown
from workbench.interfaces.addin.wps_install import install, is_there, jsaddons, places, uninstall
from workbench.interfaces.cli import main

pytestmark = pytest.mark.usefixtures("addin_process")
OTHERS = (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n<jsplugins>\r\n  <!-- 别家的 -->\r\n'
    '  <jspluginonline name="别家 &gt; 甲" type="wps" url="http://127.0.0.1:3889/" enable="enable_dev" install="null"/>\r\n'
    "  <jsplugin name='CustomerWorkbench2' type='et' url='x_1' version='1'></jsplugin>\r\n</jsplugins>\r\n"
)


@pytest.fixture
def windows(tmp_path):
    """A Windows computer of somebody with a Chinese name."""
    return windows_computer(tmp_path, home=tmp_path / "张三")


def links(place, target, arguments, told):
    """A link as a text."""
    place.write_text(f"{target}\n{arguments}", encoding="utf-8")


def published(computer) -> Path:
    """WPS's list."""
    return jsaddons(computer) / "publish.xml"


def listed(computer) -> dict[str | None, dict[str, str]]:
    """What WPS finds in its list."""
    return {each.get("name"): each.attrib for each in fromstring(published(computer).read_bytes())}


def test_it_is_listed_whole_started_at_logon_and_taken_out(windows):
    """As WPS's own tool lists a folder beside the list; nothing outside the user's own; a second time repairs."""
    made, linked = install(windows, links)
    assert linked and all(windows.home in path.parents for path in made)
    assert published(windows).parts[-5:] == ("Roaming", "kingsoft", "wps", "jsaddons", "publish.xml")
    entry = listed(windows)[NAME]
    assert (entry["type"], entry["url"], entry["enable"]) == ("et", FOLDER, "enable_dev")
    assert {path.name for path in (jsaddons(windows) / FOLDER).iterdir()} >= {"ribbon.xml", "index.html", "main.js"}
    quiet, loud = sorted(place.read_text("utf-8").splitlines()[1] for place in places(windows))[::-1]
    assert quiet == f"{loud} --no-browser" and "Startup" in str(list(places(windows))[1]) and "cmd" not in quiet
    before = published(windows).read_bytes()
    assert install(windows, links)[0] == made and published(windows).read_bytes() == before
    assert is_there(windows) is True
    assert set(uninstall(windows)) == set(made)
    assert NAME not in listed(windows) and not any(path.exists() for path in made if path != published(windows))
    assert uninstall(windows) == [] and is_there(windows) is None


@pytest.mark.parametrize("text", [OTHERS, "<jsplugins/>", "", "\ufeff" + OTHERS, "\ufeff", OTHERS.replace("\r\n", "")])
def test_what_others_listed_stays_as_it_stands(windows, text):
    """Entries, comments, line ends; in and out again leaves the list as it was."""
    published(windows).parent.mkdir(parents=True)
    published(windows).write_bytes(text.encode())
    install(windows, links)
    others = {name: values for name, values in listed(windows).items() if name != NAME}
    assert NAME in listed(windows) and len(others) == (2 if "别家" in text else 0)
    old = json.dumps(listed(windows))
    stale = published(windows).read_bytes().replace(FOLDER.encode(), b"CustomerWorkbench_0.9")
    published(windows).write_bytes(stale)
    install(windows, links)
    assert json.dumps(listed(windows)) == old
    uninstall(windows)
    assert listed(windows) == others
    if "别家" in text and "\r\n" in text:
        assert published(windows).read_bytes() == text.encode()


@pytest.mark.parametrize(
    "spoilt",
    [
        b"<jsplugins><jsplugin",
        b"<plugins/>",
        b"\xff\xfe<\x00",
        b"not xml",
        b'<!DOCTYPE x [<!ENTITY a "b">]><jsplugins>&a;</jsplugins>',
        f'<jsplugins><jsplugin name="{NAME}"><jsplugin name="x"/></jsplugin></jsplugins>'.encode(),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_and_left(windows, spoilt):
    """Before anything is written; the way out is said, in both languages."""
    published(windows).parent.mkdir(parents=True)
    published(windows).write_bytes(spoilt)
    for work in (lambda: install(windows, links), lambda: uninstall(windows)):
        with pytest.raises(WrongUse) as told:
            work()
        assert (
            told.value.code == "wps_publish" and "改名" in told.value.text("zh") and "rename" in told.value.text("en")
        )
    assert published(windows).read_bytes() == spoilt and list(jsaddons(windows).iterdir()) == [published(windows)]


@pytest.mark.parametrize(("name", "words"), [("publish.xml", "加载项清单"), ("main.js", "加载项的文件")])
def test_a_file_that_is_held_is_a_sentence(windows, monkeypatch, name, words):
    """WPS or a policy holds the list, or a file of the tab: others' entries stand as they were."""
    published(windows).parent.mkdir(parents=True)
    published(windows).write_text(OTHERS, encoding="utf-8")
    real = wps_install.write_whole

    def held(path, content):
        if path.name == name:
            raise PermissionError
        real(path, content)

    monkeypatch.setattr(wps_install, "write_whole", held)
    with pytest.raises(WrongUse) as told:
        install(windows, links)
    said = told.value.text("zh")
    assert told.value.code == "wps_publish" and words in said and name in said and "退出 WPS" in said
    assert set(listed(windows)) == {"别家 > 甲", "CustomerWorkbench2"}


def test_a_file_that_is_held_is_not_taken_out(windows, monkeypatch):
    """Taking the tab out while WPS has one of its files open."""
    install(windows, links)
    real = Path.unlink

    def held(path, missing_ok=False):
        if path.name == "main.js":
            raise PermissionError
        real(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", held)
    with pytest.raises(WrongUse) as told:
        wps_install.uninstall(windows)
    assert "main.js" in told.value.text("zh") and "退出 WPS" in told.value.text("zh")


def test_a_start_menu_that_was_moved_is_found(windows):
    """As Windows' registry names it."""
    windows.registry.write(FOLDERS, "Startup", "%USERPROFILE%\\启动")
    made, _ = install(windows, links)
    assert windows.home / "启动" / wps_install.LINK in made and (windows.home / "启动" / wps_install.LINK).exists()


def test_without_pywin32_and_off_windows(windows, capsys):
    """The tab without the links, which is said; elsewhere the command says what there is instead."""
    made, linked = install(windows)
    assert not linked and made == [jsaddons(windows) / FOLDER, published(windows)]
    for system in ("linux", "darwin"):
        with pytest.raises(WrongUse) as told:
            install(replace(windows, system=system), links)
        assert told.value.code == "no_wps_here"
    assert main(["addin", "install", "--wps"]) == 2 and "workbench desk" in capsys.readouterr().err
    signed = ["addin", "install", "--wps", "--signed", str(published(windows))]
    assert main(signed) == 2 and "--signed" in capsys.readouterr().err


def test_the_commands_say_what_to_do_next(windows, monkeypatch, capsys):
    """With the folders as the environment names them."""
    monkeypatch.setattr("workbench.interfaces.addin.computer.this_computer", lambda: windows)
    assert main(["addin", "install", "--wps"]) == 0
    out = capsys.readouterr().out
    assert str(published(windows)) in out and "重新启动 WPS" in out and "workbench desk" in out
    assert not windows.addin.exists()  # nothing of Excel's
    assert main(["addin", "uninstall", "--wps"]) == 0 and "取走" in capsys.readouterr().out


def test_every_button_of_the_desk_has_its_place(tmp_path):
    """From the declared buttons, each once; what it opens is a deed of the desk, what is handed on is known."""
    root = fromstring(ribbon_xml())
    space = {"": "http://schemas.microsoft.com/office/2006/01/customui"}
    found = {each.get("id"): each for each in root.iterfind(".//button", space)}
    with_desk = {each.id for each in buttons() if each.desk}
    assert list(found)[0] == WHOLE and set(found) - {WHOLE} == {each.id for each, _ in shown()} == with_desk | {
        "import"
    }
    assert {deed for _, deed in shown()} == with_desk
    assert {each.get("onAction") for each in found.values()} == {"OnAction"} and root.get("onLoad") == "OnAddinLoad"
    page = (ROOT / "excel" / "README.md").read_text(encoding="utf-8")
    listed = page.partition("“大客户”选项卡里有：")[2].partition("。")[0].replace("\n", "")
    assert listed.split("、") == [each.get("label") for each in found.values()]
    assert ribbon_xml().startswith("<customUI") and not re.search(r'label=""', ribbon_xml())
    assert "原文件不动" in found["check"].get("supertip") and "交回" not in found["review"].get("supertip")
    told = json.loads(pieces(tmp_path)["buttons.js"].partition("= ")[2].rstrip(";\n"))
    assert set(told["buttons"]) == set(found) and told["folder"] == tmp_path.as_uri()
    assert {name: values["hands"] for name, values in told["buttons"].items() if values["hands"] != "nothing"} == {
        "check": "workbook",
        "fix_apply": "workbook",
        "import": "workbook",
        "receipt": "workbook",
        "why": "cell",
        "find_customer": "cell",
        "customer_card": "cell",
    }
    assert {f"images/{each['hands']}.svg" for each in told["buttons"].values()} <= set(pieces(tmp_path))


def test_the_pieces_hold_no_key_and_load_nothing_from_elsewhere(tmp_path):
    """No address but the desk's own folder; nothing is run that is not in the folder or the desk's."""
    (tmp_path / "desk.html").write_text("http://127.0.0.1:1/#secret", encoding="utf-8")
    for name, text in pieces(tmp_path).items():
        assert "secret" not in text and "127.0.0.1" not in text, name
        assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg|schemas\.microsoft\.com)", text), name
    calls = set(re.findall(r"\bapp\.(\w+)|window\.(\w+)", pieces(tmp_path)["main.js"]))
    assert {one or other for one, other in calls} == {
        *("ActiveCell", "ActiveWorkbook", "ShowDialog"),
        *("Application", "wps", "devicePixelRatio"),
    }
    page = (ROOT / "excel" / "README.md").read_text(encoding="utf-8")
    for name in ("ActiveCell", "ActiveWorkbook", "FullName", "Saved", "ShowDialog", "EtApplication", "OnAddinLoad"):
        assert f"`{name}`" in page or f".{name}" in page, name


def test_doctor_looks_at_the_tab_where_there_is_one(windows, monkeypatch):
    """Nothing of it without; whole; spoilt with the way out; on a computer with WPS alone installing it is the way out."""
    monkeypatch.setattr(checks, "this_computer", lambda: windows)
    assert [each.key for each in checks.if_used()] == ["addin_unused"]
    install(windows, links)
    assert [(each.key, each.well) for each in checks.if_used()] == [("addin_unused", None), ("wps_face", True)]
    (jsaddons(windows) / FOLDER / "main.js").write_text("", encoding="utf-8")
    wrong = checks.if_used()[-1]
    assert wrong.well is False and "addin install --wps" in wrong.way_out("zh")
    windows.registry.hives[CLASSES].clear()
    windows.registry.write("Software\\Kingsoft\\Office", "Version", "6.0")
    only = next(each for each in checks.addin_remarks(windows) if each.key == "excel_wps_only")
    assert "addin install --wps" in only.way_out("zh")
