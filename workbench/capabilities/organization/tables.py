"""What the register keeps of units."""

from __future__ import annotations

from workbench.capabilities.organization.people import with_new_words
from workbench.capabilities.organization.successions import with_successors
from workbench.platform.register.facts import INT, TEXT, TIME, FactTable

TABLES = (
    # every version; `since` is the receipt of the file that brought it, or the later day it names (生效日期)
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
            "successor": TEXT,
        },
        template="organization",
        added=("successor",),
        complete=with_successors,
        names=("code", "name", "since"),
    ),
    # who took a unit's place with the version of the same time (D36)
    FactTable(
        name="succession",
        word="单位承继",
        columns={"code": TEXT, "successor": TEXT, "since": TIME},
        template="organization",
        rows=False,
    ),
    # every version of who belongs to a unit from a day on, through another where it is known
    FactTable(
        name="person",
        word="人员",
        facts="people",
        columns={
            "name": TEXT,
            "unit": TEXT,
            "post": TEXT,
            "starts_on": TIME,
            "ends_on": TIME,
            "at": TIME,
            "file": TEXT,
            "row": INT,
        },
        known_at="at",
        template="people",
        complete=with_new_words,
    ),
)
