"""Heads of an audit trail that were kept elsewhere: read from notes, manifests, backups and folders of these."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from workbench.core.errors import RegisterError, WrongUse
from workbench.platform.access.trail import Anchor
from workbench.platform.documents import manifests
from workbench.platform.documents.signatures import TrustedKey, verify_signature
from workbench.platform.register import backup, signing
from workbench.platform.register.keys import Keys

# a whole head, or one as a report's footer prints it: its beginning
HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{8,64})")
LARGEST = 1 << 20  # bytes of a file that may hold a head


def read_anchors(sources: Sequence[str], keys: Keys) -> list[Anchor]:
    """Heads from where they were noted: a head itself, a file of ``audit head``, a manifest, a backup, a folder of these.

    A backup or a signed manifest of this register has to be authentic (``keys``). Raises WrongUse ``bad_anchor`` where
    a source holds no head, or is damaged or altered.
    """
    found: list[Anchor] = []
    for source in sources:
        path = Path(source)
        if match := HEAD.fullmatch(source.strip()):
            found.append(Anchor(int(match[1]), match[2], source.strip()))
        elif os.path.isdir(path):
            files = sorted(file for file in path.rglob("*") if file.suffix in (".json", backup.ENDING))
            found += [head for file in files if (head := _head_in_file(file, keys))] or [_no_head(source)]
        else:
            found.append(_head_in_file(path, keys) or _no_head(source))
    return list({(anchor.head, anchor.register): anchor for anchor in reversed(found)}.values())[::-1]


def _head_in_file(path: Path, keys: Keys) -> Anchor | None:
    """The head a file holds; None for a file of another kind. Raises WrongUse where it should hold one and does not."""
    if path.suffix == backup.ENDING:
        return _head_of_backup(path, keys)
    must_hold_one = path.name.endswith((manifests.ENDING, ".head.json"))
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8")) if path.stat().st_size <= LARGEST else None
    except (OSError, ValueError, RecursionError):
        document = None
    head = document.get("register_head") if isinstance(document, dict) else None
    if head is None:
        return _no_head(str(path)) if must_hold_one else None
    match = HEAD.fullmatch(head) if isinstance(head, str) else None
    owner = document.get("register")
    if match is None or (owner == keys.register_id and not _is_authentic(document, keys)):
        return _no_head(str(path))
    return Anchor(int(match[1]), match[2], path.name, owner if isinstance(owner, str) else None)


def _is_authentic(document: dict[str, Any], keys: Keys) -> bool:
    """Whether this register signed what claims to be a manifest of its own; a noted head claims nothing."""
    if "files" not in document and "signature" not in document:
        return True
    try:
        verify_signature(
            TrustedKey(signing.house_key(keys), keys.register_id), manifests.PURPOSE, document, "", manifests.ACTIONS
        )
    except RegisterError:
        return False
    return True


def _head_of_backup(path: Path, keys: Keys) -> Anchor:
    """The head a backup was made at."""
    try:
        manifest = backup.read_manifest(path)
        if manifest["register"] == keys.register_id:
            backup.authenticate(manifest, keys, path)
    except (RegisterError, OSError):
        _no_head(str(path))
    match = HEAD.fullmatch(manifest["register_head"])
    if match is None:
        _no_head(str(path))
    return Anchor(int(match[1]), match[2], path.name, manifest["register"])


def _no_head(source: str) -> NoReturn:
    raise WrongUse("bad_anchor", source=source)
