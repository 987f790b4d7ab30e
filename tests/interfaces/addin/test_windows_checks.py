"""What Windows and Office have against an add-in is found in the registry, and each finding says the way out."""

from __future__ import annotations

import pytest

from tests.support.windows import CLASSES, CLSID, EXCEL, MACHINE, TRUSTED, USER, windows_computer
from workbench.interfaces.addin.checks import addin_remarks
from workbench.interfaces.addin.install import install
from workbench.interfaces.addin.windows_checks import ASR, ASR_RULE, windows_remarks

POLICY = "Software\\Policies\\Microsoft\\Office\\16.0"
SERVER = f"CLSID\\{CLSID}\\LocalServer32"
LOCATION = f"{TRUSTED}\\Location1"
ITEM = "C:\\Users\\张三\\AppData\\Roaming\\Microsoft\\Excel\\XLSTART\\大客户工作台.XLAM".encode("utf-16-le")
WPS = "C:\\Users\\z\\AppData\\Local\\Kingsoft\\WPS Office\\12.1\\office6\\et.exe"
STORE = "C:\\Program Files\\WindowsApps\\Microsoft.Office.Desktop.Excel_16051\\Office16\\EXCEL.EXE"


@pytest.fixture
def computer(tmp_path):
    """Windows with Excel and the add-in, everything as it is by default."""
    made = windows_computer(tmp_path)
    install(made)
    return made


def faults(computer) -> dict[str, str]:
    """What is wrong by its key, with the way out."""
    found = windows_remarks(computer, computer.registry)
    return {each.key: each.way_out("zh") for each in found if each.well is False}


def test_by_default_nothing_is_wrong(computer):
    """Excel is named with its bitness; nothing stands in the way."""
    assert faults(computer) == {}
    assert "EXCEL.EXE（64 位）" in windows_remarks(computer, computer.registry)[0].what.text()


@pytest.mark.parametrize(
    ("hive", "key", "name", "value", "found", "way"),
    [
        (USER, f"{POLICY}\\Excel\\Security", "RequireAddinSig", 1, "addins_signed", "签名"),
        (USER, f"{EXCEL}\\Security", "RequireAddinSig", 1, "addins_signed", "签名"),
        (MACHINE, f"{POLICY}\\Excel\\Security", "DisableAllAddins", 1, "addins_allowed", "信任中心"),
        (MACHINE, f"{POLICY}\\Common\\Security", "VBAOff", 1, "vba", "IT"),
        (USER, f"{POLICY}\\Excel\\Resiliency", "RestrictToList", 1, "addins_listed", "托管加载项列表"),
        (USER, f"{POLICY}\\Excel\\Security\\Trusted Locations", "AllLocationsDisabled", 1, "trusted", "受信任位置"),
        (USER, f"{TRUSTED}\\Location1", "Path", "C:\\elsewhere\\", "trusted", "受信任位置"),
        (MACHINE, f"{POLICY}\\Common\\Security\\Trusted Locations", "Allow User Locations", 0, "trusted", "IT"),
        (USER, f"{EXCEL}\\Resiliency\\DisabledItems", "C5A2", b"\x01\x00\x00\x00" + ITEM, "enabled", "禁用项目"),
        (USER, f"{EXCEL}\\Resiliency\\DisabledItems", "C5A3", b"\x01\x00\x00" + ITEM, "enabled", "禁用项目"),
        (MACHINE, ASR[0], ASR_RULE, "1", "child_processes", "攻击面"),
        (MACHINE, ASR[1], ASR_RULE.upper(), 1, "child_processes", "攻击面"),
        (CLASSES, SERVER, "", f'"{WPS}" /automation', "excel_wps_instead", "兼容设置"),
        (CLASSES, SERVER, "", f'"{STORE}" /automation', "excel_store", "桌面版"),
    ],
)
def test_each_obstacle_is_named_with_its_way_out(computer, hive, key, name, value, found, way):
    """Exactly that one."""
    computer.registry.write(key, name, value, hive)
    (told,) = faults(computer).items()
    assert told[0] == found and way in told[1]


def test_restricted_macros_matter_only_where_the_folder_is_not_trusted(computer):
    """Only signed macros, or none at all: what lies in a trusted location runs all the same."""
    computer.registry.write(f"{POLICY}\\Excel\\Security", "VBAWarnings", 3)
    assert faults(computer) == {}
    computer.registry.write(TRUSTED, "AllLocationsDisabled", 1)
    assert set(faults(computer)) == {"macros", "trusted"}


def test_the_company_settles_what_the_user_set(computer):
    """A policy of the computer goes before one of the user, and that before the user's own choice."""
    computer.registry.write(f"{EXCEL}\\Security", "RequireAddinSig", 1)
    computer.registry.write(f"{POLICY}\\Excel\\Security", "RequireAddinSig", 0, MACHINE)
    assert faults(computer) == {}


def test_a_company_that_trusts_a_folder_above(computer):
    """Users' own locations do not count, those of the company do, with what lies below them."""
    computer.registry.write(f"{POLICY}\\Common\\Security\\Trusted Locations", "Allow User Locations", 0, MACHINE)
    place = f"{POLICY}\\Excel\\Security\\Trusted Locations\\Location7"
    computer.registry.write(place, "Path", "%APPDATA%/Microsoft", MACHINE)
    assert set(faults(computer)) == {"trusted"}
    computer.registry.write(place, "AllowSubFolders", 1, MACHINE)
    assert faults(computer) == {}


def test_an_excel_that_was_never_started_trusts_its_own_folder(computer):
    """It makes its list of trusted locations at its first start."""
    for key in (LOCATION, EXCEL):
        del computer.registry.hives[USER][key]
    assert faults(computer) == {}


def test_a_folder_on_a_server_is_trusted_only_where_networks_are(tmp_path, monkeypatch):
    """`%APPDATA%` of a redirected profile."""
    monkeypatch.chdir(tmp_path)
    computer = windows_computer(tmp_path, home=type(tmp_path)("\\\\server\\profiles\\张三"))
    computer.registry.write(LOCATION, "Path", "%APPDATA%\\Microsoft\\Excel\\XLSTART\\")
    assert set(faults(computer)) == {"trusted"}
    computer.registry.write(TRUSTED, "AllowNetworkLocations", 1)
    assert faults(computer) == {}


def test_a_32_bit_excel_is_served_by_the_same_python(computer):
    """Its registration stands in the other half; both libraries are there, so nothing is wrong."""
    program = computer.registry.hives[CLASSES].pop(SERVER)[""].replace("Program Files", "Program Files (x86)")
    computer.registry.write(f"WOW6432Node\\{SERVER}", "", program, CLASSES)
    found = addin_remarks(computer)
    assert "（32 位）" in next(each.what.text() for each in found if each.key == "excel")
    assert [each.well for each in found if each.key == "library"] in ([True], [])
    computer.registry.write("SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration", "Platform", "x64", MACHINE)
    assert "（64 位）" in windows_remarks(computer, computer.registry)[0].what.text()


@pytest.mark.parametrize(("wps", "key"), [(True, "excel_wps_only"), (False, "excel_missing")])
def test_without_excel_the_commands_are_the_way_out(computer, wps, key):
    """With WPS alone it says that WPS does not run the add-in."""
    computer.registry.hives[CLASSES].clear()
    if wps:
        computer.registry.write("Software\\Kingsoft\\Office", "Version", "6.0")
    assert set(faults(computer)) == {key}
    assert "命令行" in faults(computer)[key]
