"""The publication of a fixed date (6.1)."""

from __future__ import annotations

from workbench.platform.access.actions import Action, Kind

ACTIONS = (Action("publish", "通报", ("clerk", "approver"), Kind.DATED, ("due_on",), writes=("publication",)),)
