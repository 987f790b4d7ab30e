"""A company's signature on the add-in: it stands in parts of its own and leaves the rest of the file as it was.

Excel, not we, judges whether the signature fits the macros and whether its publisher is trusted.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from workbench.platform.forms.package import SPOILED

SIGNATURE = re.compile(r"xl/vbaProjectSignature\w*\.bin")  # the first kind, Agile and V3
# what a signature adds to, or writes anew: the list of parts, and which of them belong to the macros
BESIDE = ("[Content_Types].xml", "xl/_rels/vbaProject.bin.rels")


def is_signed(addin: Path) -> bool:
    """Whether a file of Excel bears a signature of its macros; False where it is missing, or no such file."""
    return any(SIGNATURE.fullmatch(name) for name in _parts(addin))


def is_same(addin: Path, shipped: Path) -> bool:
    """Whether a file is the add-in as it was shipped, but for a signature."""
    ours, theirs = (
        {
            name: content
            for name, content in _parts(path).items()
            if name not in BESIDE and not SIGNATURE.fullmatch(name)
        }
        for path in (shipped, addin)
    )
    return bool(theirs) and ours == theirs


def _parts(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {item.filename: archive.read(item) for item in archive.infolist()}
    except SPOILED:
        return {}
