"""Kernels that are handed the passphrase; the server and whatever else it starts are not."""

from __future__ import annotations

import os
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

SECRETS: dict[str, str] = {}  # what only kernels get, by the name of the variable


class OwnKernelManager(AsyncMappingKernelManager):
    """JupyterLab's manager of kernels, whose environments hold the secrets on top of the server's."""

    async def _async_start_kernel(self, **options: Any) -> str:
        around = options.pop("env", None) or os.environ
        return str(await super()._async_start_kernel(env={**around, **SECRETS}, **options))

    start_kernel = _async_start_kernel  # type: ignore[assignment]


def without_node() -> None:
    """JupyterLab as on a machine without Node: it asks ``node`` and ``npm`` for settings of builds nobody makes here."""
    import jupyterlab.commands
    import jupyterlab_server.process

    jupyterlab.commands.which = jupyterlab_server.process.which = _which


def _which(command: str, env: Any = None) -> str:
    """The path of a program. Raises ValueError where there is none, as for Node always."""
    import shutil

    found = None if command in ("node", "npm") else shutil.which(command)
    if found is None:
        raise ValueError(f"{command} is not used")
    return found
