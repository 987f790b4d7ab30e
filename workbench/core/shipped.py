"""Where templates, notebooks, the add-in, the manual and the tested versions are: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """``templates``, ``notebooks``, ``excel``, ``docs/zh``, ``docs/pictures`` or ``constraints.txt`` as it came with the program."""
    installed = PACKAGE / "_shipped" / name
    return installed if installed.exists() else PACKAGE.parent / name
