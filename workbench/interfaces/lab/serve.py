"""JupyterLab on this machine only, on a folder of notebooks, with the kernels of this interpreter.

The passphrase reaches the kernels through their environment, and nothing else that is started; notebooks are saved without outputs; there are no
terminals, and nothing is asked of the network.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbench.app.options import common
from workbench.app.reports import IN_KERNEL
from workbench.core.errors import WrongUse
from workbench.core.shipped import shipped
from workbench.platform.reporting.kernel import OwnInterpreter
from workbench.platform.reporting.page import IN_LAB
from workbench.platform.reporting.registry import reports

START, EXAMPLE = "起始页.ipynb", "分析示例.ipynb"
NOTEBOOKS, REPORTS_MADE = "笔记本", "报告"
SECRET = {"WORKBENCH_PASSPHRASE", "WORKBENCH_NEW_PASSPHRASE"}
KEPT = ".lab"  # the folder's own settings, and what was put there
LOCALES = {"zh": "zh_CN", "en": "default"}
SETTINGS: dict[str, dict[str, Any]] = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


class OwnKernels(OwnInterpreter):
    """Offers that one kernel to JupyterLab."""

    preload = IN_KERNEL

    def find_kernel_specs(self) -> dict[str, str]:
        """Its name, and a folder of its own."""
        return {"python3": str(Path(__file__).parent)}


def without_outputs(model: dict[str, Any], **_: Any) -> None:
    """Take outputs, counts and widgets out of a notebook that is about to be saved."""
    if model["type"] != "notebook":
        return
    notebook = model["content"]
    notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None


def furnish(folder: Path) -> None:
    """Put the start page and the notebooks into a folder; one that somebody has changed stays as it is."""
    (folder / KEPT).mkdir(parents=True, exist_ok=True)
    (folder / REPORTS_MADE).mkdir(exist_ok=True)
    (folder / NOTEBOOKS).mkdir(exist_ok=True)
    list_of_shipped = folder / KEPT / "shipped.json"
    put = json.loads(list_of_shipped.read_text(encoding="utf-8")) if list_of_shipped.exists() else {}
    notebooks = [(each.notebook, folder / NOTEBOOKS / each.notebook.name) for each in reports()]
    own = [(shipped("notebooks") / name, folder / name) for name in (START, EXAMPLE)]
    for path, target in [*own, *notebooks]:
        name, source = path.name, path.read_text(encoding="utf-8")
        if not target.exists() or content_mark(target.read_text(encoding="utf-8")) == put.get(name):
            target.write_text(source, encoding="utf-8")
            put[name] = content_mark(source)
    list_of_shipped.write_text(json.dumps(put, ensure_ascii=False, indent=1), encoding="utf-8")
    locale = {"@jupyterlab/translation-extension/plugin": {"locale": LOCALES[common.lang]}}
    for plugin, values in {**locale, **SETTINGS}.items():
        file = folder / KEPT / "settings" / f"{plugin}.jupyterlab-settings"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), encoding="utf-8")


def content_mark(text: str) -> str:
    """A mark of a notebook's contents, whatever was run in it."""
    cells = json.loads(text)["cells"]
    contents = [[cell["cell_type"], "".join(cell["source"])] for cell in cells]
    return hashlib.sha256(json.dumps(contents).encode()).hexdigest()


def options(folder: Path, port: int | None, browser: bool) -> list[str]:
    """The server's options."""
    local = ["--KernelManager.transport=ipc"] if os.name == "posix" else []
    return [
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.terminals_enabled=False",
        "--ServerApp.allow_root=True",
        f"--ServerApp.kernel_spec_manager_class={OwnKernels.__module__}.{OwnKernels.__qualname__}",
        "--ServerApp.kernel_manager_class=workbench.interfaces.lab.kernels.OwnKernelManager",
        f"--FileContentsManager.pre_save_hook={without_outputs.__module__}.{without_outputs.__qualname__}",
        *local,
        f"--LabApp.default_url=/lab/tree/{START}",
        f"--LabApp.user_settings_dir={folder / KEPT / 'settings'}",
        f"--LabApp.workspaces_dir={folder / KEPT / 'workspaces'}",
        "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *([f"--ServerApp.port={port}"] if port else []),
    ]


def check_installed() -> None:
    """Raises WrongUse where JupyterLab is not installed."""
    missing = [name for name in ("jupyterlab", "anywidget") if find_spec(name) is None]
    if missing:
        raise WrongUse("no_jupyterlab", missing=missing)


def serve(folder: Path, environment: Mapping[str, str], *, port: int | None, browser: bool) -> None:
    """Run JupyterLab on a folder until it is stopped; ``environment`` is what its kernels get on top of this process's.

    The passphrase is theirs alone: not the server's, the browser's, or that of anything else the server starts.
    """
    from jupyterlab.labapp import LabApp

    from workbench.interfaces.lab import kernels

    furnish(folder)
    kernels.without_node()
    os.environ.update({**environment, IN_LAB: "1"})
    for name in SECRET & set(os.environ):
        kernels.SECRETS[name] = os.environ.pop(name)
    with tempfile.TemporaryDirectory(prefix="wb-", ignore_cleanup_errors=True) as private:
        # the kernels' sockets and the server's token in a folder of this user's own; no history of what was typed
        os.environ.update(JUPYTER_RUNTIME_DIR=private, IPYTHONDIR=str(Path(private) / "ipython"))
        LabApp.launch_instance(options(folder, port, browser))
