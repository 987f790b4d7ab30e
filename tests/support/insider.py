"""A colleague with a valid passphrase and twenty lines of Python: what he can write past the program, with his own keys.

Nothing here calls the program's own writing, chaining or signing: formulas of the file stand here as he would read them off.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support.vault import bare
from workbench.platform.register.keys import unlock

AT = "2026-04-10T09:00:00"


def encoded(value: Any) -> str:
    """As the trail encodes rows and entries."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda raw: [raw.hex()])


class Insider:
    """A user of a register, with everything his slot opens."""

    def __init__(self, path: Path, user: str, passphrase: str) -> None:
        self.path, self.user = path, user
        self.keys = unlock(path, user, passphrase)[1]
        self._signer = Ed25519PrivateKey.from_private_bytes(self.keys.own.sign)

    def raw(self) -> AbstractContextManager[Any]:
        """A bare connection with the file key."""
        return bare(self.path, self.keys)

    def write(self, action: str, user: str | None = None, detail: Any = None, **tables: dict[str, Any]) -> int:
        """A whole new entry with rows (table → columns of one row), chained and signed with his own key; its number."""
        with self.raw() as file:
            number, before = file.execute("SELECT entry, chain FROM entry ORDER BY entry DESC LIMIT 1").fetchone()
            number += 1
            digest = blake2b(key=self.keys.audit, digest_size=32, person=b"rows")
            for table in sorted(tables):
                names = [column[1] for column in file.execute(f"PRAGMA table_info({table})").fetchall()]
                key = file.execute(f"SELECT coalesce(max({names[0]}), 0) + 1 FROM {table}").fetchone()[0]
                given = {names[0]: key, "entry": number, **tables[table]}
                row = tuple(
                    json.dumps(v, ensure_ascii=False) if isinstance(v, (dict, list)) else v
                    for v in map(given.get, names)
                )
                file.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
                digest.update(b"\x00" + table.encode() + b"\x00" + encoded(row).encode() + b"\n")
            text = json.dumps(detail or {}, ensure_ascii=False)
            fields = [number, AT, AT, user or self.user, action, text, digest.hexdigest()]
            chain = self._link(before, fields)
            file.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*fields, chain))
            file.execute(
                "INSERT INTO entry_signature VALUES (?, ?)",
                (number, self._signed(["entry", self.keys.register_id, number, chain])),
            )
        return number

    def alter(self, entry: int, user: str | None = None, **detail: Any) -> None:
        """Change what an entry says and chain everything from there on anew, each signed with his own key."""
        with self.raw() as file:
            before = file.execute("SELECT chain FROM entry WHERE entry = ?", (entry - 1,)).fetchone()[0]
            for number, *fields, _ in file.execute(
                "SELECT * FROM entry WHERE entry >= ? ORDER BY entry", (entry,)
            ).fetchall():
                if number == entry:
                    fields[2] = user or fields[2]
                    fields[4] = json.dumps({**json.loads(fields[4]), **detail}, ensure_ascii=False)
                before = self._link(before, [number, *fields])
                signed = self._signed(["entry", self.keys.register_id, number, before])
                file.execute(
                    "UPDATE entry SET user = ?, detail = ?, chain = ? WHERE entry = ?",
                    (fields[2], fields[4], before, number),
                )
                file.execute("UPDATE entry_signature SET signature = ? WHERE entry = ?", (signed, number))

    def sign(self, purpose: str, document: dict[str, Any]) -> dict[str, Any]:
        """A paper with his signature under it, as the program makes them."""
        body = {name: value for name, value in document.items() if name != "signature"}
        message = json.dumps(["workbench", purpose, self.keys.register_id, body], sort_keys=True, ensure_ascii=False)
        block = {
            "register": self.keys.register_id,
            "user": self.user,
            "role": self.keys.role,
            "section": self.keys.section,
            "holds": list(self.keys.holds),
            "key": self._signer.public_key().public_bytes_raw().hex(),
            "certificate": self.keys.certificate,
            "signature": self._signer.sign(message.encode()).hex(),
        }
        return {**body, "signature": block}

    def _link(self, before: str, fields: list[Any]) -> str:
        link = blake2b(key=self.keys.audit, digest_size=32, person=b"chain")
        link.update(before.encode() + encoded(fields).encode())
        return link.hexdigest()

    def _signed(self, message: list[Any]) -> str:
        return self._signer.sign(json.dumps(message).encode()).hex()
