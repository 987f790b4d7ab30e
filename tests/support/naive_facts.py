"""The facts as plain lists, for the computation that uses nothing of the fast one."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from workbench.platform.register.facts import Facts, fact_tables


def plain_tables(facts: Facts, as_of: datetime) -> dict[str, list[dict]]:
    """The facts known at ``as_of`` as lists of dictionaries; missing values are None."""
    recorded = {"units": None, "links": None, "leads": "filed_at"}
    tables = {}
    for table in fact_tables():
        rows = []
        for record in getattr(facts, table).astype("object").to_dict("records"):
            row = {}
            for name, value in record.items():
                if value is None or value is pd.NaT or value is pd.NA or value != value:
                    row[name] = None
                elif isinstance(value, pd.Timestamp):
                    row[name] = value.to_pydatetime()
                else:
                    row[name] = value
            moment = recorded.get(table, "at")
            if moment is None or row[moment] <= as_of:
                rows.append(row)
        tables[table] = rows
    tables["units"] = [{**unit, "known": unit["since"] <= as_of} for unit in tables["units"]]
    return tables
