"""What a kernel that was started ahead waits for: the run it is for, said on its standard input as one line of JSON.

Nothing of a run is in its command, its files or the environment it was started with; where the line does not come it ends.
What a report shows, where it was prepared elsewhere, follows the line: it stands on no disk, and nobody but the process that
started this one can hand anything over.
"""

from __future__ import annotations

import json
import os
import sys

LAUNCHER = ("JPY_", "IPY_")  # what the launcher told this process of itself

handed = (
    b""  # what was prepared for this process's report (``prepared.Prepared``), empty where it opens the register itself
)


def line(folder: str, environment: dict[str, str], prepared: bytes = b"") -> bytes:
    """The working folder and the whole environment of a run, and what was prepared for it, as ``wait`` reads them."""
    return json.dumps([folder, environment, len(prepared)]).encode() + b"\n" + prepared


def wait() -> None:
    """Take on the folder and the environment of the run; end where whoever started this is gone."""
    global handed
    said = sys.stdin.buffer.readline()
    if not said.endswith(b"\n"):
        raise SystemExit(0)
    folder, environment, size = json.loads(said)
    handed = sys.stdin.buffer.read(size)
    if len(handed) < size:
        raise SystemExit(0)
    for name in set(os.environ) - set(environment):
        if not name.startswith(LAUNCHER):
            del os.environ[name]
    os.environ.update(environment)
    os.chdir(folder)
