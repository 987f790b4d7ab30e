"""The private kernel of a report's notebook: this interpreter, IPC sockets, secrets in its environment only."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

from workbench.platform.capability import homes
from workbench.platform.reporting.page import IN_LAB

NAME = "workbench"
Progress = Callable[[int, int], None]
START = (
    "import sys; sys.path[:] = [p for p in sys.path if p];"
    "from importlib import import_module; [import_module(name) for name in {preload!r}];"
    "from workbench.platform.capability import join; join({homes!r});"
    "from ipykernel import kernelapp; kernelapp.launch_new_instance()"
)


class OwnInterpreter(KernelSpecManager):
    """Knows one kernel, this interpreter's, whatever other kernels the machine has.

    ``preload``: modules the kernel imports as it starts, while the caller is still importing papermill.
    """

    preload: tuple[str, ...] = ("workbench.platform.reporting.page", "workbench.platform.reporting.sheets")

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The command of this interpreter's kernel."""
        start = START.format(preload=self.preload, homes=homes())
        command = [sys.executable, "-P", "-c", start, "-f", "{connection_file}", "--HistoryManager.enabled=False"]
        return KernelSpec(argv=command, display_name="大客户工作台", language="python")


@contextmanager
def private_kernel(
    folder: Path, environment: dict[str, str], preload: tuple[str, ...] = ()
) -> Iterator[AsyncKernelManager]:
    """A kernel working in ``folder`` with ``environment`` on top of the process's; gone at the end.

    ``preload``: further modules it imports as it starts.

    Messages go through IPC sockets in a private folder where the system has them: a
    kernel's TCP ports are open to everyone on the machine.
    """
    with tempfile.TemporaryDirectory(prefix="wb-", ignore_cleanup_errors=True) as private:
        package = str(Path(__file__).resolve().parents[3])
        paths = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
        interpreter = OwnInterpreter()
        interpreter.preload = (*interpreter.preload, *preload)
        manager = AsyncKernelManager(
            kernel_name=NAME,
            kernel_spec_manager=interpreter,
            connection_file=str(Path(private) / "k.json"),
            transport="tcp" if os.name == "nt" else "ipc",
        )
        own = {
            "PYTHONPATH": paths,
            "PYTHONSTARTUP": "",
            "IPYTHONDIR": str(Path(private) / "ipython"),
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        }
        around = {name: value for name, value in os.environ.items() if name != IN_LAB}
        run_sync(manager.start_kernel)(
            env={**around, **own, **environment},
            cwd=str(folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield manager
        finally:
            if manager.has_kernel:
                run_sync(manager.shutdown_kernel)(now=True)


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
        """Runs in the given kernel and ends it: a client does not end kernels that are not its own."""

        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **_: Any) -> Any:
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
    return papermill.execute_notebook(
        notebook, None, parameters=parameters, engine_name=NAME, kernel_name=NAME, language="python", progress_bar=False
    )
