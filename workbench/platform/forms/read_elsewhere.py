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
        self._asked: deque[Future[Any] | None] = deque()  # None: asked of the process here
        self._here: ReadingProcess | None = None

    def ask(self, what: Any) -> None:
        """Hand over what is to be read after what was handed over before: a file's path, or also its passwords."""
        content = _bytes_of(what) if isinstance(what, str) else None
        if content is not None:
            self._asked.append(self.workers.submit(read_bytes, content, self.timeout))
            return
        self._here = self._here or ReadingProcess(self.timeout)
        self._here.ask(what)
        self._asked.append(None)

    def answer(self) -> dict[str, Any] | str:
        """The next answer, or ``died`` / ``slow``: what else was asked has to be asked again."""
        task = self._asked.popleft()
        if task is None:
            assert self._here is not None  # it was asked
            said = self._here.answer()
        else:
            try:
                said = self.workers.result(task)
            except WorkerLost:
                said = "died"
        if isinstance(said, str):
            self._forget()
        return said

    def _forget(self) -> None:
        here = [task for task in self._asked if task is None]
        for task in self._asked:
            if task is not None:
                task.cancel()
        self._asked.clear()
        if here and self._here is not None:  # its answers to what is asked anew would be taken for those of now
            self._here.close()
            self._here = None

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
