"""What Windows and Office have against an add-in, read from the registry: never changed, each with its way out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PureWindowsPath
from typing import Any

from workbench.app.remarks import Remark, remark
from workbench.interfaces.addin.computer import NAME, Computer, Registry
from workbench.interfaces.addin.install import OFFICE_VERSIONS
from workbench.interfaces.addin.signing import is_signed

OFFICE = "Software\\{place}Microsoft\\Office\\{version}\\{what}"
SECURITY, TRUSTED = "Excel\\Security", "Excel\\Security\\Trusted Locations"
RESILIENCY = "Excel\\Resiliency"
# "Block all Office applications from creating child processes"; 1 blocks
ASR_RULE = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
ASR = (
    "SOFTWARE\\Policies\\Microsoft\\Windows Defender\\Windows Defender Exploit Guard\\ASR\\Rules",
    "SOFTWARE\\Microsoft\\Windows Defender\\Windows Defender Exploit Guard\\ASR\\Rules",
)
WPS = ("kingsoft", "wps", "\\et.exe")
SIGNED_ONLY, NONE_AT_ALL = 3, 4  # values of VBAWarnings


def windows_remarks(computer: Computer, registry: Registry) -> list[Remark]:
    """Which Excel there is, and everything that would keep it from opening the add-in or starting Python."""
    found = [excel(registry)]
    versions = [each for each in OFFICE_VERSIONS if registry.read(_office(each, "Excel")) is not None]
    for office in versions or OFFICE_VERSIONS[:1]:
        found += [*_of_version(computer, registry, office)]
    found.append(remark("child_processes", not _blocked(registry)))
    return found


def excel(registry: Registry) -> Remark:
    """The program that answers to ``Excel.Application``: Excel's desktop version, that of the Store, WPS, or none."""
    served = _server(registry)
    shown = _program(served)
    if any(word in served.lower() for word in WPS):
        return remark("excel_wps_instead", False, path=shown)
    if "windowsapps" in served.lower():
        return remark("excel_store", False, path=shown)
    if served:
        return remark("excel", True, path=shown, bits=_bits(registry, served))
    only_wps = registry.read("Software\\Kingsoft\\Office") is not None
    return remark("excel_wps_only" if only_wps else "excel_missing", False)


def _server(registry: Registry) -> str:
    """The command line of the program registered for ``Excel.Application``; empty where there is none."""
    named = (registry.read("Excel.Application\\CLSID", "classes") or {}).get("")
    for folder in ("CLSID", "WOW6432Node\\CLSID"):
        values = registry.read(f"{folder}\\{named}\\LocalServer32", "classes") if named else None
        if values and values.get(""):
            return str(values[""])
    return ""


def _program(command: str) -> str:
    """The program of a command line: what is in quotes, or up to its options."""
    return command.split('"')[1] if command.startswith('"') else command.partition(" /")[0]


def _bits(registry: Registry, served: str) -> int:
    """Excel's bitness: as Office noted it when it was installed, else by the folder it is in."""
    noted = registry.read("SOFTWARE\\Microsoft\\Office\\ClickToRun\\Configuration", "machine") or {}
    if noted.get("Platform") in ("x64", "x86"):
        return 64 if noted["Platform"] == "x64" else 32
    return 32 if "(x86)" in served.lower() else 64


def _of_version(computer: Computer, registry: Registry, office: str) -> Iterator[Remark]:
    """The Trust Center of one version of Office, as the user and the company set it."""

    def setting(what: str, name: str) -> Any:
        return _setting(registry, office, what, name)

    known: dict[str, Any] = {"office": office}
    yield remark("vba", setting("Common\\Security", "VBAOff") != 1, **known)
    yield remark("addins_allowed", setting(SECURITY, "DisableAllAddins") != 1, **known)
    yield remark("addins_signed", setting(SECURITY, "RequireAddinSig") != 1 or is_signed(computer.addin), **known)
    yield remark("addins_listed", setting(RESILIENCY, "RestrictToList") != 1, **known)
    trusted = _is_trusted(computer, registry, office)
    warnings = setting(SECURITY, "VBAWarnings")
    if warnings in (SIGNED_ONLY, NONE_AT_ALL):  # both let pass what lies in a trusted location
        yield remark("macros", trusted, **known)
    yield remark("trusted", trusted, folder=computer.addin.parent, **known)
    disabled = registry.read(_office(office, f"{RESILIENCY}\\DisabledItems")) or {}
    yield remark("enabled", not any(_names_us(value) for value in disabled.values()), **known)


def _is_trusted(computer: Computer, registry: Registry, office: str) -> bool:
    """Whether the add-in's folder is a trusted location: Excel's own list has it, unless somebody took it out."""

    def setting(name: str) -> Any:
        return _setting(registry, office, TRUSTED, name)

    if setting("AllLocationsDisabled") == 1:
        return False
    folder = _plain(str(computer.addin.parent))
    if folder.startswith("\\\\") and setting("AllowNetworkLocations") != 1:
        return False
    common = _setting(registry, office, "Common\\Security\\Trusted Locations", "Allow User Locations")
    own, company = _office(office, TRUSTED), _office(office, TRUSTED, policy=True)
    places = [*_locations(registry, company, "user"), *_locations(registry, company, "machine")]
    if common != 0:
        mine = list(_locations(registry, own, "user"))
        if not mine and not places:
            return True  # Excel was never started: it makes its own list, with XLSTART in it
        places += mine
    for path, below in places:
        place = _plain(_expanded(path, computer))
        if folder == place or (below and folder.startswith(place + "\\")):
            return True
    return False


def _locations(registry: Registry, key: str, hive: str) -> Iterator[tuple[str, bool]]:
    """The trusted folders below a key, and whether those inside them are trusted too."""
    for name in registry.keys(key, hive):
        values = registry.read(f"{key}\\{name}", hive) or {}
        if values.get("Path"):
            yield str(values["Path"]), values.get("AllowSubFolders") == 1


def _setting(registry: Registry, office: str, what: str, name: str) -> Any:
    """A setting of Office: the company's for the computer, for the user, then the user's own; None: Office's default."""
    policy, own = _office(office, what, policy=True), _office(office, what)
    for key, hive in ((policy, "machine"), (policy, "user"), (own, "user"), (own, "machine")):
        values = registry.read(key, hive) or {}
        if name in values:
            return values[name]
    return None


def _office(version: str, what: str, *, policy: bool = False) -> str:
    return OFFICE.format(place="Policies\\" if policy else "", version=version, what=what)


def _plain(path: str) -> str:
    """A Windows path as it is compared: without a closing bar, letters small."""
    return str(PureWindowsPath(path.replace("/", "\\"))).rstrip("\\").lower()


def _expanded(path: str, computer: Computer) -> str:
    """A path of the registry with its variable filled in."""
    for name, value in (("%appdata%", computer.appdata), ("%userprofile%", computer.home)):
        if path.lower().startswith(name):
            return str(value) + path[len(name) :]
    return path


def _names_us(value: Any) -> bool:
    """Whether an entry of Excel's disabled items is our add-in: bytes that hold its path in UTF-16."""
    if not isinstance(value, bytes):
        return False
    return any(NAME.lower() in value[start:].decode("utf-16-le", "ignore").lower() for start in (0, 1))


def _blocked(registry: Registry) -> bool:
    """Whether Defender keeps Office from starting other programs."""
    for key in ASR:
        values = {name.lower(): value for name, value in (registry.read(key, "machine") or {}).items()}
        if ASR_RULE in values:
            return str(values[ASR_RULE]) == "1"
    return False
