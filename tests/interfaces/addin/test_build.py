"""The add-in is what its text sources say, opens in independent readers, and every button's VBA reaches Python."""

from __future__ import annotations

import io
import re
import subprocess
import threading
import zipfile
from importlib.metadata import version
from xml.etree import ElementTree

import pytest
from olefile import OleFileIO
from oletools.olevba import decompress_stream
from openpyxl import load_workbook
from pyopenvba import ExcelFile, check_file
from pyopenvba.apps.excel import ExcelApplication

from tests.support.desktop import excel
from tests.support.library import ADDIN, replaced
from tests.support.person import Person
from tests.support.source import ROOT
from workbench.app.interface import buttons
from workbench.interfaces.addin import build, callbacks, ribbon
from workbench.interfaces.addin.computer import NAME
from workbench.interfaces.addin.functions import all_functions
from workbench.interfaces.addin.install import xlwings_version
from workbench.interfaces.addin.ribbon import GROUPS
from workbench.interfaces.addin.server import COMMAND
from workbench.interfaces.addin.wrappers import help_rows
from workbench.interfaces.cli.menu import program
from workbench.platform.capability import resolve

pytestmark = pytest.mark.usefixtures("addin_process")
EXCEL = ROOT / "excel"
UI = f"{{{ribbon.NAMESPACE}}}"
# element -> attributes it may have and children it may hold, after the published structure of customUI (2009/07)
STRUCTURE = {
    "customUI": ({"onLoad", "loadImage"}, {"commands", "ribbon", "backstage", "contextMenus"}),
    "contextMenus": (set(), {"contextMenu"}),
    "contextMenu": ({"idMso"}, {"button", "menuSeparator"}),
    "ribbon": ({"startFromScratch"}, {"officeMenu", "qat", "tabs", "contextualTabs"}),
    "tabs": (set(), {"tab"}),
    "tab": (
        {"id", "idMso", "idQ", "label", "tag", "visible", "keytip", "insertAfterMso", "insertBeforeMso"},
        {"group"},
    ),
    "group": (
        {"id", "idMso", "idQ", "label", "image", "imageMso", "visible", "screentip", "supertip", "keytip"},
        {"button", "separator", "dialogBoxLauncher", "box", "menu", "splitButton"},
    ),
    "button": (
        {
            "id",
            "idMso",
            "idQ",
            "label",
            "image",
            "imageMso",
            "size",
            "onAction",
            "enabled",
            "visible",
            "screentip",
            "supertip",
            "keytip",
            "tag",
            "description",
            "showImage",
            "showLabel",
            "getLabel",
            "getEnabled",
        },
        set(),
    ),
}


@pytest.fixture(scope="module")
def modules() -> dict[str, str]:
    """VBA sources in the committed add-in."""
    with ExcelFile(ADDIN) as book:
        return {name: book.get_module(name) for name in book.module_names()}


def as_workbook() -> bytes:
    """The add-in called a workbook: openpyxl and LibreOffice refuse every .xlam by its content type alone."""
    out = io.BytesIO()
    with zipfile.ZipFile(ADDIN) as archive, zipfile.ZipFile(out, "w") as copy:
        for item in archive.infolist():
            content = archive.read(item)
            if item.filename == "[Content_Types].xml":
                assert content.count(b"excel.addin.macroEnabled") == 1
                content = content.replace(b"excel.addin.macroEnabled", b"excel.sheet.macroEnabled")
            copy.writestr(item.filename, content)
    return out.getvalue()


def test_the_committed_add_in_and_its_generated_sources_are_fresh():
    """``make addin`` would change nothing; building twice gives the same bytes."""
    for name, text in build.sources().items():
        assert (EXCEL / name).read_text(encoding="utf-8") == text, name
    assert build.binary(EXCEL) == ADDIN.read_bytes() == build.binary(EXCEL)


def test_it_was_built_with_the_xlwings_that_is_required():
    """Add-in and library have to be of one version, so the requirement is exact."""
    required = re.search(r'"xlwings==([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert required[1] == xlwings_version(ADDIN) == version("xlwings")


def test_the_file_is_sound_to_two_readers():
    """pyOpenVBA's integrity check, and openpyxl with its VBA project kept."""
    report = check_file(ADDIN)
    assert report.ok and not report.issues, report.issues
    book = load_workbook(io.BytesIO(as_workbook()), keep_vba=True)
    assert book.sheetnames == ["texts"] and book.vba_archive.testzip() is None
    rows = list(book["texts"].iter_rows(values_only=True))
    told = [[value for value in row[1:] if value] for row in rows if row[0] == "function"]
    assert told == help_rows()


def test_oletools_reads_the_same_vba(modules):
    """Another implementation of the VBA file format finds the same code."""
    from oletools.olevba import VBA_Parser

    found = {name: code for _, _, name, code in VBA_Parser(str(ADDIN)).extract_macros()}
    for name in ("Callbacks", "DK_Functions"):
        assert found[f"{name}.bas"].split() == modules[name].split()


def test_libreoffice_opens_it(tmp_path):
    """And reads the Chinese texts."""
    (tmp_path / "addin.xlsm").write_bytes(as_workbook())
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "addin.xlsm"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert "大客户信息工作台" in (tmp_path / "addin.csv").read_text(encoding="utf-8")


def test_the_ribbon_has_the_published_structure():
    """Elements, attributes, unique ids and lengths as customUI allows; it is the part the package points at."""
    with zipfile.ZipFile(ADDIN) as archive:
        links = archive.read("_rels/.rels").decode()
        root = ElementTree.parse(io.BytesIO(archive.read(build.UI_PART))).getroot()
    assert f'Type="{build.UI_TYPE}" Target="{build.UI_PART}"' in links

    def walk(element):
        name = element.tag.removeprefix(UI)
        attributes, children = STRUCTURE[name]
        assert set(element.attrib) <= attributes, name
        assert {child.tag.removeprefix(UI) for child in element} <= children, name
        for child in element:
            walk(child)

    walk(root)
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[A-Za-z_]\w*", one) for one in ids)
    drawn = [button for group in root.iter(f"{UI}group") for button in group]
    menu = [button for menu in root.iter(f"{UI}contextMenu") for button in menu]
    assert [button.get("id") for button in menu] == ["menu_why", "menu_find_customer", "menu_next_error"]
    assert all(button.get("label").startswith("大客户：") for button in menu)
    assert [button.get("id") for button in drawn] == [
        item.id for group in GROUPS for item in buttons() if item.group == group
    ]
    icons = (ROOT / "tests/interfaces/addin/excel_icons.txt").read_text(encoding="utf-8").split()
    for button in drawn:
        assert button.get("size") in ("large", "normal") and button.get("imageMso") in icons
        assert bool(button.get("label")) != bool(button.get("getLabel"))  # Excel refuses both at once
        assert all(0 < len(button.get(name)) < 1024 for name in ("screentip", "supertip"))
    keys = [element.get("keytip") for element in root.iter() if element.get("keytip")]
    assert len(keys) == len(set(keys)) == len(drawn) + 1 and all(len(key) <= 2 and key.isalnum() for key in keys)


def test_what_the_ribbon_names_is_in_the_file(modules):
    """Every macro of the ribbon is a public Sub of the module it names, so no other open workbook can answer for it."""
    with zipfile.ZipFile(ADDIN) as archive:
        xml = archive.read(build.UI_PART).decode()
    named = re.findall(r'(?:onLoad|onAction|getLabel|getEnabled)="([^"]*)"', xml)
    assert len(named) == len(buttons()) + 3 + 3
    for macro in named:
        module, name = macro.split(".")
        assert re.search(rf"(?m)^Public Sub {name}\(", modules[module]), macro


def test_the_project_is_written_as_source_alone():
    """No cache of a version, no compiled code before any source, cookies as the format wants them; names of our own."""
    with zipfile.ZipFile(ADDIN) as archive:
        project = OleFileIO(io.BytesIO(archive.read("xl/vbaProject.bin")))
    assert project.openstream("VBA/_VBA_PROJECT").read() == b"\xcc\x61\xff\xff\x00\x00\x00"
    directory = decompress_stream(bytearray(project.openstream("VBA/dir").read()))
    streams = {path[-1] for path in project.listdir() if path[0] == "VBA"}
    assert streams == {"_VBA_PROJECT", "dir", "ThisWorkbook", "Sheet1", "Callbacks", "DK_Functions"}
    assert directory.count(b"\x31\x00\x04\x00\x00\x00" + bytes(4)) == 4
    assert directory.count(b"\x2c\x00\x02\x00\x00\x00\xff\xff") == 4
    for name in streams - {"_VBA_PROJECT", "dir"}:
        source = decompress_stream(bytearray(project.openstream(f"VBA/{name}").read()))
        assert source.startswith(b"Attribute VB_Name = ") and source.isascii()
    assert b'Name="CustomerWorkbench"' in project.openstream("PROJECT").read()


def test_a_cell_can_call_nothing_but_the_declared_functions(modules):
    """Whatever is public and a Function can stand in a formula of any received workbook, also in a macro-free one."""
    public = {
        name
        for text in modules.values()
        for name in re.findall(r"(?mi)^\s*(?:Public |Friend )?(?:Static )?Function\s+(\w+)", text)
    }
    assert public == {each.name for each in all_functions()}
    declared = re.findall(r"(?mi)^.*\bDeclare\b.*$", "\n".join(modules.values()))
    assert declared and all(line.strip().startswith("Private Declare PtrSafe Function") for line in declared)
    assert "Property " not in "".join(modules.values())


def test_vba_is_ascii_starts_no_shell_and_asks_nothing_of_the_open_workbook(modules):
    """No code page can spoil it; the command is the configured Python's, whatever the workbook is called."""
    text = "\n".join(modules.values())
    assert text.isascii()
    for word in (
        "cmd.exe",
        "WScript",
        "Shell(",
        "FullName",
        "VBProject",
        "VBComponents",
        "FileCopy",
        "MkDir",
        "Kill",
        "For Output",
    ):
        assert word.lower() not in text.lower(), word
    app = recording(modules)
    app.run("Command")
    assert app.console[-1] == COMMAND.replace("<python>", r"C:\venv\Scripts\python.exe")
    assert COMMAND == '"<python>" -P -B -m workbench.interfaces.addin.server $(CLSID)'


def recording(modules: dict[str, str], caller: str = "Error") -> ExcelApplication:
    """The add-in in an Excel in memory; only what asks Windows or Excel is replaced: configuration, Python, the caller."""
    text = replaced(
        modules["DK_Functions"].replace("\r\n", "\n"), Interpreter=r'Interpreter = "C:\venv\Scripts\python.exe"'
    )
    text = replaced(text, Exists="Exists = True", LoadXlwings="")
    for line in ("AllowSetForegroundWindow -1", "Application.EnableCancelKey = xlDisabled"):
        text = text.replace(f"    {line}\n", "")
    text = text.replace("Application.OnTime Now, ", "Debug.Print ")
    text = text.replace("Application.CalculateFull", 'Debug.Print "calculated"')
    text, count = re.subn(
        r'XLPy\.Call XLPy\.Module\("([\w.]+)"\), "run", XLPy\.Tuple\(id, Application\.Hwnd, ActiveWorkbook\.Name\)',
        r'Debug.Print "\1 run " & id & " 7 " & ActiveWorkbook.Name',
        text,
    )
    assert count == 1 or "XLPy .Call" in text
    text = text.replace("TypeName(Application.Caller)", f'"{caller}"')
    app = ExcelApplication.open(ADDIN, with_vba=False)
    app.add_module(text + "\nSub Command()\n    Debug.Print PythonCommand\nEnd Sub\n", name="DK_Functions")
    app.add_module(modules["Callbacks"], name="Callbacks")
    return app


@pytest.mark.parametrize("button", buttons(), ids=lambda item: item.id)
def test_every_buttons_vba_runs_up_to_the_python_call(button, modules, monkeypatch):
    """Callback and bridge run; the Python they ask for is ours and reaches the button's function."""
    app = recording(modules)
    app.add_module(f"Sub Pressed()\n    Press_{button.id} Nothing\nEnd Sub\n", name="Finger")
    app.run("Pressed")
    module, name, *values = app.console[-1].split()
    assert (module, name, app.dialogs) == ("workbench.interfaces.addin.callbacks", "run", [])
    assert values == [button.id, "7", NAME]
    done = []
    book = excel().books.add()
    monkeypatch.setattr(callbacks.excel_link, "workbook", lambda window, name: book)
    monkeypatch.setattr(callbacks, "on_screen", Person)
    monkeypatch.setattr(callbacks, "resolve", lambda code: lambda call: done.append((code, call.book.name)))
    callbacks.run(button.id, 7, book.name)
    for thread in [each for each in threading.enumerate() if each.name == "button"]:
        thread.join()
    assert done == [(button.run, book.name)]


@pytest.mark.parametrize("button", buttons(), ids=lambda item: item.id)
def test_every_buttons_function_and_command_exist(button):
    """The table names a function that can be called, and a command the program knows."""
    assert callable(resolve(button.run))
    word = button.command.split()[1]
    assert word == "--help" or word in program().listed


def test_a_failing_call_is_told_in_chinese(modules):
    """Where Python cannot be started the person hears what to do, with the folder the program is in."""
    text = replaced(modules["DK_Functions"].replace("\r\n", "\n"), XLPy='Err.Raise 1000, , "x"')
    app = recording({**modules, "DK_Functions": text.replace("XLPy.Call XLPy.Module", "XLPy .Call XLPy.Module")})
    app.add_module('Sub Pressed()\n    Press "check"\nEnd Sub\n', name="Finger")
    app.run("Pressed")
    ((_, text, title, _),) = app.dialogs
    assert r"C:\venv\Scripts\workbench addin doctor" in text and title == "大客户信息工作台"


def test_a_cell_that_calls_a_button_starts_nothing(modules):
    """A Sub cannot stand in a formula; were it called from a cell by another way, it leaves."""
    app = recording(modules, caller="Range")
    app.add_module('Sub Pressed()\n    Press "help"\nEnd Sub\n', name="Finger")
    app.run("Pressed")
    assert app.console == [] and app.dialogs == []


def test_the_ribbon_shows_who_unlocked_and_formulas_ask_again(modules):
    """Python tells a name; the buttons follow; only where a formula of ours stands everything is calculated anew."""
    app = recording(modules)
    app.add_module(
        "Sub Look()\n    Dim label\n    Dim enabled\n    LabelOf Nothing, label\n    EnabledOf Nothing, enabled\n"
        "    Debug.Print label & enabled\nEnd Sub\n"
        'Sub Told()\n    ShowState "张三"\nEnd Sub\nSub Gone()\n    ShowState ""\nEnd Sub\n',
        name="Finger",
    )
    for name in ("Look", "Told", "Look", "Gone", "Look"):
        app.run(name)
    seen = [line for line in app.console if line.endswith(("True", "False"))]
    assert seen == ["解锁False", "已解锁：张三True", "解锁False"]
    later = [line for line in app.console if line not in seen]
    assert len(later) == 2 and all(line.endswith(f"'{NAME}'!DK_Functions.Recalculate") for line in later)
    app.add_workbook()
    app.run("Recalculate")
    assert "calculated" not in app.console
    app.add_module('Sub Fill()\n    ActiveSheet.Range("B2").Formula = "=DK_STATUS(1)"\nEnd Sub\n', name="Filling")
    app.run("Fill")
    app.run("Recalculate")
    assert app.console[-1] == "calculated"


def test_alerts_and_the_cancel_key_are_off_while_python_works(modules):
    """Before Python is asked, and alerts are as they were afterwards, also where it failed."""
    press = modules["DK_Functions"].partition("Public Sub Press(")[2].partition("End Sub")[0]
    before, _, after = press.partition("XLPy.Call")
    assert "Application.EnableCancelKey = xlDisabled" in before and "Application.DisplayAlerts = False" in before
    assert "AllowSetForegroundWindow -1" in before
    assert after.count("Application.DisplayAlerts = ") == 2
