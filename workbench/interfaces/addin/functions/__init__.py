"""All functions for cells. xlwings calls them by name from this module; their declarations are in ``FUNCTIONS``."""

from __future__ import annotations

import xlwings

from workbench.interfaces.addin.functions import checking, figures, leads, names, rules, working_days
from workbench.interfaces.addin.registry import Function, declare

FUNCTIONS: tuple[Function, ...] = (
    checking.DK_CHECK,
    names.DK_NAME,
    leads.DK_FREE,
    leads.DK_STATUS,
    leads.DK_DUE,
    leads.DK_EXPIRY,
    leads.DK_LEAD,
    figures.DK_TARGET,
    figures.DK_VALID,
    figures.DK_COMPLETION,
    figures.DK_CONVERSION,
    figures.DK_REWARD,
    figures.DK_PENALTY,
    figures.DK_MISSING,
    figures.DK_MISSING_PICKUPS,
    figures.DK_MISSING_LEADS,
    figures.DK_COMPLETION_REWARD,
    working_days.DK_WORKDAY,
    working_days.DK_WORKDAYS,
    working_days.DK_ISWORKDAY,
    working_days.DK_DUEBY,
    working_days.DK_PROVISIONAL,
    rules.DK_CLAUSE,
    rules.DK_PARAM,
    rules.DK_READING,
    rules.DK_EDITION,
    names.DK_GRADE,
)

for _function in FUNCTIONS:
    declare(_function, xlwings.func, xlwings.arg, xlwings.ret)
globals().update({_function.name: _function.call for _function in FUNCTIONS})
