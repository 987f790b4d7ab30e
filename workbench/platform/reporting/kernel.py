"""The private kernel of a report's notebook: this interpreter, IPC sockets, secrets in its environment only."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

from workbench.platform.capability import homes
from workbench.platform.reporting import kernel_start
from workbench.platform.reporting.ahead import KernelsAhead
from workbench.platform.reporting.page import IN_LAB

NAME = "workbench"
OURS = "WORKBENCH_"  # what every variable of ours begins with
Progress = Callable[[int, int], None]
START = (
    "import sys; sys.path[:] = [p for p in sys.path if p];"
    "from importlib import import_module; [import_module(name) for name in {preload!r}];"
    "from workbench.platform.capability import join; join({homes!r});"
    "from ipykernel import ipkernel, kernelapp, zmqshell;"
    "{wait}kernelapp.launch_new_instance()"
)
WAIT = "from workbench.platform.reporting.kernel_start import wait; wait();"


class OwnInterpreter(KernelSpecManager):
    """Knows one kernel, this interpreter's, whatever other kernels the machine has.

    ``preload``: modules the kernel imports as it starts, while the caller is still importing papermill. ``waits``: it asks on its
    standard input what run it is for before it begins.
    """

    waits = False
    preload: tuple[str, ...] = ("workbench.platform.reporting.page", "workbench.platform.reporting.sheets")

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The command of this interpreter's kernel."""
        start = START.format(preload=self.preload, homes=homes(), wait=WAIT if self.waits else "")
        command = [sys.executable, "-P", "-c", start, "-f", "{connection_file}", "--HistoryManager.enabled=False"]
        return KernelSpec(argv=command, display_name="大客户工作台", language="python")


class Kernel:
    """A kernel of one run. It loads everything, then waits to be told where and with which environment it works.

    ``apart``: the one folder it writes to; such a one knows nothing of a register that this process may know of, neither where
    it is nor a passphrase.

    Messages go through IPC sockets in a private folder where the system has them: a
    kernel's TCP ports are open to everyone on the machine.
    """

    def __init__(
        self,
        manager: AsyncKernelManager,
        private: tempfile.TemporaryDirectory[str],
        tell: int,
        loaded: tuple[str, ...],
        apart: Path | None,
    ) -> None:
        self.manager, self.apart = manager, apart
        self._private, self._tell, self._loaded = private, tell, loaded

    @classmethod
    def start(cls, preload: tuple[str, ...] = (), *, apart: Path | None = None) -> Kernel:
        """Start one. ``preload``: further modules it imports."""
        private = tempfile.TemporaryDirectory(prefix="wb-", ignore_cleanup_errors=True)
        interpreter = OwnInterpreter()
        interpreter.preload, interpreter.waits = (*interpreter.preload, *preload), True
        manager = AsyncKernelManager(
            kernel_name=NAME,
            kernel_spec_manager=interpreter,
            connection_file=str(Path(private.name) / "k.json"),
            transport="tcp" if os.name == "nt" else "ipc",
        )
        listen, tell = os.pipe()
        kernel = cls(manager, private, tell, _needed(preload), apart)
        try:
            run_sync(manager.start_kernel)(
                env=kernel._environment({}),
                cwd=private.name,
                stdin=listen,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except BaseException:
            kernel.end()
            raise
        finally:
            os.close(listen)
        return kernel

    def _environment(self, environment: dict[str, str]) -> dict[str, str]:
        """The process's own, what every kernel of ours has, and what a run brings along."""
        package = str(Path(__file__).resolve().parents[3])
        own = {
            "PYTHONPATH": os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")])),
            "PYTHONSTARTUP": "",
            "IPYTHONDIR": str(Path(self._private.name) / "ipython"),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        around = {name: value for name, value in os.environ.items() if name != IN_LAB}
        if self.apart:
            around = {name: value for name, value in around.items() if not name.startswith(OURS)}
            own |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.apart)) | {"PYTHONUTF8": "1"}
        return {**around, **own, **environment}

    def hand_over(self, folder: Path, environment: dict[str, str], prepared: bytes = b"") -> None:
        """Have it work in ``folder`` with ``environment`` on top of the process's own, on what was ``prepared`` for it."""
        with suppress(OSError):  # one that has died says so where the run asks it
            told = memoryview(kernel_start.line(str(folder.resolve()), self._environment(environment), prepared))
            while told:
                told = told[os.write(self._tell, told) :]
        self._hang_up()

    def _hang_up(self) -> None:
        if self._tell >= 0:
            os.close(self._tell)
            self._tell = -1

    def is_alive(self) -> bool:
        """Whether its process is still there."""
        return bool(run_sync(self.manager.is_alive)())

    def has_loaded(self, preload: tuple[str, ...]) -> bool:
        """Whether it is as one started now would be: the same modules, the same capabilities."""
        return self._loaded == _needed(preload)

    def end(self) -> None:
        """End its process; nothing of it stays."""
        self._hang_up()
        if self.manager.has_kernel:
            run_sync(self.manager.shutdown_kernel)(now=True)
        self._private.cleanup()


def _needed(preload: tuple[str, ...]) -> tuple[str, ...]:
    return (*preload, *homes(), os.environ.get("PYTHONPATH", ""))


@contextmanager
def kernel_apart(folder: Path, prepared: bytes, preload: tuple[str, ...]) -> Iterator[AsyncKernelManager]:
    """A kernel working in ``folder``, and nowhere else, on what was ``prepared`` elsewhere, which knows no register."""
    kernel = Kernel.start(preload, apart=folder)
    try:
        kernel.hand_over(folder, {}, prepared)
        yield kernel.manager
    finally:
        kernel.end()


@contextmanager
def private_kernel(
    folder: Path, environment: dict[str, str], preload: tuple[str, ...], ahead: KernelsAhead
) -> Iterator[AsyncKernelManager]:
    """A kernel working in ``folder`` with ``environment`` on top of the process's; gone at the end.

    ``preload``: further modules it imports as it starts. ``ahead``: has one that was started before, if several are needed.
    """
    kernel = ahead.take(preload)
    try:
        kernel.hand_over(folder, environment)
        yield kernel.manager
    finally:
        kernel.end()


def execute(
    notebook: Any,
    parameters: dict[str, Any],
    manager: AsyncKernelManager,
    timeout: int,
    progress: Progress | None = None,
) -> Any:
    """The notebook executed by papermill in a kernel that is already starting; papermill writes no file.

    ``progress`` is called after every cell with how many of how many are through.
    Raises papermill's PapermillExecutionError, nbclient's DeadKernelError and RuntimeError or TimeoutError.
    """
    import papermill
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines
    from papermill.log import logger

    class PrivateEngine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
        """Has a notebook run in the kernel of its own call: papermill knows one engine for all threads of a process."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, run: Any, **_: Any) -> Any:
            return run(nb_man, kernel_name)

    def run(nb_man: Any, kernel_name: str) -> Any:
        """Run it, and end the kernel: a client does not end kernels that are not its own."""

        def report(cell_index: int, **_: Any) -> None:
            if progress:
                progress(cell_index + 1, len(nb_man.nb.cells))

        client = PapermillNotebookClient(
            nb_man,
            km=manager,
            kernel_name=kernel_name,
            timeout=timeout,
            startup_timeout=60,
            log=logger,
            shutdown_kernel="immediate",
            on_cell_complete=report,
        )
        return client.execute(cleanup_kc=True)

    papermill_engines.register(NAME, PrivateEngine)
    how = {"engine_name": NAME, "kernel_name": NAME, "language": "python", "progress_bar": False, "run": run}
    return papermill.execute_notebook(notebook, None, parameters=parameters, **how)
