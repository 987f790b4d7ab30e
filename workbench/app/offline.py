"""A folder from which a PC without internet is set up: every package as a wheel, with its hash, and what installs them.

All versions are those of ``constraints.txt``. Markers are judged for the PC the folder is for, wherever it is made: pip
itself judges them for the computer it runs on.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from hashlib import sha256
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from workbench.app.doctor_machine import OURS, pins, writable
from workbench.core.errors import WrongUse
from workbench.core.shipped import PACKAGE
from workbench.platform.forms.package import SPOILED

WHEELS, LIST, TOLD = "wheels", "requirements.txt", "offline.json"
SETUP, COMMAND, README = "setup.py", "安装.cmd", "README.txt"
WINDOWS, HERE = "win_amd64", "here"
Pip = Callable[[Sequence[str]], None]
Asked = dict[str, set[str]]  # the names of packages, and the extras that are asked for of each


@dataclass(frozen=True)
class Target:
    """The PC the folder is for. ``platform``: ``win_amd64``, or ``here``: one like this. ``python``: as in 3.13."""

    platform: str = WINDOWS
    python: str = "3.13"

    def markers(self) -> dict[str, str]:
        """What differs there for a marker of a requirement."""
        if self.platform == HERE:
            return {}
        there = {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"}
        names = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
        return {**there, **names, "python_version": self.python, "python_full_version": f"{self.python}.0"}

    def options(self) -> list[str]:
        """What pip is told of it."""
        if self.platform == HERE:
            return []
        return ["--platform", self.platform, "--python-version", self.python, "--implementation", "cp"]


def collect(
    folder: Path, target: Target, extras: Sequence[str], wheel: Path | None = None, pip: Pip | None = None
) -> int:
    """Write the folder; how many packages are in it. ``wheel``: this program, else it is built from its source folder.

    Raises WrongUse ``offline/python``, ``folder_not_written/named``, ``offline/not_empty``, ``offline/no_source``,
    ``offline/not_ours``, ``offline/not_pinned``, ``offline/no_extra``, ``offline/pip``.
    """
    if not re.fullmatch(r"3\.\d{1,2}", target.python):
        raise WrongUse("offline/python", text=target.python)
    if not writable(folder):
        raise WrongUse("folder_not_written/named", out=folder)
    if folder.exists() and any(folder.iterdir()):
        raise WrongUse("offline/not_empty", folder=folder)
    if target.platform == HERE:
        target = Target(HERE, f"{sys.version_info[0]}.{sys.version_info[1]}")
    pip = pip or run_pip
    with tempfile.TemporaryDirectory() as place:
        wheels = Path(place)
        if wheel is None:
            source = PACKAGE.parent
            if not (source / "pyproject.toml").is_file():
                raise WrongUse("offline/no_source")
            pip(["wheel", "--no-deps", "--wheel-dir", str(wheels), str(source)])
        elif not _is_ours(wheel):
            raise WrongUse("offline/not_ours", wheel=wheel)
        else:
            shutil.copy(wheel, wheels)
        known = {each for path in wheels.glob("*.whl") for each in _metadata(path).get_all("Provides-Extra") or []}
        if unknown := sorted(set(extras) - known):
            raise WrongUse("offline/no_extra", unknown=unknown, known=sorted(known))
        _gather(wheels, {OURS: set(extras)}, target, pip)
        found = sorted(wheels.glob("*.whl"))
        for path in found:
            (folder / WHEELS).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / WHEELS)
    _write(folder, [folder / WHEELS / path.name for path in found], target, sorted(extras))
    return len(found)


def run_pip(arguments: Sequence[str]) -> None:
    """pip of this Python. Raises WrongUse ``offline/pip`` with its own last word."""
    command, *rest = arguments
    options = ["--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", command, *options, *rest], capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise WrongUse("offline/pip", said=said[-1].strip() if said else str(done.returncode))


def _gather(wheels: Path, asked: Asked, target: Target, pip: Pip) -> None:
    """Fetch what is asked for and what that asks for in turn, round by round, until nothing is missing."""
    pinned = pins()
    seen: set[tuple[str, str]] = set()
    while asked:
        here = {str(parse_wheel_filename(path.name)[0]): path for path in wheels.glob("*.whl")}
        missing = sorted(name for name in asked if name not in here)
        if unknown := [name for name in missing if name not in pinned]:
            raise WrongUse("offline/not_pinned", names=unknown)
        if missing:
            wanted = [f"{name}=={pinned[name]}" for name in missing]
            pip(["download", "--no-deps", "--only-binary=:all:", *target.options(), "--dest", str(wheels), *wanted])
            here = {str(parse_wheel_filename(path.name)[0]): path for path in wheels.glob("*.whl")}
        further: Asked = {}
        for name, extras in asked.items():
            for extra in ("", *sorted(extras)):
                if (name, extra) in seen:
                    continue
                seen.add((name, extra))
                for each in _needed(here[name], extra, target):
                    further.setdefault(canonicalize_name(each.name), set()).update(each.extras)
        asked = further


def _needed(wheel: Path, extra: str, target: Target) -> Iterator[Requirement]:
    """What a wheel asks for on the target, for itself or for one of its extras."""
    for text in _metadata(wheel).get_all("Requires-Dist") or []:
        each = Requirement(text)
        if each.marker is None or each.marker.evaluate({**target.markers(), "extra": extra}):
            yield each


def _is_ours(wheel: Path) -> bool:
    """Whether a file is a wheel of this program, by its name and inside."""
    try:
        return parse_wheel_filename(wheel.name)[0] == OURS == canonicalize_name(_metadata(wheel)["Name"])
    except (*SPOILED, TypeError):  # without a name it is None
        return False


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", each))
        return Parser().parsestr(archive.read(name).decode())


def _write(folder: Path, wheels: Sequence[Path], target: Target, extras: Sequence[str]) -> None:
    """The list with hashes, what is told of the PC, and the three files a person sees."""
    lines = []
    for path in wheels:
        name, number = parse_wheel_filename(path.name)[:2]
        chosen = f"{name}[{','.join(extras)}]" if name == OURS and extras else str(name)
        lines.append(f"{chosen}=={number} --hash=sha256:{sha256(path.read_bytes()).hexdigest()}")
    (folder / LIST).write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = {"platform": target.platform, "python": target.python, "excel": "excel" in extras}
    (folder / TOLD).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    kept = PACKAGE / "app" / "offline_files"
    shutil.copyfile(kept / SETUP, folder / SETUP)
    version = target.python
    for file, source in ((COMMAND, "setup.cmd"), (README, README)):
        text = (kept / source).read_text(encoding="utf-8")
        text = text.replace("{python}", version).replace("{digits}", version.replace(".", ""))
        encoding = "utf-8-sig" if file == README else "ascii"  # Notepad reads the one, cmd takes no other
        (folder / file).write_text(text, encoding=encoding, newline="\r\n")
