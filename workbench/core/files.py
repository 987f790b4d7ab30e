"""Writing a file whole or not at all; reading lists that people made."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def try_folder(folder: Path) -> None:
    """Make a folder and find out whether it takes files. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


@contextmanager
def whole(path: Path, *, private: bool = False) -> Iterator[Path]:
    """A path to write to that becomes ``path`` when the block ends well, and leaves nothing when it does not.

    ``private``: from the first byte on only this account can read it, where the system has such a right.
    """
    part = path.with_name(path.name + ".part")
    if private:
        part.unlink(missing_ok=True)  # one that a crash left keeps its rights
    before = os.umask(0o077) if private else None
    try:
        yield part
        os.replace(part, path)
    finally:
        if before is not None:
            os.umask(before)
        part.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Replace ``path`` by a file with this text (UTF-8) or these bytes: written beside it, synced, then put in place.

    Whatever happens, ``path`` is the old file or the new one. Raises OSError.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def decoded(path: Path) -> str | None:
    """A list's text, in UTF-8 or the encoding Chinese Excel saves CSV in; None where it is neither. Raises OSError."""
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
