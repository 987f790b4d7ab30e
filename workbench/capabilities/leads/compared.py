"""What a person compares two leads by: category, place, model, quantity, and the phone with its middle hidden."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.capabilities.leads.consents import WITHDRAWN, Scope, closed_leads
from workbench.platform.access.session import Session

FACTS = ("category", "region", "model", "quantity", "phone")
_PLACE = ["province", "city", "county"]


def facts_of(session: Session, leads: Sequence[int]) -> pd.DataFrame:
    """FACTS of the newest versions of leads, indexed by lead: texts, the quantity in vehicles.

    ``region``: province, city and county in one; ``phone``: as everybody may see it (S7), not where its owner took his
    consent to its use back.
    """
    wanted = sorted({int(lead) for lead in leads})
    columns = ["lead", "version", "category", *_PLACE, "model", "quantity"]
    rows = session.register.read("lead", columns, where={"lead": wanted}).sort_values(["lead", "version"])
    rows = rows.drop_duplicates("lead", keep="last").set_index("lead")
    masks = session.register.read("mask", ["lead", "version", "phone"], where={"lead": wanted})
    masks = masks.sort_values(["lead", "version"]).drop_duplicates("lead", keep="last").set_index("lead")
    closed = rows.index.isin(closed_leads(session.register, wanted, Scope.USE))
    region = [" ".join(dict.fromkeys(filter(None, place))) for place in rows[_PLACE].itertuples(index=False)]
    phone = masks["phone"].reindex(rows.index).astype(object).mask(closed, WITHDRAWN)
    return rows.assign(region=region, phone=phone.replace("", None))[list(FACTS)]
