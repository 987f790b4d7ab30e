"""What the add-in and the desk page remember on this computer: register, user, language, the last folders. Never a secret."""

from __future__ import annotations

import json
import os
from pathlib import Path

from workbench.app.options import LANGUAGES
from workbench.core.files import write_whole

KEYS = ("register", "user", "lang", "folder", "inbox", "desk")


def place() -> Path:
    """The file, in the user's home."""
    return Path.home() / ".workbench" / "addin.json"


def read() -> dict[str, str]:
    """What is remembered; nothing where the file is missing or spoiled."""
    try:
        known = json.loads(place().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in known.items() if key in KEYS and isinstance(value, str)}


def keep(**values: str) -> None:
    """Remember more."""
    place().parent.mkdir(parents=True, exist_ok=True)
    write_whole(place(), json.dumps({**read(), **values}, ensure_ascii=False, indent=1) + "\n")


def language() -> str | None:
    """The language the add-in was installed with; None where the environment names one, or none is known."""
    known = read().get("lang")
    return known if known in LANGUAGES and "WORKBENCH_LANG" not in os.environ else None
