"""One play, worked again elsewhere: the same inputs at the same times, random values drawn from the same sequence.

So whatever two plays leave that is not the same, the place where they were worked has made. Only inputs are handed on:
each file as it was received the first time, because a workbook names the second at which somebody saved it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.support.office import Office
from tests.support.standing import STANDING

BESIDE = ("登记册.db", ".due.lock")  # the register itself, and what lies beside it


def same_random_values(monkeypatch: Any) -> None:
    """What the program draws at random from now on is the same each time this was called; others draw as ever."""
    numbers, real, real_hex = count(), os.urandom, secrets.token_hex

    def asked_by_the_program() -> bool:
        return sys._getframe(2).f_globals.get("__name__", "").startswith("workbench.")

    def drawn(size: int) -> bytes:
        return hashlib.shake_256(b"one play %d" % next(numbers)).digest(size)

    monkeypatch.setattr(os, "urandom", lambda size: drawn(size) if asked_by_the_program() else real(size))
    monkeypatch.setattr(
        secrets, "token_hex", lambda size=32: drawn(size).hex() if asked_by_the_program() else real_hex(size)
    )


@dataclass
class PlayedOffice(Office):
    """An office that keeps what every command was told and said; ``original``: the play whose inputs it is given."""

    original: PlayedOffice | None = None
    said_all: list[tuple[Any, ...]] = field(default_factory=list)
    received: list[tuple[str, bytes]] = field(default_factory=list)

    def run(self, *arguments: object, code: int | None = 0) -> str:
        """As every office does, no earlier than the time it names; folders are called by no name of theirs in what is kept."""
        for option, value in zip(arguments, arguments[1:]):
            if option in ("--at", "--as-of"):
                STANDING.move_on(str(value))
        out = super().run(*arguments, code=code)
        self.said_all.append(tuple(self._nameless(each) for each in (*arguments, out, self.said)))
        return out

    def receive(self, path: Path, at: str, code: int | None = None) -> dict[str, Any]:
        """The same file at the same time."""
        if self.original is None:
            self.received.append((path.name, path.read_bytes()))
        else:
            name, content = self.original.received[len(self.received)]
            assert name == path.name
            path.write_bytes(content)
            self.received.append((name, b""))
        return super().receive(path, at, code)

    def left(self) -> dict[str, str]:
        """Each file that the play left in the folder but for the register, with the digest of its bytes.

        A notebook that was run says when and where each of its cells was: it is left out, and so is what a manifest says of its
        bytes. The page that is made of it is not.
        """
        paths = (path for path in self.folder.rglob("*") if path.is_file() and not path.name.startswith(BESIDE))
        return {
            str(path.relative_to(self.folder)): hashlib.sha256(_same_part(path)).hexdigest()
            for path in sorted(paths)
            if path.suffix != ".ipynb"
        }

    def _nameless(self, value: object) -> str:
        return str(value).replace(str(self.folder), "…")


def _same_part(path: Path) -> bytes:
    raw = path.read_bytes()
    if path.suffix != ".json" or not any(name.endswith(".ipynb") for name in json.loads(raw)["files"]):
        return raw
    manifest = json.loads(raw)
    manifest["files"] = {name: digest for name, digest in manifest["files"].items() if not name.endswith(".ipynb")}
    del manifest["signature"]["signature"]
    return json.dumps(manifest).encode()
