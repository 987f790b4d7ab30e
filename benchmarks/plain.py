"""The peer of the register: the same pipeline on plain SQLite, nothing encrypted, nothing sealed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock


@contextmanager
def plain_sqlite() -> Iterator[None]:
    """Within this block registers are plain files and personal fields plain text."""

    def connect(path, keys):
        connection = sqlite3.connect(str(path), isolation_level=None, timeout=60, check_same_thread=False)
        for setting in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            "cache_size = -65536",
        ):
            connection.execute(f"PRAGMA {setting}")
        return connection

    def keep(*arguments):
        return list(arguments[-1])

    with (
        mock.patch("workbench.platform.register.schema.connect", connect),
        mock.patch("workbench.platform.register.cipher.seal", keep),
        mock.patch("workbench.platform.register.cipher.unseal", keep),
        mock.patch("workbench.platform.register.entry.Entry._subjects", lambda self, *of: [None] * len(of[2])),
        mock.patch("workbench.platform.register.cipher.blind", lambda key, values: list(values)),
    ):
        yield
