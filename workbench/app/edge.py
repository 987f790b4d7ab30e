"""The edge: clock, passphrase, common options, what goes to which stream."""

from __future__ import annotations

import csv
import getpass
import io
import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from workbench.core.errors import WrongUse
from workbench.core.files import decoded

if TYPE_CHECKING:
    from workbench.platform.access.session import Session
    from workbench.platform.regulation.edition import Policy
    from workbench.platform.reporting.runs import Run

PRC = ZoneInfo("Asia/Shanghai")
FAULT = 3


@dataclass
class Common:
    """Options every command understands, wherever they stand on the command line."""

    register: str | None = None
    user: str | None = None
    passphrase_file: str | None = None
    lang: str = "zh"


common = Common()
OPTIONS = {
    "--register": "register",
    "--user": "user",
    "--passphrase-file": "passphrase_file",
    "--lang": "lang",
}
# these stand for environment variables, which notebooks' processes inherit
VARIABLES = {
    "--policy": "WORKBENCH_POLICY",
    "--calendar": "WORKBENCH_CALENDAR",
    "--backups": "WORKBENCH_BACKUPS",
}


def take_common(arguments: list[str]) -> list[str]:
    """Take the common options out of the arguments, from before or after the command's name."""
    common.__init__(register=os.environ.get("WORKBENCH_REGISTER"), user=os.environ.get("WORKBENCH_USER"))
    rest = []
    waiting = iter(arguments)
    for argument in waiting:
        name, _, value = argument.partition("=")
        if argument == "--":
            rest += [argument, *waiting]
        elif name in OPTIONS:
            value = value or next(waiting, "")
            setattr(common, OPTIONS[name], value)
        elif name in VARIABLES:
            os.environ[VARIABLES[name]] = value or next(waiting, "")
        else:
            rest.append(argument)
    return rest


def now() -> datetime:
    """The actual clock, in PRC time to the second."""
    return datetime.now(PRC).replace(tzinfo=None, microsecond=0)


def moment(text: str | None, *, end_of_day: bool = False) -> datetime | None:
    """A time given on the command line: ISO 8601; with an offset it is brought to PRC time.

    A bare date means its first moment, with ``end_of_day`` its last. One ahead of the clock is taken and said: a wrong
    year would stay. Raises WrongUse.
    """
    value = _moment(text, end_of_day=end_of_day)
    if value is not None:
        _say_ahead(value)
    return value


def _say_ahead(value: datetime) -> None:
    today = now().date()
    if value.date() > today:
        say_error(
            f"提醒：所给时间 {value:%Y-%m-%d %H:%M} 晚于今天（{today}），按所给时间办理，实际时间一并记入审计。请核对年月日。",
            f"Reminder: the given time {value:%Y-%m-%d %H:%M} is ahead of today ({today}); check it.",
        )


def _moment(text: str | None, *, end_of_day: bool = False) -> datetime | None:
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text.strip())
        if value.tzinfo is not None:
            value = value.astimezone(PRC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise WrongUse(
            "bad_time", f"时间“{text}”无法识别。请写成 2026-03-05T09:30:00。",
            f"Time {text!r} is not understood; write it as 2026-03-05T09:30:00.",
        ) from None  # fmt: skip
    if end_of_day and len(text.strip()) <= 10:
        value = datetime.combine(value.date(), time(23, 59, 59))
    return value.replace(microsecond=0)


def register_path() -> Path:
    """The register named by --register or WORKBENCH_REGISTER. Raises WrongUse where there is none."""
    if not common.register:
        raise WrongUse(
            "no_register", "未指定登记册。请用 --register 文件 或环境变量 WORKBENCH_REGISTER 指明。",
            "No register given; use --register FILE or WORKBENCH_REGISTER.",
        )  # fmt: skip
    if common.register.startswith(("postgresql://", "postgres://")):
        raise WrongUse(
            "server_register", "本版本只支持单机登记册文件，不支持 PostgreSQL 登记册。",
            "This version keeps registers in files; PostgreSQL registers are not supported.",
        )  # fmt: skip
    return Path(common.register)


def passphrase(*, new: bool = False) -> str:
    """The passphrase: WORKBENCH_PASSPHRASE, --passphrase-file, the system keyring, or a prompt.

    ``new``: of a register being made; it is asked for twice, and not looked for in the keyring.
    """
    file = Path(common.passphrase_file) if common.passphrase_file else None
    if (given := _given("WORKBENCH_PASSPHRASE", file)) is not None:
        return given
    if not new and (stored := _from_keyring()):
        return stored
    return typed("口令 / passphrase: ", "WORKBENCH_PASSPHRASE", "--passphrase-file", twice=new)


def new_passphrase(file: Path | None) -> str:
    """A user's new passphrase: WORKBENCH_NEW_PASSPHRASE, a file, or typed twice; never an argument."""
    given = _given("WORKBENCH_NEW_PASSPHRASE", file)
    if given is not None:
        return given
    return typed("新口令 / new passphrase: ", "WORKBENCH_NEW_PASSPHRASE", "--new-passphrase-file", twice=True)


def _given(variable: str, file: Path | None) -> str | None:
    """A passphrase from the environment or a file. Raises WrongUse for a file that is no text."""
    if variable in os.environ:
        return os.environ[variable]
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise WrongUse(
            "no_passphrase_file", f"口令文件 {file} 无法读取。请核对路径，并存为 UTF-8 文本。",
            f"The passphrase file {file} cannot be read; check the path, and that it is UTF-8 text.",
        ) from None  # fmt: skip


def typed(prompt: str, variable: str, option: str, *, twice: bool) -> str:
    """A secret typed at a terminal. Raises WrongUse where there is none, or the two tries differ."""
    if not sys.stdin.isatty():
        raise WrongUse(
            "no_passphrase", f"没有口令。请设置 {variable}，或用 {option} 指定口令文件。",
            f"No passphrase; set {variable} or give {option}.",
        )  # fmt: skip
    first = getpass.getpass(prompt)
    if twice and getpass.getpass("再输一次 / again: ") != first:
        raise WrongUse("passphrase_differs", "两次输入的口令不一致。请重来。", "The two passphrases differ.")
    return first


def _from_keyring() -> str | None:
    """The passphrase kept in the system keyring under service ``workbench`` and the register's path."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password("workbench", str(register_path().resolve()))
    except KeyringError:
        return None


def policy(readings: Sequence[str] = ()) -> Policy:
    """The regulation in use (``desk.session.policy_in_use``).

    ``readings``: other readings for this run, as ``key=value``. Raises WrongUse.
    """
    from workbench.platform.access.session import policy_in_use
    from workbench.platform.regulation.trial import read_readings

    return policy_in_use(os.environ).with_readings(**read_readings(readings))


@contextmanager
def session(readings: Sequence[str] = (), secret: str | None = None, *, remind: bool = True) -> Iterator[Session]:
    """Open the register for one command; ``secret`` is the passphrase where it was asked for already.

    ``remind``: say which backups and tests are overdue.
    """
    from workbench.platform.access.backups import overdue
    from workbench.platform.access.session import enter

    with enter(register_path(), common.user, secret or passphrase(), policy(readings), now()) as opened:
        for finding in overdue(opened) if remind else ():
            say_error(f"提醒：{finding.message}", f"Reminder: {finding.code}.")
        yield opened


def folder(path: Path | None) -> Path | None:
    """An ``--out`` that can be a folder, found out before anything is done. Raises WrongUse."""
    wrong = next((part for part in (path, *path.parents) if part.is_file()), None) if path else None
    if wrong:
        raise WrongUse(
            "not_a_folder", f"{wrong} 是文件，不是文件夹。请用 --out 指定文件夹。",
            f"{wrong} is a file, not a folder; name a folder with --out.",
        )  # fmt: skip
    return path


def make_report(
    name: str, user: str, secret: str, period: str, as_of: datetime, out: Path, parameters: dict[str, Any] | None = None
) -> Run:
    """Run a report's notebook on the register in use; ``parameters``: further ones it knows."""
    from workbench.platform.reporting.runs import run_report

    return run_report(
        name, register_path=register_path(), period=period, as_of=as_of, out_dir=out, user=user, passphrase=secret,
        parameters=parameters,
    )  # fmt: skip


def expand(paths: Sequence[Path], inbox: Path | None = None) -> list[Path]:
    """Files to take in: folders are read recursively; lock files, hidden files and the inbox list are left out.

    Raises WrongUse for a path that does not exist.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if not path.exists():
            raise WrongUse("no_such_file", f"找不到文件：{path}。", f"No such file: {path}.")
        inside = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        for item in inside:
            skipped = path.is_dir() and (item.name.startswith(("~$", ".")) or item.name.lower() == "inbox.csv")
            if not skipped and not (inbox and item.resolve() == inbox.resolve()):
                found.setdefault(item.resolve(), item)
    if not found:
        say_error("提醒：所给文件夹中没有文件。请核对路径。", "Reminder: there are no files in the given folder.")
    return list(found.values())


def receipt_times(files: Sequence[Path], inbox: Path | None, default: datetime) -> dict[Path, datetime]:
    """When each file was received: from the inbox CSV (file, received_at), else ``default``, which is said.

    An inbox line names a file by its path (from the list's folder or the working folder) or its name.
    """
    if inbox is None:
        return dict.fromkeys(files, default)
    listed: dict[str, datetime] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(_text(inbox))), start=2):
        name = (row.get("file") or "").strip()
        stamp = _moment(row.get("received_at"))
        if not name or stamp is None:
            raise WrongUse(
                "bad_inbox", f"{inbox.name} 第 {line} 行缺少 file 或 received_at。",
                f"{inbox.name}, line {line}: file or received_at is missing.",
            )  # fmt: skip
        for key in {name, str((inbox.parent / name).resolve()), str(Path(name).resolve())}:
            listed[key.replace("\\", "/")] = stamp
    if listed:
        _say_ahead(max(listed.values()))
    found = {path: listed.get(path.resolve().as_posix(), listed.get(path.name)) for path in files}
    if unlisted := [path.name for path, stamp in found.items() if stamp is None]:
        say_error(
            f"提醒：{inbox.name} 没有列出 {len(unlisted)} 个文件（{unlisted[0]} 等），其收到时间记为 {default:%Y-%m-%d %H:%M}，先后以此为准。",
            f"Reminder: {inbox.name} does not list {len(unlisted)} files ({unlisted[0]} …); received {default}.",
        )
    return {path: stamp or default for path, stamp in found.items()}


def _text(path: Path) -> str:
    """A list as text, in UTF-8 or the encoding Chinese Excel saves CSV in. Raises WrongUse."""
    try:
        text = decoded(path)
    except OSError:
        raise WrongUse("no_inbox", f"收件清单 {path} 无法读取。", f"The inbox list {path} cannot be read.") from None
    if text is not None:
        return text
    raise WrongUse("bad_inbox", f"收件清单 {path.name} 的编码无法识别。", f"{path.name} has an unknown encoding.")


def print_json(document: Any) -> None:
    """One JSON document on stdout and nothing else; what is missing in a frame is null."""
    print(json.dumps(_without_nan(document), ensure_ascii=False, default=str))


def _without_nan(value: Any) -> Any:
    """A document whose missing values, which pandas keeps as NaN or NaT, are None."""
    if isinstance(value, dict):
        return {name: _without_nan(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return None if value != value else value


def say_error(zh: str, en: str) -> None:
    """One sentence on stderr in the chosen language."""
    print(en if common.lang == "en" else zh, file=sys.stderr)


def report_fault(fault: Exception) -> int:
    """Name a fault of the program by type and place; its values stay unprinted, they may be personal."""
    frames = traceback.extract_tb(fault.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    ours = next((f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames) if "workbench" in f.filename), place)
    say_error(
        f"程序内部错误（{type(fault).__name__}，{ours}，{place}）。本次操作未生效；请把这一行告知维护人员。",
        f"Internal fault ({type(fault).__name__} at {ours}, {place}); nothing was changed. Please report this line.",
    )
    if os.environ.get("WORKBENCH_DEBUG"):
        traceback.print_exception(fault)
    return FAULT
