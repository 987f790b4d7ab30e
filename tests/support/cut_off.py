"""A deed killed (kill -9) just before one of the system calls by which it changes a file: every one can be asked for.

A process that has loaded everything forks for each round; strace counts the calls of the fork, or kills it at one of them.
Between two of these calls the files do not change, so these are all the states a kill can leave behind.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.support.source import ROOT

CHANGING = (
    "write", "pwrite64", "writev", "pwritev", "ftruncate", "truncate", "fallocate", "sendfile", "copy_file_range",
    "rename", "renameat", "renameat2", "link", "linkat", "symlink", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir",
    "open", "openat", "creat",
)  # fmt: skip
MANY, EVERY = (
    200,
    40,
)  # of more calls than this, those amid writes of a copy that is not in place yet are asked for by turns
CLOCK = datetime(2026, 11, 23, 10)
CLERK, CLERKS_WORDS = "文员", "清晨的集市飘着豆浆香 one"
NEW, NEW_WORDS = "新来的", "青石板上的雨声渐渐远去 1"


def add(session, folder):
    """A user is added."""
    from workbench.platform.access import users

    users.add(session, NEW, "clerk", NEW_WORDS)


def revoke(session, folder):
    """A user's slot is taken away."""
    from workbench.platform.access import users

    users.revoke(session, CLERK)


def rotate(session, folder):
    """All keys are renewed."""
    from workbench.platform.access import users

    users.rotate(session)


def destroy(session, folder):
    """The key of a customer is destroyed."""
    from workbench.platform.access import users

    users.destroy_customers(session, ["江城客运公司"], "保存期满")


def receive(session, folder):
    """Two files are imported, by the clerk."""
    from workbench.platform.intake import batch

    files = sorted((folder / "收件").glob("新*.xlsx"))
    batch.import_files(session, [batch.Arrival(file, datetime(2026, 1, 6, 9)) for file in files])


def receive_beside(session, folder):
    """The same two files, worked out on a copy of the register as an import of many rows is."""
    from workbench.platform.intake import batch

    batch.MANY_ROWS, batch.BYTES_COPIED = 1, 1 << 30  # in this fork alone
    receive(session, folder)


def keep(session, folder):
    """The original of a document of the archive is kept encrypted beside the register."""
    from workbench.capabilities.archive import originals

    originals.add(session, "DA-001", folder / "收件" / "原件.pdf")


DEEDS = {deed.__name__: deed for deed in (add, revoke, rotate, destroy, receive, receive_beside, keep)}


def serve(files: str) -> None:
    """Fork for every line ``deed folder`` of standard input: the fork waits to be let go on, then does the deed.

    ``files``: a folder of files that are read once, before any fork, as an import's reading changes nothing.
    """
    import workbench.interfaces.cli  # noqa: F401  (what commands load is loaded once)
    from tests.support.office import PASSPHRASE
    from tests.support.vault import CHEAP
    from workbench.app.policy import load_policy
    from workbench.platform.access.session import enter
    from workbench.platform.forms.read import read_many
    from workbench.platform.intake import batch
    from workbench.platform.register import key_slots

    policy = load_policy()
    key_slots.Cost = lambda: CHEAP
    read = {path.name: form for path, form in read_many(sorted(Path(files).glob("新*.xlsx")))}
    batch.read_many = lambda paths, **_: [(path, read[path.name]) for path in paths]
    print("ready", flush=True)
    for line in sys.stdin:
        deed, folder = line.split()
        child = os.fork()
        if child == 0:
            code = 3
            try:
                os.kill(os.getpid(), signal.SIGSTOP)
                os.environ["WORKBENCH_STATE"] = str(Path(folder) / "state")
                clerks = deed in (receive.__name__, receive_beside.__name__)
                who = (CLERK, CLERKS_WORDS) if clerks else (os.environ["WORKBENCH_USER"], PASSPHRASE)
                with enter(Path(folder) / "登记册.db", *who, policy, CLOCK) as session:
                    DEEDS[deed](session, Path(folder))
                code = 0
            finally:
                if code:
                    traceback.print_exc()
                os._exit(code)
        os.waitpid(child, os.WUNTRACED)  # it stands still
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _written_to(descriptor: str | None, folder: Path) -> str | None:
    """The file in the register's folder that ``descriptor`` (``7</path>``) writes to, or the folder of a copy in the making."""
    if descriptor is None:
        return None
    file = Path(descriptor.split("<")[1].rstrip(">").removesuffix(" (deleted)"))
    return str(file if file.parent == folder else file.parent)


class Server:
    """The process that forks; ``calls`` and ``kill`` are asked of it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        assert self._line() == "ready"

    def calls(self, deed: str, folder: Path) -> list[tuple[str, int]]:
        """The changing calls of a deed that is left to end, in order: name, and the how manieth of that name.

        A copy is written page by page: where there are ``MANY``, of those writes only the first, the last and each 40th.
        """
        log = folder / "calls"
        code = self._round(deed, folder, ["-y", "-o", str(log), "-e", f"trace={','.join(CHANGING)}"])
        assert code == 0, f"{deed} ended with {code}"
        lines = [
            re.match(r"(?:\d+ +)?(\w+)\((\d+<[^>]*>)?(.*)", line)
            for line in log.read_text(errors="replace").splitlines()
        ]
        log.unlink()
        counted: Counter[str] = Counter()
        found: list[tuple[str, int]] = []
        to: list[str] = []
        for line in filter(None, lines):
            name, file, rest = line.groups()
            counted[name] += 1
            if not name.startswith(("open", "creat")) or "O_CREAT" in rest or "O_TRUNC" in rest:
                found.append((name, counted[name]))
                to.append(_written_to(file, folder) or f"{len(to)}")
        if len(found) <= MANY:
            return found
        return [
            call
            for number, call in enumerate(found)
            if number % EVERY == 0 or not to[max(number - 1, 0)] == to[number] == to[min(number + 1, len(to) - 1)]
        ]

    def kill(self, deed: str, folder: Path, call: tuple[str, int]) -> bool:
        """Kill a deed just before a call; whether it was still at work."""
        name, number = call
        code = self._round(
            deed, folder, ["-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={number}"]
        )
        assert code in (0, -signal.SIGKILL), f"{deed} ended with {code}"
        return code != 0

    def _round(self, deed: str, folder: Path, options: list[str]) -> int:
        assert self._process.stdin is not None
        print(deed, folder, file=self._process.stdin, flush=True)
        child = int(self._line())
        strace = subprocess.Popen(["strace", "-p", str(child), *options], stderr=subprocess.PIPE, text=True)
        assert strace.stderr is not None
        first = strace.stderr.readline()
        assert "attached" in first, first
        os.kill(child, signal.SIGCONT)
        code = int(self._line())
        strace.communicate()
        return code

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextmanager
def server(files: Path) -> Iterator[Server]:
    """A process that forks; ``files`` are those its imports read."""
    command = [sys.executable, "-B", "-m", "tests.support.cut_off", str(files)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Server(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()


if __name__ == "__main__":
    serve(sys.argv[1])
