"""What the register keeps of publications."""

from __future__ import annotations

from workbench.platform.register.facts import TEXT, TIME, FactTable

TABLES = (
    FactTable(
        name="publication",
        word="通报",
        facts="publications",
        columns={"due_on": TIME, "at": TIME, "totals": TEXT},
        known_at="at",
    ),
)
