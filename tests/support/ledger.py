"""A small register, quick to open, worked through the commands and by sessions of any role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from tests.support.office import Office
from tests.support.vault import MOMENT, Vault
from workbench.app.policy import load_policy
from workbench.platform.access import roles
from workbench.platform.access.session import Session
from workbench.platform.register import free_texts
from workbench.platform.register.store import Register

NOW = MOMENT + timedelta(hours=1)
NUMBER = "DK202601-00001"


@dataclass
class Ledger:
    """A vault with an office's way of running commands."""

    vault: Vault
    office: Office

    def ask(self, *arguments: object, code: int = 0) -> Any:
        """Run a command with --json and give back the document."""
        return self.office.ask(*arguments, code=code)

    def run(self, *arguments: object, code: int = 0) -> str:
        """Run a command and give back what it printed."""
        return self.office.run(*arguments, code=code)

    @property
    def said(self) -> str:
        """What the last command said on stderr."""
        return self.office.said

    @contextmanager
    def session(self, role: str, now: datetime = NOW, cleared: bool | None = None) -> Iterator[Session]:
        """A session of a role that is not alone, with the keys its slot would hold."""
        keys = self.vault.keys
        if not (role in roles.CLEARED if cleared is None else cleared):
            keys = replace(keys, fields={}, index=None)
        with Session(Register.open(self.vault.path, keys), f"某{role}", load_policy(), now, role, False) as session:
            yield session

    def write(self, action: str, at: datetime = MOMENT, now: datetime = NOW, **rows: dict[str, Any]) -> None:
        """One entry with a row per table named."""
        with self.session("clerk", now) as session, session.transaction(action, at) as entry:
            for table, row in rows.items():
                entry.append(table, pd.DataFrame([row]))

    def kept(self, action: str) -> list[dict[str, Any]]:
        """The details of the entries of an action."""
        with self.session("auditor") as session:
            rows = session.register.read("entry", ["entry", "detail"], where={"action": action})
            return free_texts.told(session.register, rows["entry"].tolist(), rows["detail"].tolist())

    def note(self, name: str, **changed: Any) -> str:
        """A file of ``audit head`` in the folder 别处, with something in it changed."""
        target = self.office.folder / "别处" / name
        self.run("audit", "head", "--out", target)
        document = {**json.loads(target.read_text(encoding="utf-8")), **changed}
        target.write_text(json.dumps(document), encoding="utf-8")
        return str(target)
