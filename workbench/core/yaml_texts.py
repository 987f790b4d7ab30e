"""YAML files of the program and of policy owners, read by the safe loader alone."""

from __future__ import annotations

from typing import Any

import yaml

# the C one where PyYAML was built with it: both make plain values only
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def plain_values(text: bytes | str) -> Any:
    """What a YAML text says, as plain values. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506 - the loader is a safe one
