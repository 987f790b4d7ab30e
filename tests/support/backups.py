"""A register opened at a fixed time, and a backup of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.support.office import PASSPHRASE
from workbench.app.policy import load_policy
from workbench.platform.access import backups
from workbench.platform.access.session import enter

NOW = datetime(2026, 11, 23, 9)
POLICY = load_policy()


def opened(path: Path, now: datetime = NOW):
    """The register as its first user has it."""
    return enter(path, None, PASSPHRASE, POLICY, now)


def made(office, now: datetime = NOW) -> Path:
    """A backup in the folder beside the register."""
    with opened(office.folder / "登记册.db", now) as session:
        return backups.make(session, office.folder / "备份").backup.path
