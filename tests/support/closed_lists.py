"""The words of the package's closed lists."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from enum import StrEnum

from workbench import capabilities, platform


def enumerations(kind: type[StrEnum] = StrEnum) -> Iterator[str]:
    """The words of closed lists: statuses, verdicts, outcomes, kinds of units, who pays, kinds of steps."""
    for package in (capabilities, platform):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    waiting = [kind]
    while waiting:
        waiting += (found := waiting.pop()).__subclasses__()
        if found.__module__.startswith("workbench."):
            yield from found
