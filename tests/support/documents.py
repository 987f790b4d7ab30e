"""An office that received files and made a report, worked once; and the same without its register."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.support.office import CLOCK, PASSPHRASE, Office, lead
from workbench.app.policy import load_policy
from workbench.platform.access.session import Session, enter

REPORT = "信息转化率月报_2026-01"
PHONES = ("13912345678", "13922223333", "13955556666", "13966667777", "13955556677", "13700001234", "13700002222")
NAMES = ("张联系", "李提报", "王采购")
FILES = {
    "一.xlsx": (
        "D001",
        "2026-01-05T09:00",
        [
            lead("江城客运公司", 联系方式="13955556666", 第三方联系人="王采购"),
            lead("滨江物流集团", 联系方式="13912345678"),
            lead("小单位", 联系方式="13922223333", **{"标的量(台)": 2}),
            lead("无联系人公司", 联系方式=None),
        ],
    ),
    "二 13700001234.xlsx": (
        "D002",
        "2026-01-06T10:00",
        [
            lead("江城客运公司", 联系方式="13955556677"),
            lead("合肥机械厂", 城市="合肥市", 联系方式="13966667777"),
            lead("滨江物流有限公司", 联系方式="13912345678"),
        ],
    ),
    "三.xlsx": ("B001", "2026-01-06T09:00", [lead("江城客运公司", 联系方式="13955556677")]),
}


@dataclass
class Bureau(Office):
    """The office with its papers: received files, slips, report, public key, the register of before the report."""

    @property
    def slips(self) -> Path:
        """The folder of the slips made at the import."""
        return self.folder / "回执"

    def slip(self, document: int, kind: str) -> Path:
        """A received file's slip, ``xlsx`` or ``html``."""
        return next(self.slips.glob(f"收件回执_*{document:06d}_*.{kind}"))

    @property
    def report(self) -> Path:
        """The workbook of the report's run."""
        return self.folder / "报告" / f"{REPORT}.xlsx"

    @property
    def key(self) -> Path:
        """The public key as it was noted."""
        return self.folder / "公钥.json"

    def foreign_key(self) -> str:
        """Another register's public key."""
        return json.loads((self.folder / "别家公钥.json").read_text(encoding="utf-8"))["house_key"]

    @contextmanager
    def session(self, role: str, section: str | None = None) -> Iterator[Session]:
        """A session of a role that is not alone."""
        with enter(self.folder / "登记册.db", None, PASSPHRASE, load_policy(), CLOCK) as session:
            yield replace(session, role=role, sole=False, section=section)

    def away(self, folder: Path, *arguments: object, code: int = 0) -> str:
        """Run a command in a process of its own, in another folder, that knows of no register; what it said."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WORKBENCH_")}
        environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
        done = subprocess.run(
            [sys.executable, "-m", "workbench", *map(str, arguments)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr
