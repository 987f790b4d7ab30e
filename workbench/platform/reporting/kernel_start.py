"""What a kernel that was started ahead waits for: the run it is for, said on its standard input as one line of JSON.

Nothing of a run is in its command, its files or the environment it was started with; where the line does not come it ends.
"""

from __future__ import annotations

import json
import os
import sys

LAUNCHER = ("JPY_", "IPY_")  # what the launcher told this process of itself


def line(folder: str, environment: dict[str, str]) -> bytes:
    """The working folder and the whole environment of a run, as ``wait`` reads them."""
    return json.dumps([folder, environment]).encode() + b"\n"


def wait() -> None:
    """Take on the folder and the environment of the run; end where whoever started this is gone."""
    said = sys.stdin.buffer.readline()
    if not said.endswith(b"\n"):
        raise SystemExit(0)
    folder, environment = json.loads(said)
    for name in set(os.environ) - set(environment):
        if not name.startswith(LAUNCHER):
            del os.environ[name]
    os.environ.update(environment)
    os.chdir(folder)
