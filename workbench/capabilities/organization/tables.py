"""What the register keeps of units."""

from __future__ import annotations

from workbench.platform.register.facts import TEXT, TIME, FactTable

TABLES = (
    # every version; `since` is the receipt of the file that brought it
    FactTable(
        name="unit",
        word="单位",
        facts="units",
        columns={
            "code": TEXT,
            "name": TEXT,
            "kind": TEXT,
            "province": TEXT,
            "city": TEXT,
            "person": TEXT,
            "leader": TEXT,
            "function": TEXT,
            "categories": TEXT,
            "state": TEXT,
            "since": TIME,
        },
        template="organization",
        names=("code", "name", "since"),
    ),
)
