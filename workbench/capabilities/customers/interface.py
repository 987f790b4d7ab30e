"""The commands, buttons and functions of customers."""

from __future__ import annotations

from workbench.platform.interface import Function

FUNCTIONS = (Function("DK_GRADE", "workbench.interfaces.addin.functions.names:DK_GRADE", weight=270),)
