"""The clause about the regular publication (6.1)."""

from __future__ import annotations

from workbench.capabilities.publication.publications import due_dates
from workbench.platform.regulation.clause import Clause

CLAUSES = (Clause("6.1", "DKHW080004", "每月定期通报", due_dates, ("publication_days", "small_count")),)
