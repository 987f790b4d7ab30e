"""Reading workbooks on other machines: a file's bytes go there, and what was read comes back.

There, too, a reading process of its own parses each file. A file under a password is read here: passwords do not travel.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from workbench.platform.executors.workers import WorkerLost, Workers
from workbench.platform.forms.guard import MAX_FILE
from workbench.platform.forms.reading_process import ReadingProcess

idle: SimpleQueue[ReadingProcess] = SimpleQueue()  # of this worker: as many as it does tasks at once


class ReadingElsewhere:
    """What ``ReadingProcess`` does, by the workers of a cluster."""

    def __init__(self, workers: Workers, timeout: float) -> None:
        self.workers, self.timeout = workers, timeout
        self._asked: deque[tuple[Any, Future[Any] | None]] = deque()  # None: to be read here
        self._here: ReadingProcess | None = None

    def ask(self, what: Any) -> None:
        """Hand over what is to be read after what was handed over before: a file's path, or also its passwords."""
        content = _bytes_of(what) if isinstance(what, str) else None
        task = None if content is None else self.workers.submit(read_bytes, content, self.timeout)
        self._asked.append((what, task))

    def answer(self) -> dict[str, Any] | str:
        """The next answer, or ``died`` / ``slow``: what else was asked has to be asked again."""
        what, task = self._asked.popleft()
        try:
            said = self._read_here(what) if task is None else self.workers.result(task)
        except WorkerLost:
            said = self._read_here(what)  # whether the file was to blame shows here, where nothing else dies of it
        if isinstance(said, str):
            self._forget()
        return said

    def _read_here(self, what: Any) -> dict[str, Any] | str:
        self._here = self._here or ReadingProcess(self.timeout)
        self._here.ask(what)
        return self._here.answer()

    def _forget(self) -> None:
        for _, task in self._asked:
            if task is not None:
                task.cancel()
        self._asked.clear()

    def close(self) -> None:
        """Ask for nothing more."""
        self._forget()
        if self._here is not None:
            self._here.close()


def _bytes_of(path: str) -> bytes | None:
    """A file's bytes; None where whoever reads it here says what is wrong with it."""
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_FILE + 1)
    except OSError:
        return None
    return content if len(content) <= MAX_FILE else None


def read_bytes(content: bytes, timeout: float) -> dict[str, Any] | str:
    """What a reading process of a worker says of a file's bytes, or ``died`` / ``slow``."""
    try:
        process = idle.get_nowait()
    except Empty:
        process = ReadingProcess(timeout)
    process.timeout = timeout
    answer = process.read_bytes(content)
    idle.put(process)
    return answer
