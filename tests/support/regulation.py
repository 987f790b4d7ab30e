"""The file of the leading regulation, for tests that write another edition of it."""

from __future__ import annotations

from workbench.platform.capability import declared

POLICY_FILE = declared("regulation_files")[0]
