"""Machines: what the program remembers of registers is one machine's."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch


@contextmanager
def another_machine(folder: Path) -> Iterator[None]:
    """What is done inside is done on a machine that saw no register before; ``folder`` keeps what it remembers."""
    with patch.dict(os.environ, {"WORKBENCH_STATE": str(folder / "another machine")}):
        yield
