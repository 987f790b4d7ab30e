"""Who does work that needs no key: this process, processes of this PC, or the workers of a cluster.

A task is a function of ours and plain data. It carries no session, key, passphrase or password: what needs one stays in the
process that holds it. What a task is given, and what goes wrong in it, never stands in a worker's log.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from traceback import extract_tb
from typing import Any

from workbench.core.errors import WorkbenchError

PATIENCE = 20.0  # seconds: how long a cluster may be silent before it is taken for gone
# variables that no worker is to know; the last one is PostgreSQL's own
SECRET = (
    "WORKBENCH_PASSPHRASE",
    "WORKBENCH_NEW_PASSPHRASE",
    "WORKBENCH_COPY_PASSWORD",
    "WORKBENCH_SMTP_PASSWORD",
    "PGPASSWORD",
)


class WorkerLost(Exception):
    """A task's process died, each time it was tried."""


class WorkerFault(Exception):
    """A fault of ours in a task: its kind, the task's function and the line, without values."""


@dataclass(frozen=True)
class Workers:
    """Who does the work; ``count``: how many tasks at once. ``alive``: whether anybody is there."""

    executor: Executor
    count: int
    alive: Callable[[], bool] = lambda: True

    def submit(self, work: Callable[..., Any], *given: Any) -> Future[Any]:
        """Have ``work(*given)`` done; a function at the top of a module, and values that can be pickled."""
        return self.executor.submit(perform, Parcel((work, given)))

    def result(self, task: Future[Any]) -> Any:
        """What a task made. Raises WorkerLost; WorkbenchError ``no_worker_left``, and what the task raised of these."""
        while not task.done():
            try:
                task.exception(timeout=PATIENCE)
            except TimeoutError:
                if not self.alive():
                    raise WorkbenchError("no_worker_left") from None
            except CancelledError:
                break
        if task.cancelled():  # the cluster's scheduler is gone
            raise WorkbenchError("no_worker_left")
        error = task.exception()
        if isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker":
            raise WorkerLost from None
        parcel: Parcel = task.result()
        if isinstance(parcel.value, Refusal):
            raise WorkbenchError.from_plain(parcel.value.plain)
        if isinstance(parcel.value, Fault):
            raise WorkerFault(parcel.value.said)
        return parcel.value


Hire = Callable[[], AbstractContextManager[Workers | None]]  # finds workers when there is something for them to do


def nobody() -> AbstractContextManager[None]:
    """Nobody else is there: this process does its work itself."""
    return nullcontext()


@dataclass(frozen=True)
class Parcel:
    """What goes to a worker or comes back; a log shows nothing of it."""

    value: Any = field(repr=False)


@dataclass(frozen=True)
class Refusal:
    """A refusal that a task ended in, on its way back."""

    plain: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Fault:
    """A fault of ours that a task ended in, on its way back."""

    said: str


def perform(task: Parcel) -> Parcel:
    """Do a task where it has arrived."""
    work, given = task.value
    try:
        return Parcel(attempt(work, *given))
    except WorkbenchError as refused:
        return Parcel(Refusal(refused.plain()))
    except WorkerFault as fault:
        return Parcel(Fault(str(fault)))


def attempt(work: Callable[..., Any], *given: Any) -> Any:
    """``work(*given)``. Raises WorkbenchError, as it is, and WorkerFault."""
    try:
        return work(*given)
    except WorkbenchError:
        raise
    except Exception as fault:  # noqa: BLE001 - its text may repeat what the task was given, and a worker logs it
        where = f"{work.__module__}.{work.__qualname__}, line {_line_of(fault)}"
        raise WorkerFault(f"{type(fault).__name__} in {where}") from None


def _line_of(fault: Exception) -> int:
    return extract_tb(fault.__traceback__)[-1].lineno or 0


@contextmanager
def on_this_pc(count: int) -> Iterator[Workers]:
    """So many processes beside this one, which know no passphrase; this one alone where there are none."""
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    from multiprocessing import get_context

    alone = count < 1
    with ThreadPoolExecutor(1) if alone else ProcessPoolExecutor(count, get_context("spawn"), _forget_secrets) as pool:
        try:
            yield Workers(pool, max(1, count))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _forget_secrets() -> None:
    for name in SECRET:
        os.environ.pop(name, None)
