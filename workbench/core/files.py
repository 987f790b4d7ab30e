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


def try_place(folder: Path) -> None:
    """Find out whether a folder takes files, or could be made, and leave everything as it is. Raises OSError."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    with tempfile.TemporaryFile(dir=there):
        pass


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path to write to that becomes ``path`` when the block ends well, and leaves nothing when it does not.

    The file is its owner's alone (0600), from before the first byte is in it: what is written so may hold contacts.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        yield part
        os.replace(part, path)
    finally:
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
