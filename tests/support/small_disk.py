"""Runs a command on disks that are full, in a process of its own, and says what became of it: one JSON line a disk.

``python -m tests.support.small_disk WAY FOLDER ROOMS COMMAND [then COMMAND]``. WAY ``file system``: FOLDER is a small
file system, mounted in this process' own namespace, filled up but for so many bytes; ``limit``: no file may grow past
so many bytes. After the command there is room again, the register proves itself, and the other command (or the same
once more) is run. Every disk begins with a copy of the register the environment names; the command's words may hold
``{disk}``.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

SIZE = 12 << 20  # bytes of the small file system
NAMESPACES = (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"])


def namespace() -> list[str] | None:
    """How a process gets mounts of its own here; None where nobody may mount anything."""
    with tempfile.TemporaryDirectory() as folder:
        for words in NAMESPACES:
            with contextlib.suppress(OSError):
                tried = subprocess.run([*words, "mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True)
                if tried.returncode == 0:
                    return words
    return None


def run(*arguments: str) -> dict[str, Any]:
    """One command: exit code, what it printed (as a document where it is one), what it said on stderr."""
    from workbench.interfaces.cli import main

    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2)]
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        code = main(list(arguments))
    out, said = ((stream.flush(), stream.buffer.getvalue().decode())[1] for stream in streams)
    return {"code": code, "out": json.loads(out) if out.startswith(("{", "[")) else out, "said": said}


def on_full_disk(way: str, disk: Path, original: Path, room: int, command: list[str], then: list[str]) -> dict:
    """One disk from empty to the end, on a machine that saw no register before."""
    with tempfile.TemporaryDirectory() as state, patch.dict(os.environ, {"WORKBENCH_STATE": state}):
        return _on_full_disk(way, disk, original, room, command, then)


def _on_full_disk(way: str, disk: Path, original: Path, room: int, command: list[str], then: list[str]) -> dict:
    for old in disk.iterdir():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    for path in original.parent.glob(original.name + "*"):
        shutil.copy2(path, disk / path.name)
    before = run("leads", "--json")["out"]
    ballast = disk / "占位"
    if way == "file system":
        ballast.write_bytes(b"\0" * (shutil.disk_usage(disk).free - room))
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    done = run(*command)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ballast.unlink(missing_ok=True)
    left = {str(path.relative_to(disk)): path.stat().st_size for path in sorted(disk.rglob("*")) if path.is_file()}
    proof, after = run("audit", "verify", "--json"), run("leads", "--json")["out"]
    trail = [entry["action"] for entry in run("audit", "show", "--json")["out"]]
    again, whole = run(*then), run("audit", "verify", "--json")
    return {
        "room": room,
        "done": done,
        "left": left,
        "before": before,
        "after": after,
        "proof": proof,
        "trail": trail,
        "again": again,
        "whole": whole,
    }


def main(way: str, folder: str, rooms: str, *words: str) -> None:
    """All the disks, one after another."""
    disk, original = Path(folder), Path(os.environ["WORKBENCH_REGISTER"])
    if way == "file system":
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)], check=True)
    os.environ["WORKBENCH_REGISTER"] = str(disk / original.name)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    command = [word.replace("{disk}", folder) for word in words]
    cut = command.index("then") if "then" in command else len(command)
    then = command[cut + 1 :] or command
    for room in map(int, rooms.split(",")):
        said = on_full_disk(way, disk, original, room, command[:cut], then)
        os.write(1, json.dumps(said).encode() + b"\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
