"""What goes to which stream: one JSON document to stdout, sentences to stderr, faults without values."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from workbench.app.options import common
from workbench.core.errors import WorkbenchError
from workbench.core.messages import Message

FAULT = 3


def print_json(document: Any) -> None:
    """One JSON document on stdout and nothing else; what is missing in a frame is null."""
    print(json.dumps(_without_nan(document), ensure_ascii=False, default=str))


def _without_nan(value: Any) -> Any:
    """A document whose missing values, which pandas keeps as NaN or NaT, are None."""
    if isinstance(value, dict):
        return {name: _without_nan(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return None if value != value else value


def say(key: str, /, **values: Any) -> None:
    """A text by its key on stdout, in the chosen language."""
    print(Message(key, values).text(common.lang))


def say_error(key: str, /, **values: Any) -> None:
    """A text by its key on stderr, in the chosen language."""
    print(Message(key, values).text(common.lang), file=sys.stderr)


def refuse(error: WorkbenchError) -> None:
    """What stands in the way, on stderr, in the chosen language."""
    print(error.text(common.lang), file=sys.stderr)


def report_fault(fault: Exception) -> int:
    """Name a fault of the program by type and place; its values stay unprinted, they may be personal."""
    frames = traceback.extract_tb(fault.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    ours = next((f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames) if "workbench" in f.filename), place)
    say_error("fault", kind=type(fault).__name__, ours=ours, place=place)
    if os.environ.get("WORKBENCH_DEBUG"):
        traceback.print_exception(fault)
    return FAULT
