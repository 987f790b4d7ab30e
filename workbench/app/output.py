"""What goes to which stream, in the chosen language: results to stdout, sentences to stderr."""

from __future__ import annotations

import json
import sys
from typing import Any

from workbench.app.options import common
from workbench.core.messages import Message


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


def text_for(key: str, /, **values: Any) -> str:
    """A text by its key, in the chosen language."""
    return Message(key, values).text(common.lang)


def say(key: str, /, **values: Any) -> None:
    """A text by its key on stdout, in the chosen language."""
    print(text_for(key, **values))


def say_error(key: str, /, **values: Any) -> None:
    """A text by its key on stderr, in the chosen language."""
    print(text_for(key, **values), file=sys.stderr)
