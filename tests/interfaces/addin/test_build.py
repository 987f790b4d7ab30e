"""The add-in is what its text sources say, opens in independent readers, and every button's VBA reaches Python."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from importlib.metadata import version
from xml.etree import ElementTree

import pytest
import xlwings
from openpyxl import load_workbook
from pyopenvba import ExcelFile, check_file
from pyopenvba.apps.excel import ExcelApplication

from tests.support.desktop import excel
from tests.support.person import Person
from tests.support.source import ROOT
from workbench.app.interface import buttons
from workbench.interfaces.addin import build, callbacks, ribbon
from workbench.interfaces.addin.functions import all_functions
from workbench.interfaces.addin.install import NAME, xlwings_version
from workbench.interfaces.addin.ribbon import GROUPS
from workbench.interfaces.addin.wrappers import help_rows
from workbench.interfaces.cli.menu import program
from workbench.platform.capability import resolve

pytestmark = pytest.mark.usefixtures("addin_process")
EXCEL = ROOT / "excel"
ADDIN = EXCEL / NAME
UI = f"{{{ribbon.NAMESPACE}}}"
# element -> attributes it may have and children it may hold, after the published structure of customUI (2006/01)
STRUCTURE = {
    "customUI": ({"onLoad", "loadImage"}, {"commands", "ribbon"}),
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
    drawn = list(root.iter(f"{UI}button"))
    assert [button.get("id") for button in drawn] == [
        item.id for group in GROUPS for item in buttons() if item.group == group
    ]
    for button in drawn:
        assert button.get("size") in ("large", "normal") and button.get("imageMso").isascii()
        assert all(0 < len(button.get(name)) < 1024 for name in ("label", "screentip", "supertip"))


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
    assert (
        app.console[-1] == """"C:\\venv\\Scripts\\python.exe" -P -B -c "import xlwings; xlwings.serve('$(CLSID)')\""""
    )


def recording(modules: dict[str, str], caller: str = "Error") -> ExcelApplication:
    """The add-in in an Excel in memory; only what asks Windows or Excel is replaced: configuration, Python, the caller."""
    text = modules["DK_Functions"].replace("\r\n", "\n")
    text = re.sub(
        r"(Private Function Interpreter\(\) As String\n).*?(\nEnd Function)",
        lambda found: f'{found[1]}    Interpreter = "C:\\venv\\Scripts\\python.exe"{found[2]}',
        text,
        flags=re.DOTALL,
    )
    text = text.replace('XLPy.SetAttr XLPy.Module("xlwings._xlwindows"), ', "Debug.Print ")
    text = text.replace('"BOOK_CALLER", ActiveWorkbook', '"caller"').replace("XLPy.Exec ", "Debug.Print ")
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
    caller, command = app.console
    assert caller == "caller" and app.dialogs == []
    done = []
    book = excel().books.add()
    monkeypatch.setattr(xlwings.Book, "_mock_caller", book, raising=False)
    monkeypatch.setattr(callbacks, "on_screen", Person)
    monkeypatch.setattr(callbacks, "resolve", lambda code: lambda call: done.append((code, call.book.name)))
    exec(command, {})  # noqa: S102 - the very words VBA hands over
    assert done == [(button.run, book.name)]


@pytest.mark.parametrize("button", buttons(), ids=lambda item: item.id)
def test_every_buttons_function_and_command_exist(button):
    """The table names a function that can be called, and a command the program knows."""
    assert callable(resolve(button.run))
    word = button.command.split()[1]
    assert word == "--help" or word in program().listed


def test_a_failing_call_is_told_in_chinese(modules):
    """Where Python cannot be started the person hears what to do, with the folder the program is in."""
    failing = re.sub(
        r"(Private Function XLPy\(\)\n).*?(\nEnd Function)",
        r'\1    Err.Raise 1000, , "x"\2',
        modules["DK_Functions"].replace("\r\n", "\n"),
        flags=re.DOTALL,
    )
    app = recording({**modules, "DK_Functions": failing.replace("XLPy.SetAttr", "XLPy .SetAttr")})
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
