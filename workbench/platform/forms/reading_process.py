"""Reading processes: away from keys and register, one file after another, replaced when one dies or takes too long."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from workbench.core.errors import FileRefused
from workbench.core.file_names import name_of
from workbench.core.messages import Message
from workbench.platform.executors.workers import SECRET
from workbench.platform.forms.spec import Template, templates

TIMEOUT = 120.0  # seconds for one file


class Reader(Protocol):
    """Who reads files: several may be asked for before the answers, which come in their order."""

    def ask(self, what: Any) -> None:
        """Hand over a file's path, or also its passwords (``Passwords.question``)."""

    def answer(self) -> dict[str, Any] | str:
        """What was read, or ``died`` / ``slow``: what else was asked has to be asked again."""

    def close(self) -> None:
        """No more."""


class ReadingProcess:
    """One reading process, restarted when it dies or takes too long."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self._lock = threading.Condition()
        self._due: float | None = None
        self._stalled = self._closed = False
        self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> None:
        known = {name for name in os.environ if name.startswith("WORKBENCH_")}.union(SECRET)
        clean = {name: value for name, value in os.environ.items() if name not in known}
        root = str(Path(__file__).resolve().parents[3])
        clean |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # their buffers would count as memory used
        clean["PYTHONPATH"] = os.pathsep.join(filter(None, [root, clean.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "workbench.platform.forms.child"],  # never a module of the folder we stand in
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=clean,
        )
        with contextlib.suppress(OSError):  # a process that is already gone shows at the first read
            self._send(specs())

    def _send(self, value: Any) -> None:
        assert self.process.stdin is not None  # it was started with a pipe
        self.process.stdin.write(json.dumps(value).encode() + b"\n")
        self.process.stdin.flush()

    def read(self, path: Path) -> dict[str, Any] | str:
        """What the child reads in a file, or ``died`` / ``slow`` (it has been replaced)."""
        return self._ask(str(path.resolve()))

    def read_bytes(self, content: bytes) -> dict[str, Any] | str:
        """``read`` of a file's bytes."""
        return self._ask({"content": b64encode(content).decode()})

    def run(self, path: Path, work: str, **given: Any) -> dict[str, Any]:
        """What a function of ours (``module:function``) makes of a file's bytes over there. Raises FileRefused."""
        return answer_of(path, self._ask({"path": str(path.resolve()), "name": work, "given": given}))

    def _ask(self, what: Any) -> dict[str, Any] | str:
        self.ask(what)
        return self.answer()

    def ask(self, what: Any) -> None:
        """Hand over what is to be done after what was handed over before."""
        with contextlib.suppress(
            OSError, ValueError
        ):  # a process that is gone, and its closed pipe, show when it is asked for its answer
            self._send(what)

    def answer(self) -> dict[str, Any] | str:
        """The next answer, or ``died`` / ``slow``: it has been replaced, and knows nothing of what else it was asked."""
        line = b"" if self._closed else self._line()
        if line is None or not line.endswith(b"\n"):
            self._replace()
            return "slow" if line is None else "died"
        answer: dict[str, Any] = json.loads(line)
        if "exhausted" in answer:
            self._replace()
            return "died"
        return answer

    def _replace(self) -> None:
        with self._lock:
            self._end()
            if not self._closed:
                self._start()

    def _line(self) -> bytes | None:
        """The next line, or None when the time is up."""
        assert self.process.stdout is not None  # it was started with a pipe
        with self._lock:
            self._due, self._stalled = time.monotonic() + self.timeout, False
        try:
            line = self.process.stdout.readline()
        except (OSError, ValueError):  # closed meanwhile
            line = b""
        with self._lock:
            self._due = None
            return None if self._stalled else line

    def _watch(self) -> None:
        """Kill the process when its time is up. A term never begins before the one that is waited for."""
        with self._lock:
            while not self._closed:
                left = self.timeout if self._due is None else self._due - time.monotonic()
                if left <= 0:
                    self._stalled, self._due = True, None
                    self.process.kill()
                else:
                    self._lock.wait(left)

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._closed = True
            self._lock.notify()
        self._end()

    def _end(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):  # what a dead process did not take cannot be flushed
                if stream is not None:
                    stream.close()


def spec_of(template: Template) -> dict[str, Any]:
    """What the child has to know of a template.

    ``idle`` columns do not make a row a row; ``optional`` columns and header fields may be missing from a sheet.
    """
    return {
        "id": template.id,
        "title": template.title,
        "form_no": template.form_no,
        "version": template.version,
        "migrations": template.migrations,
        "header": [field.title for field in template.header],
        "columns": [column.title for column in template.columns],
        "keys": [column.key for column in template.columns],
        "idle": [column.key for column in template.columns if column.idle],
        "optional": [column.title for column in template.columns if not column.expected],
        "optional_header": [field.title for field in template.header if not field.expected],
    }


def specs() -> dict[str, dict[str, Any]]:
    """What the child has to know of all templates."""
    return {item.id: spec_of(item) for item in templates().values()}


@contextlib.contextmanager
def reading_process(timeout: float | None = None) -> Iterator[ReadingProcess]:
    """A reading process for several things to be done; it ends with the block."""
    child = ReadingProcess(timeout or TIMEOUT)
    try:
        yield child
    finally:
        child.close()


def answer_of(path: Path, answer: dict[str, Any] | str) -> dict[str, Any]:
    """What a reading process said of a file. Raises FileRefused."""
    if isinstance(answer, str):
        raise unread(path, answer)
    if "refused" in answer:
        raise refusal(path, answer)
    return answer


def refusal(path: Path, refused: dict[str, Any]) -> FileRefused:
    """What a reading process refused."""
    reason = Message.from_plain(refused["refused"])
    return FileRefused("refused_file", file=name_of(path), sheet=refused["sheet"], cell=refused["cell"], reason=reason)


def unread(path: Path, why: str) -> FileRefused:
    """A file that a reading process died of, or took too long over."""
    reason = Message("timeout" if why == "slow" else "crashed")
    return FileRefused("refused_file", file=name_of(path), reason=reason)
